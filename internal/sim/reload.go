package sim

import (
	"fmt"
	"reflect"
	"time"

	"holdfast/vrrp"
)

// rewrite gives the node another node line: its keepalived.conf changes and its daemon reloads, at once or when it wakes.
func (n *node) rewrite(words []string) error {
	s := n.spec
	if len(words) > 0 {
		var err error
		if s, err = parseSpec(words); err != nil {
			return err
		}
		if s.links() > len(n.links) {
			return fmt.Errorf("%s has no more than %d links", n.name, len(n.links))
		}
	}
	if _, err := load(s.text()); err != nil {
		return err
	}
	n.text, n.next = s.text(), &s
	switch {
	case n.engine == nil:
		n.spec, n.next = s, nil
	case n.awake():
		n.reload()
		n.done()
	}
	return nil
}

// reload changes over to the configuration that waits, as the urgent loop does, and judges all routers anew.
func (n *node) reload() {
	if n.next == nil {
		return
	}
	before := n.keep()
	n.setup = n.setup.Succeed(mustLoad(n.text).cfg)
	for len(n.seats) < len(n.setup.Plans) {
		n.seats = append(n.seats, seat{})
	}
	n.reloading = true
	n.engine.Reload(n.now(), n.setup)
	n.reloading = false
	n.w.check.reloaded(n, before)
	n.spec, n.next = *n.next, nil
	n.sit()
	n.judge()
	n.w.check.punctual(n)
}

// kept is how a router stood before a reload that does not concern it.
type kept struct {
	slot     int
	state    vrrp.State
	since    time.Time
	stats    vrrp.Stats
	deadline time.Time
}

// keep notes how each router stands that the next configuration leaves alone.
func (n *node) keep() []kept {
	var list []kept
	for i := range n.spec.routers {
		if !n.spec.same(i, n.next) {
			continue
		}
		list = append(list, n.stand(n.slots[i]))
	}
	return list
}

func (n *node) stand(slot int) kept {
	in := n.engine.Instance(slot)
	k := kept{slot: slot, stats: in.Stats()}
	k.state, k.since, _ = in.State()
	k.deadline, _ = in.Deadline()
	return k
}

// reloaded: who is not concerned by a reload does not notice it.
func (c *checker) reloaded(n *node, before []kept) {
	for _, was := range before {
		if is := n.stand(was.slot); is != was {
			c.fail("%s vrid %d was changed by a reload that leaves it alone: %+v, was %+v", n.name, n.seats[was.slot].vrid, is, was)
		}
	}
}

// same reports whether a router and its group are the same in another spec.
func (s *spec) same(i int, o *spec) bool {
	for j := range o.routers {
		a, b := s.routers[i], o.routers[j]
		if a.vrid != b.vrid || a.link != b.link {
			continue
		}
		return reflect.DeepEqual(s.groupOf(i), o.groupOf(j)) && sameButGroup(a, b)
	}
	return false
}

// groupOf returns the routers of a router's group; nil for none.
func (s *spec) groupOf(i int) []router {
	g := s.routers[i].group
	if g < 0 {
		return nil
	}
	var list []router
	for _, m := range s.groups[g].members {
		r := s.routers[m]
		r.group = 0
		list = append(list, r)
	}
	return list
}

func sameButGroup(a, b router) bool {
	a.group, b.group = 0, 0
	return reflect.DeepEqual(a, b)
}
