package conf

import (
	"encoding/hex"
	"strconv"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// hmacSetters decode the keywords of auth_hmac, which came with 2.4.0.
var hmacSetters = map[string]wired{
	"key": {2, -1, (*decoder).setHMACKey},
	"active_key": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 1, 255, "("+d.inst.Name+") auth_hmac active_key 'WORD' invalid"); ok {
			d.inst.HMAC.ActiveKey = value(uint8(v), n.Args[0])
		}
	}},
	"anti_replay": {1, 1, func(d *decoder, n *syntax.Node) {
		chooseHMAC(d, n, &d.inst.HMAC.Replay, ReplayTime, ReplayMonotonic)
	}},
	"time_window": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 1, 300, "("+d.inst.Name+") auth_hmac time_window 'WORD' invalid"); ok {
			d.inst.HMAC.Window = value(wholeSeconds(v), n.Args[0])
		}
	}},
	"mode": {1, 1, func(d *decoder, n *syntax.Node) {
		chooseHMAC(d, n, &d.inst.HMAC.Mode, HMACEnforce, HMACPermissive, HMACReceiveOnly)
	}},
}

// setHMAC decodes an auth_hmac block; a second one adds to the first.
func (d *decoder) setHMAC(n *syntax.Node) {
	if d.inst.HMAC == nil {
		d.inst.HMAC = &HMAC{At: n.Keyword.At}
	}
	d.walk(n.Block, blockHMAC)
}

// chooseHMAC reads one of the words that choices print as.
func chooseHMAC[T interface {
	comparable
	String() string
}](d *decoder, n *syntax.Node, to *Value[T], choices ...T) {
	w := n.Args[0]
	words := make([]string, len(choices))
	for i, c := range choices {
		if words[i] = c.String(); words[i] == w.Text {
			*to = value(c, w)
			return
		}
	}
	dg := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-option",
		Summary: n.Keyword.Text + " is " + strings.Join(words, " or ") + ", not '" + w.Text + "'",
		Compat:  "(" + d.inst.Name + ") auth_hmac unknown " + n.Keyword.Text + " '" + w.Text + "'",
		Effect:  "the line is ignored",
	}
	if near := diag.Nearest(w.Text, words); near != "" {
		dg.Suggest = "did you mean " + near + "?"
	}
	d.report(n, w, dg)
}

// The sizes of a secret in bytes.
const (
	minSecret = 32
	maxSecret = 64
)

// setHMACKey decodes key ID hex:HEX, key ID file:PATH or key ID TEXT. Hexadecimal digits may stand in several words.
func (d *decoder) setHMACKey(n *syntax.Node) {
	k := HMACKey{At: n.Args[0].At}
	id, ok := d.uintWord(n, n.Args[0], 1, 255, "("+d.inst.Name+") auth_hmac key id 'WORD' invalid")
	if !ok {
		return
	}
	k.ID = value(uint8(id), n.Args[0])
	for _, have := range d.inst.HMAC.Keys {
		if have.ID.V == k.ID.V {
			d.fault(n, n.Args[0], "duplicate-keyword", "key "+n.Args[0].Text+" is given already, at "+have.At.String(),
				"("+d.inst.Name+") auth_hmac key "+n.Args[0].Text+" already specified", "the line is ignored")
			return
		}
	}
	w := n.Args[1]
	if path, isFile := strings.CutPrefix(w.Text, "file:"); isFile {
		k.File = value(path, w)
	} else if k.Secret, ok = d.secret(n); !ok {
		return
	}
	d.inst.HMAC.Keys = append(d.inst.HMAC.Keys, k)
}

// secret reads the secret of a "key" line.
func (d *decoder) secret(n *syntax.Node) (Value[string], bool) {
	w := n.Args[1]
	text := w.Text
	if digits, isHex := strings.CutPrefix(text, "hex:"); isHex {
		for _, more := range n.Args[2:] {
			digits += more.Text
		}
		raw, err := hex.DecodeString(digits)
		if err != nil {
			d.fault(n, w, "bad-key", "a key in hexadecimal is an even number of the digits 0-9 and a-f",
				"("+d.inst.Name+") auth_hmac key "+n.Args[0].Text+" invalid hex", "the line is ignored")
			return Value[string]{}, false
		}
		text = string(raw)
	} else if len(n.Args) > 2 {
		d.extra(n, 2)
	}
	if len(text) < minSecret || len(text) > maxSecret {
		d.fault(n, w, "bad-key", "a key has 32 to 64 bytes, not "+strconv.Itoa(len(text)),
			"("+d.inst.Name+") auth_hmac key "+n.Args[0].Text+" must be 32 to 64 bytes", "the line is ignored")
		return Value[string]{}, false
	}
	return value(text, w), true
}
