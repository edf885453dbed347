package conf

import (
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// The functions below make decoders for keywords of global_defs of one kind: at is where the value goes, compat what
// keepalived says of a bad one, with WORD for the word and NAME for the keyword.

// invalidGlobal is what keepalived says of most bad words for on and off.
const invalidGlobal = "Invalid value 'WORD' for global NAME specified"

func globalFlag(at func(*Global) *Value[bool]) wired {
	return wired{0, 0, func(d *decoder, n *syntax.Node) { *at(&d.cfg.Global) = value(true, n.Keyword) }}
}

func globalBool(at func(*Global) *Value[bool], compat string) wired {
	return wired{0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, strings.ReplaceAll(compat, "NAME", n.Keyword.Text)); ok {
			*at(&d.cfg.Global) = v
		}
	}}
}

func globalText(at func(*Global) *Value[string]) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) { *at(&d.cfg.Global) = value(n.Args[0].Text, n.Args[0]) }}
}

// globalWord is globalText whose word may be missing: the value is set and empty then.
func globalWord(at func(*Global) *Value[string]) wired {
	return wired{0, 1, func(d *decoder, n *syntax.Node) {
		w := syntax.Word{At: n.Keyword.At}
		if len(n.Args) > 0 {
			w = n.Args[0]
		}
		*at(&d.cfg.Global) = value(w.Text, w)
	}}
}

// globalOnce is globalText where the first line holds.
func globalOnce(at func(*Global) *Value[string], compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) { d.setOnce(n, at(&d.cfg.Global), n.Args[0], compat) }}
}

// setOnce sets a value to a word unless an earlier line has.
func (d *decoder) setOnce(n *syntax.Node, to *Value[string], w syntax.Word, compat string) bool {
	if to.Set() {
		d.fault(n, w, "duplicate-keyword", n.Keyword.Text+" is given already, at "+to.At.String(),
			strings.ReplaceAll(compat, "WORD", w.Text), "the line is ignored")
		return false
	}
	*to = value(w.Text, w)
	return true
}

func globalUint(at func(*Global) *Value[uint32], lo, hi uint64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, hi, strings.ReplaceAll(compat, "NAME", n.Keyword.Text)); ok {
			*at(&d.cfg.Global) = value(uint32(v), n.Args[0])
		}
	}}
}

func globalInt(at func(*Global) *Value[int], lo, hi int64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.intWord(n, n.Args[0], lo, hi, compat); ok {
			*at(&d.cfg.Global) = value(int(v), n.Args[0])
		}
	}}
}

// globalCount is globalInt for what keepalived reads as a number without a sign.
func globalCount(at func(*Global) *Value[int], lo, hi uint64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, hi, compat); ok {
			*at(&d.cfg.Global) = value(int(v), n.Args[0])
		}
	}}
}

func globalSeconds(at func(*Global) *Value[time.Duration], lo, hi uint64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, hi, compat); ok {
			*at(&d.cfg.Global) = value(wholeSeconds(v), n.Args[0])
		}
	}}
}

func globalMicros(at func(*Global) *Value[time.Duration], lo, hi time.Duration) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.microsWord(n, n.Args[0], lo, hi, n.Keyword.Text+" 'WORD' is invalid"); ok {
			*at(&d.cfg.Global) = value(v, n.Args[0])
		}
	}}
}

// equalFold compares words of ASCII letters.
func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
