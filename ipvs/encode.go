package ipvs

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"holdfast/ipvs/internal/abi"
)

// encodeKey writes what identifies a service.
func encodeKey(ae *encoder, k ServiceKey) error {
	switch {
	case k.Family.bytes() == 0:
		return inputError(fmt.Sprintf("%v is neither IPv4 nor IPv6", k.Family))
	case k.IsMark() && k.Mark == 0:
		return inputError("neither an address nor a firewall mark")
	case k.IsMark():
		ae.Uint16(abi.SvcAF, uint16(k.Family))
		ae.Uint32(abi.SvcFWMark, k.Mark)
		return nil
	case FamilyOf(k.Addr.Addr()) != k.Family:
		return inputError(fmt.Sprintf("%v is not an %v address", k.Addr.Addr(), k.Family))
	}
	ae.Uint16(abi.SvcAF, uint16(k.Family))
	ae.Uint16(abi.SvcProtocol, uint16(k.Protocol))
	return encodeAddr(ae, abi.SvcAddr, abi.SvcPort, k.Addr)
}

// encodeAddr writes an address, at the start of 16 bytes, and a port in the order of the network.
func encodeAddr(ae *encoder, addr, port uint16, a netip.AddrPort) error {
	if !a.IsValid() {
		return inputError("no address")
	}
	if z := a.Addr().Zone(); z != "" {
		return inputError(fmt.Sprintf("address %v with a zone", a.Addr()))
	}
	var b [16]byte
	copy(b[:], a.Addr().Unmap().AsSlice())
	ae.Bytes(addr, b[:])
	ae.Bytes(port, binary.BigEndian.AppendUint16(nil, a.Port()))
	return nil
}

// encodeService writes the whole of a service.
func encodeService(ae *encoder, s Service) error {
	if err := encodeKey(ae, s.ServiceKey); err != nil {
		return err
	}
	if err := encodeName(ae, abi.SvcSched, "scheduler", s.Scheduler); err != nil {
		return err
	}
	timeout, err := seconds("timeout", s.Timeout)
	if err != nil {
		return err
	}
	mask, err := encodeMask(s.Family, s.Mask)
	if err != nil {
		return err
	}
	flagMask := s.FlagMask
	if flagMask == 0 {
		flagMask = AllFlags
	}
	flags := binary.NativeEndian.AppendUint32(nil, uint32(s.Flags))
	ae.Bytes(abi.SvcFlags, binary.NativeEndian.AppendUint32(flags, uint32(flagMask)))
	ae.Uint32(abi.SvcTimeout, timeout)
	ae.Bytes(abi.SvcNetmask, mask)
	if s.Engine == "" {
		return nil
	}
	return encodeName(ae, abi.SvcPE, "persistence engine", s.Engine)
}

// encodeMask gives the netmask of an IPv4 service in the order of the network and the prefix length of an IPv6 service in the
// order of the host.
func encodeMask(f Family, mask netip.Addr) ([]byte, error) {
	if mask.IsValid() && FamilyOf(mask) != f {
		return nil, inputError(fmt.Sprintf("mask %v of an %v service", mask, f))
	}
	switch {
	case f == IPv4 && mask.IsValid():
		return mask.Unmap().AsSlice(), nil
	case f == IPv4:
		return []byte{255, 255, 255, 255}, nil
	case !mask.IsValid():
		return binary.NativeEndian.AppendUint32(nil, 128), nil
	}
	bits, prefix := PrefixLen(mask)
	if !prefix {
		return nil, inputError(fmt.Sprintf("mask %v is not a prefix", mask))
	}
	return binary.NativeEndian.AppendUint32(nil, uint32(bits)), nil
}

// encodeName writes a name for which the kernel has a fixed room.
func encodeName(ae *encoder, kind uint16, what, name string) error {
	switch {
	case len(name) >= abi.NameMax:
		return inputError(fmt.Sprintf("%s %.40q is longer than %d bytes", what, name, abi.NameMax-1))
	case strings.ContainsRune(name, 0):
		return inputError(fmt.Sprintf("%s %q has a zero byte", what, name))
	}
	ae.String(kind, name)
	return nil
}

func seconds(what string, d time.Duration) (uint32, error) {
	if d < 0 || d%time.Second != 0 || d/time.Second > math.MaxUint32 {
		return 0, inputError(fmt.Sprintf("%s %v is not a whole number of seconds below 2^32", what, d))
	}
	return uint32(d / time.Second), nil
}

// encodeDest writes a destination; without full only what identifies it.
func encodeDest(ae *encoder, d Destination, full bool) error {
	if err := encodeAddr(ae, abi.DestAddr, abi.DestPort, d.Addr); err != nil {
		return err
	}
	// Without this the kernel takes the address for one of the service's family.
	ae.Uint16(abi.DestAddrFamily, uint16(FamilyOf(d.Addr.Addr())))
	if !full {
		return nil
	}
	if d.Forward&^abi.FwdMask != 0 { // the kernel would take its last bits
		return inputError(d.Forward.String() + " does not exist")
	}
	ae.Uint32(abi.DestFwdMethod, uint32(d.Forward))
	ae.Int32(abi.DestWeight, d.Weight)
	ae.Uint32(abi.DestUThresh, d.Upper)
	ae.Uint32(abi.DestLThresh, d.Lower)
	ae.Uint8(abi.DestTunType, uint8(d.Encap.Type))
	ae.Bytes(abi.DestTunPort, binary.BigEndian.AppendUint16(nil, d.Encap.Port))
	ae.Uint16(abi.DestTunFlags, uint16(d.Encap.Flags))
	return nil
}

// encodeDaemon writes a sync daemon. What is zero of the optional parameters is left to the kernel.
func encodeDaemon(ae *encoder, d Daemon) error {
	ae.Uint32(abi.DaemonState, uint32(d.State))
	if err := encodeName(ae, abi.DaemonMcastIfn, "interface", d.Interface); err != nil {
		return err
	}
	ae.Uint32(abi.DaemonSyncID, uint32(d.SyncID))
	if d.MaxLen != 0 {
		ae.Uint16(abi.DaemonSyncMaxlen, d.MaxLen)
	}
	switch g := d.Group.Unmap(); {
	case !g.IsValid():
	case g.Zone() != "":
		return inputError(fmt.Sprintf("group %v with a zone", g))
	case g.Is4():
		ae.Bytes(abi.DaemonGroup, g.AsSlice())
	default:
		ae.Bytes(abi.DaemonGroup6, g.AsSlice())
	}
	if d.Port != 0 {
		ae.Uint16(abi.DaemonPort, d.Port)
	}
	if d.TTL != 0 {
		ae.Uint8(abi.DaemonTTL, d.TTL)
	}
	return nil
}

// encodeTimeouts writes timeouts.
func encodeTimeouts(ae *encoder, t Timeouts) error {
	for _, x := range []struct {
		kind uint16
		what string
		d    time.Duration
	}{{abi.AttrTimeoutTCP, "TCP timeout", t.TCP}, {abi.AttrTimeoutTCPFin, "TCP FIN timeout", t.TCPFin}, {abi.AttrTimeoutUDP, "UDP timeout", t.UDP}} {
		s, err := seconds(x.what, x.d)
		if err != nil {
			return err
		}
		ae.Uint32(x.kind, s)
	}
	return nil
}
