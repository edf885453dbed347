package dump

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"

	"holdfast/conf"
	"holdfast/internal/core/table"
)

// linux/if.h and linux/if_arp.h
const (
	flagUp           = 0x1
	flagBroadcast    = 0x2
	flagPointToPoint = 0x10
	flagRunning      = 0x40

	hardwareEthernet = 1
	hardwareLoopback = 772
)

// Interfaces gives the section on the links of the machine.
func Interfaces(cfg *conf.Config, m *Machine) []string {
	var t text
	t.header("Interfaces")
	paced := map[string]bool{}
	if cfg.Global.GARPInterval.V > 0 || cfg.Global.GNAInterval.V > 0 {
		for _, name := range announced(cfg) {
			paced[name] = true
		}
	}
	p := partiesOf(cfg, m)
	for _, l := range m.Mirror.Links() {
		t.link(cfg, m, l)
		if paced[l.Name] {
			g := &cfg.Global
			t.when(g.GARPInterval.V > 0, "   Gratuitous ARP interval %s", millis(g.GARPInterval.V))
			t.when(g.GNAInterval.V > 0, "   Gratuitous NA interval %s", millis(g.GNAInterval.V))
		}
		t.untouched()
		if who := p.watchers(l.Name); len(who) > 0 {
			t.add("   Tracking VRRP instances :")
			t = append(t, who...)
		}
	}
	return t
}

func (t *text) link(cfg *conf.Config, m *Machine, l table.Link) {
	four, six := m.own(l.Index)
	t.add(" Name = %s", l.Name)
	t.add("   index = %d", l.Index)
	t.sources("IPv4", four)
	t.sources("IPv6", six)
	if mac := l.HWAddr[:l.HWLen]; l.HWLen > 0 && l.HWType != hardwareLoopback {
		t.add("   MAC = %s", colons(mac))
		t.when(l.Flags&flagBroadcast != 0, "   MAC broadcast = %s", strings.Repeat("ff:", len(mac)-1)+"ff")
	}
	t.add("   State = %s", linkState(l))
	t.add("   Seen up = %s", either(l.Up(), "1", "0"))
	t.add("   Delayed state change running = false")
	t.add("   Up debounce timer = 0us")
	t.add("   Down debounce timer = 0us")
	t.when(cfg.Global.AllowIfChanges.V && l.HWType != hardwareLoopback, "   Interface type/base can be changed")
	t.add("   MTU = %d", l.MTU)
	t.add("   HW Type = %s", hardware(l.HWType))
	t.add("   NIC netlink status update")
}

// untouched tells of settings of the link that this program leaves as they are.
func (t *text) untouched() {
	t.add("   Reset ARP config counter 0")
	t.add("   Original arp_ignore 0")
	t.add("   Original arp_filter 0")
	t.add("   Original promote_secondaries 0")
	t.add("   Reset promote_secondaries counter 0")
}

func (t *text) sources(family string, list []netip.Addr) {
	if len(list) == 0 {
		t.add("   %s address = (none)", family)
		return
	}
	t.add("   %s address = %s", family, list[0])
	t.when(len(list) > 1, "   Additional %s addresses :", family)
	for _, a := range list[1:] {
		t.add("     %s", a)
	}
}

func colons(b []byte) string {
	pairs := make([]string, len(b))
	for i := range b {
		pairs[i] = hex.EncodeToString(b[i : i+1])
	}
	return strings.Join(pairs, ":")
}

func linkState(l table.Link) string {
	words := []string{
		either(l.Flags&flagUp != 0, "UP", "not UP"), either(l.Flags&flagRunning != 0, "RUNNING", "not RUNNING"),
	}
	for _, w := range []struct {
		on   bool
		text string
	}{
		{l.Flags&flagBroadcast == 0, "no broadcast"},
		{l.Loopback(), "loopback"},
		{l.Flags&flagPointToPoint != 0, "point to point"},
		{l.NoARP(), "no arp"},
		{!l.Multicast(), "no multicast"},
	} {
		if w.on {
			words = append(words, w.text)
		}
	}
	return strings.Join(words, ", ")
}

func hardware(kind uint16) string {
	switch kind {
	case hardwareEthernet:
		return "ETHERNET"
	case hardwareLoopback:
		return "LOOPBACK"
	}
	return fmt.Sprintf("UNKNOWN (%d)", kind)
}

// untracked is the weight that stands for "not tracked" (dont_track_primary).
const untracked = 255

// watchers lists the instances that care for a link, and then those that a group does it for.
func (p *parties) watchers(link string) (list text) {
	told := map[string]bool{}
	add := func(in *conf.Instance, w int, reverse bool) {
		if !told[in.Name] {
			told[in.Name] = true
			list.add("     %s, %s", in.Name, weight(w, reverse))
		}
	}
	for _, in := range p.cfg.Instances {
		if in.Interface.V == link {
			own := 0
			if in.DontTrackPrimary.V {
				own = untracked
			}
			add(in, own, false)
		}
		if carries(in, link) { // that weighs more than what track_interface says
			add(in, 0, false)
		}
		asked := in.TrackInterfaces
		if in.AskedInterfaces != nil { // compat: the weights that do not count too
			asked = in.AskedInterfaces
		}
		for _, tr := range asked {
			if tr.Name == link {
				add(in, tr.Weight, tr.Reverse)
			}
		}
	}
	for _, g := range p.cfg.Groups {
		for _, tr := range g.TrackInterfaces {
			if tr.Name != link {
				continue
			}
			for _, in := range p.members[g] {
				add(in, tr.Weight, tr.Reverse)
			}
		}
	}
	return list
}

// carries reports whether addresses of the instance stand on a link that is not the instance's own.
func carries(in *conf.Instance, link string) bool {
	for _, list := range [][]conf.Address{in.Addresses, in.Excluded} {
		for i := range list {
			if a := &list[i]; a.Dev.V == link && a.Dev.V != in.Interface.V && !a.NoTrack {
				return true
			}
		}
	}
	return false
}
