package realserver

import (
	"net/netip"
	"slices"
)

// VIP is a virtual address and how its packets come.
type VIP struct {
	Addr   netip.Addr
	Method Method
}

// Fault says why an address cannot be a virtual one; "" if it can.
func Fault(ip netip.Addr) string {
	switch {
	case !ip.IsValid():
		return "not an IP address"
	case ip.Zone() != "":
		return "an address with a zone"
	case ip.Is4In6():
		return "an IPv4 address in the form of IPv6"
	case ip.IsLoopback():
		return "a loopback address"
	case ip.IsMulticast(), ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "not a unicast address"
	case ip.IsUnspecified():
		return "the unspecified address"
	case ip.Is6() && ip.IsLinkLocalUnicast():
		return "a link-local address, which no other link can have"
	}
	return ""
}

// anyIPv4 reports whether one of the addresses is of IPv4.
func anyIPv4(vips []VIP) bool {
	return slices.ContainsFunc(vips, func(v VIP) bool { return v.Addr.Is4() })
}
