package sim

import (
	"strings"
	"time"

	"holdfast/vrrp"
)

// The checker's own idea of how a router should stand, made from the node line and nothing of the daemon's.

// standing is how a router should stand.
type standing struct {
	faulty bool  // it or another member of its group has a fault
	unsure bool  // it or another member of its group waits for the first result of a check
	ours   uint8 // effective priority
}

// reckon returns how a router should stand.
func (n *node) reckon(slot int) standing {
	r := n.seats[slot].router
	s, sum := n.own(r)
	if r.group >= 0 {
		for _, m := range n.spec.groups[r.group].members {
			o, _ := n.own(&n.spec.routers[m])
			s.faulty, s.unsure = s.faulty || o.faulty, s.unsure || o.unsure
		}
	}
	s.ours = uint8(min(max(r.prio+sum, 1), vrrp.PriorityOwner-1))
	if r.prio == vrrp.PriorityOwner {
		s.ours = vrrp.PriorityOwner
	}
	return s
}

// own returns how a router stands for itself, and what adds to its priority.
func (n *node) own(r *router) (s standing, sum int) {
	s.faulty = !n.links[r.link].carries()
	look := func(list []tracked, state func(string) result, weights bool) {
		for _, t := range list {
			switch is := state(t.name); {
			case t.weight == 0 || !weights:
				s.faulty, s.unsure = s.faulty || is == failed, s.unsure || is == unknown
			case t.weight > 0 && is == ok, t.weight < 0 && is == failed:
				sum += t.weight
			}
		}
	}
	look(r.tracks, n.linkResult, r.group < 0) // compat: a member's own weights do not count
	look(r.checks, n.checkResult, true)
	if r.group >= 0 {
		g := &n.spec.groups[r.group]
		look(g.tracks, n.linkResult, !n.spec.owned(g)) // compat: nor does a group's, if a member is an address owner
		look(g.checks, n.checkResult, true)            // the checks are not in the configuration, which would say the same of them
	}
	return s, sum
}

func (n *node) linkResult(name string) result {
	if i, valid := linkNumber(name); valid && i < len(n.links) && n.links[i].carries() {
		return ok
	}
	return failed
}

func (n *node) checkResult(name string) result { return n.results[name] }

// every is the interval of a router's adverts.
func (r *router) every() time.Duration { return time.Duration(r.interval) * time.Second }

// skew and down are those of RFC 3768 §6.1, for an effective priority.
func (r *router) skew(prio uint8) time.Duration {
	if r.prio == vrrp.PriorityOwner { // compat: whatever its effective priority
		prio = vrrp.PriorityOwner
	}
	return time.Duration(256-int(prio)) * time.Second / 256
}

func (r *router) down(prio uint8) time.Duration {
	return time.Duration(r.downs)*r.every() + r.skew(prio)
}

// agrees reports whether two routers can understand each other.
func (r *router) agrees(o *router) bool {
	return r.vrid == o.vrid && r.link == o.link && r.interval == o.interval && r.auth == o.auth
}

// ah reports whether the adverts have an authentication header, whose numbers they must keep.
func (r *router) ah() bool { return strings.HasPrefix(r.auth, "AH:") }
