package play

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/internal/lab/record"
)

// Unit is what changes hands as a whole: the members of a sync group, or an instance that is in none.
type Unit struct {
	Name    string // the group's, or the instance's
	Grouped bool
	Members []Instance
}

// Units returns all instances, those of a group together, in the order of the first of each.
func (p *Pair) Units() []Unit {
	var units []Unit
	for i, in := range p.Instances {
		g := slices.IndexFunc(p.Groups, func(g Group) bool { return slices.Contains(g.Members, i) })
		switch {
		case g < 0:
			units = append(units, Unit{Name: in.Name, Members: []Instance{in}})
		case p.Groups[g].Members[0] == i:
			u := Unit{Name: p.Groups[g].Name, Grouped: true}
			for _, m := range p.Groups[g].Members {
				u.Members = append(u.Members, p.Instances[m])
			}
			units = append(units, u)
		}
	}
	return units
}

// Heir returns who has to be master of all members once the nodes up are up; see Instance.Heir. A master
// gives way only to one that every member prefers: the others would hold the rest back.
func (u *Unit) Heir(master string, up []string) string {
	heir := ""
	for i := range u.Members {
		if heir = u.Members[i].Heir(master, up); heir == master {
			return master
		}
	}
	return heir
}

// VIPs returns the virtual addresses of all members.
func (u *Unit) VIPs() (all []netip.Addr) {
	for _, in := range u.Members {
		all = append(all, in.VIPs...)
	}
	return all
}

// On reports whether a member is on the link; every unit is on the link "".
func (u *Unit) On(link string) bool {
	return link == "" || slices.ContainsFunc(u.Members, func(in Instance) bool { return in.Link == link })
}

// Down is how long the node waits at most for silent masters of the members on link ("" for all).
func (u *Unit) Down(node, link string) (wait time.Duration) {
	for i := range u.Members {
		if in := &u.Members[i]; link == "" || in.Link == link {
			wait = max(wait, in.Down(node))
		}
	}
	return wait
}

// Skew is how long the node waits at most after farewells for all members.
func (u *Unit) Skew(node string) (wait time.Duration) {
	for i := range u.Members {
		wait = max(wait, u.Members[i].Skew(node))
	}
	return wait
}

// due returns when the heir may take the unit over, by what it heard of the leaver: each member waits out
// its skew time after a farewell, else its master-down time after the last claim, and the group waits for
// the slowest of them.
func (u *Unit) due(t *record.Tape, s record.Span, heir, leaver string) (at time.Duration, ok bool) {
	for i := range u.Members {
		in := &u.Members[i]
		if bye := t.Adverts(leaver, in.VR(), s, true); len(bye) > 0 {
			at = max(at, bye[0].At+in.Skew(heir))
			continue
		}
		last, found := t.LastClaim(leaver, in.VR(), s.To)
		if !found {
			return 0, false
		}
		at = max(at, last.At+in.Down(heir))
	}
	return at, true
}
