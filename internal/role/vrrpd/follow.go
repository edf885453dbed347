package vrrpd

import (
	"slices"

	"holdfast/conf"
	"holdfast/internal/core/reason"
	"holdfast/internal/core/track"
	"holdfast/internal/role/bus"
	"holdfast/vrrp"
)

// Virtual servers are another role's. What the two know of each other goes over the bus as facts: from here, the states of the
// instances that a follow_vrrp names; to here, whether the virtual servers of a track_virtual_server have their quorum.

// TrackedService is a virtual server whose quorum matters to a router.
type TrackedService struct {
	Name string
	track.Rule
}

// trackServices gives every router the virtual servers that it tracks by itself or as a member of its group, and marks those whose
// states virtual servers follow.
func (s *Setup) trackServices(cfg *conf.Config) {
	followed := make(map[string]bool)
	for _, name := range cfg.Followed {
		followed[name] = true
	}
	groups := make(map[string]*conf.SyncGroup, len(cfg.Groups))
	for _, g := range cfg.Groups {
		groups[g.Name] = g
	}
	for _, p := range s.Plans {
		if p.Gone {
			continue
		}
		p.Followed = followed[p.VRRP.Name]
		p.addServices(p.Conf.TrackServices)
		if p.Group >= 0 {
			p.addServices(groups[s.Groups[p.Group].Name].TrackServices)
		}
	}
}

// addServices adds those that are not there: what an instance says itself counts before what its group says.
func (p *Plan) addServices(list []conf.TrackService) {
	have := make(map[string]bool, len(p.Services))
	for _, t := range p.Services {
		have[t.Name] = true
	}
	for i := range list {
		t := &list[i]
		if !have[t.Name] {
			have[t.Name] = true
			p.Services = append(p.Services, TrackedService{t.Name, track.Rule{Weight: t.Weight, Reverse: t.Reverse}})
		}
	}
}

// served is what a router's virtual servers do to it. One of which nothing was said yet does nothing.
func (p *Plan) served(quorum map[string]bool) (k Known) {
	for _, t := range p.Services {
		up, known := quorum[t.Name]
		if !known {
			continue
		}
		e := t.Effect(statusOf(up))
		if e.Fault {
			k.Faults |= vrrp.TrackedFailed
		}
		k.Weight += e.Add
	}
	return k
}

// serviceGrounds names what served counts.
func (p *Plan) serviceGrounds(g *reason.Grounds, quorum map[string]bool) {
	for _, t := range p.Services {
		up, known := quorum[t.Name]
		if !known {
			continue
		}
		name := "virtual_server " + t.Name
		switch e := t.Effect(statusOf(up)); {
		case e.Fault && up:
			g.Fail(name + " has its quorum")
		case e.Fault:
			g.Fail(name + " without quorum")
		case e.Add != 0:
			g.Adds = append(g.Adds, reason.Addition{Name: name, Add: e.Add})
		}
	}
}

func statusOf(up bool) track.Status {
	if up {
		return track.OK
	}
	return track.KO
}

// followService takes in whether a virtual server has its quorum and judges the routers that it concerns.
func (w *world) followService(name string, up bool) {
	if was, known := w.quorum[name]; known && was == up {
		return
	}
	w.quorum[name] = up
	concerned := make(map[int]bool)
	for i, p := range w.setup.Plans {
		if !p.Gone && slices.ContainsFunc(p.Services, func(t TrackedService) bool { return t.Name == name }) {
			for _, member := range w.setup.together(i) {
				concerned[member] = true
			}
		}
	}
	if len(concerned) == 0 {
		return
	}
	text := "Virtual server " + name + " has no quorum"
	if up {
		text = "Virtual server " + name + " has its quorum"
	}
	w.say.info(nil, text, "virtual_server", name, "quorum", up)
	for i := range w.setup.Plans {
		if concerned[i] {
			w.judge(i)
		}
	}
}

// crier tells other roles of the states of instances, on the teller's goroutine.
type crier struct {
	facts  *bus.Facts // nil: there is nobody to tell
	states map[int]vrrp.State
}

// became takes in a router's state.
func (c *crier) became(p *Plan, router int, s vrrp.State) {
	if c.facts == nil {
		return
	}
	c.states[router] = s
	if p.Followed && !p.Gone {
		c.facts.Tell(bus.OfInstance(p.VRRP.Name), s.String())
	}
}

// reload tells of all that are followed now.
func (c *crier) reload(s *Setup) {
	if c.facts == nil {
		return
	}
	for i, p := range s.Plans {
		if state, known := c.states[i]; known && p.Followed && !p.Gone {
			c.facts.Tell(bus.OfInstance(p.VRRP.Name), state.String())
		}
	}
}

func (c *crier) close() {
	if c.facts != nil {
		c.facts.Close()
	}
}
