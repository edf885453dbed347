package mem

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

const (
	kept4 = unix.IFA_F_NOPREFIXROUTE | unix.IFA_F_MCAUTOJOIN
	kept6 = kept4 | unix.IFA_F_NODAD | unix.IFA_F_HOMEADDRESS | unix.IFA_F_MANAGETEMPADDR
)

// Apply carries out ops in order and returns one error for each, nil where the host now is as the
// operation says: as link.Conn's.
func (h *Host) Apply(ops []table.Op) []error {
	h.mu.Lock()
	defer h.mu.Unlock()
	errs := make([]error, len(ops))
	for n, op := range ops {
		errs[n] = h.apply(op)
	}
	return errs
}

func (h *Host) apply(op table.Op) error {
	name := fmt.Sprintf("operation %d on %v on link %d", op.Kind, op.Addr.Prefix, op.Addr.Link)
	if h.closed {
		return errClosed(name)
	}
	if h.fault != nil {
		if err := h.fault(op); err != nil {
			return err
		}
	}
	a := op.Addr.Normal()
	if ip := a.Prefix.Addr(); !a.Prefix.IsValid() || ip.Is4In6() || ip.Zone() != "" || len(a.Label) >= unix.IFNAMSIZ {
		return refuse(name, unix.EINVAL, "")
	}
	i, ok := h.links[a.Link]
	switch {
	case !ok && op.Kind == table.DelAddr:
		return nil
	case !ok:
		return refuse(name, unix.ENODEV, "")
	case op.Kind == table.DelAddr:
		h.del(i, a)
		return nil
	case op.Kind != table.AddAddr && op.Kind != table.ReplaceAddr:
		return refuse(name, unix.EOPNOTSUPP, "")
	}
	if errno, text := h.add(i, a, op.Kind == table.ReplaceAddr); errno != 0 {
		return refuse(name, errno, text)
	}
	return nil
}

func (h *Host) add(i *iface, a table.Addr, replace bool) (syscall.Errno, string) {
	if a.Valid == 0 || a.Preferred > a.Valid {
		return unix.EINVAL, "address lifetime invalid"
	}
	a = shown(i, a)
	if a.Prefix.Addr().Is6() && a.Flags&unix.IFA_F_MANAGETEMPADDR != 0 && a.Prefix.Bits() != 64 {
		return unix.EINVAL, `address with "mngtmpaddr" flag must have a prefix length of 64`
	}
	if at := slices.IndexFunc(i.addrs, func(b table.Addr) bool { return exclusive(a, b) }); at >= 0 {
		if replace {
			h.replace(i, at, a)
		}
		return 0, ""
	}
	if a.Prefix.Addr().Is4() {
		for _, b := range i.addrs {
			if !sameSubnet(a, b) {
				continue
			}
			if a.Scope != b.Scope {
				return unix.EINVAL, "Invalid scope value"
			}
			a.Flags |= unix.IFA_F_SECONDARY
		}
	}
	i.addrs = table.Insert(i.addrs, a)
	h.tell(table.Update{Kind: table.AddrIs, Addr: a})
	return 0, ""
}

// shown is how the kernel shows an address that was asked for.
func shown(i *iface, a table.Addr) table.Addr {
	kept := uint32(kept6)
	if a.Prefix.Addr().Is4() {
		kept = kept4
	}
	a.Flags &= kept
	if a.Valid == table.Forever {
		a.Flags |= unix.IFA_F_PERMANENT
	}
	if a.Preferred == 0 {
		a.Flags |= unix.IFA_F_DEPRECATED
	}
	if a.Prefix.Addr().Is4() {
		if a.Label == "" {
			a.Label = i.Name
		}
		if a.Valid == table.Forever {
			a.Preferred = table.Forever
		}
		return a
	}
	a.Label, a.Broadcast, a.Scope = "", netip.Addr{}, scope6(a.Prefix.Addr())
	return a
}

func scope6(ip netip.Addr) uint8 {
	switch {
	case ip.IsLoopback():
		return unix.RT_SCOPE_HOST
	case ip.IsLinkLocalUnicast(), ip.IsLinkLocalMulticast():
		return unix.RT_SCOPE_LINK
	default:
		return unix.RT_SCOPE_UNIVERSE
	}
}

// exclusive reports whether the kernel holds at most one of the two.
func exclusive(a, b table.Addr) bool {
	if a.Prefix.Addr() != b.Prefix.Addr() {
		return false
	}
	return a.Prefix.Addr().Is6() || sameSubnet(a, b)
}

func sameSubnet(a, b table.Addr) bool {
	return b.Prefix.Addr().Is4() && subnet(a) == subnet(b)
}

func subnet(a table.Addr) netip.Prefix {
	if a.Peer.IsValid() {
		return a.Peer.Masked()
	}
	return a.Prefix.Masked()
}

// replace changes what NLM_F_REPLACE can: lifetimes and proto, of an IPv6 address also flags and peer.
func (h *Host) replace(i *iface, at int, a table.Addr) {
	old := i.addrs[at]
	now := old
	now.Valid, now.Preferred, now.Proto = a.Valid, a.Preferred, a.Proto
	took := uint32(unix.IFA_F_PERMANENT | unix.IFA_F_DEPRECATED)
	if a.Prefix.Addr().Is6() {
		took |= kept6
		now.Peer = a.Peer
	}
	now.Flags = now.Flags&^took | a.Flags&took
	i.addrs[at] = now
	h.tell(table.Update{Kind: table.AddrIs, Addr: now})
}

func (h *Host) del(i *iface, a table.Addr) {
	at := slices.IndexFunc(i.addrs, func(b table.Addr) bool {
		return exclusive(a, b) && a.Prefix.Bits() == b.Prefix.Bits()
	})
	if at < 0 {
		return
	}
	gone := i.addrs[at]
	var secondaries []table.Addr
	if gone.Prefix.Addr().Is4() && !gone.Secondary() {
		for _, b := range i.addrs {
			if b.Secondary() && sameSubnet(gone, b) {
				secondaries = append(secondaries, b)
			}
		}
	}
	if !h.promote {
		for _, b := range secondaries {
			h.remove(i, b)
		}
	}
	h.remove(i, gone)
	if h.promote && len(secondaries) > 0 {
		first := secondaries[0]
		i.addrs = slices.DeleteFunc(i.addrs, func(b table.Addr) bool { return b == first })
		first.Flags &^= unix.IFA_F_SECONDARY
		i.addrs = table.Insert(i.addrs, first)
		h.tell(table.Update{Kind: table.AddrIs, Addr: first})
	}
}

func (h *Host) remove(i *iface, a table.Addr) {
	i.addrs = slices.DeleteFunc(i.addrs, func(b table.Addr) bool { return b == a })
	h.tell(table.Update{Kind: table.AddrGone, Addr: a})
}

func (h *Host) mustHave(index int, prefix string) {
	a := table.Addr{Link: index, Prefix: netip.MustParsePrefix(prefix), Valid: table.Forever, Preferred: table.Forever}
	if a.Prefix.Addr().Is4() {
		a.Scope = unix.RT_SCOPE_HOST
	}
	if err := h.Apply([]table.Op{{Kind: table.AddAddr, Addr: a}})[0]; err != nil {
		panic(err)
	}
}
