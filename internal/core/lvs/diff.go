package lvs

import (
	"net/netip"
	"slices"
)

// Diff appends to ops what turns have, a service as the kernel has it, into want: first the service itself, then additions in
// the order of want, then edits in place in the order of want, those to weight 0 after all others, and last the deletions in the
// order of have. Either is nil where
// there is no such service. Of have only what owned holds is deleted; what want names is edited whoever made it. A service that
// goes takes all its destinations with it, so one in which others have put something loses ours and stays. A nil owned holds all.
//
// A destination that want names twice counts as the first of both.
func Diff(ops []Op, want, have *Entry, owned *Owned) []Op {
	switch {
	case want == nil && have == nil:
		return ops
	case want == nil:
		return remove(ops, have, owned)
	case have == nil:
		ops = append(ops, Op{Kind: AddService, Service: want.Service})
		have = &Entry{}
	case !have.Service.Same(want.Service):
		ops = append(ops, Op{Kind: EditService, Service: want.Service})
	}
	ops = slices.Grow(ops, max(0, len(want.Dests)-len(have.Dests)))
	there := make(map[netip.AddrPort]Dest, len(have.Dests))
	for _, d := range have.Dests {
		there[d.Addr] = d
	}
	wanted := make(map[netip.AddrPort]bool, len(want.Dests))
	var edits, drains []Op
	for _, d := range want.Dests {
		if wanted[d.Addr] {
			continue
		}
		wanted[d.Addr] = true
		switch old, is := there[d.Addr]; {
		case !is:
			ops = append(ops, Op{AddDest, want.Service, d})
		case old != d && d.Weight == 0:
			drains = append(drains, Op{EditDest, want.Service, d})
		case old != d:
			edits = append(edits, Op{EditDest, want.Service, d})
		}
	}
	ops = append(append(ops, edits...), drains...)
	for _, d := range have.Dests {
		if !wanted[d.Addr] && owned.Dest(want.Service.Key, d.Addr) {
			ops = append(ops, Op{DelDest, want.Service, d})
		}
	}
	return ops
}

func remove(ops []Op, have *Entry, owned *Owned) []Op {
	k, foreign := have.Service.Key, false
	for _, d := range have.Dests {
		if owned.Dest(k, d.Addr) {
			ops = append(ops, Op{DelDest, have.Service, d})
		} else {
			foreign = true
		}
	}
	if owned.Service(k) && !foreign {
		ops = append(ops, Op{Kind: DelService, Service: have.Service})
	}
	return ops
}
