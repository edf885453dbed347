package vrrpd

import (
	"holdfast/conf"
	"holdfast/internal/core/reason"
	"holdfast/internal/core/table"
	"holdfast/internal/core/track"
	"holdfast/vrrp"
)

// grounds names what a router's conditions rest on. It is called with the view locked for reading.
func (w *world) grounds(r int, c vrrp.Conditions) *reason.Grounds {
	p := w.setup.Plans[r]
	g := w.groundsOf(p, c.Faults)
	if c.Faults&vrrp.MemberFaulted == 0 || len(g.Faults) > 0 {
		return g // its own faults are reason enough
	}
	for _, other := range w.setup.together(r) {
		if other == r {
			continue
		}
		q := w.setup.Plans[other]
		_, oc := q.Conditions(&w.view.mirror, w.isOurs, w.known(other))
		for _, f := range w.groundsOf(q, oc.Faults).Faults {
			g.Faults = append(g.Faults, q.VRRP.Name+": "+f)
		}
		if len(g.Faults) > 0 {
			break // one member is enough
		}
	}
	return g
}

// groundsOf names the faults of one router, and what moves its priority.
func (w *world) groundsOf(p *Plan, f vrrp.Faults) *reason.Grounds {
	g := p.grounds(&w.view.mirror, w.tracker.status, f)
	p.serviceGrounds(g, w.quorum)
	return g
}

// grounds names what links and scripts have to do with it.
func (p *Plan) grounds(m *table.Mirror, status func(*conf.Script) (track.Status, bool), f vrrp.Faults) *reason.Grounds {
	g := &reason.Grounds{}
	for _, own := range []struct {
		fault   vrrp.Faults
		name    string
		tracked bool
	}{
		{vrrp.Misconfigured, "configuration fault", false},
		{vrrp.LinkMissing, "interface " + p.Interface + " absent", true},
		{vrrp.LinkDown, "interface " + p.Interface + " down", true},
		{vrrp.NoAddress, "no address on interface " + p.Interface, true},
		{vrrp.SocketFailed, "no socket on interface " + p.Interface, false},
	} {
		if f&own.fault == 0 || own.fault == vrrp.LinkDown && f&vrrp.LinkMissing != 0 {
			continue
		}
		g.Faults = append(g.Faults, own.name)
		if own.tracked {
			g.Failing++
		}
	}
	for _, t := range p.Track {
		t.grounds(g, m, p.Interface)
	}
	for _, t := range p.Scripts {
		st, runs := status(t.Script)
		if !runs {
			continue
		}
		switch e := t.Effect(st); {
		case e.Fault && t.Reverse:
			g.Fail("script " + t.Script.Name + " succeeded")
		case e.Fault:
			g.Fail("script " + t.Script.Name + " failed")
		case e.Undecided:
			g.Awaiting++
			g.Faults = append(g.Faults, "waiting for script "+t.Script.Name)
		case e.Add != 0:
			g.Adds = append(g.Adds, reason.Addition{Name: t.Script.Name, Add: e.Add})
		}
	}
	return g
}

// grounds adds what one tracked link means; the instance's own is told of already.
func (t Tracked) grounds(g *reason.Grounds, m *table.Mirror, own string) {
	l, ok := m.LinkByName(t.Name)
	up := ok && l.Up()
	name := "interface " + t.Name
	switch {
	case t.Weight != 0:
		if add := t.contribution(up); add != 0 {
			g.Adds = append(g.Adds, reason.Addition{Name: name, Add: add})
		}
	case up != t.Invert || t.Name == own:
	case up:
		g.Fail(name + " up")
	case ok:
		g.Fail(name + " down")
	default:
		g.Fail(name + " absent")
	}
}
