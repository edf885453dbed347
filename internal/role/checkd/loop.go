package checkd

import (
	"fmt"
	"slices"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// loop owns the Director. It waits in the prober's epoll and never for anything else.
type loop struct {
	director *check.Director
	prober   Prober
	trials   *trials
	hand     *hand
	teller   *teller

	cfg   *conf.Config
	jobs  *jobs
	calls map[check.CheckerID][]talk.Call // as they are needed
	wrong map[page]lengths                // whose length is not what its header says
	noted map[check.CheckerID]string      // what was last told of a certificate, or of TLS and HTTP/2

	orders  *queue[func(now time.Time)]
	pending map[uint64]attempt // by number
	quiet   bool               // nothing is told: there is nothing to begin, only to end
	gate    gate
	stands  standings
	stopped bool
	failed  error // why it stopped, if not because it was told to

	acts    []check.Action
	results []probe.Result
	lateAt  time.Time // when lateness was told of last
}

// attempt is one that is under way.
type attempt struct {
	checker check.CheckerID
	url     int
	misc    bool
}

// post makes f run on the loop's goroutine. Any goroutine may call it.
func (l *loop) post(f func(now time.Time)) {
	l.orders.put(f)
	l.prober.Wake()
}

// run works until stop or fail is posted; what failed is returned.
func (l *loop) run() error {
	for !l.stopped {
		at, armed := l.director.Deadline()
		at = l.gate.next(at)
		var now time.Time
		var woken bool
		var err error
		if l.results, now, woken, err = l.prober.Wait(at, armed, l.results[:0]); err != nil {
			return err
		}
		for i := range l.results {
			l.heard(now, &l.results[i])
		}
		if woken {
			for _, f := range l.orders.take() {
				f(now)
			}
		}
		if at, armed = l.director.Deadline(); armed && !now.Before(at) {
			l.late(now, now.Sub(at))
			if n := l.gate.room(now, len(l.pending), len(l.results)); n > 0 {
				l.step(now, check.Tick{Most: n}, nil)
			}
		}
	}
	return l.failed
}

// fail makes run end without a farewell: the next life takes over what there is.
func (l *loop) fail(err error) { l.stopped, l.failed = true, err }

// Lateness from alarming on is told of, once in a while.
const (
	alarming  = time.Second
	lateAgain = 10 * time.Second
)

func (l *loop) late(now time.Time, by time.Duration) {
	if by < alarming || now.Sub(l.lateAt) < lateAgain {
		return
	}
	l.lateAt = now
	l.teller.info(fmt.Sprintf("A thread timer expired %.6f seconds ago", by.Seconds()), "late", by)
}

// start programs the table and activates the checkers.
func (l *loop) start(now time.Time, ev check.Start) *batch {
	l.acts = l.director.Step(now, ev, l.acts[:0])
	b := l.carryOut(now, nil, true)
	if !l.quiet {
		l.teller.info("Activating BFD healthchecker") // compat: also without one
	}
	return b
}

// reload changes over to another configuration.
func (l *loop) reload(now time.Time, cfg *conf.Config, j *jobs) {
	l.cfg, l.jobs, l.calls = cfg, j, newCalls()
	clear(l.wrong)
	clear(l.noted)
	l.stands.follow(cfg)
	l.teller.news.put(tiding{scene: &scene{cfg, j}})
	l.teller.info("Reinitializing ipvs")
	l.setUp()
	l.acts = l.director.Step(now, check.Reconfigure{Config: cfg}, l.acts[:0])
	l.carryOut(now, nil, true)
	l.teller.info("Activating BFD healthchecker")
}

// stop says farewell.
func (l *loop) stop(now time.Time) {
	l.quiet = false
	l.step(now, check.Stop{}, nil)
	l.stopped = true
}

// setUp makes what the kernel has besides the table as the configuration says: how long idle connections are remembered, and the
// sync daemons.
func (l *loop) setUp() {
	g := &l.cfg.Global
	l.tell(l.hand.order(&batch{timeouts: &g.Timeouts.V, sync: syncWanted(g), settings: settingsWanted(l.cfg)}))
}

// tell lets the teller wait for the hand.
func (l *loop) tell(b *batch) *batch {
	l.teller.news.put(tiding{batch: b})
	return b
}

// step tells the Director what happened and carries out what it answers.
func (l *loop) step(now time.Time, ev check.Event, f *finding) {
	l.acts = l.director.Step(now, ev, l.acts[:0])
	l.carryOut(now, f, false)
}

// carryOut carries out the Director's actions. With whole, the hand learns how the table is to be as a whole, and the batch
// that says so is returned.
func (l *loop) carryOut(now time.Time, f *finding, whole bool) (last *batch) {
	for i := range l.acts {
		switch a := &l.acts[i]; a.Kind {
		case check.Probe:
			l.probe(now, a)
		case check.Cancel:
			l.cancel(a)
		case check.Flush:
			l.tell(l.hand.order(&batch{flush: true}))
		case check.Apply:
			l.tell(l.hand.order(&batch{ops: a.Ops}))
		case check.Ask:
			l.hand.order(&batch{count: a.Keys, counted: l.counted})
		case check.Say:
			if l.quiet {
				continue
			}
			n := tiding{report: a.Report}
			if f != nil && a.Report.Check != nil {
				n.cause = f // the checker's own, or that of one with which it shares its attempts
			}
			l.teller.news.put(n)
		case check.Run:
			if l.quiet {
				continue
			}
			l.teller.news.put(tiding{script: a.Script})
		}
	}
	l.stands.publish(l.director)
	clear(l.acts) // what they point to must not outlive them
	if whole {
		last = l.hand.order(&batch{all: l.director.Wanted(), known: true})
	}
	return last
}

// counted takes what the hand has counted to the Director, from the hand's goroutine.
func (l *loop) counted(counts []lvs.Count, err error) {
	l.post(func(now time.Time) { l.step(now, check.Counted{Counts: counts, Unknown: err != nil}, nil) })
}

// probe begins an attempt.
func (l *loop) probe(now time.Time, a *check.Action) {
	p := l.director.Plan(a.Checker)
	try := attempt{checker: a.Checker, url: int(a.URL)}
	if m := p.Check.Misc; m != nil {
		try.misc = true
		l.pending[a.Attempt] = try
		job := l.jobs.misc[m]
		job.Timeout, job.Capture = p.Timeout, lastWords
		l.trials.start(a.Attempt, job)
		return
	}
	call := l.call(a.Checker, &p, int(a.URL))
	if call == nil {
		return // a kind that is not probed
	}
	l.pending[a.Attempt] = try
	l.prober.Start(probe.ID(a.Attempt), call, now)
}

// lastWords is how much of a check script's output is kept, in bytes.
const lastWords = 512

// call returns the conversation of an attempt.
func (l *loop) call(id check.CheckerID, p *check.Plan, url int) *talk.Call {
	calls, is := l.calls[id]
	if !is {
		calls = talk.Calls(p.Virtual, p.Real, p.Check)
		l.calls[id] = calls
	}
	at := url
	if s := p.Check.SMTP; s != nil && p.Host != nil {
		at = len(calls) - len(s.Hosts) + slices.Index(s.Hosts, p.Host) // the hosts come last
	}
	if at < 0 || at >= len(calls) {
		return nil
	}
	return &calls[at]
}

func (l *loop) cancel(a *check.Action) {
	try, is := l.pending[a.Attempt]
	if !is {
		return
	}
	delete(l.pending, a.Attempt)
	if try.misc {
		l.trials.cancel(a.Attempt)
	} else {
		l.prober.Cancel(probe.ID(a.Attempt))
	}
}

// heard takes in how a conversation went.
func (l *loop) heard(now time.Time, r *probe.Result) {
	try, is := l.pending[uint64(r.ID)]
	if !is {
		return
	}
	delete(l.pending, uint64(r.ID))
	f := &finding{id: try.checker, plan: l.director.Plan(try.checker), url: try.url}
	outcome := check.Failed
	switch {
	case r.Kind == probe.NotTried:
		outcome, f.fault = check.Untried, r.Err
	case r.Verdict.OK:
		outcome = check.OK
		fallthrough
	default:
		f.verdict = &r.Verdict
		f.mismatch = l.mismatch(page{try.checker, try.url}, &r.Verdict)
		f.note = l.note(f)
	}
	l.found(now, uint64(r.ID), outcome, 0, f)
}

// page is one url of a checker.
type page struct {
	checker check.CheckerID
	url     int
}

type lengths struct{ declared, received int64 }

// mismatch reports whether it is news that a page has another length than its header says. compat: keepalived tells it once.
func (l *loop) mismatch(p page, v *talk.Verdict) bool {
	if !v.Mismatch() {
		delete(l.wrong, p)
		return false
	}
	is := lengths{v.Declared, v.Received}
	was := l.wrong[p]
	l.wrong[p] = is
	return is != was
}

// ended takes in how a script ended.
func (l *loop) ended(now time.Time, t trial) {
	try, is := l.pending[t.attempt]
	if !is {
		return
	}
	delete(l.pending, t.attempt)
	f := &finding{id: try.checker, plan: l.director.Plan(try.checker)}
	outcome := check.Failed
	switch dynamic := f.plan.Check.Misc.Dynamic.V; {
	case t.err != nil && scarce(t.err):
		outcome, f.fault = check.Untried, t.err
	case t.err != nil:
		f.fault = t.err
	default:
		if t.result.OK() || dynamic && t.result.Exit >= 2 && !t.result.TimedOut && !t.result.Stopped {
			outcome = check.OK
		}
		f.result = &t.result
	}
	l.found(now, t.attempt, outcome, t.result.Exit, f)
}

func (l *loop) found(now time.Time, attempt uint64, o check.Outcome, status int, f *finding) {
	if f.worthTelling() {
		f.own()
		l.teller.attempt(f)
	}
	l.acts = l.director.Step(now, check.Result{Checker: f.id, Attempt: attempt, Outcome: o, Status: status}, l.acts[:0])
	if len(l.acts) > 0 {
		f.own()
	}
	l.carryOut(now, f, false)
}

func newCalls() map[check.CheckerID][]talk.Call { return make(map[check.CheckerID][]talk.Call) }
