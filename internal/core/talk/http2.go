package talk

import (
	"net/netip"

	"golang.org/x/net/http2/hpack"

	"holdfast/conf"
)

// HTTP2 is the conversation of HTTP_GET and SSL_GET with http_protocol 2, about one url. Of the answer counts the same as in HTTP.
type HTTP2 struct {
	HTTP
	h2   *h2
	over bool // enough of the body has come
}

// NewHTTP2 gives the conversation about u; host and to as for NewHTTP.
func NewHTTP2(u *conf.URL, host string, to netip.AddrPort, secured bool) *HTTP2 {
	t := &HTTP2{HTTP: *NewHTTP(u, "", "", to)}
	t.request = nil
	t.h2 = newH2(nil, append(requestFields("GET", u.Path.V, hostOr(host, to), secured), hpack.HeaderField{Name: "user-agent", Value: agent})...)
	return t
}

// Open asks for the page.
func (t *HTTP2) Open(chance uint64) ([]byte, bool) {
	t.HTTP.Open(chance)
	t.over = false
	return t.h2.open(), false
}

// Hear takes the answer in pieces.
func (t *HTTP2) Hear(b []byte, end End) (say []byte, done bool) {
	if end.Kind == Open {
		say = t.h2.hear(b, t.page)
	}
	t.head()
	switch {
	case t.over:
	case t.h2.ended:
		t.judge()
	case end.Kind != Open || t.h2.wrong != "":
		t.h2.failed(end, &t.verdict)
		t.forget()
	default:
		return say, false
	}
	t.h2.close()
	return nil, true
}

// head takes over what the header says.
func (t *HTTP2) head() {
	if t.h2.headed && !t.inBody {
		t.verdict.Code, t.verdict.Declared, t.inBody = t.h2.status, t.h2.length, true
	}
}

// page takes a piece of the body.
func (t *HTTP2) page(b []byte) (enough bool) {
	t.head()
	t.over = t.body(b)
	return t.over
}
