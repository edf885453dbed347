package conf

import (
	"math"
	"slices"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// TLSCheck is the tls block of a checker: the checker speaks TLS, on these terms.
type TLSCheck struct {
	At          diag.Span
	Verify      Value[bool]
	CA          Value[string] // file; the SSL block's, else what the host trusts
	SNI         Value[string]
	MinVersion  Value[string] // "1.0" to "1.3"; 1.0
	Expires     Value[int]    // days before its end from which on a certificate is told of
	ExpiresFail Value[bool]   // … and fails the check
	Certificate Value[string] // file with the chain; the SSL block's
	Key         Value[string] // file; the SSL block's
	Password    Value[string] // of Key
}

// tlsOption opens the block in checkers that connect by TCP.
var tlsOption = map[string]wired{"tls": {0, 0, (*decoder).setTLS}}

var tlsSetters = map[string]wired{
	"verify":         boolOpt(func(d *decoder) *Value[bool] { return &d.check.TLS.Verify }, "Invalid verify parameter WORD"),
	"ca":             textOpt(func(d *decoder) *Value[string] { return &d.check.TLS.CA }, ""),
	"sni":            textOpt(func(d *decoder) *Value[string] { return &d.check.TLS.SNI }, ""),
	"min_version":    {1, 1, (*decoder).setMinVersion},
	"expires_within": {1, 2, (*decoder).setExpires},
	"certificate":    textOpt(func(d *decoder) *Value[string] { return &d.check.TLS.Certificate }, ""),
	"key":            textOpt(func(d *decoder) *Value[string] { return &d.check.TLS.Key }, ""),
	"password":       textOpt(func(d *decoder) *Value[string] { return &d.check.TLS.Password }, ""),
}

// setTLS decodes a tls block; a second one takes the place of the first.
func (d *decoder) setTLS(n *syntax.Node) {
	if had := d.check.TLS; had != nil {
		d.fault(n, n.Keyword, "duplicate-block", "there is a tls block already, at "+had.At.String(), "tls already specified - replacing", "this one holds, and nothing of the other")
	}
	t := &TLSCheck{At: n.Keyword.At}
	d.check.TLS = t
	d.walk(n.Block, blockTLS)
	if t.Certificate.Set() != t.Key.Set() {
		have, lack := t.Certificate, "key"
		if t.Key.Set() {
			have, lack = t.Key, "certificate"
		}
		d.fault(n, syntax.Word{At: have.At, Text: have.V}, "missing-argument", "a certificate needs its key and a key its certificate: there is no "+lack,
			"tls "+lack+" missing - ignoring", "the line is ignored")
		t.Certificate, t.Key = Value[string]{}, Value[string]{}
	}
}

var tlsVersions = []string{"1.0", "1.1", "1.2", "1.3"}

func (d *decoder) setMinVersion(n *syntax.Node) {
	w := n.Args[0]
	if !slices.Contains(tlsVersions, w.Text) {
		d.fault(n, w, "unknown-option", "a version of TLS is 1.0, 1.1, 1.2 or 1.3, not '"+w.Text+"'", "Invalid min_version "+w.Text, "the line is ignored")
		return
	}
	d.check.TLS.MinVersion = value(w.Text, w)
}

// maxDays is more than any certificate is good for, and fits into a time.Duration.
const maxDays = math.MaxUint16

func (d *decoder) setExpires(n *syntax.Node) {
	days, ok := d.uintWord(n, n.Args[0], 1, maxDays, "")
	if !ok {
		return
	}
	t := d.check.TLS
	t.ExpiresFail = Value[bool]{}
	if len(n.Args) > 1 {
		w := n.Args[1]
		if w.Text != "warn" && w.Text != "fail" {
			d.fault(n, w, "unknown-option", "behind the days stands warn or fail, not '"+w.Text+"'", "Invalid expires_within option "+w.Text, "the line is ignored")
			return
		}
		t.ExpiresFail = value(w.Text == "fail", w)
	}
	t.Expires = value(int(days), n.Args[0])
}
