package ipvstest

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/ipvs"
	"holdfast/ipvs/internal/abi"
)

// serviceKey is what a service is known by; protocol, addr and port are zero with a mark.
type serviceKey struct {
	af, protocol, port uint16
	addr               [16]byte
	mark               uint32
}

type service struct {
	serviceKey
	sched, pe            string
	flags, timeout, mask uint32 // mask: the four bytes as they came
	dests                []*dest
	stats                ipvs.Stats
}

// destKey is what a destination is known by within its service.
type destKey struct {
	af, port uint16
	addr     [16]byte
}

type dest struct {
	destKey
	forward, weight, upper, lower uint32
	tunType                       uint8
	tunPort, tunFlags             uint16
	stats                         ipvs.Stats
	conns                         [3]uint32
}

func addrPort(af uint16, addr [16]byte, port uint16) netip.AddrPort {
	if af == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(addr[:4])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16(addr), port)
}

func (s *service) public() ipvs.ServiceKey {
	if s.mark != 0 {
		return ipvs.MarkKey(ipvs.Family(s.af), s.mark)
	}
	return ipvs.AddrKey(ipvs.Protocol(s.protocol), addrPort(s.af, s.addr, s.port))
}

func (d *dest) public() netip.AddrPort { return addrPort(d.af, d.addr, d.port) }

func validFamily(af uint16) bool { return af == unix.AF_INET || af == unix.AF_INET6 }

// parseService reads a service; without full only its key.
func parseService(b []byte, full bool) (*service, attrs, syscall.Errno) {
	a, ok := parse(b)
	if !ok || !a.all(abi.SvcAF) || !a.all(abi.SvcFWMark) && !a.all(abi.SvcProtocol, abi.SvcAddr, abi.SvcPort) {
		return nil, nil, unix.EINVAL
	}
	s := &service{serviceKey: serviceKey{af: a.u16(abi.SvcAF), mark: a.u32(abi.SvcFWMark)}}
	if !validFamily(s.af) {
		return nil, nil, unix.EAFNOSUPPORT
	}
	if !a.all(abi.SvcFWMark) {
		s.protocol, s.addr, s.port = a.u16(abi.SvcProtocol), a.addr(abi.SvcAddr), a.be16(abi.SvcPort)
	}
	if full {
		if !a.all(abi.SvcSched, abi.SvcFlags, abi.SvcTimeout, abi.SvcNetmask) || len(a[abi.SvcFlags]) != 8 {
			return nil, nil, unix.EINVAL
		}
		s.sched, s.pe, s.timeout, s.mask = a.text(abi.SvcSched), a.text(abi.SvcPE), a.u32(abi.SvcTimeout), a.u32(abi.SvcNetmask)
	}
	return s, a, 0
}

// withFlags applies struct ip_vs_flags to the flags that were there.
func withFlags(was uint32, b []byte) uint32 {
	flags, mask := binary.NativeEndian.Uint32(b), binary.NativeEndian.Uint32(b[4:])
	return was&^mask | flags&mask | abi.SvcFHashed
}

func (k *Kernel) find(key serviceKey) *service {
	if i := slices.IndexFunc(k.services, func(s *service) bool { return s.serviceKey == key }); i >= 0 {
		return k.services[i]
	}
	return nil
}

// checkService is what is looked at of a whole service.
func (k *Kernel) checkService(s *service) syscall.Errno {
	switch {
	case s.sched != "none" && !k.has("ip_vs_"+s.sched), s.pe != "" && !k.has("ip_vs_pe_"+s.pe):
		return unix.ENOENT
	case s.af == unix.AF_INET6 && (s.mask < 1 || s.mask > 128):
		return unix.EINVAL
	}
	return 0
}

var operations = map[uint8]ipvs.OpKind{
	abi.CmdNewService: ipvs.AddService, abi.CmdSetService: ipvs.SetService, abi.CmdDelService: ipvs.DelService,
	abi.CmdNewDest: ipvs.AddDestination, abi.CmdSetDest: ipvs.SetDestination, abi.CmdDelDest: ipvs.DelDestination,
	abi.CmdZero: ipvs.ZeroService,
}

// change carries out one of the commands on services and destinations.
func (k *Kernel) change(command uint8, top attrs) syscall.Errno {
	whole := command == abi.CmdNewService || command == abi.CmdSetService
	s, a, errno := parseService(top[abi.AttrService], whole)
	if errno != 0 {
		return errno
	}
	there := k.find(s.serviceKey)
	if there == nil && command != abi.CmdNewService {
		return unix.ESRCH
	}
	var d *dest
	switch command {
	case abi.CmdNewDest, abi.CmdSetDest, abi.CmdDelDest:
		if d, errno = k.parseDest(top[abi.AttrDest], s.af, command != abi.CmdDelDest); errno != 0 {
			return errno
		}
	}
	if k.fault != nil {
		at := netip.AddrPort{}
		if d != nil {
			at = d.public()
		}
		if errno := k.fault(operations[command], s.public(), at); errno != 0 {
			return errno
		}
	}
	switch command {
	case abi.CmdNewService:
		if there != nil {
			return unix.EEXIST
		}
		s.flags = withFlags(0, a[abi.SvcFlags])
		if errno = k.checkService(s); errno == 0 {
			k.services = append(k.services, s)
		}
		return errno
	case abi.CmdSetService:
		if errno = k.checkService(s); errno == 0 {
			there.sched, there.pe, there.timeout, there.mask = s.sched, s.pe, s.timeout, s.mask
			there.flags = withFlags(there.flags, a[abi.SvcFlags])
		}
		return errno
	case abi.CmdDelService:
		k.services = slices.DeleteFunc(k.services, func(s *service) bool { return s == there })
		return 0
	case abi.CmdZero:
		there.zero()
		return 0
	}
	return there.change(command, d)
}

func (k *Kernel) parseDest(b []byte, af uint16, full bool) (*dest, syscall.Errno) {
	a, ok := parse(b)
	if !ok || !a.all(abi.DestAddr, abi.DestPort) {
		return nil, unix.EINVAL
	}
	d := &dest{destKey: destKey{af: a.u16(abi.DestAddrFamily), port: a.be16(abi.DestPort), addr: a.addr(abi.DestAddr)}}
	if d.af == 0 {
		d.af = af
	}
	if !validFamily(d.af) {
		return nil, unix.EAFNOSUPPORT
	}
	if !full {
		return d, 0
	}
	if !a.all(abi.DestFwdMethod, abi.DestWeight, abi.DestUThresh, abi.DestLThresh) {
		return nil, unix.EINVAL
	}
	d.forward = a.u32(abi.DestFwdMethod) & abi.FwdMask
	d.weight, d.upper, d.lower = a.u32(abi.DestWeight), a.u32(abi.DestUThresh), a.u32(abi.DestLThresh)
	d.tunType, d.tunPort, d.tunFlags = a.u8(abi.DestTunType), a.be16(abi.DestTunPort), a.u16(abi.DestTunFlags)
	if d.af != af && (len(k.daemons) > 0 || d.forward != uint32(ipvs.Tunnel)) {
		return nil, unix.EINVAL
	}
	return d, 0
}

// change carries out one of the commands on destinations.
func (s *service) change(command uint8, d *dest) syscall.Errno {
	at := slices.IndexFunc(s.dests, func(x *dest) bool { return x.destKey == d.destKey })
	if command == abi.CmdDelDest {
		if at < 0 {
			return unix.ENOENT
		}
		s.dests = slices.Delete(s.dests, at, at+1)
		return 0
	}
	switch {
	case int32(d.weight) < 0, d.lower > d.upper:
		return unix.ERANGE
	case d.tunType == uint8(ipvs.GUE) && d.tunPort == 0:
		return unix.EINVAL
	case command == abi.CmdSetDest && at < 0:
		return unix.ENOENT
	case command == abi.CmdSetDest:
		d.stats, d.conns = s.dests[at].stats, s.dests[at].conns
		s.dests[at] = d
		return 0
	case at >= 0:
		return unix.EEXIST
	case d.public().Addr().IsMulticast(), d.public().Addr().IsUnspecified():
		return unix.EINVAL
	}
	s.dests = slices.Insert(s.dests, 0, d) // the kernel has the last one first
	return 0
}

func (s *service) zero() {
	s.stats = ipvs.Stats{}
	for _, d := range s.dests {
		d.stats = ipvs.Stats{}
	}
}

// mixed reports whether a destination is of another family than its service.
func (k *Kernel) mixed() bool {
	return slices.ContainsFunc(k.services, func(s *service) bool {
		return slices.ContainsFunc(s.dests, func(d *dest) bool { return d.af != s.af })
	})
}

func (s *service) body() []byte {
	return body(abi.CmdNewService, func(ae *netlink.AttributeEncoder) {
		ae.Nested(abi.AttrService, func(ae *netlink.AttributeEncoder) error {
			ae.Uint16(abi.SvcAF, s.af)
			if s.mark != 0 {
				ae.Uint32(abi.SvcFWMark, s.mark)
			} else {
				ae.Uint16(abi.SvcProtocol, s.protocol)
				ae.Bytes(abi.SvcAddr, s.addr[:])
				ae.Bytes(abi.SvcPort, binary.BigEndian.AppendUint16(nil, s.port))
			}
			ae.String(abi.SvcSched, s.sched)
			if s.pe != "" {
				ae.String(abi.SvcPE, s.pe)
			}
			flags := binary.NativeEndian.AppendUint32(nil, s.flags)
			ae.Bytes(abi.SvcFlags, binary.NativeEndian.AppendUint32(flags, 0xffffffff))
			ae.Uint32(abi.SvcTimeout, s.timeout)
			ae.Uint32(abi.SvcNetmask, s.mask)
			encodeStats(ae, abi.SvcStats, abi.SvcStats64, s.stats)
			return nil
		})
	})
}

func (d *dest) body() []byte {
	return body(abi.CmdNewDest, func(ae *netlink.AttributeEncoder) {
		ae.Nested(abi.AttrDest, func(ae *netlink.AttributeEncoder) error {
			ae.Bytes(abi.DestAddr, d.addr[:])
			ae.Bytes(abi.DestPort, binary.BigEndian.AppendUint16(nil, d.port))
			ae.Uint32(abi.DestFwdMethod, d.forward)
			ae.Uint32(abi.DestWeight, d.weight)
			ae.Uint8(abi.DestTunType, d.tunType)
			ae.Bytes(abi.DestTunPort, binary.BigEndian.AppendUint16(nil, d.tunPort))
			ae.Uint16(abi.DestTunFlags, d.tunFlags)
			ae.Uint32(abi.DestUThresh, d.upper)
			ae.Uint32(abi.DestLThresh, d.lower)
			ae.Uint32(abi.DestActiveConns, d.conns[0])
			ae.Uint32(abi.DestInactConns, d.conns[1])
			ae.Uint32(abi.DestPersistConns, d.conns[2])
			ae.Uint16(abi.DestAddrFamily, d.af)
			encodeStats(ae, abi.DestStats, abi.DestStats64, d.stats)
			return nil
		})
	})
}

// encodeStats writes both sets of counters; the older one holds what fits into it.
func encodeStats(ae *netlink.AttributeEncoder, kind, kind64 uint16, s ipvs.Stats) {
	values := map[uint16]uint64{
		abi.StatsConns: s.Connections, abi.StatsInPkts: s.InPackets, abi.StatsOutPkts: s.OutPackets, abi.StatsInBytes: s.InBytes,
		abi.StatsOutBytes: s.OutBytes, abi.StatsCPS: s.ConnectionsPerSec, abi.StatsInPPS: s.InPacketsPerSec,
		abi.StatsOutPPS: s.OutPacketsPerSec, abi.StatsInBPS: s.InBytesPerSec, abi.StatsOutBPS: s.OutBytesPerSec,
	}
	ae.Nested(kind, func(ae *netlink.AttributeEncoder) error {
		for k := uint16(abi.StatsConns); k < abi.StatsPad; k++ {
			if k == abi.StatsInBytes || k == abi.StatsOutBytes {
				ae.Uint64(k, values[k])
			} else {
				ae.Uint32(k, uint32(values[k]))
			}
		}
		return nil
	})
	ae.Nested(kind64, func(ae *netlink.AttributeEncoder) error {
		for k := uint16(abi.StatsConns); k < abi.StatsPad; k++ {
			ae.Uint64(k, values[k])
		}
		return nil
	})
}
