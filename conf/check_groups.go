package conf

import (
	"slices"

	"holdfast/conf/diag"
)

// checkGroups finds sync groups whose members do not exist, are in two groups, or are too few.
func checkGroups(c *Config, l *diag.List) {
	known := map[string]bool{}
	var names []string
	for _, in := range c.Instances {
		known[in.Name] = true
		if len(names) < enoughNames {
			names = append(names, in.Name)
		}
	}
	owner := map[string]string{}
	c.Groups = slices.DeleteFunc(c.Groups, func(g *SyncGroup) bool {
		if len(g.Members) == 0 {
			l.Add(about(g.At, "empty-group", "sync group "+g.Name+" has no members",
				"Sync group "+g.Name+" has no virtual router(s). removing", "the group is ignored"))
			return true
		}
		g.Members = slices.DeleteFunc(g.Members, func(m Value[string]) bool {
			if !known[m.V] {
				d := about(m.At, "unknown-instance", "there is no vrrp_instance "+m.V,
					"Virtual router "+m.V+" specified in sync group "+g.Name+" doesn't exist - ignoring", "the member is ignored")
				if near := diag.Nearest(m.V, names); near != "" {
					d.Suggest = "did you mean " + near + "?"
				}
				l.Add(d)
				return true
			}
			if other, taken := owner[m.V]; taken {
				l.Add(about(m.At, "two-groups", m.V+" is in sync group "+other+" already",
					"Virtual router "+m.V+" cannot exist in more than one sync group; ignoring "+g.Name, "the member is ignored"))
				return true
			}
			owner[m.V] = g.Name
			return false
		})
		switch len(g.Members) {
		case 0:
			l.Add(about(g.At, "empty-group", "no member of sync group "+g.Name+" can be used",
				"Sync group "+g.Name+", no matching virtual router found in group declaration - removing", "the group is ignored"))
			return true
		case 1:
			l.Add(about(g.At, "lonely-group", "sync group "+g.Name+" has only one member",
				"Sync group "+g.Name+" has only 1 virtual router(s) - this probably isn't what you want", "it has no effect"))
		}
		return false
	})
}
