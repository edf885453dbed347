package rig

import (
	"encoding/binary"
	"net/netip"

	"holdfast/internal/lab/record"
)

// linux/if_ether.h, RFC 3768 §5.2.4, RFC 4302 §2
const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	protoVRRP = 112
	protoAH   = 51
)

// readFrame tells what an Ethernet frame says about mastership: a VRRP advertisement over IPv4 of either
// version (the first bytes are the same, RFC 3768 §5.1 and RFC 9568 §5.1), plain or behind an
// authentication header (RFC 2338 §5.3.6), or a gratuitous ARP in its
// request or reply form (RFC 5227 §3). Anything else, or anything cut short, is not ok.
func readFrame(b []byte) (ev record.Event, ok bool) {
	if len(b) < 14 {
		return ev, false
	}
	switch body := b[14:]; binary.BigEndian.Uint16(b[12:]) {
	case etherIPv4:
		return readVRRP(body)
	case etherARP:
		return readARP(body)
	}
	return ev, false
}

func readVRRP(b []byte) (ev record.Event, ok bool) {
	if len(b) < 20 || b[0]>>4 != 4 {
		return ev, false
	}
	head := int(b[0]&0x0f) * 4
	if head < 20 || len(b) < head {
		return ev, false
	}
	next, msg := b[9], b[head:]
	if next == protoAH {
		next, msg, ok = readAH(msg)
		if !ok {
			return ev, false
		}
	}
	if next != protoVRRP || len(msg) < 8 {
		return ev, false
	}
	if version := msg[0] >> 4; (version != 2 && version != 3) || msg[0]&0x0f != 1 {
		return ev, false
	}
	return record.Event{
		Kind: record.Advert, VRID: msg[1], Prio: msg[2], IP: netip.AddrFrom4([4]byte(b[12:16])),
	}, true
}

// readAH returns the protocol behind an authentication header and what it carries (RFC 4302 §2). Whether
// the advert is genuine is the other router's business.
func readAH(b []byte) (next byte, rest []byte, ok bool) {
	const fixed = 12 // next header, length, reserved, SPI, sequence number
	if len(b) < fixed {
		return 0, nil, false
	}
	size := (int(b[1]) + 2) * 4
	if size < fixed || len(b) < size {
		return 0, nil, false
	}
	return b[0], b[size:], true
}

func readARP(b []byte) (ev record.Event, ok bool) {
	const ethernetIPv4 = 0x0001_0800_0604_0000 >> 16 // hardware type, protocol type, both lengths
	if len(b) < 28 || binary.BigEndian.Uint64(b)>>16 != ethernetIPv4 {
		return ev, false
	}
	sender, target := [4]byte(b[14:18]), [4]byte(b[24:28])
	if op := binary.BigEndian.Uint16(b[6:]); sender != target || (op != 1 && op != 2) || sender == [4]byte{} {
		return ev, false
	}
	return record.Event{Kind: record.Announced, IP: netip.AddrFrom4(sender)}, true
}
