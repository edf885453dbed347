package check_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
)

// source holds one file.
type source string

func (s source) ReadFile(string) ([]byte, error) { return []byte(s), nil }
func (s source) Glob(string) ([]string, error)   { return nil, nil }
func (s source) Getenv(string) string            { return "" }

func load(text string) *conf.Config {
	cfg, _ := conf.Load(source(text), "test.conf", conf.Options{})
	return cfg
}

// kernel is a table that does what it is told. It notes what the real one would refuse.
type kernel struct {
	entries []lvs.Entry
	refused []string
}

func (k *kernel) find(key lvs.Key) int {
	return slices.IndexFunc(k.entries, func(e lvs.Entry) bool { return e.Service.Key == key })
}

func (k *kernel) apply(op lvs.Op) {
	at, dest := k.find(op.Service.Key), -1
	if at >= 0 {
		dest = slices.IndexFunc(k.entries[at].Dests, func(d lvs.Dest) bool { return d.Addr == op.Dest.Addr })
	}
	switch {
	case op.Kind == lvs.AddService && at < 0:
		k.entries = append(k.entries, lvs.Entry{Service: op.Service})
	case op.Kind == lvs.EditService && at >= 0:
		k.entries[at].Service = op.Service
	case op.Kind == lvs.DelService && at >= 0:
		k.entries = slices.Delete(k.entries, at, at+1)
	case op.Kind == lvs.AddDest && at >= 0 && dest < 0:
		k.entries[at].Dests = append(k.entries[at].Dests, op.Dest)
	case op.Kind == lvs.EditDest && dest >= 0:
		k.entries[at].Dests[dest] = op.Dest
	case op.Kind == lvs.DelDest && dest >= 0:
		k.entries[at].Dests = slices.Delete(k.entries[at].Dests, dest, dest+1)
	default:
		k.refused = append(k.refused, op.String())
	}
}

func (k *kernel) String() string { return tableText(k.entries) }

// tableText gives a table with services and destinations in order of their names, so that two can be compared.
func tableText(entries []lvs.Entry) string {
	var services []string
	for _, e := range entries {
		text := strings.TrimPrefix(lvs.Op{Kind: lvs.AddService, Service: e.Service}.String(), "add service ") + "\n"
		var dests []string
		for _, d := range e.Dests {
			line := lvs.Op{Kind: lvs.AddDest, Service: e.Service, Dest: d}.String()
			dests = append(dests, "    "+strings.Replace(strings.TrimPrefix(line, "add "), "of "+e.Service.Key.String()+" ", "", 1)+"\n")
		}
		slices.Sort(dests)
		services = append(services, text+strings.Join(dests, ""))
	}
	slices.Sort(services)
	return strings.Join(services, "")
}

// text gives an action as one line of a script's output.
func text(a *check.Action, probes bool) string {
	switch a.Kind {
	case check.Probe:
		if probes {
			return fmt.Sprintf("probe checker %d url %d", a.Checker, a.URL)
		}
		return ""
	case check.Cancel:
		return fmt.Sprintf("cancel checker %d", a.Checker)
	case check.Flush:
		return "flush"
	case check.Ask:
		if probes {
			return fmt.Sprintf("ask %v", a.Keys)
		}
		return ""
	case check.Run:
		return "run " + strings.Join(a.Script.Argv, " ")
	case check.Say:
		return "say " + reportText(a.Report)
	case check.Apply:
		var lines []string
		for _, op := range a.Ops {
			lines = append(lines, op.String())
		}
		return strings.Join(lines, "\n")
	}
	panic("unknown action")
}

var kinds = map[check.ReportKind]string{
	check.Activating: "Activating", check.Deactivating: "Deactivating", check.Suspending: "Suspending", check.Succeeded: "Succeeded",
	check.URLSucceeded: "URLSucceeded", check.CheckFailed: "CheckFailed", check.CheckRetrying: "CheckRetrying",
	check.CheckFailedAgain: "CheckFailedAgain", check.Adding: "Adding", check.Removing: "Removing", check.Enabling: "Enabling",
	check.Disabling: "Disabling", check.ChangingWeight: "ChangingWeight", check.GainedQuorum: "GainedQuorum", check.LostQuorum: "LostQuorum",
	check.StartingQuorumDown: "StartingQuorumDown", check.AddingSorry: "AddingSorry", check.RemovingSorry: "RemovingSorry",
	check.AddingAlive: "AddingAlive", check.RemovingAlive: "RemovingAlive", check.ServerGone: "ServerGone", check.VirtualGone: "VirtualGone",
	check.EntryGone: "EntryGone", check.EntryAdded: "EntryAdded", check.ShuttingDown: "ShuttingDown", check.TooManyServices: "TooManyServices",
	check.Draining: "Draining", check.Drained: "Drained", check.Arrived: "Arrived", check.SlowStarting: "SlowStarting", check.Panicking: "Panicking", check.PanicOver: "PanicOver", check.Left: "Left", check.ServerUp: "ServerUp", check.ServerDown: "ServerDown", check.QuorumUp: "QuorumUp", check.QuorumDown: "QuorumDown",
}

func reportText(r *check.Report) string {
	words := []string{kinds[r.Kind]}
	add := func(on bool, format string, args ...any) {
		if on {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(r.Addr.IsValid(), "%s", r.Addr)
	vs := r.Virtual
	switch {
	case vs.Group.Set():
		add(true, "of %s:%d", vs.Group.V, r.Ordinal)
	case vs.Mark.Set():
		add(true, "of fwmark %d", vs.Mark.V)
	default:
		add(true, "of %s", vs.Address.V)
	}
	if r.Entry != nil {
		add(r.Entry.IsMark(), "entry mark %d", r.Entry.Mark)
		add(!r.Entry.IsMark(), "entry %s-%s %d", r.Entry.First, r.Entry.Last, r.Entry.Port)
	}
	if r.Check != nil {
		add(true, "by %s", r.Check.Kind)
	}
	add(r.Kind == check.URLSucceeded, "url %d", r.URL)
	add(r.Kind == check.CheckFailed, "retries %d", r.Retries)
	add(r.Try > 0, "try %d/%d", r.Try, r.Retries)
	add(r.First, "first")
	add(r.All, "all")
	add(r.Inhibit, "inhibit")
	add(r.Kind == check.Draining, "at most %s", r.Most)
	add(r.Kind == check.SlowStarting, "%d in %s", r.To, r.Most)
	add(r.Of > 0, "%d of %d", r.Failed, r.Of)
	add(r.Cut, "cut after %s", r.Most)
	add(r.Kind == check.ChangingWeight, "%d -> %d active=%t", r.From, r.To, r.Active)
	add(r.Kind == check.GainedQuorum, "%d+%d=%d <= %d", r.Quorum, r.Hysteresis, r.Threshold, r.Weight)
	add(r.Kind == check.LostQuorum || r.Kind == check.StartingQuorumDown, "%d-%d=%d > %d", r.Quorum, r.Hysteresis, r.Threshold, r.Weight)
	return strings.Join(words, " ")
}

// answer is what a server says to checks.
type answer struct {
	outcome check.Outcome
	status  int
}

// lab drives a Director with a clock, a kernel and servers that answer at once, or late.
type lab struct {
	d       *check.Director
	k       kernel
	now     time.Time
	zero    time.Time
	latency time.Duration
	conns   map[netip.AddrPort][2]uint32 // active and inactive
	mute    bool                         // the kernel does not say how many
	answers map[string]answer            // by "ADDRESS", "ADDRESS/KIND" or "ADDRESS/URL"
	pending []pending
	acts    []check.Action
	probes  int
	on      func(*check.Action) // each action, in order
	do      func(check.Event)   // what happens while time passes; step
}

type pending struct {
	at time.Time
	ev check.Event
}

func newLab(cfg *conf.Config, opt check.Options) *lab {
	if opt.Random == nil {
		opt.Random = func(n time.Duration) time.Duration { return n / 2 }
	}
	l := &lab{d: check.New(cfg, opt), now: time.Unix(1_700_000_000, 0), answers: map[string]answer{}, conns: map[netip.AddrPort][2]uint32{}, on: func(*check.Action) {}}
	l.zero, l.do = l.now, l.step
	return l
}

func (l *lab) step(ev check.Event) {
	l.acts = l.d.Step(l.now, ev, l.acts[:0])
	for i := range l.acts {
		a := &l.acts[i]
		l.on(a)
		switch a.Kind {
		case check.Apply:
			for _, op := range a.Ops {
				l.k.apply(op)
			}
		case check.Flush:
			l.k.entries = nil
		case check.Probe:
			l.probes++
			l.pending = append(l.pending, pending{l.now.Add(l.latency), l.reply(a)})
		case check.Ask:
			l.pending = append(l.pending, pending{l.now, l.count(a.Keys)})
		case check.Cancel:
			l.pending = slices.DeleteFunc(l.pending, func(p pending) bool { r, is := p.ev.(check.Result); return is && r.Checker == a.Checker })
		}
	}
}

// count tells of the connections of the destinations that there are.
func (l *lab) count(keys []lvs.Key) (ev check.Counted) {
	if l.mute {
		return check.Counted{Unknown: true}
	}
	for _, e := range l.k.entries {
		if !slices.Contains(keys, e.Service.Key) {
			continue
		}
		for _, d := range e.Dests {
			n := l.conns[d.Addr]
			ev.Counts = append(ev.Counts, lvs.Count{Key: e.Service.Key, Dest: d.Addr, Active: n[0], Inactive: n[1]})
		}
	}
	return ev
}

// reply finds what is said to an attempt; the most special answer counts.
func (l *lab) reply(a *check.Action) check.Result {
	p := l.d.Plan(a.Checker)
	keys := []string{p.Target.Addr().String(), p.Target.Addr().String() + "/" + p.Check.Kind}
	if p.Check.HTTP != nil {
		keys = append(keys, p.Target.Addr().String()+p.Check.HTTP.URLs[a.URL].Path.V)
	}
	if p.Check.Misc != nil {
		keys = append(keys, p.Target.Addr().String()+"/"+p.Check.Misc.Command.Argv[0])
	}
	ans := answer{outcome: check.OK}
	for _, k := range keys {
		if x, ok := l.answers[k]; ok {
			ans = x
		}
	}
	return check.Result{Checker: a.Checker, Attempt: a.Attempt, Outcome: ans.outcome, Status: ans.status}
}

// run lets time pass, serving every deadline and every answer.
func (l *lab) run(d time.Duration) {
	until := l.now.Add(d)
	for {
		next, ok := l.d.Deadline()
		first := -1
		for i := range l.pending {
			if first < 0 || l.pending[i].at.Before(l.pending[first].at) {
				first = i
			}
		}
		if first >= 0 && (!ok || !l.pending[first].at.After(next)) {
			p := l.pending[first]
			if p.at.After(until) {
				break
			}
			l.pending = slices.Delete(l.pending, first, first+1)
			l.now = p.at
			l.do(p.ev)
			continue
		}
		if !ok || next.After(until) {
			break
		}
		l.now = next
		l.do(check.Tick{})
	}
	l.now = until
}

// server finds a real server by "ADDRESS" or "ADDRESS@VIRTUAL".
func (l *lab) server(name string) (id check.ServerID, found bool) {
	addr, virtual, _ := strings.Cut(name, "@")
	l.d.Servers(func(i check.ServerID, vs *conf.VirtualServer, rs *conf.RealServer, _ check.Status) bool {
		v := vs.Group.V
		if vs.Address.Set() {
			v = vs.Address.V.Addr().String()
		}
		found = rs.Address.V.Addr() == netip.MustParseAddr(addr) && (virtual == "" || virtual == v)
		id = i
		return !found
	})
	return id, found
}
