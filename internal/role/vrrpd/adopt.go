package vrrpd

// inherited finds the routers that an earlier life of this role was MASTER of: those whose advertised addresses are all in the
// kernel. Nobody else installs them one and all, and a stop would have removed them. To let them go and wait for three
// intervals would be an outage for nothing.
func (r *Role) inherited() map[int]bool {
	adopt := make(map[int]bool)
	m := &r.world.view.mirror
	for i, p := range r.gen.setup.Plans {
		if p.Broken {
			continue
		}
		want := p.Wanted(m)[:0]
		for j := range p.Conf.Addresses { // the advertised ones: an excluded one may be new in the file
			if a, ok := p.address(&p.Conf.Addresses[j], m); ok {
				want = append(want, a)
			}
		}
		if len(want) > 0 && len(present(m, want)) == len(want) {
			adopt[i] = true
			if !r.opt.Farewell {
				r.teller.say().info(p, "finding its addresses in place, going on as MASTER")
			}
		}
	}
	return adopt
}
