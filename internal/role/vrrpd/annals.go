package vrrpd

import (
	"sync"
	"time"

	"holdfast/internal/core/reason"
	"holdfast/vrrp"
)

// annals keep the recent decisions of every router and group. The teller writes them; the scribe reads them.
type annals struct {
	mu      sync.Mutex
	routers map[fame]*reason.Ring
	groups  map[string]*saga
}

// fame is what a router is known by: an instance that is renamed keeps its history, and two that claim the same VRID do not
// share one.
type fame struct {
	identity
	name string // of a broken one only
}

// saga is the history of a group.
type saga struct {
	reason.Ring
	state vrrp.State
}

func (p *Plan) fame() fame {
	f := fame{identity: p.identity()}
	if p.Broken {
		f.name = p.VRRP.Name
	}
	return f
}

func newAnnals() *annals {
	return &annals{routers: make(map[fame]*reason.Ring), groups: make(map[string]*saga)}
}

// router notes that a router entered a state, and gives the decision.
func (a *annals) router(p *Plan, r *Report) reason.Decision {
	d := reason.Decision{
		At: r.At, From: r.Action.From, To: r.Action.State, Why: r.Action.Why,
		Base: p.VRRP.Priority, Priority: r.Prio, Grounds: r.Grounds,
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	ring := a.routers[p.fame()]
	if ring == nil {
		ring = &reason.Ring{}
		a.routers[p.fame()] = ring
	}
	if old := ring.Last(); old != nil && d.Why.Cause == vrrp.Recovered && d.Why.Faults == old.Why.Faults && d.Why.Faults != vrrp.Undecided {
		d.Because = "faults are gone: " + reason.Explain(old.Why, old.Grounds)
	}
	ring.Add(d)
	return d
}

// because keeps a decision and, behind keepalived's own line about it, tells why it was made.
func (t *teller) because(p *Plan, r *Report) {
	d := t.annals.router(r.Plan, r)
	if _, text, _ := describeState(r); text != "" {
		t.log.Info("("+p.VRRP.Name+") "+d.Line(), "instance", p.VRRP.Name, "state", d.To.String())
	}
}

// group notes that all of a group arrived in a state: because of that member which went there by itself last.
func (a *annals) group(g *GroupPlan, plans []*Plan, at time.Time, s vrrp.State) {
	a.mu.Lock()
	defer a.mu.Unlock()
	tale := a.groups[g.Name]
	if tale == nil {
		tale = &saga{}
		a.groups[g.Name] = tale
	}
	d := reason.Decision{At: at, From: tale.state, To: s, Because: "all members are"}
	var latest time.Time
	for _, m := range g.Members {
		p := plans[m]
		ring := a.routers[p.fame()]
		if ring == nil {
			continue
		}
		last := ring.Last() // whoever has a ring has decided something
		if last.To != s || last.Why.Cause == vrrp.Synced || last.Why.Faults == vrrp.MemberFaulted || last.At.Before(latest) {
			continue
		}
		latest = last.At
		d.Because = p.VRRP.Name + ": " + reason.Explain(last.Why, last.Grounds)
	}
	tale.state = s
	tale.Add(d)
}

// keep forgets whoever is not in the setup any more.
func (a *annals) keep(s *Setup) {
	known := make(map[fame]bool, len(s.Plans))
	for _, p := range s.Plans {
		known[p.fame()] = true
	}
	groups := make(map[string]bool, len(s.Groups))
	for _, g := range s.Groups {
		groups[g.Name] = true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for f := range a.routers {
		if !known[f] {
			delete(a.routers, f)
		}
	}
	for name := range a.groups {
		if !groups[name] {
			delete(a.groups, name)
		}
	}
}

// of gives a router's decisions, the latest first.
func (a *annals) of(p *Plan) []reason.Decision {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ring := a.routers[p.fame()]; ring != nil {
		return ring.List()
	}
	return nil
}

// ofGroup gives a group's decisions, the latest first.
func (a *annals) ofGroup(name string) []reason.Decision {
	a.mu.Lock()
	defer a.mu.Unlock()
	if tale := a.groups[name]; tale != nil {
		return tale.List()
	}
	return nil
}
