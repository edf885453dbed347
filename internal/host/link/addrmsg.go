package link

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

const (
	ifaddrLen = 8  // struct ifaddrmsg
	ifaProto  = 11 // IFA_PROTO, since Linux 5.18

	// Flags that are the kernel's to set; some kernels would take them over from a request.
	kernelFlags = unix.IFA_F_SECONDARY | unix.IFA_F_PERMANENT | unix.IFA_F_TENTATIVE |
		unix.IFA_F_DEPRECATED | unix.IFA_F_DADFAILED | unix.IFA_F_STABLE_PRIVACY
)

// checkAddr refuses what no message can carry.
func checkAddr(a table.Addr) error {
	ip := a.Prefix.Addr()
	switch {
	case !a.Prefix.IsValid() || ip.Is4In6():
		return fmt.Errorf("address %v: %w", a.Prefix, unix.EINVAL)
	case ip.Zone() != "":
		return fmt.Errorf("address %v has a zone: %w", a.Prefix, unix.EINVAL)
	case a.Peer.IsValid() && a.Peer.Addr().BitLen() != ip.BitLen():
		return fmt.Errorf("peer %v of %v: %w", a.Peer, a.Prefix, unix.EINVAL)
	case a.Broadcast.IsValid() && (!a.Broadcast.Is4() || !ip.Is4()):
		return fmt.Errorf("broadcast address %v of %v: %w", a.Broadcast, a.Prefix, unix.EINVAL)
	case len(a.Label) >= unix.IFNAMSIZ:
		return fmt.Errorf("label %q of %v: %w", a.Label, a.Prefix, unix.ENAMETOOLONG)
	case a.Link <= 0:
		return fmt.Errorf("link %d of %v: %w", a.Link, a.Prefix, unix.ENODEV)
	}
	return nil
}

// appendAddr appends the body of RTM_NEWADDR, or with whole unset the part of it that names an address
// to RTM_DELADDR: the kernel compares a label given there, which would make a stale one undeletable.
//
// compat: keepalived 2.2.7 names no peer when it deletes, and so leaves IPv4 addresses with one behind.
// That is not copied.
func appendAddr(b []byte, a table.Addr, whole bool) []byte {
	a = a.Normal()
	ip := a.Prefix.Addr()
	family := byte(unix.AF_INET)
	if ip.Is6() {
		family = unix.AF_INET6
	}
	b = append(b, family, byte(a.Prefix.Bits()), 0, a.Scope)
	b = binary.NativeEndian.AppendUint32(b, uint32(a.Link))
	b = appendAttr(b, unix.IFA_LOCAL, ip.AsSlice())
	peer := ip
	if a.Peer.IsValid() {
		peer = a.Peer.Addr()
	}
	b = appendAttr(b, unix.IFA_ADDRESS, peer.AsSlice())
	if !whole {
		return b
	}
	if a.Broadcast.IsValid() {
		b = appendAttr(b, unix.IFA_BROADCAST, a.Broadcast.AsSlice())
	}
	if a.Label != "" && ip.Is4() {
		b = appendString(b, unix.IFA_LABEL, a.Label)
	}
	if f := a.Flags &^ kernelFlags; f != 0 {
		b = appendUint32(b, unix.IFA_FLAGS, f)
	}
	if a.Valid != table.Forever || a.Preferred != table.Forever {
		var info [16]byte // struct ifa_cacheinfo: preferred, valid, created, updated
		binary.NativeEndian.PutUint32(info[0:], a.Preferred)
		binary.NativeEndian.PutUint32(info[4:], a.Valid)
		b = appendAttr(b, unix.IFA_CACHEINFO, info[:])
	}
	if a.Proto != 0 {
		b = appendAttr(b, ifaProto, []byte{a.Proto})
	}
	return b
}

// parseAddr reads the body of RTM_NEWADDR or RTM_DELADDR. ok is false for a family that is not ours.
func parseAddr(b []byte) (a table.Addr, ok bool, err error) {
	if len(b) < ifaddrLen {
		return a, false, fmt.Errorf("address: %w", errTruncated)
	}
	family, bits := b[0], int(b[1])
	if family != unix.AF_INET && family != unix.AF_INET6 {
		return a, false, nil
	}
	a = table.Addr{
		Link:      int(int32(binary.NativeEndian.Uint32(b[4:]))),
		Flags:     uint32(b[2]),
		Scope:     b[3],
		Valid:     table.Forever,
		Preferred: table.Forever,
	}
	ad, err := netlink.NewAttributeDecoder(b[ifaddrLen:])
	if err != nil {
		return a, false, fmt.Errorf("address: %w", err)
	}
	var local, address netip.Addr
	for ad.Next() {
		switch ad.Type() {
		case unix.IFA_LOCAL:
			ad.Do(ipInto(&local, family))
		case unix.IFA_ADDRESS:
			ad.Do(ipInto(&address, family))
		case unix.IFA_BROADCAST:
			ad.Do(ipInto(&a.Broadcast, family))
		case unix.IFA_LABEL:
			a.Label = ad.String()
		case unix.IFA_FLAGS:
			a.Flags = ad.Uint32()
		case ifaProto:
			a.Proto = ad.Uint8()
		case unix.IFA_CACHEINFO:
			ad.Do(func(d []byte) error {
				if len(d) < 8 {
					return errTruncated
				}
				a.Preferred = binary.NativeEndian.Uint32(d)
				a.Valid = binary.NativeEndian.Uint32(d[4:])
				return nil
			})
		}
	}
	if err := ad.Err(); err != nil {
		return a, false, fmt.Errorf("address: %w", err)
	}
	// Without IFA_LOCAL (IPv6 without a peer) IFA_ADDRESS is the address, else it is the peer or the same.
	if !local.IsValid() {
		local = address
	}
	if a.Prefix = netip.PrefixFrom(local, bits); !a.Prefix.IsValid() {
		return a, false, fmt.Errorf("address %v with %d bits: %w", local, bits, unix.EINVAL)
	}
	if address.IsValid() && address != local {
		a.Peer = netip.PrefixFrom(address, bits)
	}
	return a, true, nil
}

// ipInto decodes an address of the message's family.
func ipInto(dst *netip.Addr, family byte) func([]byte) error {
	return func(b []byte) error {
		ip, ok := netip.AddrFromSlice(b)
		if !ok || ip.Is4() != (family == unix.AF_INET) {
			return fmt.Errorf("an IP address of %d bytes in family %d", len(b), family)
		}
		*dst = ip
		return nil
	}
}
