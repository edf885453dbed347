package conf

import (
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// uintWord reads a number from word w of n. compat is keepalived's second line, with WORD for the word as
// written; it may be empty.
func (d *decoder) uintWord(n *syntax.Node, w syntax.Word, lo, hi uint64, compat string) (uint64, bool) {
	v, f := parseUint(w.Text, lo, hi)
	if f == "" {
		return v, true
	}
	d.badNumber(n, w, f, compat)
	return 0, false
}

// intWord is uintWord with a sign.
func (d *decoder) intWord(n *syntax.Node, w syntax.Word, lo, hi int64, compat string) (int64, bool) {
	v, f := parseInt(w.Text, lo, hi)
	if f == "" {
		return v, true
	}
	d.badNumber(n, w, f, compat)
	return 0, false
}

// microsWord reads seconds with decimals. A number that is merely too exact is used, rounded.
func (d *decoder) microsWord(n *syntax.Node, w syntax.Word, lo, hi time.Duration, compat string) (time.Duration, bool) {
	v, f, ok := parseMicros(w.Text, lo, hi)
	switch {
	case f == "":
		return v, true
	case ok:
		d.fault(n, w, "too-exact", f, f, "rounded to microseconds")
		return v, true
	}
	d.badNumber(n, w, f, compat)
	return 0, false
}

func (d *decoder) badNumber(n *syntax.Node, w syntax.Word, f, compat string) {
	compat = strings.ReplaceAll(compat, "WORD", w.Text)
	d.fault(n, w, "bad-number", n.Keyword.Text+": "+strings.ReplaceAll(f, "\n", ", "), lines(f, compat), "the line is ignored")
}

// boolWord reads an optional BOOL; without a word it is true.
func (d *decoder) boolWord(n *syntax.Node, compat string) (Value[bool], bool) {
	if len(n.Args) == 0 {
		return value(true, n.Keyword), true
	}
	w := n.Args[0]
	if v, ok := parseBool(w.Text); ok {
		return value(v, w), true
	}
	summary := n.Keyword.Text + " takes on or off, not '" + w.Text + "'"
	if compat == "" {
		// compat: keepalived steps over it without a word.
		d.tell(n, w, "bad-bool", summary, "", "the line is ignored")
	} else {
		d.fault(n, w, "bad-bool", summary, strings.ReplaceAll(compat, "WORD", w.Text), "the line is ignored")
	}
	return Value[bool]{}, false
}

// wholeSeconds makes a duration of a number of seconds.
func wholeSeconds(v uint64) time.Duration { return time.Duration(v) * time.Second }
