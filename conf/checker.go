package conf

import (
	"net/netip"
	"time"

	"holdfast/conf/diag"
)

// Checker is one checker block of a real server. What only one kind has is behind the pointer of that kind, which is
// set for that kind alone.
type Checker struct {
	Kind string // the keyword: "HTTP_GET", "TCP_CHECK", …
	At   diag.Span

	Connection
	Alpha  Value[bool]
	LogAll Value[bool]
	Share  Value[bool] // share_check; global_defs share_checks
	Timing Timing
	TLS    *TLSCheck // nil: plain, but for SSL_GET

	HTTP *HTTPCheck
	SMTP *SMTPCheck
	DNS  *DNSCheck
	Misc *MiscCheck
	BFD  *BFDCheck
	UDP  *UDPCheck
	File *FileCheck
	GRPC *GRPCCheck
}

// Connection is whom a checker talks to, and as whom.
type Connection struct {
	ConnectIP   Value[netip.Addr] // the real server's
	ConnectPort Value[uint16]     // the real server's
	BindTo      Value[netip.Addr]
	BindPort    Value[uint16]
	BindIf      Value[string]
	Mark        Value[uint32]
}

// HTTPCheck is what HTTP_GET and SSL_GET have of their own.
type HTTPCheck struct {
	VirtualHost  Value[string]
	Protocol     Value[string] // "1.0", "1.0C", "1.1" or "2"
	FastRecovery Value[bool]
	// RecoverAtOnce says that the success of the page that had failed counts when the server comes back.
	RecoverAtOnce Value[bool]
	EnableSNI     Value[bool]
	SNIName       Value[string]
	TLSCompliant  Value[bool] // say close_notify
	URLs          []*URL
}

// URL is one url block.
type URL struct {
	At           diag.Span
	Path         Value[string]
	Digest       Value[[16]byte] // MD5 of the body
	Status       []StatusRange   // empty: 200–299
	VirtualHost  Value[string]
	TLSCompliant Value[bool]
	Regex        Regex
}

// StatusRange is a range of HTTP status codes, both ends included.
type StatusRange struct {
	From, To uint16
	At       diag.Span
}

// Regex is what a body must match, or must not.
type Regex struct {
	Pattern    Value[string] // in the syntax of PCRE2
	NoMatch    Value[bool]
	Options    Value[[]string]
	MinOffset  Value[uint32] // bytes; where a match may begin
	MaxOffset  Value[uint32]
	StackStart Value[uint32] // bytes, for compiled patterns
	StackMax   Value[uint32]
}

// SMTPCheck is what SMTP_CHECK has of its own.
type SMTPCheck struct {
	HELO  Value[string]
	Hosts []*SMTPHost // host blocks: each is a check of its own
	// HostsOnly says that the hosts are all there is: the checker's own connection is checked too if it has options.
	HostsOnly bool
}

// SMTPHost is one host block.
type SMTPHost struct {
	At diag.Span
	Connection
	ConnectTimeout Value[time.Duration]
}

// DNSCheck is what DNS_CHECK has of its own.
type DNSCheck struct {
	Type Value[string] // in capital letters
	Name Value[string]
}

// MiscCheck is what MISC_CHECK has of its own.
type MiscCheck struct {
	Command *Command             // its User and Group are unused
	End     diag.Span            // the brace that ends the block
	Timeout Value[time.Duration] // the virtual server's DelayLoop
	Dynamic Value[bool]          // the exit status sets the weight
	User    Value[string]
	Group   Value[string]

	refused string // keepalived's line if there is no such account
}

// Refused is keepalived's line about the keyword "user" if there is no such account.
// compat: it has the command only if that stands above.
func (m *MiscCheck) Refused() string { return m.refused }

// BFDCheck is what BFD_CHECK has of its own.
type BFDCheck struct {
	Name Value[string] // of a bfd_instance
}

// UDPCheck is what UDP_CHECK has of its own.
type UDPCheck struct {
	Payload      Value[[]byte] // nil: random bytes
	RequireReply Value[bool]
	Reply        ReplyPattern // what a reply begins with
	MinReply     Value[uint16]
	MaxReply     Value[uint16]
}

// ReplyPattern is what a reply begins with, byte by byte.
type ReplyPattern []ReplyByte

// String gives the pattern as hexadecimal digits, with x for digits that may be any.
func (p ReplyPattern) String() string {
	const digits = "0123456789abcdef"
	var b []byte
	for _, r := range p {
		for _, shift := range []int{4, 0} {
			if r.Mask>>shift&0xf == 0 {
				b = append(b, 'x')
			} else {
				b = append(b, digits[r.Byte>>shift&0xf])
			}
		}
	}
	return string(b)
}

// ReplyByte is one byte of an expected reply: only the bits of Mask count.
type ReplyByte struct{ Byte, Mask byte }

// FileCheck is what FILE_CHECK has of its own.
type FileCheck struct {
	TrackFile Value[string]
	Weight    Value[int] // multiplies the file's value; not set: the track_file's
	Reverse   Value[bool]
}

// GRPCCheck is what GRPC_CHECK has of its own.
type GRPCCheck struct {
	Service     Value[string] // empty: the server as a whole
	VirtualHost Value[string]
}
