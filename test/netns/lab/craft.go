package lab

import (
	"encoding/binary"
	"net"
	"net/netip"
)

// Advertisement builds a VRRP version 2 advertisement frame, sound in every respect, from a source address that
// need not exist. The changes are made to the VRRP message (without IP header) before its checksum is written.
func Advertisement(src string, vrid, prio uint8, addrs []string, changes ...func([]byte)) []byte {
	m := []byte{0x21, vrid, prio, uint8(len(addrs)), 0, 1, 0, 0}
	for _, a := range addrs {
		b := netip.MustParseAddr(a).As4()
		m = append(m, b[:]...)
	}
	m = append(m, make([]byte, 8)...)
	for _, change := range changes {
		change(m)
	}
	binary.BigEndian.PutUint16(m[6:], 0)
	binary.BigEndian.PutUint16(m[6:], Sum(m))
	return Packet(src, "224.0.0.18", 255, m)
}

// Packet wraps a VRRP message in an IPv4 and an Ethernet header.
func Packet(src, dst string, ttl uint8, message []byte) []byte {
	s, d := netip.MustParseAddr(src).As4(), netip.MustParseAddr(dst).As4()
	ip := []byte{0x45, 0xc0, 0, 0, 0x12, 0x34, 0, 0, ttl, 112, 0, 0}
	ip = append(append(ip, s[:]...), d[:]...)
	binary.BigEndian.PutUint16(ip[2:], uint16(20+len(message)))
	binary.BigEndian.PutUint16(ip[10:], Sum(ip))
	frame := []byte{0x01, 0, 0x5e, d[1] & 127, d[2], d[3], 2, 0, 0, 0, 0, s[3], 8, 0}
	return append(append(frame, ip...), message...)
}

// Station is the hardware address that Packet writes for a source address.
func Station(src string) net.HardwareAddr {
	s := netip.MustParseAddr(src).As4()
	return net.HardwareAddr{2, 0, 0, 0, 0, s[3]}
}
