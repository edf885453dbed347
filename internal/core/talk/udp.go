package talk

import "holdfast/conf"

var _ = register("UDP_CHECK", func(a asked) []Call {
	c := a.call(Datagram, &a.c.Connection, a.c.Timing.ConnectTimeout.V, NewUDP(a.c.UDP))
	c.AllErrors = true
	return []Call{c}
})

// filler is what keepalived sends where nobody says what.
const filler = "keepalived check - "

func fill(n int) []byte {
	b := make([]byte, 0, n+len(filler))
	for len(b) < n {
		b = append(b, filler...)
	}
	return b[:n]
}

// defaultPayload is how many bytes of it UDP_CHECK sends.
const defaultPayload = 32

// UDP is the conversation of UDP_CHECK: one datagram, and perhaps one back.
type UDP struct {
	payload  []byte
	require  bool
	pattern  conf.ReplyPattern
	min, max int
	verdict  Verdict
}

// NewUDP gives the conversation that c describes.
func NewUDP(c *conf.UDPCheck) *UDP {
	u := &UDP{
		payload: c.Payload.V, require: c.RequireReply.V, pattern: c.Reply,
		min: int(c.MinReply.V), max: int(c.MaxReply.V),
	}
	if u.payload == nil {
		u.payload = fill(defaultPayload)
	}
	return u
}

// Open gives the datagram.
func (u *UDP) Open(uint64) ([]byte, bool) {
	u.verdict = Verdict{Code: -1, Declared: -1}
	return u.payload, false
}

// Hear takes a datagram, or the end of the time, which is good where no reply is required.
func (u *UDP) Hear(b []byte, end End) ([]byte, bool) {
	switch {
	case end.Kind == Silence && !u.require:
		u.verdict.OK = true
	case end.Kind != Open:
		u.verdict.end(end, false)
	default:
		u.verdict.Received = int64(len(b))
		u.verdict.OK = !u.require || u.fits(b)
		if !u.verdict.OK {
			u.verdict.Why = BadReply
		}
	}
	return nil, true
}

// fits compares a reply. compat: as much of it as the shorter of both has; the length counts only beside a pattern.
func (u *UDP) fits(b []byte) bool {
	if len(u.pattern) == 0 {
		return true
	}
	if len(b) < u.min || len(b) > u.max {
		return false
	}
	for i, want := range u.pattern[:min(len(b), len(u.pattern))] {
		if b[i]&want.Mask != want.Byte&want.Mask {
			return false
		}
	}
	return true
}

// Verdict tells how it went.
func (u *UDP) Verdict() Verdict { return u.verdict }
