package vrrpd

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"holdfast/conf"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/proc"
	"holdfast/internal/host/script"
	"holdfast/vrrp"
)

// teller turns what happened into log lines and notify scripts. It is the only part that waits for neither the
// network nor the kernel, and nobody waits for it.
type teller struct {
	setup   *Setup
	log     *slog.Logger
	reports *ring[Report]
	lines   *lineQueue
	poller  *proc.Poller
	notify  *notifier
	alerts  *alerter
	annals  *annals
	crier   crier

	mu   sync.Mutex
	next []tidings // generations to come, in order

	lost   uint64
	ending atomic.Bool
	done   chan struct{}
}

// tidings is what a new generation means to the teller.
type tidings struct {
	after  uint64 // how many reports were there before it
	setup  *Setup
	global *conf.Global
	jobs   map[*conf.Command]script.Job
}

// reload hands a new generation over, before the loop has it. Reports name routers by their slots. Those on the way are told before the
// generation is taken over: it may give the slots of routers that are gone to others.
func (t *teller) reload(s *Setup, g *conf.Global, jobs map[*conf.Command]script.Job) {
	t.mu.Lock()
	t.next = append(t.next, tidings{t.reports.pushed(), s, g, jobs})
	t.mu.Unlock()
	t.poller.Wake()
}

// reportsQueued is how many reports the loop may be ahead of the log: what all routers have to say about a transition at
// one moment, and room for complaints.
func reportsQueued(routers int) int { return reserve + 8*routers }

func newTeller(s *Setup, log *slog.Logger, n *notifier, a *alerter) (*teller, error) {
	p, err := proc.NewPoller()
	if err != nil {
		return nil, err
	}
	t := &teller{
		setup: s, log: log, reports: newRing[Report](reportsQueued(len(s.Plans))), poller: p, notify: n, alerts: a,
		annals: newAnnals(), done: make(chan struct{}),
	}
	t.lines = &lineQueue{wake: p.Wake, full: log.Enabled(context.Background(), logs.LevelDetail)}
	return t, nil
}

func (t *teller) say() sayer { return sayer{t.lines} }

// run works until finish is called, and then tells what is left.
func (t *teller) run() {
	defer close(t.done)
	for {
		ending := t.ending.Load()
		t.pass()
		if ending {
			_ = t.poller.Close()
			return
		}
		if _, _, _, err := t.poller.Wait(time.Time{}, false, nil); err != nil {
			return
		}
	}
}

// finish makes run tell what is left and return.
func (t *teller) finish() {
	t.ending.Store(true)
	t.poller.Wake()
	<-t.done
}

// pass tells everything that is there, in the order in which it happened.
func (t *teller) pass() {
	// Lines are taken before a report: whatever the hand did was decided by one that is in the ring by now. And they are taken
	// after it: what the world saw, which may have been the reason for it, is in the queue by now.
	lines := t.lines.take()
	t.renew(t.reports.popped())
	for {
		r, ok := t.reports.pop()
		if !ok {
			break
		}
		t.renew(t.reports.popped() - 1) // the loop may be ahead of us by generations
		lines = append(lines, t.lines.take()...)
		if at := slices.IndexFunc(lines, func(l line) bool { return l.at.After(r.At) }); at > 0 {
			t.write(lines[:at])
			lines = lines[at:]
		} else if at < 0 {
			t.write(lines)
			lines = nil
		}
		t.report(&r)
	}
	t.write(lines)
	if lost := t.reports.lost.Load(); lost != t.lost {
		t.log.Warn("complaints about adverts were left out of the log", "count", lost-t.lost)
		t.lost = lost
	}
}

// renew takes over the generations that are in force once so many reports have been told.
func (t *teller) renew(told uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.next) > 0 && t.next[0].after <= told {
		n := t.next[0]
		t.next = slices.Delete(t.next, 0, 1)
		t.setup, t.notify.jobs = n.setup, n.jobs
		t.annals.keep(n.setup)
		t.alerts.configure(n.global)
		t.alerts.keep(n.setup)
		t.crier.reload(n.setup)
	}
}

func (t *teller) write(lines []line) {
	for _, l := range lines {
		t.log.Log(context.Background(), l.level, l.text, l.attrs...)
	}
}

func (t *teller) report(r *Report) {
	if r.Late > 0 {
		t.log.Warn(fmt.Sprintf("A thread timer expired %.6f seconds ago", r.Late.Seconds()), "late", r.Late)
		return
	}
	if r.Group > 0 {
		t.reportGroup(r)
		return
	}
	p := t.setup.Plans[r.Router]
	if r.Action.Kind == vrrp.Became {
		t.crier.became(p, r.Router, r.Action.State) // first: requests may be on their way
	}
	if level, text, attrs := describe(p, r); text != "" {
		t.log.Log(context.Background(), level, text, attrs...)
	}
	if r.transition() {
		t.because(p, r)
	}
	switch a := &r.Action; {
	case a.Kind == vrrp.Became && p.Gone:
		// compat: an instance that a reload removes runs no script, but it is mailed.
		t.alerts.instance(p, r)
	case a.Kind == vrrp.Became:
		t.notify.state(p, r)
		t.alerts.instance(p, r)
	case a.Kind == vrrp.Observed && a.Note.Kind == vrrp.AnsweredLower:
		t.notify.run(p.Conf.Notify.MasterRxLowerPri)
	}
}

func (t *teller) reportGroup(r *Report) {
	if r.Group > len(t.setup.Groups) {
		return // a group that a reload has removed meanwhile
	}
	g := t.setup.Groups[r.Group-1]
	state := r.Action.State.String()
	if r.Syncing {
		t.log.Info("VRRP_Group("+g.Name+") Syncing instances to "+state+" state", "group", g.Name, "state", state)
		return
	}
	t.annals.group(g, t.setup.Plans, r.At, r.Action.State)
	t.notify.group(g, r.Action.State)
	t.alerts.group(g, r)
}
