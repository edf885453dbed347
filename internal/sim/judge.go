package sim

import (
	"net/netip"

	"holdfast/internal/role/vrrpd"
	"holdfast/vrrp"
)

// rejudge tells a daemon that is awake how the world is now.
func (n *node) rejudge() {
	if n.awake() {
		n.judge()
		n.done()
	}
}

// judge judges every router. The order is left to chance, as it is with the daemon.
func (n *node) judge() {
	n.w.check.judging(n)
	for i := range n.links {
		n.links[i].open = n.links[i].index
	}
	first := 0
	if len(n.seats) > 1 {
		first = n.w.chance.IntN(len(n.seats))
	}
	for i := range n.seats {
		slot := (first + i) % len(n.seats)
		if n.seats[slot].router == nil {
			continue
		}
		link, c := n.setup.Conditions(slot, &n.mirror, virtual, n.known)
		n.engine.SetConditions(n.now(), slot, link, c)
	}
}

// virtual tells virtual addresses from the machines' own.
func virtual(a netip.Addr) bool { return a.As4()[0] == 192 }

// result is what a scripted check said last.
type result uint8

const (
	ok      result = iota
	failed         // it found something wrong
	unknown        // it has not said anything yet
)

var results = map[string]result{"ok": ok, "fail": failed, "unknown": unknown}

// known is what is known of a router beyond the links: its checks, and those of its group.
func (n *node) known(slot int) (k vrrpd.Known) {
	r := n.seats[slot].router
	if r == nil {
		return k
	}
	n.tally(r.checks, &k)
	if r.group >= 0 {
		n.tally(n.spec.groups[r.group].checks, &k)
	}
	return k
}

func (n *node) tally(checks []tracked, k *vrrpd.Known) {
	for _, c := range checks {
		switch result := n.results[c.name]; {
		case c.weight == 0 && result == unknown:
			k.Faults |= vrrp.Undecided
		case c.weight == 0 && result == failed:
			k.Faults |= vrrp.TrackedFailed
		case c.weight > 0 && result == ok, c.weight < 0 && result == failed:
			k.Weight += c.weight
		}
	}
}
