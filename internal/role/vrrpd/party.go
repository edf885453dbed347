package vrrpd

import (
	"time"

	"holdfast/vrrp"
)

// party is one sync group at work.
type party struct {
	*vrrp.Group
	index   int
	members []*runner
	target  vrrp.State // what the group is, or on its way to
	reached bool       // every member is there
}

// command is an event that waits for its turn.
type command struct {
	r  *runner
	ev vrrp.Event
}

func (e *Engine) form(index int, g *GroupPlan) {
	p := &party{index: index}
	var members []*vrrp.Instance
	for at, i := range g.Members {
		r := e.routers[i]
		r.party, r.seat = p, at
		p.members = append(p.members, r)
		members = append(members, r.Instance)
	}
	p.Group = vrrp.NewGroup(g.Name, members)
	e.parties = append(e.parties, p)
}

// consult tells a router's group of an action and queues what the group has to say to its members.
func (e *Engine) consult(now time.Time, r *runner, a *vrrp.Action) {
	p := r.party
	for _, d := range p.Step(r.seat, *a, nil) {
		e.queue = append(e.queue, command{p.members[d.Member], d.Event})
	}
	if a.Kind != vrrp.Became {
		return
	}
	if p.silent(a) {
		p.target, p.reached = a.State, true
		return
	}
	state, uniform := p.State()
	if p.target != a.State {
		p.target, p.reached = a.State, false
		if (!uniform || a.From == a.State) && a.From != vrrp.Init && a.State != vrrp.Init {
			e.ports.Tell(Report{Router: -1, Group: p.index + 1, At: now, Syncing: true, Action: vrrp.Action{Kind: vrrp.Became, State: a.State}})
		}
	}
	if uniform && state == p.target && !p.reached {
		p.reached = true
		e.ports.Tell(Report{Router: -1, Group: p.index + 1, At: now, Action: vrrp.Action{Kind: vrrp.Became, State: state}})
	}
}

// silent reports whether a group that steps down because an address was removed says nothing of it, nor do its scripts run.
// compat: only its way back is told.
func (p *party) silent(a *vrrp.Action) bool {
	return a.State == vrrp.Backup && a.From == vrrp.Master && (a.Why.Cause == vrrp.AddrRemoved || a.Why.Cause == vrrp.Synced && a.Why.Addr.IsValid())
}

// serveQueue carries out what groups have said, which may make them say more.
func (e *Engine) serveQueue(now time.Time) {
	for i := 0; i < len(e.queue); i++ {
		c := e.queue[i]
		e.one(now, c.r, c.ev)
	}
	e.queue = e.queue[:0]
}
