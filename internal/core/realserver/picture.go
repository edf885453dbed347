package realserver

import (
	"net/netip"
	"slices"

	"holdfast/internal/core/table"
)

// Picture is what there is on a host.
type Picture struct {
	Links    []table.Link
	Addrs    []table.Addr
	Settings map[string]int // by the path below /proc/sys; one that the kernel does not have is absent
}

// linux/if.h, linux/if_arp.h
const (
	flagUp   = 0x1
	hwEther  = 1
	hwInfini = 32
)

const loopback = "lo"

// The kernel's settings for IPv4, of all links and of one: what is in force is the larger of the two (ip-sysctl.rst).
const (
	arpIgnore   = "arp_ignore"
	arpAnnounce = "arp_announce"
)

// path is where a setting of a link, or of "all", is found below /proc/sys.
func path(link, key string) string { return "net/ipv4/conf/" + link + "/" + key }

// Needed names the settings that a Picture must have, where the kernel has them.
func Needed(links []table.Link) (paths []string) {
	names := []string{"all"}
	for _, l := range links {
		names = append(names, l.Name)
	}
	for _, n := range names {
		paths = append(paths, path(n, arpIgnore), path(n, arpAnnounce))
	}
	return paths
}

// inForce is the value of a setting that counts for a link.
func (p *Picture) inForce(link, key string) int {
	return max(p.Settings[path("all", key)], p.Settings[path(link, key)])
}

func (p *Picture) link(index int) (table.Link, bool) {
	i := slices.IndexFunc(p.Links, func(l table.Link) bool { return l.Index == index })
	if i < 0 {
		return table.Link{}, false
	}
	return p.Links[i], true
}

func (p *Picture) named(name string) (table.Link, bool) {
	i := slices.IndexFunc(p.Links, func(l table.Link) bool { return l.Name == name })
	if i < 0 {
		return table.Link{}, false
	}
	return p.Links[i], true
}

// place is an address and the link that has it.
type place struct {
	table.Addr
	on table.Link
}

// places returns where the host has an address.
func (p *Picture) places(ip netip.Addr) (at []place) {
	for _, a := range p.Addrs {
		if a.Prefix.Addr() != ip {
			continue
		}
		if l, ok := p.link(a.Link); ok {
			at = append(at, place{a, l})
		}
	}
	return at
}

// resolves reports whether the host answers ARP and neighbour solicitations on a link. Those of a bridge's or a bond's ports are
// answered by their master.
func (p *Picture) resolves(l table.Link) bool {
	if l.Loopback() || l.NoARP() || l.HWType != hwEther && l.HWType != hwInfini {
		return false
	}
	master, ok := p.link(l.Master)
	return !ok || master.Kind == "vrf"
}

// talkers are the links on which the host answers ARP.
func (p *Picture) talkers() (ls []table.Link) {
	for _, l := range p.Links {
		if p.resolves(l) {
			ls = append(ls, l)
		}
	}
	return ls
}

// whole is an address with a prefix of its whole length.
func whole(ip netip.Addr) netip.Prefix { return netip.PrefixFrom(ip, ip.BitLen()) }
