package play

import (
	"fmt"
	"net/netip"
	"slices"

	"holdfast/internal/lab/record"
)

// steadyProbes is how many answers in a row make the client content.
const steadyProbes = 200

// claims waits until node, and only node, has claimed the instance n times since the step began.
func claims(in Instance, node string, n int) Goal {
	return Goal{
		Text: fmt.Sprintf("%s to advertise %s %d×", node, in.Name, n),
		Met: func(t *record.Tape, s record.Span) bool {
			mine := t.Adverts(node, in.VR(), s, false)
			if len(mine) < n {
				return false
			}
			return len(t.Adverts(Other(node), in.VR(), record.Span{From: mine[len(mine)-n].At, To: s.To}, false)) == 0
		},
	}
}

// holds waits until node has the address, and only node unless the other is dead and cannot let go.
func holds(ip netip.Addr, node string, alone bool) Goal {
	return Goal{
		Text: fmt.Sprintf("%s to have %v", node, ip),
		Met: func(t *record.Tape, _ record.Span) bool {
			has := t.Has(ip)
			return slices.Contains(has, node) && (!alone || len(has) == 1)
		},
	}
}

// served waits until the client is answered by node alone, for long enough to be sure.
func served(ip netip.Addr, node string) Goal {
	return Goal{
		Text: fmt.Sprintf("%s to answer at %v", node, ip),
		Met: func(t *record.Tape, s record.Span) bool {
			return t.Reach(ip).Steady(node, steadyProbes, s.From, s.To)
		},
	}
}

// gone waits until node's daemon has ended.
func gone(node string) Goal {
	return Goal{
		Text: fmt.Sprintf("%s's daemon to end", node),
		Met:  func(t *record.Tape, _ record.Span) bool { return !t.Node(node).Running },
	}
}

// released waits until node has none of the addresses.
func released(node string, ips []netip.Addr) Goal {
	return Goal{
		Text: fmt.Sprintf("%s to let go of its addresses", node),
		Met: func(t *record.Tape, _ record.Span) bool {
			for ip := range t.Node(node).IPs {
				if slices.Contains(ips, ip) {
					return false
				}
			}
			return true
		},
	}
}
