package neigh

import (
	"encoding/binary"
	"net/netip"

	"holdfast/internal/core/table"
)

const (
	ipv6Len     = 40
	nextICMPv6  = 58
	naType      = 136
	naLen       = 24 + 8 // the message and one option
	naRouter    = 0x80
	naOverride  = 0x20
	optTargetHW = 2
)

// NALen is the length in bytes of a neighbour advertisement frame.
const NALen = etherLen + ipv6Len + naLen

var allNodes = netip.MustParseAddr("ff02::1")

// AppendNeighbourAdvert appends the Ethernet frame that announces the IPv6 address a as living on l: an
// unsolicited neighbour advertisement to all nodes with the override flag and the target link-layer
// address (RFC 4861 §4.4, §7.2.6). The router flag is set if router is: a host that forwards must say so,
// or its neighbours drop it from their default routers.
func AppendNeighbourAdvert(b []byte, l table.Link, a netip.Addr, router bool) []byte {
	hw := l.HWAddr[:hwLen]
	src, dst := a.As16(), allNodes.As16()
	b = append(b, 0x33, 0x33, 0, 0, 0, 1) // RFC 2464 §7
	b = append(b, hw...)
	b = binary.BigEndian.AppendUint16(b, etherIPv6)

	ip := len(b)
	b = append(b, 0x60, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, naLen)
	b = append(b, nextICMPv6, 255)
	b = append(b, src[:]...)
	b = append(b, dst[:]...)

	icmp := len(b)
	flags := byte(naOverride)
	if router {
		flags |= naRouter
	}
	b = append(b, naType, 0, 0, 0, flags, 0, 0, 0)
	b = append(b, src[:]...)
	b = append(b, optTargetHW, 1)
	b = append(b, hw...)
	binary.BigEndian.PutUint16(b[icmp+2:], checksum(b[ip+8:icmp], b[icmp:]))
	return b
}

// checksum is that of ICMPv6 (RFC 4443 §2.3): over the addresses, the length, the next header and msg,
// whose checksum field is zero and whose length is even.
func checksum(addrs, msg []byte) uint16 {
	sum := uint32(len(msg)) + nextICMPv6
	for _, part := range [][]byte{addrs, msg} {
		for i := 0; i < len(part); i += 2 {
			sum += uint32(binary.BigEndian.Uint16(part[i:]))
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
