package check

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// drains are the destinations that have left what the services want, and that drain_timeout leaves in the table, with weight 0, until
// they have no connections or their time is over. The table is what the services want and, beside it, what drains.
type drains struct {
	list   map[place]*drain
	began  uint64    // how many have begun
	at     time.Time // when there is something to do next; zero: never
	ask    time.Time // when to ask the kernel for counts next; zero: not at all
	asked  time.Time // when it was asked last
	asking bool      // it has not answered yet
	fresh  []*farewell

	closed map[lvs.Key]bool // services of which nothing drains: they follow an instance that is not MASTER

	rules  rules // of the configuration
	former rules // while a reload is under way: of the one before
}

// place is where a destination is in the table.
type place struct {
	key  lvs.Key
	addr netip.AddrPort
}

// rules say by which real server's drain_timeout a destination leaves. nil: nobody has one.
type rules map[place]*server

// drain is one destination that drains.
type drain struct {
	place
	number  uint64      // in the order in which they began
	service lvs.Service // what it is a destination of
	dest    lvs.Dest    // with weight 0
	since   time.Time
	until   time.Time
	of      *farewell
}

// farewell is the leaving of one server from all addresses of its service, which is told as one.
type farewell struct {
	report *Report
	left   int  // destinations that still drain
	cut    bool // the time of one was over
}

// often is how often the kernel is asked for the connections of what drains, and how long anything drains at least: what was
// under way when it lost its weight has become a connection by then.
const often = time.Second

// rulesOf collects the servers with a drain_timeout.
func rulesOf(services []*service) rules {
	var all rules
	for _, s := range services {
		for _, r := range s.servers {
			if r.conf.DrainTimeout.V <= 0 {
				continue
			}
			if all == nil {
				all = make(rules)
			}
			for i := range s.entries {
				e := &s.entries[i]
				if p := (place{e.service.Key, e.dest(r.dest(0)).Addr}); all[p] == nil {
					all[p] = r
				}
			}
		}
	}
	return all
}

// retain is called before want and have, both of one service or both of the same part of it, are compared. What leaves stays in want
// as far as drain_timeout says, and what drains and is wanted again does not drain any more. Either may be nil.
func (d *Director) retain(now time.Time, want, have *lvs.Entry) (w, h *lvs.Entry) {
	n := &d.drains
	if len(n.list) == 0 && n.rules == nil && n.former == nil {
		return want, have
	}
	wanted, there := addresses(want), addresses(have)
	if have != nil {
		for _, dest := range have.Dests {
			if wanted[dest.Addr] {
				continue
			}
			dr := n.list[place{have.Service.Key, dest.Addr}]
			if dr == nil {
				if dr = n.begin(now, have.Service, dest); dr == nil {
					continue
				}
			}
			dr.service = have.Service
			if want == nil {
				want = &lvs.Entry{Service: have.Service}
			}
			want.Dests = append(want.Dests, dr.dest)
		}
	}
	if want != nil {
		for _, dest := range want.Dests {
			if !wanted[dest.Addr] {
				continue
			}
			p := place{want.Service.Key, dest.Addr}
			dr := n.list[p]
			if dr == nil {
				continue
			}
			delete(n.list, p)
			dr.of.left--
			if !there[dest.Addr] {
				if have == nil {
					have = &lvs.Entry{Service: want.Service}
				}
				have.Dests = append(have.Dests, dr.dest)
			}
		}
	}
	return want, have
}

func addresses(e *lvs.Entry) map[netip.AddrPort]bool {
	if e == nil {
		return nil
	}
	m := make(map[netip.AddrPort]bool, len(e.Dests))
	for _, d := range e.Dests {
		m[d.Addr] = true
	}
	return m
}

// begin has a destination drain, if its server says so.
func (n *drains) begin(now time.Time, s lvs.Service, dest lvs.Dest) *drain {
	p := place{s.Key, dest.Addr}
	if n.closed[s.Key] {
		return nil
	}
	r := n.rules[p]
	if r == nil {
		r = n.former[p]
	}
	if r == nil {
		return nil
	}
	if r.leaving == nil || r.leaving.left == 0 {
		r.leaving = n.farewell(r.report(Draining), r.conf.DrainTimeout.V)
	}
	return n.add(now, s, dest, r.leaving)
}

// leave forgets what drains of services that are to be out of the table, and has nothing of them drain from now on.
func (n *drains) leave(keys map[lvs.Key]bool) {
	n.closed = keys
	for p, dr := range n.list {
		if keys[p.key] {
			dr.of.left--
			delete(n.list, p)
		}
	}
}

func (n *drains) farewell(r *Report, most time.Duration) *farewell {
	r.Most = most
	f := &farewell{report: r}
	n.fresh = append(n.fresh, f)
	return f
}

func (n *drains) add(now time.Time, s lvs.Service, dest lvs.Dest, of *farewell) *drain {
	dest.Weight = 0
	n.began++
	dr := &drain{
		place: place{s.Key, dest.Addr}, number: n.began, service: s, dest: dest, since: now, until: now.Add(of.report.Most), of: of,
	}
	if n.list == nil {
		n.list = make(map[place]*drain)
	}
	n.list[dr.place] = dr
	of.left++
	return dr
}

// sorted gives what drains in the order in which it began.
func (n *drains) sorted() []*drain {
	list := make([]*drain, 0, len(n.list))
	for _, dr := range n.list {
		list = append(list, dr)
	}
	slices.SortFunc(list, func(a, b *drain) int { return int(int64(a.number - b.number)) })
	return list
}

// overlay adds what drains to a table of what is wanted.
func (n *drains) overlay(to []lvs.Entry) []lvs.Entry {
	if len(n.list) == 0 {
		return to
	}
	at := make(map[lvs.Key]int, len(to))
	for i := range to {
		at[to[i].Service.Key] = i
	}
	for _, dr := range n.sorted() {
		i, is := at[dr.key]
		if !is {
			i = len(to)
			at[dr.key] = i
			to = append(to, lvs.Entry{Service: dr.service})
		}
		to[i].Dests = append(to[i].Dests, dr.dest)
	}
	return to
}

// tellDrains tells of those that have begun and sets the time of what is next.
func (d *Director) tellDrains(now time.Time, acts []Action) []Action {
	n := &d.drains
	for _, f := range n.fresh {
		if f.left > 0 {
			acts = say(f.report, acts)
		}
	}
	n.fresh = n.fresh[:0]
	n.schedule(now)
	return acts
}

// schedule sets the time of what is next.
func (n *drains) schedule(now time.Time) {
	n.at = time.Time{}
	if len(n.list) == 0 {
		n.ask = time.Time{}
		return
	}
	if n.ask.IsZero() {
		n.ask = now.Add(often)
	}
	if !n.asking {
		n.at = n.ask
	}
	for _, dr := range n.list {
		if n.at.IsZero() || dr.until.Before(n.at) {
			n.at = dr.until
		}
	}
}

// drainOn takes out what has had its time, and asks for the connections of the others.
func (d *Director) drainOn(now time.Time, acts []Action) []Action {
	n := &d.drains
	if n.at.IsZero() || now.Before(n.at) {
		return acts
	}
	acts = d.drained(func(dr *drain) bool {
		over := !dr.until.After(now)
		dr.of.cut = dr.of.cut || over
		return over
	}, acts)
	if len(n.list) > 0 && !n.asking && !now.Before(n.ask) {
		n.asked, n.ask, n.asking = now, now.Add(often), true
		acts = append(acts, Action{Kind: Ask, Keys: n.keys()})
	}
	n.schedule(now)
	return acts
}

// keys are the services in which something drains.
func (n *drains) keys() (keys []lvs.Key) {
	seen := make(map[lvs.Key]bool)
	for _, dr := range n.sorted() {
		if !seen[dr.key] {
			seen[dr.key] = true
			keys = append(keys, dr.key)
		}
	}
	return keys
}

// counted takes the kernel's answer: what has no connections any more is taken out.
func (d *Director) counted(now time.Time, ev Counted, acts []Action) []Action {
	n := &d.drains
	if !d.running || !n.asking {
		return acts
	}
	n.asking, n.ask = false, now.Add(often)
	if !ev.Unknown {
		open := make(map[place]uint32, len(ev.Counts))
		for i := range ev.Counts {
			open[place{ev.Counts[i].Key, ev.Counts[i].Dest}] = ev.Counts[i].Open()
		}
		acts = d.drained(func(dr *drain) bool {
			return open[dr.place] == 0 && !n.asked.Before(dr.since.Add(often))
		}, acts)
	}
	n.schedule(now)
	return acts
}

// drained takes out of the table what is over, and tells it.
func (d *Director) drained(over func(*drain) bool, acts []Action) []Action {
	ops, told := d.takeOut(over)
	acts = d.insert(len(acts), ops, acts)
	for _, f := range told {
		r := *f.report
		r.Kind, r.Cut = Drained, f.cut
		acts = say(&r, acts)
	}
	return acts
}

// takeOut forgets what is over and gives the operations for it, and the farewells that are over by that. A service that is not wanted
// any more goes with the last of it.
func (d *Director) takeOut(over func(*drain) bool) (ops []lvs.Op, told []*farewell) {
	n := &d.drains
	left := make(map[lvs.Key]int)
	for p := range n.list {
		left[p.key]++
	}
	for _, dr := range n.sorted() {
		if !over(dr) {
			continue
		}
		delete(n.list, dr.place)
		ops = append(ops, lvs.Op{Kind: lvs.DelDest, Service: dr.service, Dest: dr.dest})
		if left[dr.key]--; left[dr.key] == 0 && d.users[dr.key] == 0 {
			ops = append(ops, lvs.Op{Kind: lvs.DelService, Service: dr.service})
		}
		if dr.of.left--; dr.of.left == 0 {
			told = append(told, dr.of)
		}
	}
	return ops, told
}

// inheritDrains takes up, after a crash, what an earlier life let drain: destinations with weight 0 that a service of ours has and the
// configuration does not name, if the service drains its servers at all. What belonged to a service that is gone cannot be known.
func (d *Director) inheritDrains(now time.Time, have []lvs.Entry, owned *lvs.Owned) {
	if d.drains.rules == nil {
		return
	}
	named := make(map[place]bool)
	of := make(map[lvs.Key]*service)
	most := make(map[*service]time.Duration)
	for _, s := range d.services {
		for _, r := range s.servers {
			most[s] = max(most[s], r.conf.DrainTimeout.V)
		}
		for i := range s.entries {
			e := &s.entries[i]
			if of[e.service.Key] == nil || most[of[e.service.Key]] < most[s] {
				of[e.service.Key] = s
			}
			for _, r := range s.servers {
				named[place{e.service.Key, e.dest(r.dest(0)).Addr}] = true
			}
			if s.conf.SorryServer.Set() {
				named[place{e.service.Key, e.dest(s.sorryDest(0)).Addr}] = true
			}
		}
	}
	for _, h := range have {
		s := of[h.Service.Key]
		if s == nil || most[s] == 0 || d.drains.closed[h.Service.Key] {
			continue
		}
		for _, dest := range h.Dests {
			if dest.Weight > 0 || named[place{h.Service.Key, dest.Addr}] {
				continue
			}
			r := s.report(Draining)
			r.Real, r.Addr = &conf.RealServer{Address: conf.Value[netip.AddrPort]{V: dest.Addr}}, dest.Addr
			d.drains.add(now, h.Service, dest, d.drains.farewell(r, most[s]))
			owned.Claim(lvs.Entry{Service: h.Service, Dests: []lvs.Dest{dest}})
		}
	}
}
