package talk

import (
	"bytes"
	"encoding/binary"
)

var _ = register("PING_CHECK", func(a asked) []Call {
	c := a.call(Echo, &a.c.Connection, a.c.Timing.ConnectTimeout.V, nil)
	c.Talk = NewPing(c.To.Addr().Is4() || c.To.Addr().Is4In6())
	return []Call{c}
})

// Types of ICMP messages (RFC 792, RFC 4443 §4).
const (
	echoRequest4, echoReply4 = 8, 0
	echoRequest6, echoReply6 = 128, 129
)

const (
	echoHeader = 8   // type, code, checksum, identifier, sequence number
	echoData   = 128 // compat: as much as keepalived sends
)

// Ping is the conversation of PING_CHECK: an ICMP echo request and its reply, with the same sequence number and data.
// The kernel sets the identifier and delivers replies with that alone.
type Ping struct {
	message []byte
	reply   byte
	verdict Verdict
}

// NewPing gives the conversation over IPv4 or IPv6.
func NewPing(v4 bool) *Ping {
	p := &Ping{message: append(make([]byte, echoHeader), fill(echoData)...)}
	p.message[0], p.reply = echoRequest6, echoReply6
	if v4 {
		p.message[0], p.reply = echoRequest4, echoReply4
	}
	return p
}

// Open gives the request, with a sequence number and eight bytes of data that nobody can foresee.
func (p *Ping) Open(chance uint64) ([]byte, bool) {
	p.verdict = Verdict{Code: -1, Declared: -1}
	binary.BigEndian.PutUint16(p.message[6:], uint16(chance))
	binary.BigEndian.PutUint64(p.message[len(p.message)-8:], chance)
	return p.message, false
}

// Hear takes a message; what is no reply to ours is ignored.
func (p *Ping) Hear(b []byte, end End) ([]byte, bool) {
	if end.Kind != Open {
		p.verdict.end(end, false)
		return nil, true
	}
	if len(b) != len(p.message) || b[0] != p.reply || !bytes.Equal(b[6:], p.message[6:]) {
		return nil, false
	}
	p.verdict.OK = true
	return nil, true
}

// Verdict tells how it went.
func (p *Ping) Verdict() Verdict { return p.verdict }
