package vrrpd

import (
	"net/netip"

	"holdfast/conf"
	"holdfast/internal/core/table"
	"holdfast/vrrp"
)

// Setup is a configuration as it is to be run. A router keeps its place in Plans, its slot, through every reload.
type Setup struct {
	Plans  []*Plan
	Groups []*GroupPlan
	Sync   *syncPlan

	holders map[netip.Addr][]int // slots of the routers that have a virtual address
}

// GroupPlan is one vrrp_sync_group.
type GroupPlan struct {
	Name    string
	Members []int // slots
	Notify  *conf.Notify
	Alerts  bool // are mailed
}

// NewSetup makes plans of everything that the configuration says about VRRP, in file order.
func NewSetup(cfg *conf.Config) *Setup { return (&Setup{}).Succeed(cfg) }

// identity is what makes a router the same one in two configurations: not its name, so that renaming an instance does
// not make it flap.
type identity struct {
	ifname string
	vrid   uint8
	mcast  netip.Addr
}

func (p *Plan) identity() identity { return identity{p.Interface, p.VRRP.VRID, p.Mcast} }

// Succeed makes the setup of a new configuration in which every router that s has too keeps its slot. What is no longer
// there stays in its slot for one generation, marked as Gone.
func (s *Setup) Succeed(cfg *conf.Config) *Setup {
	next := &Setup{Plans: make([]*Plan, len(s.Plans))}
	slots := make(map[identity]int, len(s.Plans))
	for i, p := range s.Plans {
		if !p.Gone {
			slots[p.identity()] = i
		}
	}
	var newcomers []*Plan
	for _, p := range newPlans(cfg) {
		if i, ok := slots[p.identity()]; ok && next.Plans[i] == nil {
			next.Plans[i] = p
		} else {
			newcomers = append(newcomers, p)
		}
	}
	for i, p := range s.Plans {
		switch {
		case next.Plans[i] != nil:
		case p.Gone && len(newcomers) > 0: // gone before this generation: the slot is free
			next.Plans[i], newcomers = newcomers[0], newcomers[1:]
		default:
			gone := *p
			gone.Gone, gone.Group = true, -1
			next.Plans[i] = &gone
		}
	}
	next.Plans = append(next.Plans, newcomers...)
	next.formGroups(cfg)
	next.trackScripts(cfg)
	next.trackServices(cfg)
	next.planSync(cfg)
	next.indexAddrs()
	return next
}

func (s *Setup) indexAddrs() {
	s.holders = make(map[netip.Addr][]int)
	for i, p := range s.Plans {
		if p.Gone {
			continue
		}
		for _, list := range [][]conf.Address{p.Conf.Addresses, p.Conf.Excluded} {
			for _, a := range list {
				s.holders[a.Prefix.Addr()] = append(s.holders[a.Prefix.Addr()], i)
			}
		}
	}
}

func (s *Setup) formGroups(cfg *conf.Config) {
	byName := make(map[string]int, len(s.Plans))
	for i, p := range s.Plans {
		if !p.Gone {
			byName[p.VRRP.Name] = i
		}
	}
	for _, g := range cfg.Groups {
		gp := &GroupPlan{Name: g.Name, Notify: &g.Notify, Alerts: g.SMTPAlert.V}
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
			switch _, oc := s.Plans[other].Conditions(m, ours, known(other)); oc.Faults {
			case 0:
			case vrrp.Undecided:
				c.Faults |= vrrp.Undecided
			default:
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
