package table

import "net/netip"

// linux/if_addr.h
const (
	flagSecondary      = 0x01 // IPv4: not the primary of its subnet
	flagNoDAD          = 0x02
	flagHomeAddress    = 0x10
	flagDeprecated     = 0x20
	flagManageTempAddr = 0x100
	flagNoPrefixRoute  = 0x200
	flagMCAutoJoin     = 0x400

	// What the kernel keeps of the flags it is given. The others (tentative, permanent, secondary,
	// deprecated) are its own to set.
	kept4 = flagNoPrefixRoute | flagMCAutoJoin
	kept6 = kept4 | flagNoDAD | flagHomeAddress | flagManageTempAddr
)

// Secondary reports IFA_F_SECONDARY on an IPv4 address: another address of the same subnet came first.
func (a Addr) Secondary() bool { return a.Prefix.Addr().Is4() && a.Flags&flagSecondary != 0 }

// Normal returns a in the form in which the kernel reports it: the only prefix length of an address
// with a peer is the peer's, a peer equal to the address is no peer, and 0.0.0.0 is no broadcast address.
// Everything in this package compares normal forms.
func (a Addr) Normal() Addr {
	if a.Peer.IsValid() && a.Peer.Addr() == a.Prefix.Addr() {
		a.Prefix, a.Peer = a.Peer, netip.Prefix{}
	}
	if a.Peer.IsValid() {
		a.Prefix = netip.PrefixFrom(a.Prefix.Addr(), a.Peer.Bits())
	}
	if a.Broadcast.IsValid() && a.Broadcast.IsUnspecified() {
		a.Broadcast = netip.Addr{}
	}
	return a
}

// slot is what the kernel holds at most one address in. It is coarser than Key: an IPv6 address exists
// once on a link whatever its length, and IPv4 peers inside one subnet exclude each other.
type slot struct {
	link  int
	local netip.Addr
	net   netip.Prefix // IPv4 only
}

func (a Addr) slot() slot {
	s := slot{link: a.Link, local: a.Prefix.Addr()}
	if s.local.Is4() {
		s.net = a.Prefix.Masked()
		if a.Peer.IsValid() {
			s.net = a.Peer.Masked()
		}
	}
	return s
}

// Satisfies reports whether a, as the kernel reports it, is the address that want asks for. Only what
// the kernel reports faithfully counts: remaining lifetimes are compared as forever, finite or none (and
// a preferred lifetime that ran out still satisfies the finite one it started as), a wanted label that is
// empty is satisfied by any label without a colon (the kernel's default is the link's name), the scope of
// an IPv6 address is the kernel's own, and Proto is ignored because kernels before 5.18 drop it.
func (a Addr) Satisfies(want Addr) bool {
	a, want = a.Normal(), want.Normal()
	return a.Key() == want.Key() && fixedEqual(want, a) && softEqual(want, a)
}

// fixedEqual compares what NLM_F_REPLACE cannot change.
func fixedEqual(want, have Addr) bool {
	if !want.Prefix.Addr().Is4() {
		return true
	}
	return want.Scope == have.Scope && want.Broadcast == have.Broadcast &&
		want.Flags&kept4 == have.Flags&kept4 && labelEqual(want.Label, have.Label)
}

func labelEqual(want, have string) bool {
	if want != "" {
		return want == have
	}
	for i := range len(have) {
		if have[i] == ':' {
			return false
		}
	}
	return true
}

// softEqual compares what NLM_F_REPLACE can change.
func softEqual(want, have Addr) bool {
	if want.Prefix.Addr().Is6() && want.Flags&kept6 != have.Flags&kept6 {
		return false
	}
	if (want.Valid == Forever) != (have.Valid == Forever) {
		return false
	}
	if want.Prefix.Addr().Is4() && want.Valid == Forever && have.Flags&flagDeprecated == 0 && want.Preferred != 0 {
		return true // of a permanent IPv4 address the kernel only tells whether it is deprecated
	}
	if have.Flags&flagDeprecated != 0 {
		have.Preferred = 0
	}
	switch want.Preferred {
	case 0, Forever:
		return have.Preferred == want.Preferred
	default:
		return have.Preferred != Forever
	}
}

// Diff returns the operations that turn have into want, in an order that never leaves less than needed:
// first additions (in the order of want) and replacements in place, then addresses that must make room
// because the kernel cannot change them in place (each deleted and added again at once), and last the
// deletions, in reverse order so that secondaries go before their primary. What stays is not touched.
// An address that want names twice is added once.
//
// With promote_secondaries off, the kernel deletes the secondaries of a primary that goes; those still
// wanted are then missing and appear in the next Diff.
func Diff(want, have []Addr) []Op {
	d := differ{
		wanted: make(map[slot]bool, len(want)),
		there:  make(map[slot][]Addr, len(have)),
		gone:   make(map[Key]bool),
	}
	for _, a := range have {
		a = a.Normal()
		d.there[a.slot()] = append(d.there[a.slot()], a)
	}
	for _, a := range want {
		d.place(a.Normal())
	}
	ops := append(d.add, d.remake...)
	for i := len(have) - 1; i >= 0; i-- {
		a := have[i].Normal()
		if !d.wanted[a.slot()] && !d.gone[a.Key()] {
			d.gone[a.Key()] = true
			ops = append(ops, Op{DelAddr, a})
		}
	}
	return ops
}

type differ struct {
	wanted map[slot]bool
	there  map[slot][]Addr
	gone   map[Key]bool // deleted already
	add    []Op
	remake []Op
}

func (d *differ) place(want Addr) {
	s := want.slot()
	if d.wanted[s] {
		return
	}
	d.wanted[s] = true
	switch have := d.there[s]; {
	case len(have) == 0:
		d.add = append(d.add, Op{AddAddr, want})
	case len(have) == 1 && have[0].Satisfies(want):
	case len(have) == 1 && have[0].Key() == want.Key() && fixedEqual(want, have[0]):
		d.add = append(d.add, Op{ReplaceAddr, want})
	default:
		for _, a := range have {
			if !d.gone[a.Key()] {
				d.gone[a.Key()] = true
				d.remake = append(d.remake, Op{DelAddr, a})
			}
		}
		d.remake = append(d.remake, Op{AddAddr, want})
	}
}
