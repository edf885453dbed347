package sim

import "holdfast/vrrp"

// party is one virtual router and the healthy nodes that serve it.
type party struct {
	link  int
	vrid  uint8
	nodes []*node
	slots []int // of each node
}

// settled demands, for LANs that have been whole for long enough, exactly one master for each virtual router that a healthy
// node serves, that it is the one who should be, and that everybody believes it.
func (c *checker) settled() {
	for _, l := range c.w.lans {
		if !l.whole() {
			return
		}
	}
	for _, p := range c.parties() {
		c.quiet(p)
		if c.coherent(p) {
			c.one(p)
		}
	}
}

// one demands one master.
func (c *checker) one(p *party) {
	var masters []*node
	preempt := true
	for i, n := range p.nodes {
		s := &n.seats[p.slots[i]]
		if state, _, _ := n.engine.Instance(p.slots[i]).State(); state != s.state {
			c.fail("%s vrid %d is %s and told of %s", n.name, p.vrid, state, s.state)
		}
		if s.state == vrrp.Master {
			masters = append(masters, n)
		}
		for _, m := range n.fellows(p.slots[i]) {
			preempt = preempt && !n.seats[m].noPreempt
		}
	}
	switch {
	case len(masters) != 1:
		c.fail("vrid %d has %d masters among %d healthy nodes", p.vrid, len(masters), len(p.nodes))
	case preempt && p.best() != masters[0]:
		c.fail("vrid %d: %s is master, %s should be", p.vrid, masters[0].name, p.best().name)
	}
}

// quiet demands that nothing was refused lately. A member of a group may have to refuse for long: its numbers are ahead of the
// master's, it would take over, but the other members see no reason to.
func (c *checker) quiet(p *party) {
	for i, n := range p.nodes {
		s := &n.seats[p.slots[i]]
		if ago := c.w.now - s.replayed; s.group < 0 && s.replays && ago < 3*s.every() {
			c.fail("%s refused an advert about vrid %d as replayed %s ago", n.name, p.vrid, ago)
		}
	}
}

// parties lists the virtual routers that have healthy nodes.
func (c *checker) parties() []*party {
	var list []*party
	find := func(r *router) *party {
		for _, p := range list {
			if p.link == r.link && int(p.vrid) == r.vrid {
				return p
			}
		}
		list = append(list, &party{link: r.link, vrid: uint8(r.vrid)})
		return list[len(list)-1]
	}
	for _, n := range c.w.nodes {
		if !n.awake() {
			continue
		}
		c.punctual(n)
		for slot := range n.seats {
			switch s := &n.seats[slot]; {
			case s.healthy():
				p := find(s.router)
				p.nodes, p.slots = append(p.nodes, n), append(p.slots, slot)
			case s.router != nil && !s.faulty && !s.unsure:
				c.fail("%s vrid %d is %s for no reason", n.name, s.vrid, s.state)
			}
		}
	}
	return list
}

// healthy reports whether a router takes part.
func (s *seat) healthy() bool {
	return s.router != nil && !s.faulty && s.state != vrrp.Init && s.state != vrrp.Fault
}

// best is who has the highest priority. Equal priorities leave it to who was first, unless two are masters at once, so that
// any of the highest is right.
func (p *party) best() *node {
	var top *node
	var prio uint8
	for i, n := range p.nodes {
		s := &n.seats[p.slots[i]]
		if top == nil || s.ours > prio || s.ours == prio && s.state == vrrp.Master {
			top, prio = n, s.ours
		}
	}
	return top
}

// coherent reports whether the groups that the virtual router is in leave no doubt about who has to be master: every node has
// the same group, serves all of it, and has one priority in it. Otherwise there may be none (each node is better at
// something else), or the nodes may relieve each other without end, as keepalived's do.
func (c *checker) coherent(p *party) bool {
	var model *node
	for i, n := range p.nodes {
		if model == nil {
			model = n
		}
		s := &n.seats[p.slots[i]]
		if (s.group < 0) != (model.seats[p.slots[0]].group < 0) {
			return false
		}
		if s.group < 0 {
			continue
		}
		mine, models := n.fellows(p.slots[i]), model.fellows(p.slots[0])
		if len(mine) != len(models) {
			return false
		}
		for _, m := range mine {
			if o := &n.seats[m]; o.ours != s.ours || !c.served(p, o.router) {
				return false
			}
		}
	}
	return true
}

// served reports whether the nodes of a party are those, and no others, that serve another router in a group.
func (c *checker) served(p *party, r *router) bool {
	for _, n := range c.w.nodes {
		if !n.awake() {
			continue
		}
		slot := n.slot(r.link, uint8(r.vrid))
		in := false
		for _, o := range p.nodes {
			in = in || o == n
		}
		if has := slot >= 0 && n.seats[slot].healthy(); has != in || has && n.seats[slot].group < 0 {
			return false
		}
	}
	return true
}
