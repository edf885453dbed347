package talk

import (
	"encoding/binary"
	"errors"

	"golang.org/x/net/http2/hpack"
)

var _ = register("GRPC_CHECK", func(a asked) []Call {
	g := a.c.GRPC
	c := a.call(Stream, &a.c.Connection, a.c.Timing.ConnectTimeout.V, nil)
	host := g.VirtualHost.V
	if c.TLS = a.secure(nil, host); c.TLS != nil {
		c.TLS.Protocol = "h2"
	}
	c.Talk = NewGRPC(g.Service.V, hostOr(host, c.To), c.TLS != nil)
	return []Call{c}
})

// GRPC is the conversation of GRPC_CHECK: the method Check of grpc.health.v1.Health, about one service or, with an empty name, the server. It
// follows "gRPC over HTTP2" and "GRPC Health Checking Protocol".
type GRPC struct {
	h2      *h2
	message []byte // what has come of the answer's body
	verdict Verdict
}

// longestHealth is how long the answer's body may be: a message of a few bytes, and what a later version of it may add.
const longestHealth = 1 << 10

// serving is the status of grpc.health.v1.HealthCheckResponse that is good.
const serving = 1

// NewGRPC gives the conversation about a service, whose name may be empty.
func NewGRPC(service, host string, secured bool) *GRPC {
	var message []byte
	if service != "" {
		const field1 = 1<<3 | 2 // a string
		message = append(binary.AppendUvarint([]byte{field1}, uint64(len(service))), service...)
	}
	body := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))) // not compressed
	body = append(body, message...)
	return &GRPC{h2: newH2(body, append(requestFields("POST", "/grpc.health.v1.Health/Check", host, secured),
		hpack.HeaderField{Name: "content-type", Value: "application/grpc"}, hpack.HeaderField{Name: "te", Value: "trailers"},
		hpack.HeaderField{Name: "user-agent", Value: agent})...)}
}

// Open asks.
func (g *GRPC) Open(uint64) ([]byte, bool) {
	g.message, g.verdict = nil, Verdict{Code: -1, Declared: -1}
	return g.h2.open(), false
}

// Hear takes the answer in pieces.
func (g *GRPC) Hear(b []byte, end End) (say []byte, done bool) {
	if end.Kind == Open {
		say = g.h2.hear(b, g.body)
	}
	switch {
	case g.h2.ended:
		g.judge()
	case end.Kind != Open || g.h2.wrong != "":
		g.h2.failed(end, &g.verdict)
	default:
		return say, false
	}
	g.message = nil
	g.h2.close()
	return nil, true
}

func (g *GRPC) body(b []byte) (enough bool) {
	g.message = append(g.message, b...)
	g.verdict.Received += int64(len(b))
	if len(g.message) > longestHealth {
		g.h2.wrong = "the answer is too long"
	}
	return g.h2.wrong != ""
}

// judge finds the verdict on a whole answer.
func (g *GRPC) judge() {
	const fine = 200
	v := &g.verdict
	switch code := g.h2.grpc; {
	case code < 0 && g.h2.status != fine:
		v.Why, v.Code = BadStatus, g.h2.status
		return
	case code < 0:
		v.Why, v.Text = BadProtocol, "an answer without grpc-status"
		return
	case code > 0:
		v.Why, v.Code = BadGRPC, code
		return
	}
	status, err := health(g.message)
	switch {
	case err != nil:
		v.Why, v.Text = BadProtocol, err.Error()
	case status != serving:
		v.Why, v.Code = NotServing, int(min(status, 1<<16))
	default:
		v.OK, v.Code = true, serving
	}
}

var (
	errNoMessage = errors.New("an answer without a message")
	errMessage   = errors.New("a message that is none of grpc.health.v1.HealthCheckResponse")
)

// health gives the status in a body that is one message. A message without one has 0, as always in proto3.
func health(body []byte) (status uint64, err error) {
	const prefix = 5
	switch {
	case len(body) < prefix:
		return 0, errNoMessage
	case body[0] != 0 || int64(binary.BigEndian.Uint32(body[1:])) != int64(len(body)-prefix):
		return 0, errMessage
	}
	for b := body[prefix:]; len(b) > 0; {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return 0, errMessage
		}
		b = b[n:]
		var value uint64
		if value, n = field(tag&7, b); n < 0 {
			return 0, errMessage
		}
		if b = b[n:]; tag == 1<<3 {
			status = value
		}
	}
	return status, nil
}

// field gives the value of a field, if it is a number of variable length, and how long it is; -1: there is no such field.
func field(kind uint64, b []byte) (value uint64, n int) {
	const variable, eight, counted, four = 0, 1, 2, 5
	switch kind {
	case variable:
		if value, n = binary.Uvarint(b); n <= 0 {
			n = -1
		}
	case eight:
		n = 8
	case counted:
		size, used := binary.Uvarint(b)
		if used <= 0 || size > uint64(len(b)-used) {
			return 0, -1
		}
		n = used + int(size)
	case four:
		n = 4
	default:
		n = -1
	}
	if n > len(b) {
		return 0, -1
	}
	return value, n
}

// Verdict tells how it went.
func (g *GRPC) Verdict() Verdict { return g.verdict }

var _ Talk = (*GRPC)(nil)
