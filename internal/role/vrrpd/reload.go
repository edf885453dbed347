package vrrpd

import (
	"time"

	"holdfast/vrrp"
)

// Reload changes over to another setup, in which every router that stays keeps its slot, its state, its timers and its
// counters. Those that are gone say farewell; those that are new are started by their first SetConditions.
func (e *Engine) Reload(now time.Time, s *Setup) {
	for _, r := range e.routers {
		r.party = nil
	}
	for i, p := range s.Plans {
		if i < len(e.routers) {
			e.routers[i].plan = p
		}
		switch {
		case i == len(e.routers):
			e.routers = append(e.routers, &runner{Instance: vrrp.New(p.VRRP), plan: p, index: i, group: p.Mcast, heapPos: -1})
		case p.Gone:
			e.dismiss(now, e.routers[i])
		case e.routers[i].gone: // the slot has a new tenant
			e.routers[i] = &runner{Instance: vrrp.New(p.VRRP), plan: p, index: i, group: p.Mcast, heapPos: -1}
		}
	}
	e.parties = e.parties[:0]
	for i, g := range s.Groups {
		e.form(i, g)
	}
	for i, p := range s.Plans {
		if r := e.routers[i]; !p.Gone && !r.Config().Equal(p.VRRP) {
			e.step(now, r, vrrp.Reconfigure{Config: p.VRRP})
		}
	}
	for _, p := range e.parties {
		e.settle(now, p)
	}
}

// dismiss lets a router go.
func (e *Engine) dismiss(now time.Time, r *runner) {
	if r.gone {
		return
	}
	e.step(now, r, vrrp.Stop{})
	r.gone = true
	delete(e.byVRID, vridKey{r.link, r.VRID()})
}

// settle makes a group that was formed of instances in different states agree: its masters wait with the others.
func (e *Engine) settle(now time.Time, p *party) {
	state, uniform := p.State()
	if p.target, p.reached = state, uniform; uniform {
		return
	}
	p.target = vrrp.Backup
	for _, r := range p.members {
		if s, _, _ := r.State(); s == vrrp.Master {
			e.step(now, r, vrrp.Follow{})
		}
	}
}
