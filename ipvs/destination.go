package ipvs

import (
	"net/netip"
	"strconv"
)

// Forward is how packets reach a destination, with the kernel's numbers (IP_VS_CONN_F_FWD_MASK).
type Forward uint32

// The ways to forward.
const (
	Masquerade  Forward = 0 // NAT: the destination's address and port replace the service's
	Local       Forward = 1 // this host itself
	Tunnel      Forward = 2 // the packet travels in another one, see Encap
	DirectRoute Forward = 3 // the packet is sent unchanged to the destination's link-layer address
	Bypass      Forward = 4 // to where the packet was going; for transparent caches
)

func (f Forward) String() string {
	switch f {
	case Masquerade:
		return "masquerade"
	case Local:
		return "local"
	case Tunnel:
		return "tunnel"
	case DirectRoute:
		return "direct"
	case Bypass:
		return "bypass"
	}
	return "forwarding method " + strconv.Itoa(int(f))
}

// EncapType is what a tunnelled packet travels in.
type EncapType uint8

// The types of encapsulation.
const (
	IPIP EncapType = 0 // an IP packet
	GUE  EncapType = 1 // UDP (Linux 5.3)
	GRE  EncapType = 2 // GRE (Linux 5.3)
)

func (t EncapType) String() string {
	switch t {
	case IPIP:
		return "ipip"
	case GUE:
		return "gue"
	case GRE:
		return "gre"
	}
	return "tunnel type " + strconv.Itoa(int(t))
}

// EncapFlags say which checksums encapsulated packets have. Without a flag there is none.
type EncapFlags uint16

// The flags of GUE and GRE.
const (
	Checksum       EncapFlags = 1 // in the outer header
	RemoteChecksum EncapFlags = 2 // GUE: remote checksum offload
)

// Encap is how Tunnel wraps packets. The zero value is IP in IP.
type Encap struct {
	Type  EncapType
	Port  uint16 // of GUE, where it must not be 0
	Flags EncapFlags
}

// Destination is a real server of a service. It is comparable. Addr is what the kernel knows it by within its service.
type Destination struct {
	Addr    netip.AddrPort // with a firewall mark and anything but Masquerade, the port is 0
	Forward Forward
	Encap   Encap
	Weight  int32  // 0: no new connections; never negative
	Upper   uint32 // connections at which no new ones are sent here; 0: no limit
	Lower   uint32 // connections at which new ones are sent again; 0: 3/4 of Upper
}
