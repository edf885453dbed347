package conf

import (
	"errors"
	"fmt"
	"math"
	"strconv"
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
//
// compat: to characters behind a number keepalived adds its second line only if what it counts is out of range. It goes on with
// that, microseconds instead of seconds; we do not.
func (d *decoder) microsWord(n *syntax.Node, w syntax.Word, lo, hi time.Duration, compat string) (time.Duration, bool) {
	v, f, ok := parseMicros(w.Text, lo, hi)
	switch {
	case f == "":
		return v, true
	case ok:
		d.fault(n, w, "too-exact", f, f, "rounded to microseconds")
		return v, true
	case strings.HasPrefix(f, "invalid ") && v >= lo && v <= hi:
		compat = ""
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

// parseDecimal reads a number with up to so many decimals, counted in units of the last one; bounds are in the same
// units, or in whole numbers printed with a bare point. More decimals are rounded, half up, and found fault with.
func parseDecimal(s string, lo, hi uint64, places int, bare bool) (v uint64, fault string, ok bool) {
	scale := uint64(1)
	for range places {
		scale *= 10
	}
	show := func(v uint64) string {
		if bare {
			return strconv.FormatUint(v, 10) + "."
		}
		return fmt.Sprintf("%d.%0*d", v/scale, places, v%scale)
	}
	t := s
	if places == 0 {
		t = strings.TrimLeft(s, blanks)
	}
	if strings.HasPrefix(t, "-") {
		return 0, "negative number '" + t + "'", false
	}
	v, exact, valid := decimal(s, places)
	switch {
	case errors.Is(valid, strconv.ErrRange):
		return 0, "number '" + s + "' outside unsigned decimal range", false
	case valid != nil:
		return 0, "invalid number '" + s + "'", false
	case v < lo || v > hi:
		f := "number '" + s + "' outside range [" + show(lo) + ", " + show(hi) + "]"
		if !exact {
			f = tooExact(s) + "\n" + f
		}
		return v, f, false
	case !exact:
		return v, tooExact(s), true
	}
	return v, "", true
}

// decimal reads DIGITS[.DIGITS] in units of the last of so many decimals. strconv.ErrRange: that is more than 64 bits hold.
func decimal(s string, places int) (v uint64, exact bool, err error) {
	if places == 0 && !strings.Contains(s, ".") {
		v, f := parseUint64(s)
		switch {
		case strings.HasPrefix(f, "invalid "):
			return v, true, strconv.ErrSyntax
		case f != "":
			return v, true, strconv.ErrRange
		}
		return v, true, nil
	}
	whole, frac, rest, exact, up := splitDecimal(s, places)
	if rest != "" {
		if strings.HasPrefix(rest, "-") && whole == "" && !strings.Contains(s, "+") {
			return math.MaxUint64, exact, nil // compat: a minus behind white space wraps round
		}
		return 0, exact, strconv.ErrSyntax
	}
	v, err = strconv.ParseUint("0"+whole+(frac + strings.Repeat("0", places))[:places], 10, 64)
	if err == nil && up {
		v++
	}
	return v, exact, err
}

// orMissing makes w step over a line without its word, as keepalived does with these words.
func orMissing(compat string, w wired) wired {
	return wired{0, w.max, func(d *decoder, n *syntax.Node) {
		if len(n.Args) < w.min {
			d.fault(n, n.Keyword, "missing-argument", n.Keyword.Text+" needs "+plural(w.min, "argument"), compat, "the line is ignored")
			return
		}
		w.set(d, n)
	}}
}

// alone is orMissing for a keyword that has one word and no more.
func alone(compat string, w wired) wired {
	w = orMissing(compat, w)
	return wired{0, -1, func(d *decoder, n *syntax.Node) {
		if len(n.Args) > 1 {
			d.fault(n, n.Args[1], "extra-words", n.Keyword.Text+" takes one word", compat, "the line is ignored")
			return
		}
		w.set(d, n)
	}}
}
