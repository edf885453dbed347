package vrrp

// Reason says why an advert was not believed. It is a metric label, so its text is stable.
type Reason uint8

// The reasons (RFC 3768 §7.1).
const (
	Accepted Reason = iota
	BadLength
	BadTTL
	BadVersion
	BadType
	BadChecksum
	BadAuthType // a type that does not exist
	AuthMismatch
	BadPassword
	BadInterval
	BadCount // another number of addresses than ours
	BadAddrs // one of our addresses is not in it
	BadSPI   // the authentication header is not the sender's own
	BadICV   // its integrity check value is wrong
	Replayed // its sequence number is not new
	reasons  // count
)

var reasonNames = [reasons]string{
	"accepted", "length", "ttl", "version", "type", "checksum", "auth_type", "auth_mismatch", "auth_pass",
	"interval", "addr_count", "addr_list", "ah_spi", "ah_icv", "ah_replay",
}

func (r Reason) String() string {
	if r < reasons {
		return reasonNames[r]
	}
	return "unknown"
}

// PacketError is what Parse finds wrong with a message: what the packet has and what it should have, in
// bytes for BadLength.
type PacketError struct {
	Reason    Reason
	Got, Want int
}

func (e *PacketError) Error() string { return "vrrp: parse advert: bad " + e.Reason.String() }
