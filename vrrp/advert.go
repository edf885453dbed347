package vrrp

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Protocol is VRRP's IP protocol number (RFC 3768 §5.2.4).
const Protocol = 112

// TTL is what every advert must carry and what proves that no router forwarded it (RFC 3768 §5.2.3).
const TTL = 255

// Sizes of a version 2 message over IPv4 (RFC 3768 §5.3): the fixed header, one address, and the
// authentication data that ends every message, even an unauthenticated one.
const (
	headerLen = 8
	addrLen4  = 4
	authLen   = 8
)

// MaxAddrs is how many addresses the count field can tell of.
const MaxAddrs = 255

const typeAdvertisement = 1

// AuthType is the authentication type of a version 2 message (RFC 2338 §5.3.6).
type AuthType uint8

// The authentication types.
const (
	AuthNone AuthType = 0
	AuthPass AuthType = 1
	AuthAH   AuthType = 2
)

// Advert is one VRRP advertisement (RFC 3768 §5.1).
type Advert struct {
	Version  uint8
	VRID     uint8
	Priority uint8
	AuthType AuthType
	Interval time.Duration // whole seconds, 1–255
	Auth     [8]byte       // the password of AuthPass, zero padded
	Addrs    []netip.Addr  // in the order of the wire

	err PacketError // what Parse returns, so that a flood of bad packets allocates nothing
}

// Len is the message's size on the wire in bytes.
func (a *Advert) Len() int { return headerLen + addrLen4*len(a.Addrs) + authLen }

// AppendTo appends the message to b. At most MaxAddrs addresses are sent.
func (a *Advert) AppendTo(b []byte) []byte {
	addrs := a.Addrs[:min(len(a.Addrs), MaxAddrs)]
	start := len(b)
	b = append(b,
		a.Version<<4|typeAdvertisement, a.VRID, a.Priority, uint8(len(addrs)),
		uint8(a.AuthType), uint8(a.Interval/time.Second), 0, 0)
	for _, addr := range addrs {
		ip := addr.As4()
		b = append(b, ip[:]...)
	}
	b = append(b, a.Auth[:]...)
	msg := b[start:]
	binary.BigEndian.PutUint16(msg[6:], ^sum(msg))
	return b
}

// Parse reads a message into a, reusing a.Addrs. Whatever is wrong with it is a *PacketError that is valid until
// the next Parse; a is then unspecified. The checks are those that need no configuration: length, version,
// type and checksum (RFC 3768 §7.1).
func (a *Advert) Parse(b []byte) error {
	if len(b) < headerLen {
		return a.reject(BadLength, len(b), headerLen+authLen)
	}
	version, count := b[0]>>4, int(b[3])
	want := headerLen + addrLen4*count
	if version == 2 {
		want += authLen
	}
	switch {
	case len(b) != want:
		return a.reject(BadLength, len(b), want)
	case version != 2:
		return a.reject(BadVersion, int(version), 2)
	case b[0]&0x0f != typeAdvertisement:
		return a.reject(BadType, int(b[0]&0x0f), typeAdvertisement)
	case sum(b) != 0xffff:
		return a.reject(BadChecksum, 0, 0)
	}
	a.Version, a.VRID, a.Priority = version, b[1], b[2]
	a.AuthType, a.Interval = AuthType(b[4]), time.Duration(b[5])*time.Second
	a.Addrs = a.Addrs[:0]
	for i := range count {
		at := headerLen + addrLen4*i
		a.Addrs = append(a.Addrs, netip.AddrFrom4([4]byte(b[at:at+addrLen4])))
	}
	copy(a.Auth[:], b[len(b)-authLen:])
	return nil
}

func (a *Advert) reject(r Reason, got, want int) error {
	a.err = PacketError{Reason: r, Got: got, Want: want}
	return &a.err
}

// PeekVRID returns the virtual router that a message claims to be about, for finding its Instance before
// anything is known to be right. ok is false when there is no such byte.
func PeekVRID(b []byte) (vrid uint8, ok bool) {
	if len(b) < 2 {
		return 0, false
	}
	return b[1], true
}

// sum is the Internet checksum's one's complement sum (RFC 1071). An odd last byte is padded with zero.
func sum(b []byte) uint16 {
	var s uint32
	for ; len(b) >= 2; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
