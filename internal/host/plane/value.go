package plane

import (
	"encoding/binary"
	"net/netip"

	"holdfast/internal/core/lvs"
	"holdfast/ipvs"
)

// How the values of core/lvs are those of package ipvs. Flags, ways to forward and encapsulations have the kernel's numbers in
// both.

func familyOf(f lvs.Family) ipvs.Family {
	if f == lvs.IPv6 {
		return ipvs.IPv6
	}
	return ipvs.IPv4
}

func toKey(k lvs.Key) ipvs.ServiceKey {
	if k.IsMark() {
		return ipvs.MarkKey(familyOf(k.Family), k.Mark)
	}
	return ipvs.AddrKey(ipvs.Protocol(k.Protocol), k.Addr)
}

func fromKey(k ipvs.ServiceKey) lvs.Key {
	if !k.IsMark() {
		return lvs.AddrKey(uint8(k.Protocol), k.Addr)
	}
	if k.Family == ipvs.IPv6 {
		return lvs.MarkKey(lvs.IPv6, k.Mark)
	}
	return lvs.MarkKey(lvs.IPv4, k.Mark)
}

func toService(s lvs.Service) ipvs.Service {
	return ipvs.Service{
		ServiceKey: toKey(s.Key), Scheduler: s.Scheduler, Engine: s.Engine, Flags: ipvs.Flags(s.Flags) & ipvs.AllFlags,
		Timeout: s.Timeout, Mask: toMask(s.Family, s.Mask),
	}
}

func fromService(s ipvs.Service) lvs.Service {
	key := fromKey(s.ServiceKey)
	return lvs.Service{
		Key: key, Scheduler: s.Scheduler, Engine: s.Engine, Flags: lvs.Flags(s.Flags), Timeout: s.Timeout,
		Mask: fromMask(key.Family, s.Mask),
	}
}

func toMask(f lvs.Family, mask uint32) netip.Addr {
	if f == lvs.IPv6 {
		return ipvs.PrefixMask(ipvs.IPv6, int(min(mask, 128)))
	}
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, mask)))
}

func fromMask(f lvs.Family, mask netip.Addr) uint32 {
	switch {
	case !mask.IsValid():
		return lvs.AllBits(f)
	case f == lvs.IPv4:
		b := mask.As4()
		return binary.BigEndian.Uint32(b[:])
	}
	bits, _ := ipvs.PrefixLen(mask)
	return uint32(bits)
}

func toDest(d lvs.Dest) ipvs.Destination {
	out := ipvs.Destination{
		Addr: d.Addr, Forward: ipvs.Forward(d.Forward), Weight: int32(min(d.Weight, 1<<31-1)), Upper: d.Upper, Lower: d.Lower,
	}
	if d.Forward == lvs.Tunnel {
		out.Encap = ipvs.Encap{Type: ipvs.EncapType(d.Encap.Kind), Port: d.Encap.Port, Flags: ipvs.EncapFlags(d.Encap.Checksum)}
	}
	return out
}

func fromDest(d ipvs.Destination) lvs.Dest {
	out := lvs.Dest{Addr: d.Addr, Forward: lvs.Forward(d.Forward), Weight: uint32(d.Weight), Upper: d.Upper, Lower: d.Lower}
	if d.Forward == ipvs.Tunnel {
		out.Encap = lvs.Encap{Kind: uint8(d.Encap.Type), Port: d.Encap.Port, Checksum: uint8(d.Encap.Flags)}
	}
	return out
}

var kinds = [...]ipvs.OpKind{
	lvs.AddService: ipvs.AddService, lvs.EditService: ipvs.SetService, lvs.DelService: ipvs.DelService,
	lvs.AddDest: ipvs.AddDestination, lvs.EditDest: ipvs.SetDestination, lvs.DelDest: ipvs.DelDestination,
}

func toOp(op *lvs.Op) ipvs.Op {
	switch op.Kind {
	case lvs.AddDest, lvs.EditDest, lvs.DelDest:
		return ipvs.Op{Kind: kinds[op.Kind], Service: ipvs.Service{ServiceKey: toKey(op.Service.Key)}, Destination: toDest(op.Dest)}
	case lvs.AddService, lvs.EditService, lvs.DelService:
	}
	return ipvs.Op{Kind: kinds[op.Kind], Service: toService(op.Service)}
}
