package conf

import (
	"slices"

	"holdfast/conf/diag"
)

// checkScripts takes away the weights that cannot count: an address owner's priority never changes, and the members of a
// sync group need the same one, unless the group says otherwise.
func checkScripts(c *Config, l *diag.List) {
	weights := make(map[string]int, len(c.Scripts))
	for _, s := range c.Scripts {
		weights[s.Name] = s.Weight.V
	}
	weighted := func(t TrackRef) bool {
		if t.Weight.Set() {
			return t.Weight.V != 0
		}
		return weights[t.Name] != 0
	}
	group := make(map[string]*SyncGroup)
	for _, g := range c.Groups {
		for _, m := range g.Members {
			group[m.V] = g
		}
	}
	for _, in := range c.Instances {
		why, summary := "", ""
		switch g := group[in.Name]; {
		case g != nil && !g.TrackingWeight.V:
			why, summary = "SYNC group", "weights do not count in a sync group without sync_group_tracking_weight"
		case in.Priority.V == ownerPriority:
			why, summary = "address_owner", "the priority of an address owner never changes"
		default:
			continue
		}
		in.TrackScripts = slices.DeleteFunc(in.TrackScripts, func(t TrackRef) bool {
			if !weighted(t) {
				return false
			}
			l.Add(of(in, about(t.At, "useless-weight", summary,
				"("+in.Name+") ignoring tracked script "+t.Name+" with weights due to "+why, "the line is ignored")))
			return true
		})
	}
	for _, g := range c.Groups {
		checkGroupScripts(c, g, weighted, l)
	}
}

// checkGroupScripts does the same for what a group tracks if a member is an address owner: the script becomes a condition.
func checkGroupScripts(c *Config, g *SyncGroup, weighted func(TrackRef) bool, l *diag.List) {
	owner := slices.ContainsFunc(c.Instances, func(in *Instance) bool {
		return in.Priority.V == ownerPriority && slices.ContainsFunc(g.Members, func(m Value[string]) bool { return m.V == in.Name })
	})
	if !owner {
		return
	}
	for i := range g.TrackScripts {
		t := &g.TrackScripts[i]
		if !weighted(*t) {
			continue
		}
		l.Add(about(t.At, "useless-weight", "the priority of the address owner in the group never changes",
			"("+g.Name+") Cannot have weighted track script '"+t.Name+"' with member having priority 255 - clearing weight",
			"the script's failure is a fault instead"))
		t.Weight = Value[int]{At: t.At}
	}
}
