package vrrpd

import "holdfast/internal/core/table"

// inherited finds the routers that an earlier life of this role was MASTER of, in the order of the file. To let them go and wait for
// three intervals would be an outage for nothing.
func (r *Role) inherited() map[int]bool {
	adopt := r.gen.setup.inherited(&r.world.view.mirror)
	for i, p := range r.gen.setup.Plans {
		if adopt[i] && !r.opt.Farewell {
			r.teller.say().info(p, "finding its addresses in place, going on as MASTER")
		}
	}
	return adopt
}

// inherited finds the routers whose advertised addresses are all in the kernel. Nobody else installs them one and all, and a
// stop would have removed them. The members of a sync group go on together: who died between the first member's addresses and
// the last one's was on the way there.
func (s *Setup) inherited(m *table.Mirror) map[int]bool {
	adopt := make(map[int]bool)
	for i, p := range s.Plans {
		if !p.complete(m) {
			continue
		}
		for _, member := range s.together(i) {
			if !s.Plans[member].Broken {
				adopt[member] = true
			}
		}
	}
	return adopt
}

// complete reports whether the advertised addresses of an instance are all there; an excluded one may be new in the file.
func (p *Plan) complete(m *table.Mirror) bool {
	if p.Broken {
		return false
	}
	var want []table.Addr
	for i := range p.Conf.Addresses {
		if a, ok := p.address(&p.Conf.Addresses[i], m); ok {
			want = append(want, a)
		}
	}
	return len(want) > 0 && len(present(m, want)) == len(want)
}
