package check

import (
	"net/netip"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// Options are what a Director is told besides the configuration.
type Options struct {
	// Random gives a duration from 0 up to, not including, n, for warm-up.
	Random func(n time.Duration) time.Duration
	// Usable reports whether a checker can run at all: a script that is missing is left out, as if it were not configured.
	// nil: all can.
	Usable func(*conf.Checker) bool
	// KeepTable leaves the kernel's table as it is at Stop (-I, --dont-release-ipvs).
	KeepTable bool
}

// Director owns everything that is decided about virtual servers. It is not safe for concurrent use.
type Director struct {
	cfg *conf.Config
	opt Options

	services []*service // as in the configuration
	checkers []*checker // by CheckerID; nil: free
	servers  []*server  // by ServerID; nil: free
	due      queue
	attempts uint64 // the last one

	present  map[netip.Addr]bool
	files    map[string]int64
	sessions map[string]bool
	masters  map[string]bool // instances of which was said whether they are MASTER
	byFile   map[string][]*checker
	byBFD    map[string][]*checker
	byName   map[string][]*service

	// Keys that several services have; their destinations are those of all of them. shared is what the kernel holds there.
	users  map[lvs.Key]int
	shared map[lvs.Key]lvs.Entry

	drains drains
	ramps  []*server // with a slow_start under way
	rampAt time.Time // when to set their weights next; zero: never

	running bool // between Start and Stop

	// Of the Step under way: where its Apply goes, and who may have changed.
	mark    int
	touched []*service
}

// New returns a Director for a configuration that was loaded without fatal faults. It changes nothing in cfg.
func New(cfg *conf.Config, opt Options) *Director {
	d := &Director{
		cfg: cfg, opt: opt,
		present: make(map[netip.Addr]bool), files: make(map[string]int64), sessions: make(map[string]bool),
		masters: make(map[string]bool),
	}
	d.services = d.build(cfg)
	d.enroll(d.services)
	return d
}

// Step tells the Director what happened and appends what is to be done about it, in order. now does not run backwards.
func (d *Director) Step(now time.Time, ev Event, acts []Action) []Action {
	d.mark = len(acts)
	switch ev := ev.(type) {
	case Start:
		if !d.running {
			acts = d.start(now, ev, acts)
		}
		return acts
	case Tick:
		return d.tick(now, ev.Most, acts)
	case Result:
		acts = d.result(now, &ev, acts)
	case Counted:
		return d.counted(now, ev, acts)
	case Present:
		acts = d.presence(now, ev, acts)
	case File:
		acts = d.file(ev, acts)
	case Session:
		acts = d.session(ev, acts)
	case Instance:
		return d.follow(now, ev, acts)
	case Administer:
		acts = d.administer(ev, acts)
	case Reconfigure:
		return d.reconfigure(now, ev, acts)
	case Stop:
		if d.running {
			acts = d.stop(acts)
		}
		return acts
	default:
		panic("check: unhandled event")
	}
	return d.finish(now, acts)
}

// Deadline returns when Step wants a Tick; armed is false if it waits for events only.
func (d *Director) Deadline() (at time.Time, armed bool) {
	if !d.running {
		return time.Time{}, false
	}
	at = d.drains.at
	if !d.rampAt.IsZero() && (at.IsZero() || d.rampAt.Before(at)) {
		at = d.rampAt
	}
	if len(d.due) > 0 && (at.IsZero() || d.due[0].at.Before(at)) {
		at = d.due[0].at
	}
	return at, !at.IsZero()
}

// Plan returns what the attempts of a checker need to know; it is zero if there is no such checker. What it points to belongs to
// the configuration.
func (d *Director) Plan(id CheckerID) Plan {
	if int(id) >= len(d.checkers) || d.checkers[id] == nil {
		return Plan{}
	}
	return d.checkers[id].plan()
}

// Keys appends the services that the configuration names, each once, in its order.
func (d *Director) Keys(to []lvs.Key) []lvs.Key {
	seen := make(map[lvs.Key]bool, len(d.users))
	for _, s := range d.services {
		for i := range s.entries {
			if k := s.entries[i].service.Key; !seen[k] {
				seen[k] = true
				to = append(to, k)
			}
		}
	}
	return to
}

// Servers calls f for each real server, in the order of the configuration, until it returns false.
func (d *Director) Servers(f func(ServerID, *conf.VirtualServer, *conf.RealServer, Status) bool) {
	for _, s := range d.services {
		for _, r := range s.servers {
			if !f(r.id, s.conf, r.conf, r.status()) {
				return
			}
		}
	}
}

// start programs the table and activates the checkers.
func (d *Director) start(now time.Time, ev Start, acts []Action) []Action {
	d.running = true
	if ev.Adopt {
		d.adopt(ev.Have)
	} else if d.cfg.Global.LVSFlush.V {
		acts = append(acts, Action{Kind: Flush})
		ev.Have = nil
	}
	for _, s := range d.services {
		s.away = d.away(s, !ev.Adopt || s.absent(ev.Have))
	}
	d.drains.leave(d.awayKeys())
	mark, owned := len(acts), d.claim(ev.Have)
	if ev.Adopt {
		d.inheritDrains(now, ev.Have, owned)
	}
	for _, s := range d.services {
		acts = d.open(now, s, acts)
	}
	acts = d.replace(now, mark, ev.Have, owned, acts)
	return d.activate(now, acts)
}

// open says how a service starts, be it new or changed by a reload.
func (d *Director) open(now time.Time, s *service, acts []Action) []Action {
	if s.surplus {
		acts = say(s.report(TooManyServices), acts)
	}
	for _, e := range s.added {
		r := s.report(EntryAdded)
		r.Entry = e
		acts = say(r, acts)
	}
	s.added = nil
	for _, r := range s.servers {
		acts = r.open(d.cfg.Global.RSInitNotifies.V, acts)
	}
	acts = s.alarm(acts)
	acts = s.judge(true, acts)
	acts = d.rise(now, s, acts)
	s.freshen()
	return acts
}

// activate sets the timers of checkers that have none yet and says of each whether it runs.
func (d *Director) activate(now time.Time, acts []Action) []Action {
	clear(d.due) // of those that are gone nothing must stay
	d.due = d.due[:0]
	for _, s := range d.services {
		was := s.suspended
		s.suspended = d.suspends(s.conf)
		kind := Activating
		if s.suspended {
			kind = Deactivating
		}
		for _, r := range s.servers {
			for _, c := range r.checkers {
				if !c.probes() {
					continue
				}
				if c.at.IsZero() {
					c.at = now.Add(bootstrap)
					if w := c.conf.Timing.Warmup.V; w > 0 {
						c.at = c.at.Add(d.opt.Random(w))
					}
				}
				switch {
				case s.suspended:
					acts = c.cancel(now, acts)
				case c.attempt == 0:
					if was {
						c.resume(now)
					}
					d.due.push(c)
				}
				acts = say(c.report(kind), acts)
			}
		}
	}
	return acts
}

// bootstrap is how long after the start the first check is made.
const bootstrap = time.Second

// tick makes the attempts that are due: those first that are due for longest, and most of them at most, if most is not 0.
func (d *Director) tick(now time.Time, most int, acts []Action) []Action {
	for n := 0; d.running && len(d.due) > 0 && !d.due[0].at.After(now) && (most == 0 || n < most); {
		c := d.due.pop()
		if c.party.joins(c) {
			continue
		}
		n++
		d.attempts++
		c.attempt, c.started = d.attempts, now
		acts = append(acts, Action{Kind: Probe, Checker: c.id, Attempt: c.attempt, URL: uint16(c.url)})
	}
	if d.running {
		acts = d.drainOn(now, d.rampOn(now, acts))
	}
	return acts
}

// stop ends it.
//
// compat: keepalived says of every real server that it is shut down, also of those that are not in the table. When the table is
// flushed or only services are deleted it speaks of services only, and when the table is kept, of nothing.
func (d *Director) stop(acts []Action) []Action {
	for _, c := range d.checkers {
		if c != nil && c.attempt != 0 {
			acts = append(acts, Action{Kind: Cancel, Checker: c.id, Attempt: c.attempt})
		}
	}
	if d.opt.KeepTable { // nobody would ever take out what drains
		ops, _ := d.takeOut(func(*drain) bool { return true })
		acts = d.insert(len(acts), ops, acts)
	} else {
		how := d.cfg.Global.LVSFlushOnStop.V
		if how == conf.FlushAll {
			acts = append(acts, Action{Kind: Flush})
		} else if ops := d.clear(); len(ops) > 0 {
			acts = append(acts, Action{Kind: Apply, Ops: ops})
		}
		for _, s := range d.services {
			acts = s.shut(how != conf.FlushNothing, acts)
		}
	}
	d.running, d.due = false, nil
	d.ramps, d.rampAt = nil, time.Time{}
	d.drains = drains{rules: d.drains.rules}
	return acts
}

// shut tells of the end of a service.
func (s *service) shut(serviceOnly bool, acts []Action) []Action {
	for _, r := range s.servers {
		if serviceOnly {
			break
		}
		rep := r.report(ShuttingDown)
		rep.Inhibit = !r.up && r.conf.InhibitOnFailure.V
		acts = say(rep, acts)
		if s.conf.Omega.V && r.up {
			acts = run(r.conf.NotifyDown, acts)
			rep := r.report(ServerDown)
			rep.Leaving = Ending
			acts = say(rep, acts)
		}
	}
	if s.conf.Omega.V {
		acts = run(s.conf.QuorumDown, acts)
		rep := s.quorumOf(QuorumDown, s.low())
		rep.Leaving = Ending
		acts = say(rep, acts)
	}
	return acts
}

// clear gives the operations that take everything of ours out of the table. A service takes its destinations with it: to
// delete them one by one before it would only take longer, by seconds where there are ten thousand.
func (d *Director) clear() (ops []lvs.Op) {
	for _, e := range d.Wanted() {
		ops = append(ops, lvs.Op{Kind: lvs.DelService, Service: lvs.Service{Key: e.Service.Key}})
	}
	return ops
}

func say(r *Report, acts []Action) []Action { return append(acts, Action{Kind: Say, Report: r}) }

func run(c *conf.Command, acts []Action) []Action {
	if c == nil {
		return acts
	}
	return append(acts, Action{Kind: Run, Script: c})
}
