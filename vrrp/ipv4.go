package vrrp

import (
	"encoding/binary"
	"net/netip"
)

// IPv4HeaderLen is the size of the header that AppendIPv4 writes.
const IPv4HeaderLen = 20

// AppendIPv4 appends the IPv4 header (RFC 791 §3.1) that an advert travels under: type of service 0xc0
// (internetwork control), no fragment flags, TTL 255. The checksum is left zero for the kernel, which
// fills it in for IP_HDRINCL sockets. id must not be zero, or the kernel would choose its own.
func AppendIPv4(b []byte, src, dst netip.Addr, protocol uint8, id uint16, payload int) []byte {
	s, d := src.As4(), dst.As4()
	b = append(b, 0x45, 0xc0)
	b = binary.BigEndian.AppendUint16(b, uint16(IPv4HeaderLen+payload))
	b = binary.BigEndian.AppendUint16(b, id)
	b = append(b, 0, 0, TTL, protocol, 0, 0)
	b = append(b, s[:]...)
	return append(b, d[:]...)
}
