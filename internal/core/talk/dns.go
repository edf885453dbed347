package talk

import (
	"encoding/binary"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

var _ = register("DNS_CHECK", func(a asked) []Call {
	t := NewDNS(a.c.DNS.Type.V, a.c.DNS.Name.V)
	return []Call{a.call(Datagram, &a.c.Connection, a.c.Timing.ConnectTimeout.V, t)}
})

// dnsTypes are the types that can be asked for (RFC 1035, 3596, 4034).
var dnsTypes = map[string]dnsmessage.Type{
	"A": dnsmessage.TypeA, "NS": dnsmessage.TypeNS, "CNAME": dnsmessage.TypeCNAME, "SOA": dnsmessage.TypeSOA,
	"MX": dnsmessage.TypeMX, "TXT": dnsmessage.TypeTXT, "AAAA": dnsmessage.TypeAAAA, "RRSIG": 46, "DNSKEY": 48,
}

// DNS is the conversation of DNS_CHECK: one question, with recursion desired, and one answer.
//
// compat: of the answer only the header counts: the identifier, that it is an answer, and the rcode. Anything else that comes is
// ignored until the time is over.
type DNS struct {
	query   []byte
	id      uint16
	verdict Verdict
}

// headerLen is the length of a DNS header (RFC 1035 §4.1.1).
const headerLen = 12

// NewDNS gives the question for records of a type, by the name of the type in capitals, of name. A name that is none in DNS is
// asked for as the root.
func NewDNS(kind, name string) *DNS {
	if !strings.HasSuffix(name, ".") {
		name += "."
	}
	fqdn, err := dnsmessage.NewName(name)
	if err != nil {
		fqdn = dnsmessage.MustNewName(".")
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: fqdn, Type: dnsTypes[kind], Class: dnsmessage.ClassINET}},
	}
	query, err := m.Pack()
	if err != nil {
		m.Questions[0].Name = dnsmessage.MustNewName(".")
		query, _ = m.Pack() // the root can be packed
	}
	return &DNS{query: query}
}

// Open asks, with an identifier that nobody can foresee.
func (d *DNS) Open(chance uint64) ([]byte, bool) {
	d.id, d.verdict = uint16(chance), Verdict{Code: -1, Declared: -1}
	binary.BigEndian.PutUint16(d.query, d.id)
	return d.query, false
}

// Hear takes a datagram.
func (d *DNS) Hear(b []byte, end End) ([]byte, bool) {
	if end.Kind != Open {
		d.verdict.end(end, false)
		return nil, true
	}
	var p dnsmessage.Parser
	if len(b) < headerLen {
		return nil, false
	}
	h, err := p.Start(b)
	if err != nil || h.ID != d.id || !h.Response {
		return nil, false
	}
	d.verdict.Code = int(h.RCode)
	if h.RCode != dnsmessage.RCodeSuccess {
		d.verdict.Why = BadRcode
		return nil, true
	}
	d.verdict.OK = true
	return nil, true
}

// Verdict tells how it went.
func (d *DNS) Verdict() Verdict { return d.verdict }
