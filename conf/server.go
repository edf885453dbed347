package conf

import (
	"net/netip"
	"time"

	"holdfast/conf/diag"
)

// VirtualServer is one virtual_server block. Exactly one of Address, Mark and Group is set.
type VirtualServer struct {
	At      diag.Span
	Address Value[netip.AddrPort]
	Mark    Value[uint32] // fwmark N
	Group   Value[string] // group NAME

	Scheduler    Value[string] // lb_algo; wlc
	Forward      Value[Forward]
	Protocol     Value[Protocol]
	Persistence  Value[time.Duration] // persistence_timeout; 0: off
	VirtualHost  Value[string]
	SorryServer  Value[netip.AddrPort]
	SorryInhibit Value[bool]

	Quorum     Value[uint32]
	Hysteresis Value[uint32]
	QuorumUp   *Command
	QuorumDown *Command

	Alpha            Value[bool]
	Omega            Value[bool]
	OnePacket        Value[bool]
	InhibitOnFailure Value[bool]
	SMTPAlert        Value[bool]
	Weight           Value[int]
	Timing           Timing

	RealServers []*RealServer
}

// Forward is how packets reach a real server.
type Forward uint8

// The values of the keyword lb_kind.
const (
	ForwardNAT Forward = iota
	ForwardDR
	ForwardTUN
)

// Protocol is what a virtual server carries.
type Protocol uint8

// The values of the keyword protocol, as IP protocol numbers.
const (
	ProtocolTCP  Protocol = 6
	ProtocolUDP  Protocol = 17
	ProtocolSCTP Protocol = 132
)

// Timing is when checks run; what a checker leaves out it inherits from its real server, and that from its
// virtual server.
type Timing struct {
	ConnectTimeout   Value[time.Duration] // 5 s
	DelayLoop        Value[time.Duration] // 60 s
	DelayBeforeRetry Value[time.Duration] // 1 s; HTTP_GET and SSL_GET 3 s
	Warmup           Value[time.Duration] // DelayLoop
	Retry            Value[int]           // 1
}

// RealServer is one real_server block.
type RealServer struct {
	At      diag.Span
	Address Value[netip.AddrPort]

	Weight           Value[int]
	Forward          Value[Forward]
	UpperThreshold   Value[uint32]
	LowerThreshold   Value[uint32]
	InhibitOnFailure Value[bool]
	Alpha            Value[bool]
	SMTPAlert        Value[bool]
	VirtualHost      Value[string]
	NotifyUp         *Command
	NotifyDown       *Command
	Timing           Timing

	Checkers []*Checker
}

// Checker is one checker block of a real server.
type Checker struct {
	Kind string // the keyword: "HTTP_GET", "TCP_CHECK", …
	At   diag.Span

	ConnectIP   Value[netip.Addr]
	ConnectPort Value[uint16]
	BindTo      Value[netip.Addr]
	BindPort    Value[uint16]
	BindIf      Value[string]
	Mark        Value[uint32]
	Alpha       Value[bool]
	LogAll      Value[bool]
	Timing      Timing

	// HTTP_GET and SSL_GET
	VirtualHost  Value[string]
	HTTPProtocol Value[string] // "1.0", "1.0C" or "1.1"
	FastRecovery Value[bool]
	EnableSNI    Value[bool]
	URLs         []*URL
}

// URL is one url block.
type URL struct {
	At          diag.Span
	Path        Value[string]
	Digest      Value[[16]byte] // MD5 of the body
	Status      []StatusRange   // empty: 200–299
	VirtualHost Value[string]
}

// StatusRange is a range of HTTP status codes, both ends included.
type StatusRange struct {
	From, To uint16
	At       diag.Span
}
