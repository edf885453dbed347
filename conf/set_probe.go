package conf

import (
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// tcpSetters and pingSetters are the options of TCP_CHECK and PING_CHECK.
var (
	tcpSetters  = merged(commonOptions, shareOption, tlsOption)
	pingSetters = merged(commonOptions, shareOption)
)

// smtpSetters are the options of SMTP_CHECK.
var smtpSetters = merged(commonOptions, shareOption, tlsOption, map[string]wired{
	"helo_name": textOpt(func(d *decoder) *Value[string] { return &d.check.SMTP.HELO }, "SMTP_CHECK helo name missing"),
	"host":      {0, 0, (*decoder).setSMTPHost},
})

// hostSetters are the options of a host block: those of the connection belong to the host, all others to the checker.
var hostSetters = merged(commonOptions, map[string]wired{
	"connect_timeout": microsOpt(func(d *decoder) *Value[time.Duration] { return &d.host.ConnectTimeout },
		time.Microsecond, maxMicros, "connect_timeout WORD invalid - ignoring"),
})

// grpcSetters are the options of GRPC_CHECK.
var grpcSetters = merged(commonOptions, shareOption, tlsOption, map[string]wired{
	"service":     {1, 1, (*decoder).setGRPCService},
	"virtualhost": textOpt(func(d *decoder) *Value[string] { return &d.check.GRPC.VirtualHost }, ""),
})

// maxService is how long the name of a gRPC service may be, in bytes: the whole question is one frame of HTTP/2.
const maxService = 1024

func (d *decoder) setGRPCService(n *syntax.Node) {
	w := n.Args[0]
	if len(w.Text) > maxService {
		d.fault(n, w, "long-name", "a service's name has at most "+strconv.Itoa(maxService)+" characters",
			"service name is too long - ignoring", "the line is ignored")
		return
	}
	d.check.GRPC.Service = value(w.Text, w)
}

func (d *decoder) setSMTPHost(n *syntax.Node) {
	h := &SMTPHost{At: n.Keyword.At}
	d.host, d.conn = h, &h.Connection
	d.walk(n.Block, blockHost)
	d.host, d.conn = nil, &d.check.Connection
	d.check.SMTP.Hosts = append(d.check.SMTP.Hosts, h)
}

func (d *decoder) endSMTP(*syntax.Node) bool {
	c := d.check
	c.SMTP.HostsOnly = len(c.SMTP.Hosts) > 0 && c.Connection == (Connection{}) && !c.Timing.ConnectTimeout.Set()
	return true
}

// dnsSetters are the options of DNS_CHECK.
var dnsSetters = merged(commonOptions, shareOption, map[string]wired{
	"type": {1, 1, (*decoder).setDNSType},
	"name": {1, 1, (*decoder).setDNSName},
})

var dnsTypes = []string{"A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", "RRSIG", "DNSKEY"}

func (d *decoder) setDNSType(n *syntax.Node) {
	w := n.Args[0]
	t := strings.ToUpper(w.Text)
	if !slices.Contains(dnsTypes, t) {
		d.report(n, w, faulty("unknown-option", "'"+w.Text+"' is not a type of DNS records",
			"Unknown DNS check type "+w.Text+" - ignoring", near(t, dnsTypes)))
		return
	}
	d.check.DNS.Type = value(t, w)
}

func (d *decoder) setDNSName(n *syntax.Node) {
	w := n.Args[0]
	switch name := w.Text; {
	case d.check.DNS.Name.Set():
		d.fault(n, w, "duplicate-keyword", "name is given already, at "+d.check.DNS.Name.At.String(),
			"DNS_CHECK name already specified - ignoring", "the line is ignored")
	// compat: keepalived takes a first label of one character for an empty one.
	case name != "." && (strings.HasPrefix(name, ".") || strings.Contains(name, "..") || len(name) > 1 && name[1] == '.'):
		summary := "'" + name + "' has an empty label"
		if name[0] != '.' && !strings.Contains(name, "..") {
			summary = "a first label of one character is not taken"
		}
		d.fault(n, w, "bad-name", summary, "DNS_CHECK name '"+name+"' has empty label - ignoring", "the root is asked for")
	default:
		d.check.DNS.Name = value(name, w)
	}
}

// udpSetters are the options of UDP_CHECK.
var udpSetters = merged(commonOptions, shareOption, map[string]wired{
	"payload":       {0, -1, (*decoder).setPayload},
	"require_reply": {0, -1, (*decoder).setReply},
	"min_reply_length": uintOpt(func(d *decoder) *Value[uint16] { return &d.check.UDP.MinReply }, 0, math.MaxUint16,
		"UDP_CHECK min length WORD not valid - must be between 0 & 65535"),
	"max_reply_length": uintOpt(func(d *decoder) *Value[uint16] { return &d.check.UDP.MaxReply }, 0, math.MaxUint16,
		"UDP_CHECK max length WORD not valid - must be between 0 & 65535"),
})

func (d *decoder) setPayload(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.noWord(n, "UDP_CHECK payload requires a payload")
		return
	}
	w, text := n.Args[0], joinWords(n.Args)
	pairs, ok := hexWords(text)
	if !ok || strings.ContainsAny(text, "xX") {
		d.fault(n, w, "bad-hex", notHex("a payload is hexadecimal digits", text, pairs),
			"Invalid hex string for UDP_CHECK payload", "the line is ignored")
		return
	}
	b := make([]byte, 0, len(pairs))
	for _, p := range pairs {
		b = append(b, p.Byte)
	}
	d.check.UDP.Payload = value(b, w)
}

func (d *decoder) setReply(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.check.UDP.RequireReply = value(true, n.Keyword)
		return
	}
	w, text := n.Args[0], joinWords(n.Args)
	r, ok := hexWords(text)
	if !ok {
		d.fault(n, w, "bad-hex", notHex("a reply is hexadecimal digits, or x for any", text, r),
			"Invalid hex string for UDP_CHECK reply", "a reply is required, whatever it says")
	}
	d.check.UDP.RequireReply, d.check.UDP.Reply = value(true, w), r
}

// joinWords makes one text of all words.
func joinWords(words []syntax.Word) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.Text
	}
	return strings.Join(all, " ")
}

// hexWords reads pairs of hexadecimal digits with blanks between them; an x stands for any digit. A digit that is left
// alone is a byte of its own.
// compat: keepalived refuses what ends in ff.
func hexWords(s string) (out ReplyPattern, ok bool) {
	for word := range strings.FieldsSeq(s) {
		for len(word) > 0 {
			n := min(2, len(word))
			var r ReplyByte
			for _, c := range []byte(word[:n]) {
				r.Byte, r.Mask = r.Byte<<4, r.Mask<<4
				if c == 'x' || c == 'X' {
					continue
				}
				var digit [1]byte
				if _, err := hex.Decode(digit[:], []byte{'0', c}); err != nil {
					return nil, false
				}
				r.Byte, r.Mask = r.Byte|digit[0], r.Mask|0xf
			}
			out, word = append(out, r), word[n:]
		}
	}
	return out, len(out) > 0 && out[len(out)-1] != (ReplyByte{0xff, 0xff})
}

// notHex says what is wrong with a text of which pairs could be read.
func notHex(want, text string, pairs ReplyPattern) string {
	if len(pairs) > 0 && pairs[len(pairs)-1] == (ReplyByte{0xff, 0xff}) {
		return "the last byte cannot be ff"
	}
	return want + ", not '" + text + "'"
}

// defaultMaxReply is how many bytes of a reply are read when nobody says how many.
const defaultMaxReply = 255

func (d *decoder) endUDP(n *syntax.Node) bool {
	u := d.check.UDP
	most := uint16(defaultMaxReply)
	if u.MaxReply.Set() {
		most = u.MaxReply.V
	}
	if u.MinReply.V > most {
		lo, hi := itoa(u.MinReply.V), itoa(most)
		d.atClose(n, "always-fails", "a reply of at least "+lo+" bytes is asked for, and at most "+hi+" are read",
			"UDP_CHECK min_reply length "+lo+" > max_reply_length "+hi+" - will always fail", "the check always fails")
	}
	return true
}
