package conf

import (
	"net/netip"
	"strings"
	"time"

	"holdfast/conf/diag"
)

// VirtualServer is one virtual_server block. Exactly one of Address, Mark and Group is set.
type VirtualServer struct {
	At      diag.Span
	Address Value[netip.AddrPort]
	Mark    Value[uint32] // fwmark N
	Group   Value[string] // group NAME: the first ServerGroup of that name

	// Family is what addresses the service has. Without ip_family it follows from Address, else from the
	// granularity or the first real server that is not tunnelled to, and may stay unknown.
	Family Value[Family]

	Scheduler   Value[string]  // lb_algo; wlc
	Forward     Value[Forward] // NAT
	Tunnel      *Tunnel        // nil: no option says anything
	Protocol    Value[Protocol]
	OnePacket   Value[bool]          // ops
	Flag1       Value[bool]          // flag-1, sh-fallback, mh-fallback
	Flag2       Value[bool]          // flag-2, sh-port, mh-port
	Flag3       Value[bool]          // flag-3
	Persistence Value[time.Duration] // persistence_timeout; 0: off
	Engine      Value[string]        // persistence_engine; at most 15 bytes
	Granularity Value[Granularity]   // all bits

	VirtualHost Value[string]
	SNMPName    Value[string]

	SorryServer  Value[netip.AddrPort] // port 0: the virtual server's
	SorryInhibit Value[bool]
	SorryForward Value[Forward] // the virtual server's
	SorryTunnel  *Tunnel

	Quorum     Value[uint32] // 1; at most the sum of the weights
	Hysteresis Value[uint32] // less than Quorum
	QuorumUp   *Command
	QuorumDown *Command

	Alpha            Value[bool]
	Omega            Value[bool]
	HASuspend        Value[bool]
	Follow           Value[string] // follow_vrrp: an Instance by name
	InhibitOnFailure Value[bool]
	SMTPAlert        Value[bool]
	Weight           Value[int]           // of real servers that name none; 1
	DrainTimeout     Value[time.Duration] // of real servers that name none; 0: off
	SlowStart        Value[time.Duration] // as DrainTimeout
	PanicThreshold   Value[int]           // percent; 0: off
	Timing           Timing

	RealServers []*RealServer
}

// Family is a family of addresses.
type Family uint8

// The values of the keyword ip_family.
const (
	FamilyUnknown Family = 0
	FamilyIPv4    Family = 4
	FamilyIPv6    Family = 6
)

func lvsFamily(a netip.Addr) Family {
	if a.Is4() {
		return FamilyIPv4
	}
	return FamilyIPv6
}

// Forward is how packets reach a real server.
type Forward uint8

// The values of the keyword lb_kind.
const (
	ForwardNAT Forward = iota
	ForwardDR
	ForwardTUN
)

// Tunnel is how ForwardTUN wraps packets: by default in IP, without a checksum.
type Tunnel struct {
	Kind     Value[TunnelKind]
	Port     Value[uint16] // with TunnelGUE
	Checksum Value[TunnelChecksum]
}

// TunnelKind is a format of tunnels.
type TunnelKind uint8

// The values of the option type of lb_kind TUN.
const (
	TunnelIPIP TunnelKind = iota
	TunnelGUE
	TunnelGRE
)

// TunnelChecksum says what of a tunnelled packet has a checksum.
type TunnelChecksum uint8

// The options nocsum, csum and remcsum of lb_kind TUN.
const (
	ChecksumNone TunnelChecksum = iota
	ChecksumFull
	ChecksumRemote
)

// Protocol is what a virtual server carries.
type Protocol uint8

// The values of the keyword protocol, as IP protocol numbers.
const (
	ProtocolTCP  Protocol = 6
	ProtocolUDP  Protocol = 17
	ProtocolSCTP Protocol = 132
)

// Granularity is what part of a client's address counts for persistence.
type Granularity struct {
	Mask netip.Addr // IPv4
	Bits uint8      // IPv6: the length of the prefix
}

// Timing is when checks run; what a checker leaves out it inherits from its real server, and that from its
// virtual server.
type Timing struct {
	ConnectTimeout   Value[time.Duration] // 5 s
	DelayLoop        Value[time.Duration] // 60 s
	DelayBeforeRetry Value[time.Duration] // 1 s; HTTP_GET and SSL_GET 3 s; DNS_CHECK DelayLoop
	Warmup           Value[time.Duration] // DelayLoop
	Retry            Value[int]           // 1; DNS_CHECK 3; MISC_CHECK 0
}

// RealServer is one real_server block.
type RealServer struct {
	At      diag.Span
	Address Value[netip.AddrPort]

	Weight           Value[int]
	Forward          Value[Forward]
	Tunnel           *Tunnel
	UpperThreshold   Value[uint32]
	LowerThreshold   Value[uint32]
	InhibitOnFailure Value[bool]
	DrainTimeout     Value[time.Duration] // whole seconds; 0: off
	SlowStart        Value[time.Duration] // whole seconds; 0: off
	Alpha            Value[bool]
	SMTPAlert        Value[bool]
	VirtualHost      Value[string]
	SNMPName         Value[string]
	NotifyUp         *Command
	NotifyDown       *Command
	Timing           Timing

	Checkers []*Checker

	written uint16 // the port, as the file has it
}

// CheckPort is the port that a check of the server connects to; 0 if nobody said one.
// compat: not the virtual server's, though the server itself may listen there.
func (rs *RealServer) CheckPort(c *Connection) uint16 {
	if c.ConnectPort.Set() {
		return c.ConnectPort.V
	}
	return rs.written
}

// ServerGroup is one virtual_server_group block.
type ServerGroup struct {
	Name    string
	At      diag.Span
	Entries []GroupEntry
}

// GroupEntry is one line of a virtual_server_group: the addresses from First to Last with one port, or a
// firewall mark.
type GroupEntry struct {
	At          diag.Span
	First, Last netip.Addr // invalid: a mark
	Port        uint16
	Mark        uint32
	Family      Family // of a mark; FamilyUnknown if the line does not say
}

// String gives the words behind TUN.
func (t *Tunnel) String() string {
	var words []string
	if t.Kind.Set() {
		words = append(words, "type", [...]string{"ipip", "gue", "gre"}[t.Kind.V])
	}
	if t.Port.Set() {
		words = append(words, "port", itoa(t.Port.V))
	}
	if t.Checksum.Set() {
		words = append(words, [...]string{"nocsum", "csum", "remcsum"}[t.Checksum.V])
	}
	return strings.Join(words, " ")
}

// String gives the word behind persistence_granularity.
func (g Granularity) String() string {
	if g.Mask.IsValid() {
		return g.Mask.String()
	}
	return itoa(g.Bits)
}

// IsMark reports whether the entry is a firewall mark.
func (e *GroupEntry) IsMark() bool { return !e.First.IsValid() }

// SSL is what SSL_GET shows of itself to servers.
type SSL struct {
	At          diag.Span
	Password    Value[string] // of the key
	CA          Value[string] // file
	Certificate Value[string] // file with the chain
	Key         Value[string] // file
}
