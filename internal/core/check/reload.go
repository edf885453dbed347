package check

import (
	"net/netip"
	"time"

	"holdfast/conf"
)

// identity is what a virtual server is known by over reloads.
type identity struct {
	group    string
	family   conf.Family // of a mark
	mark     uint32
	protocol conf.Protocol
	addr     netip.AddrPort
}

func identify(vs *conf.VirtualServer) identity {
	switch {
	case vs.Group.Set():
		return identity{group: vs.Group.V, protocol: vs.Protocol.V}
	case vs.Mark.Set():
		return identity{mark: vs.Mark.V, family: vs.Family.V}
	}
	return identity{protocol: vs.Protocol.V, addr: vs.Address.V}
}

// reconfigure replaces the configuration. What keeps its identity keeps its state, its timers and its attempts under way. In
// between nothing is missing from the table: the operations are the difference between before and after.
//
// compat: keepalived tells in two passes, first what is gone, then how each service stands.
func (d *Director) reconfigure(now time.Time, ev Reconfigure, acts []Action) []Action {
	mark, before, old := len(acts), d.Wanted(), d.services
	d.cfg = ev.Config
	if ev.Usable != nil {
		d.opt.Usable = ev.Usable
	}
	d.services = d.build(d.cfg)
	for _, s := range d.services {
		s.away = true // if it follows, until something else is known
	}
	if !d.running {
		d.checkers, d.servers = nil, nil
		d.enroll(d.services)
		return acts
	}
	for i, heir := range heirs(old, d.services, func(s *service) identity { return identify(s.conf) }) {
		if heir != nil {
			heir.away, heir.heir, heir.panics = old[i].away, true, old[i].panics
			acts = heir.inherit(old[i], acts)
		} else {
			acts = old[i].vanish(acts)
		}
	}
	d.drains.former = d.drains.rules
	acts = d.register(now, acts)
	for _, s := range d.services {
		s.away = d.away(s, s.away)
	}
	d.drains.leave(d.awayKeys())
	for _, s := range d.services {
		acts = d.open(now, s, acts)
	}
	d.keepRamps()
	acts = d.replace(now, mark, before, nil, acts)
	d.drains.former = nil
	return d.activate(now, acts)
}

// register takes IDs from what is gone, cancels its attempts, and enrolls what is new.
func (d *Director) register(now time.Time, acts []Action) []Action {
	cancelled := d.checkers
	d.checkers, d.servers = make([]*checker, len(d.checkers)), make([]*server, len(d.servers))
	for _, s := range d.services {
		for _, r := range s.servers {
			if r.id != 0 {
				d.servers[r.id] = r
			}
			for _, c := range r.checkers {
				if c.id != 0 {
					d.checkers[c.id] = c
				}
				if limit := now.Add(max(c.conf.Timing.DelayLoop.V, c.conf.Timing.DelayBeforeRetry.V)); c.ran && c.at.After(limit) {
					c.at = limit
				}
			}
		}
	}
	for _, c := range cancelled {
		if c != nil && c.attempt != 0 && d.checkers[c.id] == nil {
			acts = append(acts, Action{Kind: Cancel, Checker: c.id, Attempt: c.attempt})
		}
	}
	d.enroll(d.services)
	return acts
}

// vanish tells of a service that the file no longer has.
func (s *service) vanish(acts []Action) []Action {
	acts = say(s.report(VirtualGone), acts)
	for _, r := range s.servers {
		acts = r.vanish(acts)
	}
	if s.up {
		acts = run(s.conf.QuorumDown, acts)
		rep := s.quorumOf(QuorumDown, s.low())
		rep.Leaving, rep.Weight = Removed, 0
		acts = say(rep, acts)
	}
	return acts
}

// vanish tells that a server leaves the table, if it is there.
func (r *server) vanish(acts []Action) []Action {
	if !r.slot.in {
		return acts
	}
	rep := r.report(Removing)
	rep.Inhibit = !r.up
	acts = say(rep, acts)
	if r.up {
		acts = r.mourn(nil, Removed, acts)
	}
	return acts
}

// inherit takes over the state of the service that this one was before.
func (s *service) inherit(old *service, acts []Action) []Action {
	s.up, s.sorry, s.suspended = old.up, old.sorry, old.suspended
	acts = s.inheritEntries(old, acts)
	if s.sorry && s.sorryDest(1) != old.sorryDest(1) {
		s.sorry = false
		acts = say(old.sorryReport(RemovingSorry), acts)
	}
	for i, heir := range heirs(old.servers, s.servers, func(r *server) netip.AddrPort { return r.conf.Address.V }) {
		if heir != nil {
			heir.inherit(old.servers[i])
			continue
		}
		acts = say(old.servers[i].report(ServerGone), acts)
		acts = old.servers[i].vanish(acts)
	}
	return acts
}

// inheritEntries tells which lines of a group are gone. Those that are new are told when the service opens.
func (s *service) inheritEntries(old *service, acts []Action) []Action {
	if old.group == nil || s.group == nil {
		return acts
	}
	before, now := lines(old.group), lines(s.group)
	for i := range old.group.Entries {
		if e := &old.group.Entries[i]; !now[meaning(*e)] {
			r := old.report(EntryGone)
			r.Entry = e
			acts = say(r, acts)
		}
	}
	for i := range s.group.Entries {
		if e := &s.group.Entries[i]; !before[meaning(*e)] {
			s.added = append(s.added, e)
		}
	}
	return acts
}

// inherit takes over the state of the server that this one was before. A new alpha checker of a server that is up is believed
// good, like any other.
func (r *server) inherit(old *server) {
	r.id, r.order, r.weight = old.id, old.order, old.weight
	r.mourned, r.was, r.leaving = old.mourned, old, old.leaving
	r.once, r.since, r.risen = old.once, old.since, old.risen
	failing := !old.up
	for i, heir := range heirs(old.checkers, r.checkers, (*checker).identify) {
		if heir != nil {
			heir.inherit(old.checkers[i])
			failing = failing || heir.failed
		}
	}
	for _, c := range r.checkers {
		if c.id == 0 && !failing {
			c.failed = false
		}
	}
}

func (c *checker) inherit(old *checker) {
	c.id, c.failed, c.ran, c.tries, c.url, c.round = old.id, old.failed, old.ran, old.tries, old.url, old.round
	c.known = old.known
	c.status, c.at, c.attempt, c.started = old.status, old.at, old.attempt, old.started
	if c.conf.Alpha.V != old.conf.Alpha.V && !c.ran {
		c.failed = c.conf.Alpha.V
	}
}
