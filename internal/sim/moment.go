package sim

import (
	"slices"
	"time"

	"holdfast/vrrp"
)

// What the checker looks at whenever a node has done what it does at one moment.

// judging notes what the daemon is about to be told.
func (c *checker) judging(n *node) {
	for slot := range n.seats {
		s := &n.seats[slot]
		if s.router == nil {
			continue
		}
		is := n.reckon(slot)
		if s.humble {
			is.ours = min(is.ours, vrrp.PriorityOwner-1)
		}
		if is.ours != s.ours {
			n.postpone(s, s.skew(is.ours)-s.skew(s.ours))
			s.owes = 0
		}
		s.standing, s.held = is, s.held || is.unsure
		c.relinked(n, s)
	}
}

// relinked: a backup whose interface is another one than before, under the same name, has heard nothing there yet.
func (c *checker) relinked(n *node, s *seat) {
	index := 0
	if l := &n.links[s.router.link]; !l.gone {
		index = l.index
	}
	if s.index != 0 && index != 0 && s.index != index && s.state == vrrp.Backup {
		s.notBefore, s.vague = n.clock()+s.down(s.ours), false
	}
	s.index = index
}

// changed follows a reload: the time to take over moves with what the new configuration makes of it.
func (c *checker) changed(n *node, slot int, before *router) {
	s := &n.seats[slot]
	if before == nil || before == s.router {
		return
	}
	n.postpone(s, s.down(s.ours)-before.down(s.ours))
	s.vague = s.vague || before.group >= 0
	if s.group >= 0 && before.prio == vrrp.PriorityOwner {
		s.notBefore = n.clock() // it has been waiting for the others from the start
	}
	s.owes, s.sent = 0, false
}

// punctual: a backup that waits neither for a group nor for a preemption delay takes over exactly when it may.
func (c *checker) punctual(n *node) {
	for slot := range n.seats {
		s := &n.seats[slot]
		if s.router == nil || s.state != vrrp.Backup || s.group >= 0 || s.delayed || s.vague {
			continue
		}
		if at, _ := n.engine.Instance(slot).Deadline(); !at.Equal(epoch.Add(s.notBefore)) {
			c.fail("%s vrid %d is going to take over %s too late", n.name, s.vrid, at.Sub(epoch.Add(s.notBefore)))
		}
	}
}

// postpone moves the time to take over. Who waits for the rest of its group already goes on doing so.
func (n *node) postpone(s *seat, d time.Duration) {
	if s.state == vrrp.Backup && (s.group < 0 || s.notBefore > n.clock()) {
		s.notBefore += d
	}
}

// after: who holds the addresses is master and the other way round, FAULT is where the faulty are, and the members of a group
// are masters together.
func (c *checker) after(n *node) {
	for i := range n.seats {
		s := &n.seats[i]
		if s.owned != (s.state == vrrp.Master) {
			c.fail("%s vrid %d is %s and holds the address: %v", n.name, n.setup.Plans[i].VRRP.VRID, s.state, s.owned)
		}
		if s.router == nil {
			continue
		}
		if s.early && s.state != vrrp.Master {
			c.fail("%s vrid %d sent an advert and is %s", n.name, s.vrid, s.state)
		}
		s.early = false
		if s.state != vrrp.Init && s.faulty != (s.state == vrrp.Fault) && !(s.unsure && s.state == vrrp.Fault) {
			c.fail("%s vrid %d is %s, faulty: %v", n.name, s.vrid, s.state, s.faulty)
		}
	}
	for i := range n.spec.groups {
		c.together(n, &n.spec.groups[i])
	}
}

func (c *checker) together(n *node, g *group) {
	first := n.seats[n.slots[g.members[0]]].state
	for _, m := range g.members[1:] {
		if state := n.seats[n.slots[m]].state; (state == vrrp.Master) != (first == vrrp.Master) {
			c.fail("%s group %s has members in %s and %s", n.name, g.name, first, state)
			return
		}
	}
}

// fellows lists the slots of a router's group, or the router's own.
func (n *node) fellows(slot int) []int {
	g := n.seats[slot].group
	if g < 0 {
		return []int{slot}
	}
	var list []int
	for _, m := range n.spec.groups[g].members {
		list = append(list, n.slots[m])
	}
	return list
}

// asleep: a node's silence is no fault of its own, and it can keep no promise.
func (c *checker) asleep(n *node) {
	for i := range n.seats {
		n.seats[i].sent, n.seats[i].owes = false, 0
	}
}

// waking looks into the sockets of a node that slept.
func (c *checker) waking(n *node) {
	for i := range n.seats {
		s := &n.seats[i]
		if s.router == nil || s.ah() {
			continue
		}
		has := func(counts func(*packet) bool) bool {
			return slices.ContainsFunc(n.links[s.link].socket, func(p *packet) bool {
				return int(p.vrid) == s.vrid && s.agrees(p.as) && counts(p)
			})
		}
		s.quelled = s.state == vrrp.Backup && has(func(p *packet) bool { return p.prio >= s.ours || p.prio > 0 && s.noPreempt })
		s.humbled = s.state == vrrp.Master && has(func(p *packet) bool { return p.prio > s.ours })
	}
}

// woke: a master that was succeeded by a better one while it slept lets go at once. (That a backup that slept while a master
// lived goes on as if nothing had been is seen to by became.)
func (c *checker) woke(n *node) {
	for i := range n.seats {
		s := &n.seats[i]
		if s.state == vrrp.Master && s.humbled {
			c.fail("%s vrid %d slept while a better master came, and does not let go when it wakes", n.name, s.vrid)
		}
		s.quelled, s.humbled = false, false
	}
}
