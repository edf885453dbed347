package advert

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// MaxPacket is the longest packet a Packet holds, IP header included, in bytes. The longest legal advert
// (IPv6, 255 addresses, authentication trailer) has 4,156.
const MaxPacket = 4352

// A Packet is one received packet. It owns its bytes: the zero Packet is ready, meant to be reused, and must
// not be copied while its slices are in use.
type Packet struct {
	Src, Dst netip.Addr
	TTL      uint8
	ID       uint16
	At       time.Time // when the kernel received it; see Socket.Recv
	Header   []byte    // the IP header with its options
	Payload  []byte    // what follows the header, up to the packet's total length
	IfIndex  int       // the link it came in by

	buf [MaxPacket]byte
}

const minHeader = 20 // RFC 791 §3.1

// ParseIPv4 reads the IPv4 header at the start of b into Src, Dst, TTL, ID, Header and Payload of p. The
// slices point into b. Bytes behind the packet's total length are ignored. The header checksum is not
// looked at: a receiving kernel has verified it. The error is a *HeaderError, and p is then unchanged.
func ParseIPv4(b []byte, p *Packet) error {
	if len(b) < minHeader {
		return errShort
	}
	if b[0]>>4 != 4 {
		return errVersion
	}
	ihl := int(b[0]&0xf) * 4
	if ihl < minHeader || ihl > len(b) {
		return errIHL
	}
	total := int(binary.BigEndian.Uint16(b[2:]))
	if total < ihl || total > len(b) {
		return errTotal
	}
	if binary.BigEndian.Uint16(b[6:])&0x3fff != 0 { // more fragments, or an offset: the kernel reassembles
		return errFragment
	}
	p.TTL = b[8]
	p.ID = binary.BigEndian.Uint16(b[4:])
	p.Src = netip.AddrFrom4([4]byte(b[12:16]))
	p.Dst = netip.AddrFrom4([4]byte(b[16:20]))
	p.Header, p.Payload = b[:ihl:ihl], b[ihl:total:total]
	return nil
}
