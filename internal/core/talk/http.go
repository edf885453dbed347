package talk

import (
	"bytes"
	"crypto/md5" //nolint:gosec // what the keyword digest means
	"hash"
	"strconv"

	"holdfast/conf"
	"holdfast/conf/pattern"
)

var (
	_ = register("HTTP_GET", httpCalls)
	_ = register("SSL_GET", httpCalls)
)

func httpCalls(a asked) []Call {
	h := a.c.HTTP
	var calls []Call
	for _, u := range h.URLs {
		c := a.call(Stream, &a.c.Connection, a.c.Timing.ConnectTimeout.V, nil)
		// The checker's and the real server's are handed down already, the virtual server's is not.
		host := u.VirtualHost.V
		if host == "" {
			host = a.vs.VirtualHost.V
		}
		if a.c.Kind == "SSL_GET" {
			c.TLS = &TLS{ServerName: serverName(a, u)}
		}
		if c.TLS = a.secure(c.TLS, host); c.TLS != nil {
			c.TLS.CloseNotify = u.TLSCompliant.V
		}
		if h.Protocol.V == "2" {
			t := NewHTTP2(u, host, c.To, c.TLS != nil)
			c.Talk, c.Heavy = t, t.match.backtracks()
			if c.TLS != nil {
				c.TLS.Protocol = "h2"
			}
		} else {
			t := NewHTTP(u, h.Protocol.V, host, c.To)
			c.Talk, c.Heavy = t, t.match.backtracks()
		}
		calls = append(calls, c)
	}
	return calls
}

// serverName is the name for SNI. compat: a real server's virtualhost does not count; sni_name alone turns it on as well.
func serverName(a asked, u *conf.URL) string {
	h := a.c.HTTP
	switch {
	case h.SNIName.Set():
		return h.SNIName.V
	case !h.EnableSNI.V:
		return ""
	case u.VirtualHost.V != "" && !inherited(a, u):
		return u.VirtualHost.V
	}
	return a.vs.VirtualHost.V
}

// inherited reports whether the url's virtualhost is the real server's.
func inherited(a asked, u *conf.URL) bool {
	from := a.rs.VirtualHost
	return from.Set() && u.VirtualHost.At == from.At
}

// httpHeader is how long a header may be, in bytes with its end.
// compat: one byte of 4 KiB is not for it, as genhash shows.
const httpHeader = 4<<10 - 1

// enough is how much of a body is read after everything is decided. compat: keepalived reads until the server closes, and a server
// that does not close fails; but nobody needs a gigabyte for that. A regex looks no further either.
const enough = 16 << 20

// HTTP is the conversation of HTTP_GET and, inside TLS, of SSL_GET, about one url.
//
// Of the answer count, in this order: that there is a header, the status, the MD5 sum of the body up to Content-Length, the regex.
// Redirects are not followed and chunks are not put together.
type HTTP struct {
	request []byte
	status  []conf.StatusRange
	digest  [md5.Size]byte
	hashes  bool
	match   *matcher // nil: no regex
	survey  bool     // the sum is asked for: no status and no digest is wrong
	dump    *dump    // nil: nothing is shown

	head    []byte // what has come of a header that is not there as a whole
	inBody  bool
	sum     hash.Hash
	verdict Verdict
}

// Open asks for the page.
func (h *HTTP) Open(uint64) ([]byte, bool) {
	h.head, h.inBody, h.verdict = nil, false, Verdict{Code: -1, Declared: -1}
	if h.hashes {
		if h.sum == nil {
			h.sum = md5.New() //nolint:gosec // as above
		}
		h.sum.Reset()
	}
	h.match.begin()
	return h.request, false
}

// Hear takes the answer in pieces.
func (h *HTTP) Hear(b []byte, end End) (_ []byte, done bool) {
	switch {
	case end.Kind == Closed && h.inBody:
		h.judge()
		return nil, true
	case end.Kind == Closed:
		h.verdict.Why = NoData
		h.forget()
		return nil, true
	case end.Kind != Open:
		h.verdict.end(end, h.inBody || len(h.head) > 0)
		h.forget()
		return nil, true
	case h.inBody:
		return nil, h.body(b)
	}
	return nil, h.header(b)
}

var headerEnd = []byte("\r\n\r\n")

// header looks for the end of the header. What came before is looked at again only as far as the end may begin in it; a header that
// comes in one piece, as most do, is not copied.
func (h *HTTP) header(b []byte) (done bool) {
	before := len(h.head)
	head := b[:min(len(b), httpHeader-before)]
	if before > 0 {
		h.head = append(h.head, head...)
		head = h.head
	}
	from := max(before-len(headerEnd)+1, 0)
	i := bytes.Index(head[from:], headerEnd)
	if i < 0 {
		if len(head) < httpHeader {
			if before == 0 {
				h.head = bytes.Clone(head)
			}
			return false
		}
		h.verdict.Why = NoData
		h.forget()
		return true
	}
	end := from + i + len(headerEnd)
	h.verdict.Code, h.verdict.Declared = statusOf(head[:end]), lengthOf(head[:end])
	h.inBody, h.head = true, nil
	h.dump.header(head[:end])
	rest := b[end-before:]
	return len(rest) > 0 && h.body(rest)
}

// statusOf gives the number between the first two blanks, or -1. What is in front of them does not count.
func statusOf(head []byte) int {
	_, rest, _ := bytes.Cut(head, []byte(" "))
	word, _, two := bytes.Cut(rest, []byte(" "))
	const digits = 9
	if !two || len(word) == 0 || len(word) > digits {
		return -1
	}
	n := 0
	for _, c := range word {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// lengthOf gives the Content-Length of a header, or -1. The first one counts, and only a plain number.
func lengthOf(head []byte) int64 {
	const name = "content-length:"
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\r\n"))
		head = rest
		if len(line) < len(name) || !bytes.EqualFold(line[:len(name)], []byte(name)) {
			continue
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line[len(name):])), 10, 63)
		if err != nil {
			return -1
		}
		return int64(n)
	}
	return -1
}

// body takes a piece of the body.
func (h *HTTP) body(b []byte) (done bool) {
	if h.hashes {
		part := b
		if left := h.verdict.Declared - h.verdict.Received; h.verdict.Declared >= 0 && left < int64(len(b)) {
			part = b[:max(left, 0)]
		}
		h.sum.Write(part)
		h.dump.body(part)
	}
	h.verdict.Received += int64(len(b))
	if h.verdict.Received < enough {
		h.match.add(b)
		return false
	}
	h.match.stop()
	if !h.decided() {
		return false
	}
	h.verdict.Declared = -1 // the rest is not read, so the lengths cannot be compared
	h.judge()
	return true
}

// decided reports whether more of the body changes nothing, once the regex has stopped.
func (h *HTTP) decided() bool {
	if h.hashes && (h.verdict.Declared < 0 || h.verdict.Received < h.verdict.Declared) {
		return h.statusBad()
	}
	return true
}

func (h *HTTP) statusBad() bool {
	const first, last = 200, 299
	if h.survey {
		return false
	}
	if len(h.status) == 0 {
		return h.verdict.Code < first || h.verdict.Code > last
	}
	for _, r := range h.status {
		if int(r.From) <= h.verdict.Code && h.verdict.Code <= int(r.To) {
			return false
		}
	}
	return true
}

// judge finds the verdict at the end of the body.
func (h *HTTP) judge() {
	switch {
	case h.statusBad():
		h.verdict.Why = BadStatus
	case h.hashes && !h.survey && [md5.Size]byte(h.sum.Sum(nil)) != h.digest:
		h.verdict.Why = BadDigest
	default:
		h.verdict.Why = h.match.end()
	}
	h.verdict.OK = h.verdict.Why == Success
	h.forget()
}

// forget gives back the memory that the answer took.
func (h *HTTP) forget() {
	h.head = nil
	h.match.begin()
}

// Verdict tells how it went.
func (h *HTTP) Verdict() Verdict { return h.verdict }

// compile gives the matcher of a regex; nil if there is none, or if no engine takes it.
// The configuration's reader has warned of such a regex; keepalived 2.2.7 crashes at it.
func compile(r *conf.Regex) *matcher {
	if !r.Pattern.Set() {
		return nil
	}
	p, err := pattern.Compile(r.Pattern.V, r.Options.V)
	if err != nil {
		return nil
	}
	m := &matcher{pattern: p, forbidden: r.NoMatch.V, from: int64(r.MinOffset.V), to: -1}
	if r.MaxOffset.Set() {
		m.to = int64(r.MaxOffset.V)
	}
	return m
}
