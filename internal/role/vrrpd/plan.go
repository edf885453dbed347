package vrrpd

import (
	"net/netip"
	"slices"

	"holdfast/conf"
	"holdfast/internal/core/table"
	"holdfast/internal/core/track"
	"holdfast/vrrp"
)

// Plan is one vrrp_instance as it is to be run.
type Plan struct {
	VRRP      vrrp.Config
	Interface string
	Mcast     netip.Addr // where adverts go
	Source    netip.Addr // where they come from; zero: the interface's first address
	Track     []Tracked
	Scripts   []TrackedScript
	Services  []TrackedService
	Followed  bool // a virtual server follows its state
	Broken    bool // the configuration cannot work: FAULT for good
	Group     int  // index of its sync group, -1 for none
	Gone      bool // not in the configuration any more

	Conf *conf.Instance
}

// Tracked is a link whose state matters. Weight 0 makes its loss a fault.
type Tracked struct {
	Name   string
	Weight int // added while up if positive, while down if negative
	Invert bool
}

// newPlans makes a plan of each instance, in file order.
func newPlans(cfg *conf.Config) []*Plan {
	plans := make([]*Plan, 0, len(cfg.Instances))
	taken := make(map[vridOn]bool, len(cfg.Instances))
	for _, in := range cfg.Instances {
		p := newPlan(in)
		key := vridOn{p.Interface, p.VRRP.VRID}
		p.Broken = taken[key] || in.VRID.V == 0 || in.Version.V != 2 || in.IPv6()
		taken[key] = true
		plans = append(plans, p)
	}
	return plans
}

type vridOn struct {
	ifname string
	vrid   uint8
}

func newPlan(in *conf.Instance) *Plan {
	p := &Plan{
		Interface: in.Interface.V,
		Mcast:     in.McastGroup.V,
		Group:     -1,
		Source:    in.SourceIP.V,
		Conf:      in,
		VRRP: vrrp.Config{
			Name:                 in.Name,
			VRID:                 in.VRID.V,
			Priority:             in.Priority.V,
			Eager:                in.State.V == conf.StateMaster,
			Interval:             in.AdvertInt.V,
			NoPreempt:            in.NoPreempt.V,
			PreemptDelay:         in.PreemptDelay.V,
			DownAdverts:          in.DownTimerAdverts.V,
			LowerPrioNoAdvert:    in.LowerPrioNoAdvert.V,
			HigherPrioSendAdvert: in.HigherPrioSendAdvert.V,
			SkipAddrCheck:        in.SkipCheckAdvAddr.V,
			Announce: vrrp.Announce{
				Repeat:        in.GARP.MasterRepeat.V,
				Delay:         in.GARP.MasterDelay.V,
				Refresh:       in.GARP.MasterRefresh.V,
				RefreshRepeat: in.GARP.MasterRefreshRepeat.V,
				LowerRepeat:   in.GARP.LowerPrioRepeat.V,
				LowerDelay:    in.GARP.LowerPrioDelay.V,
			},
		},
	}
	switch in.AuthType.V {
	case conf.AuthPass:
		p.VRRP.AuthType, p.VRRP.Auth = vrrp.AuthPass, in.AuthPass.V
	case conf.AuthAH:
		p.VRRP.AuthType, p.VRRP.Auth = vrrp.AuthAH, in.AuthPass.V
	}
	for _, a := range in.Addresses {
		p.VRRP.Addrs = append(p.VRRP.Addrs, a.Prefix.Addr())
	}
	p.track(in)
	return p
}

// lan is where the plan's adverts travel on its interface, which has the given index.
func (p *Plan) lan(link int) lan {
	proto := uint8(vrrp.Protocol)
	if p.VRRP.AuthType == vrrp.AuthAH {
		proto = vrrp.ProtocolAH
	}
	return lan{link, p.Mcast, proto}
}

// track collects the links that the instance depends on: its own, those of track_interface, and those that carry its
// addresses.
func (p *Plan) track(in *conf.Instance) {
	if !in.DontTrackPrimary.V {
		p.Track = append(p.Track, Tracked{Name: in.Interface.V})
	}
	at := len(p.Track)
	carries := map[string]bool{in.Interface.V: true}
	for _, list := range [][]conf.Address{in.Addresses, in.Excluded} {
		for _, a := range list {
			if dev := a.Dev.V; dev != "" && !a.NoTrack && !carries[dev] {
				carries[dev] = true
				p.Track = append(p.Track, Tracked{Name: dev})
			}
		}
	}
	for _, t := range in.TrackInterfaces {
		if t.Name == in.Interface.V || !carries[t.Name] { // compat: what track_interface says of a link with addresses does not count
			p.Track = slices.Insert(p.Track, at, Tracked{Name: t.Name, Weight: t.Weight, Invert: t.Reverse})
			at++
		}
	}
}

// Conditions judges the world as the mirror shows it. It is a function of its arguments and remembers nothing: an
// interface that comes, goes, is renamed or enslaved cannot leave an instance stuck. ours tells virtual addresses
// from the machine's own.
func (p *Plan) Conditions(m *table.Mirror, ours func(netip.Addr) bool, known Known) (link int, c vrrp.Conditions) {
	c = vrrp.Conditions{Source: p.Source, Faults: known.Faults}
	if p.Broken {
		c.Faults |= vrrp.Misconfigured
	}
	if l, ok := m.LinkByName(p.Interface); !ok {
		c.Faults |= vrrp.LinkMissing
	} else {
		link = l.Index
		if !c.Source.IsValid() {
			c.Source, _ = m.Source4(link, ours)
		}
		if !c.Source.IsValid() {
			c.Faults |= vrrp.NoAddress
		}
	}
	sum := known.Weight
	for _, t := range p.Track {
		l, ok := m.LinkByName(t.Name)
		up := ok && l.Up()
		switch {
		case t.Weight != 0:
			sum += t.contribution(up)
		case up != t.Invert:
		case t.Name == p.Interface:
			c.Faults |= vrrp.LinkDown
		default:
			c.Faults |= vrrp.TrackedDown
		}
	}
	c.Priority = effective(p.VRRP.Priority, sum)
	return link, c
}

// contribution is what a weighted link adds to the priority.
func (t Tracked) contribution(up bool) int {
	status := track.KO
	if up {
		status = track.OK
	}
	return track.Rule{Weight: t.Weight, Reverse: t.Invert}.Effect(status).Add
}

// effective clamps the sum of weights. An address owner's priority never changes, and nobody else's becomes
// 0 or 255.
func effective(base uint8, sum int) uint8 {
	if base == vrrp.PriorityOwner {
		return base
	}
	return uint8(min(max(int(base)+sum, 1), vrrp.PriorityOwner-1))
}

// Address flags (linux/if_addr.h).
const (
	ifaNoDAD         = 0x02
	ifaHomeAddress   = 0x10
	ifaManageTemp    = 0x100
	ifaNoPrefixRoute = 0x200
	ifaMcAutoJoin    = 0x400
)

// Wanted lists the addresses of the instance as they shall stand on the links that exist, the advertised ones
// first.
func (p *Plan) Wanted(m *table.Mirror) []table.Addr {
	var want []table.Addr
	for _, list := range [][]conf.Address{p.Conf.Addresses, p.Conf.Excluded} {
		for i := range list {
			if a, ok := p.address(&list[i], m); ok {
				want = append(want, a)
			}
		}
	}
	return want
}

func (p *Plan) address(a *conf.Address, m *table.Mirror) (table.Addr, bool) {
	dev := a.Dev.V
	if dev == "" {
		dev = p.Interface
	}
	l, ok := m.LinkByName(dev)
	if !ok {
		return table.Addr{}, false
	}
	t := table.Addr{
		Link: l.Index, Prefix: a.Prefix, Peer: a.Peer, Broadcast: a.Broadcast, Label: a.Label.V,
		Scope: a.Scope.V, Valid: table.Forever, Preferred: table.Forever,
	}
	switch {
	case a.Prefix.Addr().Is4(): // compat: preferred_lft is for IPv6 only
	case a.PreferredLft.Set():
		t.Preferred = a.PreferredLft.V
	case a.Prefix.IsSingleIP():
		t.Preferred = 0 // compat: deprecated, so that it is not chosen as a source
	}
	for _, f := range []struct {
		on  bool
		bit uint32
	}{
		// compat: IPv6 addresses are installed without duplicate address detection unless "-nodad" is written.
		{a.Prefix.Addr().Is6() && !a.NoDADWord, ifaNoDAD},
		{a.Home, ifaHomeAddress},
		{a.MngTmpAddr, ifaManageTemp},
		{a.NoPrefixRout, ifaNoPrefixRoute},
		{a.AutoJoin, ifaMcAutoJoin},
	} {
		if f.on {
			t.Flags |= f.bit
		}
	}
	return t, true
}

// stepsDownFor reports whether the instance is to step down when somebody else removes that address, as keepalived does.
func (p *Plan) stepsDownFor(ip netip.Addr) bool {
	if !p.Conf.StepDown.V {
		return false
	}
	for _, list := range [][]conf.Address{p.Conf.Addresses, p.Conf.Excluded} {
		for i := range list {
			if list[i].Prefix.Addr() == ip {
				return !list[i].NoTrack
			}
		}
	}
	return false
}
