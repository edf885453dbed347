package neigh

import (
	"encoding/binary"
	"net/netip"

	"holdfast/internal/core/table"
)

const (
	etherLen    = 14
	etherARP    = 0x0806
	etherIPv6   = 0x86dd
	hwLen       = 6
	arpEthernet = 1
	arpRequest  = 1
)

// ARPLen is the length in bytes of a gratuitous ARP frame, without padding: the driver pads.
const ARPLen = etherLen + 28

// AppendGratuitousARP appends the Ethernet frame that announces the IPv4 address a as living on l: an ARP
// request, broadcast, in which sender and target are both a (RFC 5227 §3, RFC 826).
//
// compat: keepalived fills the target hardware address with ones, where RFC 5227 leaves it zero.
func AppendGratuitousARP(b []byte, l table.Link, a netip.Addr) []byte {
	hw := l.HWAddr[:hwLen]
	ip := a.As4()
	b = append(b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	b = append(b, hw...)
	b = binary.BigEndian.AppendUint16(b, etherARP)
	b = binary.BigEndian.AppendUint16(b, arpEthernet)
	b = binary.BigEndian.AppendUint16(b, 0x0800)
	b = append(b, hwLen, 4)
	b = binary.BigEndian.AppendUint16(b, arpRequest)
	b = append(b, hw...)
	b = append(b, ip[:]...)
	b = append(b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	return append(b, ip[:]...)
}
