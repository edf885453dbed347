package dump

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/vrrp"
)

// owner is the priority of who has the addresses by right.
const owner = 255

// VRRP gives the sections on instances, sync groups and scripts.
func VRRP(cfg *conf.Config, m *Machine) []string {
	var t text
	if len(cfg.Instances) > 0 {
		t.header("VRRP Topology")
	}
	p := partiesOf(cfg, m)
	for _, in := range cfg.Instances {
		t.instance(p, in, m)
	}
	t.sockets(m.Live)
	t.groups(p, m)
	t.scripts(p, m)
	return t
}

func (t *text) instance(p *parties, in *conf.Instance, m *Machine) {
	s, live := m.standing(in)
	t.add(" VRRP Instance = %s", in.Name)
	t.add("   VRRP Version = %d", in.Version.V)
	t.when(in.IPv6(), "   Using Native IPv6")
	if g := p.group[in]; g != nil {
		t.add("   Sync group = %s", g.Name)
	}
	if live {
		t.state(in, &s)
	}
	t.add("   Flags:%s", either(flagged(in), "", " none"))
	t.add("   Wantstate = %s", p.wanted(in, &s, live))
	t.add("   Number of config faults = %s", either(s.Conditions.Faults&vrrp.Misconfigured != 0, "1", "0"))
	if live {
		t.timers(&s)
	}
	t.add("   Interface = %s", in.Interface.V)
	t.when(in.DontTrackPrimary.V, "   VRRP interface tracking disabled")
	t.when(in.SkipCheckAdvAddr.V, "   Skip checking advert IP addresses")
	t.when(in.Strict.V, "   Enforcing strict VRRP compliance")
	t.add("   Using src_ip = %s", m.source(in))
	t.add("   Multicast address %s%s", in.McastGroup.V, m.zone(in))
	t.announcements(in)
	t.add("   Virtual Router ID = %d", in.VRID.V)
	t.add("   Priority = %d", in.Priority.V)
	t.when(live, "   Effective priority = %d", s.Conditions.Priority)
	t.when(live, "   Total priority = %d", s.Total)
	t.add("   Advert interval = %s", interval(in))
	t.add("   Accept = %s", either(in.Accept.V, "enabled", "disabled"))
	t.add("   Preempt = %s", either(in.NoPreempt.V, "disabled", "enabled"))
	t.when(in.PreemptDelay.V > 0, "   Preempt delay = %s secs", shortest(in.PreemptDelay.V))
	t.add("   Promote_secondaries = %s", either(in.PromoteSecondaries.V, "enabled", "disabled"))
	t.authentication(in)
	t.when(in.Debug.V > 0, "   Debug level = %d", in.Debug.V)
	if len(in.Addresses) > 0 {
		t.add("   Virtual IP (%d):", len(in.Addresses))
		t.addresses(m, in, in.Addresses)
	}
	if len(in.Excluded) > 0 {
		t.add("   Virtual IP Excluded :")
		t.addresses(m, in, in.Excluded)
	}
	if s.FD > 0 {
		t.add("   fd_in %d, fd_out %d", s.FD, s.FD+1)
	} else {
		t.add("   No sockets allocated")
	}
	t.tracking(p, in)
	t.add("   Using smtp notification = %s", either(in.SMTPAlert.V, "yes", "no"))
	t.add("   Notify deleted = %s", either(in.NotifyDeleted.Set(), "Deleted", "Fault"))
	t.notify(m, &in.Notify)
	t.add("   Notify priority changes = false")
}

// flagged tells whether one of the options is on that keepalived keeps as flags. It does not name them.
func flagged(in *conf.Instance) bool {
	return in.NoPreempt.V || in.SkipCheckAdvAddr.V || in.SourceIP.V.IsValid() || in.DontTrackPrimary.V || in.PromoteSecondaries.V
}

// wantsMaster reports whether the instance starts as MASTER would. compat: one of a sync group does only if all of
// the group have priority 255.
func (p *parties) wantsMaster(in *conf.Instance) bool {
	if g := p.group[in]; g != nil {
		return p.owners[g]
	}
	return in.State.V == conf.StateMaster
}

func (t *text) announcements(in *conf.Instance) {
	t.add("   Gratuitous ARP delay = %d", whole(in.GARP.MasterDelay.V))
	t.add("   Gratuitous ARP repeat = %d", in.GARP.MasterRepeat.V)
	t.add("   Gratuitous ARP refresh = %d", whole(in.GARP.MasterRefresh.V))
	t.add("   Gratuitous ARP refresh repeat = %d", in.GARP.MasterRefreshRepeat.V)
	t.add("   Gratuitous ARP lower priority delay = %d", whole(in.GARP.LowerPrioDelay.V))
	t.add("   Gratuitous ARP lower priority repeat = %d", in.GARP.LowerPrioRepeat.V)
	t.add("   Down timer adverts = %d", in.DownTimerAdverts.V)
	t.add("   Send advert after receive lower priority advert = %t", !in.LowerPrioNoAdvert.V)
	t.add("   Send advert after receive higher priority advert = %t", in.HigherPrioSendAdvert.V)
	if in.StepDown.V { // ours: keepalived has no such line
		t.add("   Step down when a VIP is removed = true")
	}
}

// interval is in whole seconds where the protocol knows nothing else (RFC 3768 §5.3.7).
func interval(in *conf.Instance) string {
	if in.Version.V == 2 {
		return strconv.FormatInt(whole(in.AdvertInt.V), 10) + " sec"
	}
	return strconv.FormatInt(int64(in.AdvertInt.V/time.Millisecond), 10) + " milli-sec"
}

func (t *text) authentication(in *conf.Instance) {
	if in.Version.V != 2 {
		return
	}
	switch in.AuthType.V {
	case conf.AuthPass:
		t.add("   Authentication type = SIMPLE_PASSWORD")
		t.add("   Password = %s", strings.TrimRight(string(in.AuthPass.V[:]), "\x00"))
	case conf.AuthAH:
		t.add("   Authentication type = IPSEC_AH")
	case conf.AuthNone:
		t.add("   Authentication type = none")
	}
}

func (t *text) tracking(p *parties, in *conf.Instance) {
	links := p.links(in)
	t.when(len(links) > 0, "   Tracked interfaces :")
	for _, l := range links {
		t.add("     %s %s", l.Name, weight(l.Weight, l.Reverse))
	}
	t.trackedScripts(p, p.followed(in))
}

// links lists the interfaces that track_interface has an instance track, each with the weight that counts. What is weighed
// does not matter to an address owner, whose priority never changes.
func (p *parties) links(in *conf.Instance) (list []conf.TrackInterface) {
	for _, l := range in.TrackInterfaces {
		if p.unweighed(in) {
			l.Weight = 0
		}
		if l.Weight == 0 || in.Priority.V != owner {
			list = append(list, l)
		}
	}
	return list
}

// source is where adverts come from.
func (m *Machine) source(in *conf.Instance) string {
	if in.SourceIP.V.IsValid() {
		return in.SourceIP.V.String() + " (from configuration)"
	}
	if l, ok := m.Mirror.LinkByName(in.Interface.V); ok {
		four, six := m.own(l.Index)
		list := four
		if in.IPv6() {
			list = six
		}
		if len(list) > 0 {
			return list[0].String()
		}
	}
	return "(none)"
}

// own lists what adverts can come from on a link: IPv4 addresses, and IPv6 addresses of the link.
func (m *Machine) own(link int) (four, six []netip.Addr) {
	for _, a := range m.Mirror.Addrs(link) {
		switch ip := a.Prefix.Addr(); {
		case m.Ours != nil && m.Ours(ip):
		case ip.Is4():
			four = append(four, ip)
		case ip.IsLinkLocalUnicast():
			six = append(six, ip)
		}
	}
	return four, six
}

// zone tells where an IPv6 multicast address is meant.
func (m *Machine) zone(in *conf.Instance) string {
	if l, ok := m.Mirror.LinkByName(in.Interface.V); ok && in.McastGroup.V.Is6() {
		return ", ifindex " + strconv.Itoa(l.Index)
	}
	return ""
}
