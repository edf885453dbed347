package reason

import (
	"fmt"
	"strings"

	"holdfast/vrrp"
)

// Explain puts the reason of a transition into words. g, if it is not nil, gives faults their names.
func Explain(w vrrp.Why, g *Grounds) string {
	switch w.Cause {
	case vrrp.Started:
		return "started"
	case vrrp.Stopped:
		return "stopped"
	case vrrp.Silence:
		if w.Silent == 0 {
			return "no master was heard"
		}
		return fmt.Sprintf("no advert from %s for %.2f s", w.Peer, w.Silent.Seconds())
	case vrrp.Farewell:
		return fmt.Sprintf("%s said farewell (priority 0)", w.Peer)
	case vrrp.Outranked:
		return fmt.Sprintf("%s has priority %d, ours is %d", w.Peer, w.Priority, w.Ours)
	case vrrp.OutrankedAddr:
		return fmt.Sprintf("%s has our priority %d and the higher address", w.Peer, w.Priority)
	case vrrp.Faulted:
		return faults(w.Faults, g)
	case vrrp.Recovered:
		return "faults are gone: " + w.Faults.String()
	case vrrp.Adopted:
		return "an earlier life of this process was MASTER"
	case vrrp.Synced:
		return "another member of the sync group went there first"
	case vrrp.AddrRemoved:
		return fmt.Sprintf("somebody else removed %s", w.Addr)
	case vrrp.Owner:
		return "address owner (priority 255)"
	}
	return "of a cause without a name"
}

// faults names each fault that can be named.
func faults(f vrrp.Faults, g *Grounds) string {
	if g == nil || len(g.Faults) == 0 || f == 0 {
		return f.String()
	}
	return strings.Join(g.Faults, ", ")
}
