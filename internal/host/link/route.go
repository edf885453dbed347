package link

import (
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// AddRoute adds a static route to the main table: what goes to that network goes by that neighbour.
func (c *Conn) AddRoute(to netip.Prefix, via netip.Addr) error {
	op := fmt.Sprintf("add route to %v via %v", to, via)
	if to.Addr().BitLen() != via.BitLen() {
		return fmt.Errorf("link: %s: %w", op, unix.EINVAL)
	}
	family := uint8(unix.AF_INET)
	if via.Is6() {
		family = unix.AF_INET6
	}
	return c.request(op, unix.RTM_NEWROUTE, netlink.Create|netlink.Excl, func(b []byte) []byte {
		// struct rtmsg: family, bits of the destination and of the source, TOS, table, protocol, scope, type, flags (32 bits)
		b = append(b, family, uint8(to.Bits()), 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_STATIC, unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST, 0, 0, 0, 0)
		if to.Bits() > 0 {
			b = appendAttr(b, unix.RTA_DST, to.Masked().Addr().AsSlice())
		}
		return appendAttr(b, unix.RTA_GATEWAY, via.AsSlice())
	})
}
