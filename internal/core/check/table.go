package check

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/internal/core/lvs"
)

// Wanted returns the whole table as it is to be now: what all Apply actions so far lead to.
func (d *Director) Wanted() []lvs.Entry {
	if !d.running {
		return nil
	}
	return d.drains.overlay(d.configured())
}

// configured returns what the services want of the table. Of a service that several virtual servers name, the first says how it is, and
// it has the destinations of all.
func (d *Director) configured() (to []lvs.Entry) {
	var where map[lvs.Key]int // of shared keys
	for _, s := range d.services {
		if s.away {
			continue
		}
		for i := range s.entries {
			e := &s.entries[i]
			key := e.service.Key
			if d.users[key] == 1 {
				to = append(to, lvs.Entry{Service: e.service, Dests: s.dests(e, make([]lvs.Dest, 0, len(s.slots)))})
				continue
			}
			if where == nil {
				where = make(map[lvs.Key]int)
			}
			at, known := where[key]
			if !known {
				at = len(to)
				where[key] = at
				to = append(to, lvs.Entry{Service: e.service})
			}
			to[at].Dests = merge(to[at].Dests, s.dests(e, nil))
		}
	}
	return to
}

// dests appends what the kernel was told of an entry's destinations.
func (s *service) dests(e *entry, to []lvs.Dest) []lvs.Dest {
	for _, p := range s.slots {
		if p.in {
			to = append(to, e.dest(p.told))
		}
	}
	return to
}

// merge appends those of more that are not there.
func merge(list, more []lvs.Dest) []lvs.Dest {
	have := make(map[netip.AddrPort]bool, len(list))
	for _, d := range list {
		have[d.Addr] = true
	}
	for _, d := range more {
		if !have[d.Addr] {
			list = append(list, d)
		}
	}
	return list
}

// touch notes that a service's servers may have changed, and judges its quorum.
func (d *Director) touch(s *service, acts []Action) []Action {
	if len(s.dirty) == 0 {
		return acts
	}
	if !s.touched {
		s.touched = true
		d.touched = append(d.touched, s)
	}
	return s.judge(false, acts)
}

// finish puts the operations of this Step before everything that is told about it.
func (d *Director) finish(now time.Time, acts []Action) []Action {
	if len(d.touched) == 0 {
		return acts
	}
	var ops []lvs.Op
	for _, s := range d.touched {
		s.touched = false
		acts = d.rise(now, s, acts)
		ops = d.catchUp(now, s, ops)
	}
	d.touched = d.touched[:0]
	return d.tellDrains(now, d.insert(d.mark, ops, acts))
}

func (d *Director) insert(mark int, ops []lvs.Op, acts []Action) []Action {
	if len(ops) == 0 {
		return acts
	}
	acts = append(acts, Action{})
	copy(acts[mark+1:], acts[mark:])
	acts[mark] = Action{Kind: Apply, Ops: ops}
	return acts
}

// catchUp appends what leads from what the kernel was told of a service to what it wants now, looking only at what may have
// changed.
func (d *Director) catchUp(now time.Time, s *service, ops []lvs.Op) []lvs.Op {
	var want, have []lvs.Dest
	slices.SortFunc(s.dirty, func(a, b *slot) int { return a.index - b.index })
	for _, p := range s.dirty {
		p.dirty = false
		to, in := s.want(p)
		if in == p.in && to == p.told {
			continue
		}
		if p.in {
			have = append(have, p.told)
		}
		if in {
			want = append(want, to)
		}
		p.told, p.in = to, in
	}
	s.dirty = s.dirty[:0]
	if s.away || len(want)+len(have) == 0 {
		return ops
	}
	for i := range s.entries {
		e := &s.entries[i]
		if d.users[e.service.Key] > 1 {
			ops = d.catchUpShared(now, e.service.Key, ops)
			continue
		}
		w, h := d.retain(now, e.part(want), e.part(have))
		ops = lvs.Diff(ops, w, h, nil)
	}
	return ops
}

// part is an Entry with some of the service's destinations.
func (e *entry) part(dests []lvs.Dest) *lvs.Entry {
	p := &lvs.Entry{Service: e.service, Dests: make([]lvs.Dest, len(dests))}
	for i, d := range dests {
		p.Dests[i] = e.dest(d)
	}
	return p
}

func (d *Director) catchUpShared(now time.Time, key lvs.Key, ops []lvs.Op) []lvs.Op {
	have, want := d.shared[key], lvs.Entry{}
	for _, s := range d.services {
		for i := range s.entries {
			if e := &s.entries[i]; e.service.Key == key && !s.away {
				if want.Service.Scheduler == "" {
					want.Service = e.service
				}
				want.Dests = merge(want.Dests, s.dests(e, nil))
			}
		}
	}
	d.shared[key] = want
	w, h := d.retain(now, &want, &have)
	return lvs.Diff(ops, w, h, nil)
}

// additions is how many operations make a table of nothing.
func additions(table []lvs.Entry) int {
	n := len(table)
	for i := range table {
		n += len(table[i].Dests)
	}
	return n
}

// replace puts at mark the operations that lead from a table to the one that is wanted now. What has is not owned stays.
func (d *Director) replace(now time.Time, mark int, has []lvs.Entry, owned *lvs.Owned, acts []Action) []Action {
	was := make(map[lvs.Key]*lvs.Entry, len(has))
	for i := range has {
		was[has[i].Service.Key] = &has[i]
	}
	var ops []lvs.Op
	wanted := d.configured()
	clear(d.shared)
	if len(has) == 0 {
		ops = make([]lvs.Op, 0, additions(wanted))
	}
	for i := range wanted {
		key := wanted[i].Service.Key
		if d.users[key] > 1 {
			d.shared[key] = wanted[i]
		}
		w, h := d.retain(now, &wanted[i], was[key])
		ops = lvs.Diff(ops, w, h, owned)
		delete(was, key)
	}
	for i := range has {
		if was[has[i].Service.Key] != nil { // in the order of has
			w, h := d.retain(now, nil, &has[i])
			ops = lvs.Diff(ops, w, h, owned)
		}
	}
	return d.tellDrains(now, d.insert(mark, ops, acts))
}
