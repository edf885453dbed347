package table

import "net/netip"

// Forever is the kernel's "infinite" address lifetime.
const Forever = ^uint32(0)

// Addr is one address on one link as rtnetlink sees it (linux/if_addr.h). For an address without a peer,
// Peer is the zero Prefix.
type Addr struct {
	Link      int // ifindex
	Prefix    netip.Prefix
	Peer      netip.Prefix
	Broadcast netip.Addr
	Label     string // IPv4 only; the kernel's default is the link's name
	Scope     uint8  // RT_SCOPE_*
	Flags     uint32 // IFA_F_*
	Proto     uint8  // IFA_PROTO; 0 = unspecified
	Valid     uint32 // seconds; Forever
	Preferred uint32 // seconds; 0 = deprecated
}

// Key identifies an address for the kernel: two Addrs with the same Key cannot exist side by side.
type Key struct {
	Link   int
	Prefix netip.Prefix // address and length, host bits kept
	Peer   netip.Prefix
}

// Key returns the address's identity.
func (a Addr) Key() Key { return Key{a.Link, a.Prefix, a.Peer} }

// OpKind says what an Op does.
type OpKind uint8

// The kinds of Op.
const (
	AddAddr OpKind = iota + 1
	ReplaceAddr
	DelAddr
)

// Op is one change to the host.
type Op struct {
	Kind OpKind
	Addr Addr
}
