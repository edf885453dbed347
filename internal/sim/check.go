package sim

import (
	"fmt"
	"time"

	"holdfast/vrrp"
)

// checker watches the invariants. It knows nothing of how an Instance works: it sees packets, announcements and
// transitions.
type checker struct {
	w       *world
	masters map[mastery]time.Time // since when
	sentAt  map[mastery]time.Time // the last advert that was no farewell
	faults  []string
}

type mastery struct {
	node *node
	vrid uint8
}

func (c *checker) fail(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf("%9.3fs  ", c.w.now.Sub(c.w.start).Seconds())+fmt.Sprintf(format, args...))
}

// sent: only a master, or one that takes over in this very moment, sends adverts, and it leaves no interval out.
func (c *checker) sent(n *node, vrid, prio uint8) {
	m := mastery{n, vrid}
	if prio == 0 {
		delete(c.sentAt, m)
		return
	}
	if last, ok := c.sentAt[m]; ok {
		if gap, limit := c.w.now.Sub(last), n.interval(vrid); gap > limit && c.since(m) > limit {
			c.fail("%s vrid %d was silent for %s with an interval of %s", n.name, vrid, gap, limit)
		}
	}
	c.sentAt[m] = c.w.now
}

func (c *checker) since(m mastery) time.Duration {
	if t, ok := c.masters[m]; ok {
		return c.w.now.Sub(t)
	}
	return 0
}

// shouted: an address that was yielded is quiet.
func (c *checker) shouted(n *node, router int) {
	if !n.owned[router] {
		c.fail("%s announces the address of %s, which it does not hold", n.name, n.plans[router].VRRP.Name)
	}
}

func (c *checker) became(n *node, router int, a *vrrp.Action) {
	m := mastery{n, n.plans[router].VRRP.VRID}
	if a.State == vrrp.Master {
		c.masters[m] = c.w.now
		return
	}
	delete(c.masters, m)
	delete(c.sentAt, m)
}

// forget is called when a node's daemon dies or sleeps: its silence is no fault of its own.
func (c *checker) forget(n *node) {
	for m := range c.sentAt {
		if m.node == n {
			delete(c.sentAt, m)
		}
	}
	if n.engine == nil {
		for m := range c.masters {
			if m.node == n {
				delete(c.masters, m)
			}
		}
	}
}

// settled demands, for a LAN that has been whole and lossless for long enough, exactly one master for each virtual router
// that a healthy node serves, that it alone holds the address, and that it is the one who should be.
func (c *checker) settled() {
	for _, vrid := range c.vrids() {
		var healthy, masters []*node
		for _, n := range c.w.nodes {
			i := n.index(vrid)
			if i < 0 || n.engine == nil || n.frozen || !n.linkUp {
				continue
			}
			healthy = append(healthy, n)
			state, _, _ := n.engine.Instance(i).State()
			if state == vrrp.Master {
				masters = append(masters, n)
			}
			if n.owned[i] != (state == vrrp.Master) {
				c.fail("%s vrid %d is %s and holds the address: %v", n.name, vrid, state, n.owned[i])
			}
		}
		switch {
		case len(healthy) > 0 && len(masters) != 1:
			c.fail("vrid %d has %d masters among %d healthy nodes", vrid, len(masters), len(healthy))
		case len(masters) == 1 && !c.preemption(healthy, vrid):
		case len(masters) == 1 && best(healthy, vrid) != masters[0]:
			c.fail("vrid %d: %s is master, %s should be", vrid, masters[0].name, best(healthy, vrid).name)
		}
	}
}

func (c *checker) vrids() []uint8 {
	var list []uint8
	seen := make(map[uint8]bool)
	for _, n := range c.w.nodes {
		for _, p := range n.plans {
			if v := p.VRRP.VRID; !seen[v] {
				seen[v] = true
				list = append(list, v)
			}
		}
	}
	return list
}

// preemption reports whether every node takes over from a lower master.
func (c *checker) preemption(nodes []*node, vrid uint8) bool {
	for _, n := range nodes {
		if n.plans[n.index(vrid)].VRRP.NoPreempt {
			return false
		}
	}
	return true
}

// best is who has the highest priority. Equal priorities leave it to who was first, unless two are masters at once,
// so that any of the highest is right.
func best(nodes []*node, vrid uint8) *node {
	var top *node
	for _, n := range nodes {
		p := n.plans[n.index(vrid)].VRRP.Priority
		if top == nil || p > top.plans[top.index(vrid)].VRRP.Priority {
			top = n
		} else if p == top.plans[top.index(vrid)].VRRP.Priority {
			if s, _, _ := n.engine.Instance(n.index(vrid)).State(); s == vrrp.Master {
				top = n
			}
		}
	}
	return top
}

func (n *node) index(vrid uint8) int {
	for i, p := range n.plans {
		if p.VRRP.VRID == vrid {
			return i
		}
	}
	return -1
}

func (n *node) interval(vrid uint8) time.Duration { return n.plans[n.index(vrid)].VRRP.Interval }
