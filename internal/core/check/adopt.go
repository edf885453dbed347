package check

import (
	"net/netip"

	"holdfast/internal/core/lvs"
)

// Claim notes in owned what of have, a table as the kernel holds it, is this configuration's: services that it names, and in
// them its real servers and its sorry server.
func (d *Director) Claim(have []lvs.Entry, owned *lvs.Owned) {
	mine := make(map[lvs.Key]map[netip.AddrPort]bool)
	for _, s := range d.services {
		for i := range s.entries {
			e := &s.entries[i]
			addrs := mine[e.service.Key]
			if addrs == nil {
				addrs = make(map[netip.AddrPort]bool)
				mine[e.service.Key] = addrs
			}
			for _, r := range s.servers {
				addrs[e.dest(r.dest(0)).Addr] = true
			}
			if s.conf.SorryServer.Set() {
				addrs[e.dest(s.sorryDest(0)).Addr] = true
			}
		}
	}
	for _, h := range have {
		addrs, named := mine[h.Service.Key]
		if !named {
			continue
		}
		claim := lvs.Entry{Service: h.Service}
		for _, dest := range h.Dests {
			if addrs[dest.Addr] {
				claim.Dests = append(claim.Dests, dest)
			}
		}
		owned.Claim(claim)
	}
}

func (d *Director) claim(have []lvs.Entry) *lvs.Owned {
	owned := &lvs.Owned{}
	d.Claim(have, owned)
	return owned
}

// adopt takes over from an earlier life that crashed: a server that is absent from its services, or has no weight there, was
// down, and is so until its checks say otherwise. Where the sorry server was in, all of them are.
func (d *Director) adopt(have []lvs.Entry) {
	table := make(map[lvs.Key]map[netip.AddrPort]lvs.Dest, len(have))
	for _, h := range have {
		dests := make(map[netip.AddrPort]lvs.Dest, len(h.Dests))
		for _, dest := range h.Dests {
			dests[dest.Addr] = dest
		}
		table[h.Service.Key] = dests
	}
	for _, s := range d.services {
		if len(s.entries) == 0 {
			continue
		}
		e := &s.entries[0]
		dests, known := table[e.service.Key]
		if !known {
			continue
		}
		for _, r := range s.servers {
			r.resume(dests[e.dest(r.dest(0)).Addr])
		}
	}
}

// resume takes over a server that the kernel has as was; a zero Dest says that it is absent.
func (r *server) resume(was lvs.Dest) {
	if was.Addr.IsValid() && (was.Weight > 0 || !r.conf.InhibitOnFailure.V || r.conf.Weight.V == 0) {
		r.resumeWeight(int64(was.Weight))
		return
	}
	for _, c := range r.checkers {
		if c.probes() && !c.failed {
			c.failed = true
			r.failing++
			r.mourned = true
		}
	}
	r.up = r.well()
	r.recount()
}

// resumeWeight supposes that a weight which is not the configured one was set by the one script that could.
func (r *server) resumeWeight(w int64) {
	var script *checker
	for _, c := range r.checkers {
		if c.weighs() {
			if script != nil || c.conf.Misc == nil {
				return
			}
			script = c
		}
	}
	if script != nil && w != r.effect {
		script.status = int(w) + 2
		r.effect = r.effective()
		r.recount()
	}
}
