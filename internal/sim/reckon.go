package sim

import (
	"strconv"
	"strings"
	"time"

	"holdfast/vrrp"
)

// The checker's own idea of how a router should stand, made from the node line and nothing of the daemon's.

// reckon returns whether a router has a fault, its own or that of another member of its group, and its priority.
func (n *node) reckon(slot int) (faulty bool, prio uint8) {
	r := n.seats[slot].router
	faulty, sum := n.own(r)
	if r.group >= 0 {
		for _, m := range n.spec.groups[r.group].members {
			f, _ := n.own(&n.spec.routers[m])
			faulty = faulty || f
		}
	}
	if r.prio == vrrp.PriorityOwner {
		return faulty, vrrp.PriorityOwner
	}
	return faulty, uint8(min(max(r.prio+sum, 1), vrrp.PriorityOwner-1))
}

// own returns a router's own fault, and what adds to its priority.
func (n *node) own(r *router) (faulty bool, sum int) {
	faulty = !n.links[r.link].carries()
	look := func(list []tracked, ok func(string) bool, weights bool) {
		for _, t := range list {
			switch good := ok(t.name); {
			case t.weight == 0 || !weights:
				faulty = faulty || !good
			case t.weight > 0 && good, t.weight < 0 && !good:
				sum += t.weight
			}
		}
	}
	look(r.tracks, n.linkOK, r.group < 0) // compat: a member's own weights do not count
	look(r.checks, n.checkOK, true)
	if r.group >= 0 {
		g := &n.spec.groups[r.group]
		look(g.tracks, n.linkOK, true)
		look(g.checks, n.checkOK, true)
	}
	return faulty, sum
}

func (n *node) linkOK(name string) bool {
	i, err := strconv.Atoi(strings.TrimPrefix(name, "eth"))
	return err == nil && i < len(n.links) && n.links[i].carries()
}

func (n *node) checkOK(name string) bool { return !n.failed[name] }

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
