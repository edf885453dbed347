package lvs

import (
	"net/netip"
	"strconv"
	"time"
)

// Family is a family of addresses.
type Family uint8

// The families.
const (
	IPv4 Family = 4
	IPv6 Family = 6
)

// FamilyOf is the family of a.
func FamilyOf(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// Key is what the kernel knows a service by: an address with its protocol, or a firewall mark.
type Key struct {
	Family   Family
	Protocol uint8          // an IP protocol number: 6, 17, 132; 0 with a mark
	Addr     netip.AddrPort // invalid with a mark
	Mark     uint32
}

// AddrKey is the Key of a service at an address.
func AddrKey(protocol uint8, a netip.AddrPort) Key {
	return Key{Family: FamilyOf(a.Addr()), Protocol: protocol, Addr: a}
}

// MarkKey is the Key of a service for packets with a firewall mark.
func MarkKey(f Family, mark uint32) Key { return Key{Family: f, Mark: mark} }

// IsMark reports whether the service is for a firewall mark.
func (k Key) IsMark() bool { return !k.Addr.Addr().IsValid() }

// String gives "tcp 192.0.2.1:80" or "fwmark 7 inet6".
func (k Key) String() string {
	if k.IsMark() {
		s := "fwmark " + strconv.FormatUint(uint64(k.Mark), 10)
		if k.Family == IPv6 {
			s += " inet6"
		}
		return s
	}
	proto := strconv.Itoa(int(k.Protocol))
	switch k.Protocol {
	case 6:
		proto = "tcp"
	case 17:
		proto = "udp"
	case 132:
		proto = "sctp"
	}
	return proto + " " + k.Addr.String()
}

// Flags are a service's flags (linux/ip_vs.h, IP_VS_SVC_F_*).
type Flags uint32

// The members of Flags. The meaning of the last three is the scheduler's: with sh and mh the first is fallback and the second
// port.
const (
	Persistent Flags = 1 << iota
	Hashed           // the kernel's own mark; Diff does not look at it
	OnePacket
	Sched1
	Sched2
	Sched3
)

// Service is a virtual service without its destinations. It is comparable.
type Service struct {
	Key
	Scheduler string
	Engine    string // of persistence; empty: none
	Flags     Flags
	Timeout   time.Duration // of persistence, whole seconds; 0 without Persistent
	// Mask is what part of a client's address counts for persistence: with IPv4 the netmask in host byte order
	// (0xffffffff: all of it), with IPv6 the length of the prefix (128: all of it).
	Mask uint32
}

// AllBits is the Mask that takes all of a client's address.
func AllBits(f Family) uint32 {
	if f == IPv4 {
		return 0xffffffff
	}
	return 128
}

// Same reports whether the kernel's s, as it was read back, is what want asks for.
func (s Service) Same(want Service) bool {
	s.Flags &^= Hashed
	want.Flags &^= Hashed
	return s == want
}

// Forward is how packets reach a destination.
type Forward uint8

// The ways to forward, with the kernel's numbers (IP_VS_CONN_F_FWD_MASK).
const (
	Masq Forward = iota
	Local
	Tunnel
	Route
	Bypass
)

// Encap is how Tunnel wraps packets (IP_VS_CONN_F_TUNNEL_TYPE_*).
type Encap struct {
	Kind     uint8  // IPIP, GUE, GRE
	Port     uint16 // GUE
	Checksum uint8  // NoChecksum, FullChecksum, RemoteChecksum: what the kernel calls tunnel flags
}

// The kinds and checksums of Encap, with the kernel's numbers.
const (
	IPIP uint8 = 0
	GUE  uint8 = 1
	GRE  uint8 = 2

	NoChecksum     uint8 = 0
	FullChecksum   uint8 = 1
	RemoteChecksum uint8 = 2
)

// Dest is a destination of a service: a real server or a sorry server. It is comparable. Within a service it is known by
// its address alone.
type Dest struct {
	Addr    netip.AddrPort
	Forward Forward
	Encap   Encap  // of Tunnel; else zero
	Weight  uint32 // at most 2147483647; 0: no new connections
	Upper   uint32 // connections from which on there are no new ones; 0: no bound
	Lower   uint32 // connections below which there are again
}

// Entry is a service and its destinations, in the order in which they are to be added.
type Entry struct {
	Service Service
	Dests   []Dest
}
