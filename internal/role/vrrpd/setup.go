package vrrpd

import (
	"net/netip"

	"holdfast/conf"
	"holdfast/internal/core/table"
	"holdfast/vrrp"
)

// Setup is a configuration as it is to be run.
type Setup struct {
	Plans  []*Plan
	Groups []*GroupPlan
}

// GroupPlan is one vrrp_sync_group.
type GroupPlan struct {
	Name    string
	Members []int // indexes of plans
	Notify  *conf.Notify
}

// NewSetup makes plans of everything that the configuration says about VRRP.
func NewSetup(cfg *conf.Config) *Setup {
	s := &Setup{Plans: newPlans(cfg)}
	byName := make(map[string]int, len(s.Plans))
	for i, p := range s.Plans {
		byName[p.VRRP.Name] = i
	}
	for _, g := range cfg.Groups {
		gp := &GroupPlan{Name: g.Name, Notify: &g.Notify}
		for _, name := range g.Members {
			if i, ok := byName[name.V]; ok && s.Plans[i].Group < 0 {
				s.Plans[i].join(len(s.Groups), g)
				gp.Members = append(gp.Members, i)
			}
		}
		if len(gp.Members) > 0 {
			s.Groups = append(s.Groups, gp)
		}
	}
	return s
}

// join makes an instance a member of a group, whose tracked links are its own from now on.
// compat: a member's weights do not count in a group unless it says sync_group_tracking_weight; its weighted links are
// tracked as if they had none.
func (p *Plan) join(group int, g *conf.SyncGroup) {
	p.Group, p.VRRP.Grouped = group, true
	if !g.TrackingWeight.V {
		for i := range p.Track {
			p.Track[i].Weight = 0
		}
	}
	for _, t := range g.TrackInterfaces {
		p.Track = append(p.Track, Tracked{Name: t.Name, Weight: t.Weight, Invert: t.Reverse})
	}
}

// Known is what is known of a router beyond the links: faults, and what tracked items add to its priority.
type Known struct {
	Faults vrrp.Faults
	Weight int
}

// Conditions judges one router with its group: the fault of one member is everybody's. known says what the mirror
// does not show.
func (s *Setup) Conditions(router int, m *table.Mirror, ours func(netip.Addr) bool, known func(int) Known) (link int, c vrrp.Conditions) {
	link, c = s.Plans[router].Conditions(m, ours, known(router))
	if g := s.Plans[router].Group; g >= 0 {
		for _, other := range s.Groups[g].Members {
			if other == router {
				continue
			}
			if _, oc := s.Plans[other].Conditions(m, ours, known(other)); oc.Faults != 0 {
				c.Faults |= vrrp.MemberFaulted
			}
		}
	}
	return link, c
}

// together lists the members of a router's group, or the router alone.
func (s *Setup) together(router int) []int {
	if g := s.Plans[router].Group; g >= 0 {
		return s.Groups[g].Members
	}
	return []int{router}
}
