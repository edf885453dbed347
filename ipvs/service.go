package ipvs

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Family is a family of addresses, with the kernel's numbers.
type Family uint16

// The families.
const (
	IPv4 Family = unix.AF_INET
	IPv6 Family = unix.AF_INET6
)

// FamilyOf is the family of an address.
func FamilyOf(a netip.Addr) Family {
	if a.Unmap().Is4() {
		return IPv4
	}
	return IPv6
}

func (f Family) String() string {
	switch f {
	case IPv4:
		return "IPv4"
	case IPv6:
		return "IPv6"
	}
	return "address family " + strconv.Itoa(int(f))
}

// bytes is the length of an address; 0 of a family that IPVS does not know.
func (f Family) bytes() int {
	switch f {
	case IPv4:
		return 4
	case IPv6:
		return 16
	}
	return 0
}

// Protocol is the transport protocol of a service: its IP protocol number.
type Protocol uint16

// The protocols of which IPVS has services.
const (
	TCP  Protocol = unix.IPPROTO_TCP
	UDP  Protocol = unix.IPPROTO_UDP
	SCTP Protocol = unix.IPPROTO_SCTP
)

func (p Protocol) String() string {
	switch p {
	case TCP:
		return "TCP"
	case UDP:
		return "UDP"
	case SCTP:
		return "SCTP"
	}
	return "protocol " + strconv.Itoa(int(p))
}

// ServiceKey is what the kernel knows a service by: an address and port with a protocol, or a firewall mark with a family. It
// is comparable. Make one with AddrKey or MarkKey; one that comes from the kernel is equal to the one that was made so.
type ServiceKey struct {
	Family   Family
	Protocol Protocol       // 0 with a mark
	Addr     netip.AddrPort // the zero value with a mark; port 0 means every port
	Mark     uint32         // 0 with an address
}

// AddrKey is the key of the service for a protocol at an address. An IPv4 address in IPv6 form is taken for what it is.
func AddrKey(p Protocol, a netip.AddrPort) ServiceKey {
	a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	return ServiceKey{Family: FamilyOf(a.Addr()), Protocol: p, Addr: a}
}

// MarkKey is the key of the service for packets of a family that have a firewall mark.
func MarkKey(f Family, mark uint32) ServiceKey { return ServiceKey{Family: f, Mark: mark} }

// IsMark reports whether the service is known by a firewall mark.
func (k ServiceKey) IsMark() bool { return !k.Addr.IsValid() }

// String gives "TCP 192.0.2.1:80", "FWM 7" or "FWM 7 IPv6".
func (k ServiceKey) String() string {
	if !k.IsMark() {
		return k.Protocol.String() + " " + k.Addr.String()
	}
	s := "FWM " + strconv.FormatUint(uint64(k.Mark), 10)
	if k.Family != IPv4 {
		s += " " + k.Family.String()
	}
	return s
}

// Flags are the flags of a service (IP_VS_SVC_F_*).
type Flags uint32

// The flags that can be set. What the last three mean is up to the scheduler.
const (
	Persistent Flags = 0x01 // clients stay with their server for Service.Timeout
	OnePacket  Flags = 0x04 // each datagram is scheduled for itself; UDP only
	Sched1     Flags = 0x08
	Sched2     Flags = 0x10
	Sched3     Flags = 0x20

	// AllFlags are those above.
	AllFlags = Persistent | OnePacket | Sched1 | Sched2 | Sched3
)

// Meanings of the scheduler's flags with the schedulers sh and mh.
const (
	SHFallback, MHFallback = Sched1, Sched1 // another server when the one chosen has weight 0
	SHPort, MHPort         = Sched2, Sched2 // the hash includes the client's port
)

// String gives the flags' names with "|" between them.
func (f Flags) String() string {
	names := []struct {
		f    Flags
		name string
	}{{Persistent, "persistent"}, {OnePacket, "one-packet"}, {Sched1, "sched1"}, {Sched2, "sched2"}, {Sched3, "sched3"}}
	var set []string
	for _, n := range names {
		if f&n.f != 0 {
			set = append(set, n.name)
			f &^= n.f
		}
	}
	if f != 0 || len(set) == 0 {
		set = append(set, fmt.Sprintf("%#x", uint32(f)))
	}
	return strings.Join(set, "|")
}

// Service is a virtual service without its destinations. It is comparable.
type Service struct {
	ServiceKey
	Scheduler string // "rr", "wlc", …; at most 15 bytes
	Engine    string // persistence engine ("sip"); empty: none

	// Flags are the flags. FlagMask says which of them SetService changes; 0 means AllFlags. The kernel does not return it.
	Flags, FlagMask Flags

	// Timeout is how long a client's choice is kept after its last connection, in whole seconds. The kernel keeps it also
	// for services that are not persistent.
	Timeout time.Duration

	// Mask is the part of a client's address that counts for persistence: clients that are equal under it share a server.
	// The zero value means the whole address. With an IPv6 service only masks that are a prefix are possible (PrefixMask).
	Mask netip.Addr
}

// PrefixMask is the mask whose first bits are ones; the zero value if they all are. The length is that of an address of f.
func PrefixMask(f Family, bits int) netip.Addr {
	n := f.bytes()
	if bits < 0 || bits >= 8*n {
		return netip.Addr{}
	}
	b := make([]byte, n)
	for i := range bits {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// PrefixLen is how many ones a mask begins with, and whether it has no others; of the zero value it is 0.
func PrefixLen(mask netip.Addr) (bits int, prefix bool) {
	b := mask.AsSlice()
	for bits < 8*len(b) && b[bits/8]&(0x80>>(bits%8)) != 0 {
		bits++
	}
	for i := bits; i < 8*len(b); i++ {
		if b[i/8]&(0x80>>(i%8)) != 0 {
			return bits, false
		}
	}
	return bits, true
}
