package conf

import (
	"fmt"
	"net/netip"
	"strings"

	"holdfast/conf/syntax"
)

// parseIP reads an address without a zone.
func parseIP(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Zone() == ""
}

// parseEnd is parseIP for an address that nothing but packets goes to or comes from. compat: a length behind it is read over,
// whatever it is.
func parseEnd(s string) (netip.Addr, bool) {
	s, _, _ = strings.Cut(s, "/")
	return parseIP(s)
}

// fits reports whether a is of the instance's family. The first address of a block settles it.
func (i *Instance) fits(a netip.Addr) bool {
	if i.family == familyUnknown {
		i.family = familyOf(a)
	}
	return i.family == familyOf(a)
}

// setSource decodes mcast_src_ip and unicast_src_ip; the later one holds.
func (d *decoder) setSource(n *syntax.Node) {
	w := n.Args[0]
	if n.Keyword.Text == "unicast_src_ip" {
		d.inst.UnicastAsked = value(true, n.Keyword)
	}
	a, ok := parseEnd(w.Text)
	switch {
	case !ok:
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"Configuration error: VRRP instance["+d.inst.Name+"] malformed src address["+w.Text+"]. Skipping...", "the line is ignored")
	case !d.inst.fits(a):
		d.fault(n, w, "wrong-family", w.Text+" is of another address family than the addresses above",
			"Configuration error: VRRP instance["+d.inst.Name+"] and src address["+w.Text+"] MUST be of the same family !!! Skipping...",
			"the interface's own address is the source")
	default:
		d.inst.SourceIP = value(a, w)
	}
}

func (d *decoder) setGroupAddr(n *syntax.Node) {
	w := n.Args[0]
	a, ok := parseEnd(w.Text)
	who := "(" + d.inst.Name + ") "
	switch {
	case !ok:
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			who+"malformed mcast dest address "+w.Text+". Skipping...", "the line is ignored")
	case !d.inst.fits(a):
		d.fault(n, w, "wrong-family", w.Text+" is of another address family than the addresses above",
			who+"mcast dest address "+w.Text+" MUST match VRRP instance family. Skipping...", "the line is ignored")
	case !a.IsMulticast():
		d.fault(n, w, "not-multicast", w.Text+" is not a multicast address",
			who+"mcast_dst_ip "+w.Text+" not multicast. Skipping...", "the line is ignored")
	case a.Is6() && !a.IsLinkLocalMulticast():
		d.fault(n, w, "not-link-local", w.Text+" is not a multicast address of link-local scope (ff02::/16)",
			who+"mcast_dst_ip "+w.Text+" not link-local multicast. Skipping...", "the line is ignored")
	default:
		d.inst.McastGroup = value(a, w)
	}
}

func (d *decoder) setNativeIPv6(n *syntax.Node) {
	if d.inst.family == familyIPv4 {
		d.fault(n, n.Keyword, "wrong-family", "native_ipv6 does not go with the IPv4 addresses above",
			"("+d.inst.Name+") Cannot specify native_ipv6 with IPv4 addresses", "the instance is of the IPv4 family")
		return
	}
	d.inst.family = familyIPv6
	d.inst.NativeIPv6 = value(true, n.Keyword)
}

// setVersion decodes version. compat: the first one holds, and IPv6 addresses above it have said 3.
func (d *decoder) setVersion(n *syntax.Node) {
	w := n.Args[0]
	v, ok := d.uintWord(n, w, 2, 3, "("+d.inst.Name+"): Version must be either 2 or 3")
	if !ok {
		return
	}
	have := d.inst.Version
	if !have.Set() && d.inst.family == familyIPv6 {
		have.V = 3
	}
	if have.V != 0 && uint64(have.V) != v {
		d.fault(n, w, "version-conflict", fmt.Sprintf("the version is %d already, by what stands above", have.V),
			fmt.Sprintf("(%s) vrrp_version %d conflicts with configured or deduced version %d; ignoring.", d.inst.Name, v, have.V),
			"the line is ignored")
		return
	}
	d.inst.Version = value(uint8(v), w)
	if v == 3 {
		d.inactive(n, "version 3", "VRRP version 3 is loaded but not active yet")
	}
}

// setVRF decodes vrf, which is for unicast without an interface.
func (d *decoder) setVRF(n *syntax.Node) {
	w, who := n.Args[0], "("+d.inst.Name+") "
	switch {
	case len(w.Text) > maxIfname:
		d.fault(n, w, "long-name", "an interface name has at most 15 characters",
			who+"VRF interface name '"+w.Text+"' too long - ignoring", "the line is ignored")
	case d.inst.Interface.Set():
		d.fault(n, w, "vrf-and-interface", "vrf is for instances without an interface; this one has "+d.inst.Interface.V,
			who+"Cannot specify VRF interface and interface - ignoring", "the line is ignored")
	case d.inst.VRF.Set():
		d.fault(n, w, "duplicate-keyword", "vrf is given already, at "+d.inst.VRF.At.String(),
			who+"VRF interface already specified as '"+d.inst.VRF.V+"' - ignoring", "the line is ignored")
	default:
		d.inst.VRF = value(w.Text, w)
	}
}
