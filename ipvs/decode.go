package ipvs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/mdlayher/netlink"

	"holdfast/ipvs/internal/abi"
)

// attributes calls each for every attribute.
func attributes(b []byte, each func(*netlink.AttributeDecoder) error) error {
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return err
	}
	for ad.Next() {
		if err := each(ad); err != nil {
			return err
		}
	}
	return ad.Err()
}

// nested returns the content of the one attribute that a message is about.
func nested(b []byte, kind uint16, what string) ([]byte, error) {
	var inner []byte
	err := attributes(b, func(ad *netlink.AttributeDecoder) error {
		if ad.Type() == kind {
			inner = ad.Bytes()
		}
		return nil
	})
	if err == nil && inner == nil {
		err = errors.New("a message without " + what)
	}
	return inner, err
}

// location is an address in parts, as attributes come.
type location struct {
	family Family
	addr   []byte
	port   uint16
}

// addrPort joins the parts. Of the 16 bytes of an IPv4 address the last twelve say nothing.
func (l location) addrPort() (netip.AddrPort, error) {
	n := l.family.bytes()
	if n == 0 || len(l.addr) < n {
		return netip.AddrPort{}, fmt.Errorf("%d bytes as address of %v", len(l.addr), l.family)
	}
	a, _ := netip.AddrFromSlice(l.addr[:n])
	return netip.AddrPortFrom(a, l.port), nil
}

// bigEndian16 reads what the AttributeDecoder would take for the host's order.
func bigEndian16(ad *netlink.AttributeDecoder) (uint16, error) {
	b := ad.Bytes()
	if len(b) != 2 {
		return 0, fmt.Errorf("attribute %d has %d bytes instead of 2", ad.Type(), len(b))
	}
	return binary.BigEndian.Uint16(b), nil
}

// decodeService reads the answer to CmdGetService.
func decodeService(b []byte) (ServiceStatus, error) {
	var s ServiceStatus
	b, err := nested(b, abi.AttrService, "service")
	if err != nil {
		return s, err
	}
	var at location
	var mask []byte
	var has64 bool
	err = attributes(b, func(ad *netlink.AttributeDecoder) (err error) {
		switch ad.Type() {
		case abi.SvcAF:
			at.family = Family(ad.Uint16())
		case abi.SvcProtocol:
			s.Protocol = Protocol(ad.Uint16())
		case abi.SvcAddr:
			at.addr = ad.Bytes()
		case abi.SvcPort:
			at.port, err = bigEndian16(ad)
		case abi.SvcFWMark:
			s.Mark = ad.Uint32()
		case abi.SvcSched:
			s.Scheduler = ad.String()
		case abi.SvcFlags:
			s.Flags, err = decodeFlags(ad.Bytes())
		case abi.SvcTimeout:
			s.Timeout = time.Duration(ad.Uint32()) * time.Second
		case abi.SvcNetmask:
			mask = ad.Bytes()
		case abi.SvcPE:
			s.Engine = ad.String()
		case abi.SvcStats, abi.SvcStats64:
			err = decodeStats(&s.Stats, ad, ad.Type() == abi.SvcStats64, &has64)
		}
		return err
	})
	if err != nil {
		return s, err
	}
	if s.Family = at.family; s.Family.bytes() == 0 {
		return s, fmt.Errorf("a service of %v", s.Family)
	}
	if s.Mask, err = decodeMask(s.Family, mask); err != nil {
		return s, err
	}
	if s.Mark != 0 {
		s.Protocol = 0 // the kernel has a number there, which means nothing
		return s, nil
	}
	s.Addr, err = at.addrPort()
	return s, err
}

// decodeFlags reads struct ip_vs_flags. That the kernel has hashed the service is nobody's business.
func decodeFlags(b []byte) (Flags, error) {
	if len(b) != 8 {
		return 0, fmt.Errorf("flags of %d bytes instead of 8", len(b))
	}
	return Flags(binary.NativeEndian.Uint32(b)) &^ abi.SvcFHashed, nil
}

func decodeMask(f Family, b []byte) (netip.Addr, error) {
	if len(b) != 4 {
		return netip.Addr{}, fmt.Errorf("netmask of %d bytes instead of 4", len(b))
	}
	if f == IPv4 {
		if mask := [4]byte(b); mask != [4]byte{255, 255, 255, 255} {
			return netip.AddrFrom4(mask), nil
		}
		return netip.Addr{}, nil
	}
	bits := binary.NativeEndian.Uint32(b)
	if bits > 128 {
		return netip.Addr{}, fmt.Errorf("prefix length %d", bits)
	}
	return PrefixMask(f, int(bits)), nil
}

// decodeDest reads the answer to CmdGetDest. A kernel that does not tell the family means that of the service.
func decodeDest(b []byte, family Family) (DestinationStatus, error) {
	var d DestinationStatus
	b, err := nested(b, abi.AttrDest, "destination")
	if err != nil {
		return d, err
	}
	at := location{family: family}
	var has64 bool
	err = attributes(b, func(ad *netlink.AttributeDecoder) (err error) {
		switch ad.Type() {
		case abi.DestAddrFamily:
			at.family = Family(ad.Uint16())
		case abi.DestAddr:
			at.addr = ad.Bytes()
		case abi.DestPort:
			at.port, err = bigEndian16(ad)
		case abi.DestFwdMethod:
			d.Forward = Forward(ad.Uint32() & abi.FwdMask)
		case abi.DestWeight:
			d.Weight = ad.Int32()
		case abi.DestUThresh:
			d.Upper = ad.Uint32()
		case abi.DestLThresh:
			d.Lower = ad.Uint32()
		case abi.DestTunType:
			d.Encap.Type = EncapType(ad.Uint8())
		case abi.DestTunPort:
			d.Encap.Port, err = bigEndian16(ad)
		case abi.DestTunFlags:
			d.Encap.Flags = EncapFlags(ad.Uint16())
		case abi.DestActiveConns:
			d.Active = ad.Uint32()
		case abi.DestInactConns:
			d.Inactive = ad.Uint32()
		case abi.DestPersistConns:
			d.Persistent = ad.Uint32()
		case abi.DestStats, abi.DestStats64:
			err = decodeStats(&d.Stats, ad, ad.Type() == abi.DestStats64, &has64)
		}
		return err
	})
	if err == nil {
		d.Addr, err = at.addrPort()
	}
	return d, err
}

// decodeStats reads counters. Those of 64 bits (Linux 4.1) count, in whichever order the two come.
func decodeStats(s *Stats, ad *netlink.AttributeDecoder, is64 bool, has64 *bool) error {
	if *has64 && !is64 {
		return nil
	}
	*has64 = is64
	return attributes(ad.Bytes(), func(ad *netlink.AttributeDecoder) error {
		field := s.field(ad.Type())
		if field == nil {
			return nil
		}
		// In the older set the counts of bytes have 64 bits as well.
		if is64 || ad.Type() == abi.StatsInBytes || ad.Type() == abi.StatsOutBytes {
			*field = ad.Uint64()
		} else {
			*field = uint64(ad.Uint32())
		}
		return nil
	})
}

func (s *Stats) field(kind uint16) *uint64 {
	switch kind {
	case abi.StatsConns:
		return &s.Connections
	case abi.StatsInPkts:
		return &s.InPackets
	case abi.StatsOutPkts:
		return &s.OutPackets
	case abi.StatsInBytes:
		return &s.InBytes
	case abi.StatsOutBytes:
		return &s.OutBytes
	case abi.StatsCPS:
		return &s.ConnectionsPerSec
	case abi.StatsInPPS:
		return &s.InPacketsPerSec
	case abi.StatsOutPPS:
		return &s.OutPacketsPerSec
	case abi.StatsInBPS:
		return &s.InBytesPerSec
	case abi.StatsOutBPS:
		return &s.OutBytesPerSec
	}
	return nil
}

// decodeDaemon reads the answer to CmdGetDaemon.
func decodeDaemon(b []byte) (Daemon, error) {
	var d Daemon
	b, err := nested(b, abi.AttrDaemon, "sync daemon")
	if err != nil {
		return d, err
	}
	err = attributes(b, func(ad *netlink.AttributeDecoder) error {
		switch ad.Type() {
		case abi.DaemonState:
			d.State = DaemonState(ad.Uint32())
		case abi.DaemonMcastIfn:
			d.Interface = ad.String()
		case abi.DaemonSyncID:
			d.SyncID = uint8(ad.Uint32())
		case abi.DaemonSyncMaxlen:
			d.MaxLen = ad.Uint16()
		case abi.DaemonGroup, abi.DaemonGroup6:
			a, ok := netip.AddrFromSlice(ad.Bytes())
			if !ok {
				return fmt.Errorf("multicast group of %d bytes", len(ad.Bytes()))
			}
			d.Group = a
		case abi.DaemonPort:
			d.Port = ad.Uint16()
		case abi.DaemonTTL:
			d.TTL = ad.Uint8()
		}
		return nil
	})
	return d, err
}

// decodeInfo reads the answer to CmdGetInfo.
func decodeInfo(b []byte) (Info, error) {
	var i Info
	err := attributes(b, func(ad *netlink.AttributeDecoder) error {
		switch ad.Type() {
		case abi.InfoVersion:
			v := ad.Uint32()
			i.Version = Version{Major: uint8(v >> 16), Minor: uint8(v >> 8), Patch: uint8(v)}
		case abi.InfoConnTab:
			i.TableSize = ad.Uint32()
		}
		return nil
	})
	return i, err
}

// decodeTimeouts reads the answer to CmdGetConfig.
func decodeTimeouts(b []byte) (Timeouts, error) {
	var t Timeouts
	err := attributes(b, func(ad *netlink.AttributeDecoder) error {
		switch ad.Type() {
		case abi.AttrTimeoutTCP:
			t.TCP = time.Duration(ad.Uint32()) * time.Second
		case abi.AttrTimeoutTCPFin:
			t.TCPFin = time.Duration(ad.Uint32()) * time.Second
		case abi.AttrTimeoutUDP:
			t.UDP = time.Duration(ad.Uint32()) * time.Second
		}
		return nil
	})
	return t, err
}
