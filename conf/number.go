package conf

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// The number readers return keepalived's own words for what is wrong, "" when nothing is.

// parseUint reads a decimal number between lo and hi.
func parseUint(s string, lo, hi uint64) (v uint64, fault string) {
	t := zeroIfEmpty(strings.TrimPrefix(s, "+"), s)
	if strings.HasPrefix(s, "-") && allDigits(s[1:]) {
		return 0, "negative number '" + s + "'"
	}
	if !allDigits(t) {
		return 0, "invalid number '" + s + "'"
	}
	v, err := strconv.ParseUint(t, 10, 64)
	switch {
	case err != nil || v > 1<<32-1:
		return 0, "number '" + s + "' outside unsigned integer range"
	case v < lo || v > hi:
		return v, fmt.Sprintf("number '%s' outside range [%d, %d]", s, lo, hi)
	}
	return v, ""
}

// parseInt reads a decimal number between lo and hi with an optional sign.
func parseInt(s string, lo, hi int64) (v int64, fault string) {
	t := zeroIfEmpty(strings.TrimPrefix(s, "+"), s)
	if !allDigits(strings.TrimPrefix(t, "-")) || strings.HasPrefix(s, "+-") {
		return 0, "invalid number '" + s + "'"
	}
	v, err := strconv.ParseInt(t, 10, 64)
	switch {
	case err != nil || v > 1<<31-1 || v < -1<<31:
		return 0, "number '" + s + "' outside integer range"
	case v < lo || v > hi:
		return v, fmt.Sprintf("number '%s' outside range [%d, %d]", s, lo, hi)
	}
	return v, ""
}

// zeroIfEmpty is t, but 0 if the whole word is empty.
//
// compat: keepalived reads "" as 0.
func zeroIfEmpty(t, word string) string {
	if word == "" {
		return "0"
	}
	return t
}

func allDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseMicros reads seconds with up to six decimals; more are rounded, half up, and found fault with. ok says
// that v can be used all the same.
func parseMicros(s string, lo, hi time.Duration) (v time.Duration, fault string, ok bool) {
	if strings.HasPrefix(s, "-") {
		return 0, "negative number '" + s + "'", false
	}
	v, exact, valid := micros(zeroIfEmpty(strings.TrimPrefix(s, "+"), s))
	if !valid {
		return 0, "invalid number '" + s + "'", false
	}
	if !exact {
		fault = tooExact(s)
	}
	switch {
	case v == overflow:
		return v, lines(fault, "number '"+s+"' outside unsigned decimal range"), false
	case v < lo || v > hi:
		top := seconds6(hi)
		if hi == longest {
			top = endlessText
		}
		return v, lines(fault, "number '"+s+"' outside range ["+seconds6(lo)+", "+top+"]"), false
	}
	return v, fault, true
}

func tooExact(s string) string { return "number '" + s + "' has too many decimal places" }

// Times are counted by keepalived in microseconds, of 64 bits and without a sign where they may be long. Some 292 years is
// what a time.Duration can hold; what is between that and keepalived's limit is taken for it.
const (
	longest     = (1<<63 - 1) / 1000 * time.Microsecond
	endlessText = "18446744073709.551614"
	// tooLong is one more than keepalived's limit, overflow what it cannot count at all.
	tooLong, overflow = longest + 1, longest + 2
)

// micros reads DIGITS[.DIGITS].
func micros(s string) (v time.Duration, exact, valid bool) {
	whole, frac, _ := strings.Cut(s, ".")
	if whole == "" && frac == "" || whole != "" && !allDigits(whole) || frac != "" && !allDigits(frac) {
		return 0, false, false
	}
	exact = len(frac) <= 6
	const million = 1_000_000
	n, err := strconv.ParseUint("0"+whole, 10, 64)
	switch us, _ := strconv.ParseUint((frac + "000000")[:6], 10, 64); {
	case err != nil || n > math.MaxUint64/million || us > math.MaxUint64-n*million:
		return overflow, exact, true
	case n*million+us == math.MaxUint64:
		return tooLong, exact, true
	case n > uint64(longest/time.Second)-1:
		return longest, exact, true
	}
	v = time.Duration(n) * time.Second
	scale := 100 * time.Millisecond
	for i := range min(len(frac), 6) {
		v += time.Duration(frac[i]-'0') * scale
		scale /= 10
	}
	if !exact && frac[6] >= '5' {
		v += time.Microsecond
	}
	return v, exact, true
}

func seconds6(d time.Duration) string {
	return fmt.Sprintf("%d.%06d", d/time.Second, d%time.Second/time.Microsecond)
}

// parseBool reads on, off, true, false, yes or no.
func parseBool(s string) (v, ok bool) {
	switch s {
	case "on", "true", "yes":
		return true, true
	case "off", "false", "no":
		return false, true
	}
	return false, false
}

// value makes a Value that points at a word.
func value[T any](v T, w syntax.Word) Value[T] { return Value[T]{V: v, At: w.At} }

// lines joins keepalived's lines, leaving out empty ones.
func lines(s ...string) string {
	var out []string
	for _, l := range s {
		if l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// parseUint64 reads a decimal number of up to 64 bits.
func parseUint64(s string) (v uint64, fault string) {
	t := strings.TrimPrefix(s, "+")
	switch {
	case strings.HasPrefix(s, "-") && allDigits(s[1:]):
		return 0, "negative number '" + s + "'"
	case !allDigits(t):
		return 0, "invalid number '" + s + "'"
	}
	v, err := strconv.ParseUint(t, 10, 64)
	if err != nil {
		return 0, "number '" + s + "' outside unsigned 64 bit range"
	}
	return v, ""
}
