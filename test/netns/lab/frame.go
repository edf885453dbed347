package lab

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Frame is one Ethernet frame. IP, Advert, ARP and Report are nil unless the frame is such a thing.
type Frame struct {
	At       time.Time
	Raw      []byte
	Dst, Src net.HardwareAddr
	Type     uint16
	IP       *IPv4
	Advert   *Advert
	ARP      *ARP
	Report   []Group
}

// IPv4 is a packet's header.
type IPv4 struct {
	HeaderLen int
	TOS       uint8
	Len       int
	ID        uint16
	Flags     uint8 // 4 = reserved, 2 = do not fragment, 1 = more fragments
	Offset    uint16
	TTL       uint8
	Proto     uint8
	SumOK     bool
	Src, Dst  netip.Addr
	Payload   []byte
}

// Advert is a VRRP version 2 advertisement (RFC 3768 §5.1). AuthData is whatever follows the addresses.
type Advert struct {
	Version, Type, VRID, Priority, Count, AuthType, Interval uint8
	Sum                                                      uint16
	SumOK                                                    bool
	Addrs                                                    []netip.Addr
	AuthData                                                 []byte
}

// ARP is an Ethernet/IPv4 ARP packet.
type ARP struct {
	Op                   uint16
	SenderMAC, TargetMAC net.HardwareAddr
	Sender, Target       netip.Addr
}

// Gratuitous reports an announcement: sender and target are the same address.
func (a *ARP) Gratuitous() bool { return a.Sender == a.Target }

// Group is one group record of an IGMPv3 report (RFC 3376 §4.2.12).
type Group struct {
	Kind uint8 // 3 = change to include nothing: leave; 4 = change to exclude nothing: join
	Addr netip.Addr
}

// IPv6 reports an IPv6 packet.
func (f Frame) IPv6() bool { return f.Type == 0x86dd }

func decode(raw []byte) Frame {
	f := Frame{Raw: raw}
	if len(raw) < 14 {
		return f
	}
	f.Dst, f.Src, f.Type = raw[0:6], raw[6:12], binary.BigEndian.Uint16(raw[12:])
	switch f.Type {
	case 0x0800:
		f.IP = decodeIP(raw[14:])
	case 0x0806:
		f.ARP = decodeARP(raw[14:])
	}
	if f.IP != nil {
		switch f.IP.Proto {
		case 112:
			f.Advert = decodeAdvert(f.IP.Payload)
		case 2:
			f.Report = decodeReport(f.IP.Payload)
		}
	}
	return f
}

func decodeIP(b []byte) *IPv4 {
	if len(b) < 20 || b[0]>>4 != 4 {
		return nil
	}
	p := &IPv4{
		HeaderLen: int(b[0]&15) * 4, TOS: b[1], Len: int(binary.BigEndian.Uint16(b[2:])), ID: binary.BigEndian.Uint16(b[4:]),
		Flags: b[6] >> 5, Offset: binary.BigEndian.Uint16(b[6:]) & 0x1fff, TTL: b[8], Proto: b[9],
		Src: netip.AddrFrom4([4]byte(b[12:16])), Dst: netip.AddrFrom4([4]byte(b[16:20])),
	}
	if p.HeaderLen < 20 || p.HeaderLen > len(b) || p.Len < p.HeaderLen || p.Len > len(b) {
		return nil
	}
	p.SumOK = Sum(b[:p.HeaderLen]) == 0
	p.Payload = b[p.HeaderLen:p.Len]
	return p
}

func decodeAdvert(b []byte) *Advert {
	if len(b) < 8 {
		return nil
	}
	a := &Advert{
		Version: b[0] >> 4, Type: b[0] & 15, VRID: b[1], Priority: b[2], Count: b[3], AuthType: b[4], Interval: b[5],
		Sum: binary.BigEndian.Uint16(b[6:]), SumOK: Sum(b) == 0,
	}
	rest := b[8:]
	for i := 0; i < int(a.Count) && len(rest) >= 4; i++ {
		a.Addrs = append(a.Addrs, netip.AddrFrom4([4]byte(rest[:4])))
		rest = rest[4:]
	}
	a.AuthData = rest
	return a
}

func decodeARP(b []byte) *ARP {
	if len(b) < 28 {
		return nil
	}
	return &ARP{
		Op: binary.BigEndian.Uint16(b[6:]), SenderMAC: b[8:14], TargetMAC: b[18:24],
		Sender: netip.AddrFrom4([4]byte(b[14:18])), Target: netip.AddrFrom4([4]byte(b[24:28])),
	}
}

func decodeReport(b []byte) (groups []Group) {
	if len(b) < 8 || b[0] != 0x22 {
		return nil
	}
	n := int(binary.BigEndian.Uint16(b[6:]))
	b = b[8:]
	for i := 0; i < n && len(b) >= 8; i++ {
		groups = append(groups, Group{b[0], netip.AddrFrom4([4]byte(b[4:8]))})
		skip := 8 + 4*int(b[1]) + 4*int(binary.BigEndian.Uint16(b[2:]))
		if skip > len(b) {
			break
		}
		b = b[skip:]
	}
	return groups
}

// Sum is the Internet checksum (RFC 1071); over data that carries its own right checksum it is 0.
func Sum(b []byte) uint16 {
	var s uint32
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	if len(b)%2 == 1 {
		s += uint32(b[len(b)-1]) << 8
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

// String gives one line: "10.9.0.1 > 224.0.0.18: advert 51 prio 200 …".
func (f Frame) String() string {
	switch {
	case f.Advert != nil:
		a := f.Advert
		return fmt.Sprintf("%s > %s: advert v%d vrid %d prio %d auth %d int %d %v", f.IP.Src, f.IP.Dst, a.Version, a.VRID, a.Priority, a.AuthType, a.Interval, a.Addrs)
	case f.ARP != nil:
		return fmt.Sprintf("%s > %s: arp op %d %s (%s) for %s", f.Src, f.Dst, f.ARP.Op, f.ARP.Sender, f.ARP.SenderMAC, f.ARP.Target)
	case f.Report != nil:
		var s []string
		for _, g := range f.Report {
			s = append(s, fmt.Sprintf("%d:%s", g.Kind, g.Addr))
		}
		return fmt.Sprintf("%s: igmp %s", f.IP.Src, strings.Join(s, " "))
	case f.IP != nil:
		return fmt.Sprintf("%s > %s: protocol %d, %d bytes", f.IP.Src, f.IP.Dst, f.IP.Proto, len(f.IP.Payload))
	}
	return fmt.Sprintf("%s > %s: type %04x, %d bytes", f.Src, f.Dst, f.Type, len(f.Raw))
}
