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
	v, fault = unsigned(s, 1<<32-1, "unsigned integer range")
	if fault == "" && (v < lo || v > hi) {
		fault = fmt.Sprintf("number '%s' outside range [%d, %d]", s, lo, hi)
	}
	return v, fault
}

// parseUint64 reads a decimal number of up to 64 bits.
func parseUint64(s string) (v uint64, fault string) {
	return unsigned(s, math.MaxUint64, "unsigned 64 bit range")
}

// unsigned reads a number without a sign up to top.
//
// compat: white space in front counts for nothing, and nothing counts as 0; a minus is found fault with before the digits.
func unsigned(s string, top uint64, rangeName string) (v uint64, fault string) {
	t := strings.TrimLeft(s, blanks)
	switch {
	case t == "":
		return 0, ""
	case t[0] == '-':
		return 0, "negative number '" + s + "'"
	case !allDigits(strings.TrimPrefix(t, "+")):
		return 0, "invalid number '" + s + "'"
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(t, "+"), 10, 64)
	if err != nil || v > top {
		return 0, "number '" + s + "' outside " + rangeName
	}
	return v, ""
}

// blanks are what C's isspace takes for white space.
const blanks = " \t\n\v\f\r"

// parseInt reads a decimal number between lo and hi with an optional sign.
func parseInt(s string, lo, hi int64) (v int64, fault string) {
	t := zeroIfEmpty(strings.TrimLeft(s, blanks), s)
	if !allDigits(trimSign(t)) {
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
// that v can be used all the same. Of what has other characters behind it v is what keepalived counts.
func parseMicros(s string, lo, hi time.Duration) (v time.Duration, fault string, ok bool) {
	if strings.HasPrefix(s, "-") {
		return 0, "negative number '" + s + "'", false
	}
	v, exact, valid := micros(s)
	if !valid {
		return v, "invalid number '" + s + "'", false
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

// splitDecimal takes a number apart: DIGITS[.DIGITS] with up to so many decimals, and what is behind it. More decimals, or
// anything behind as many as may be, make it inexact; up says that it is to be rounded up.
//
// compat: either half may lack its digits, also both; white space in front counts for nothing.
func splitDecimal(s string, places int) (whole, frac, rest string, exact, up bool) {
	whole, rest = digits(strings.TrimPrefix(strings.TrimLeft(s, blanks), "+"))
	if !strings.HasPrefix(rest, ".") {
		return whole, "", rest, true, false
	}
	frac, rest = digits(rest[1:])
	if len(frac)+len(rest) > places && len(frac) >= places {
		up = len(frac) > places && frac[places] >= '5'
		return whole, frac[:places], "", false, up
	}
	return whole, frac, rest, true, false
}

// digits splits s behind the digits that it begins with.
func digits(s string) (number, rest string) {
	rest = strings.TrimLeft(s, "0123456789")
	return s[:len(s)-len(rest)], rest
}

// micros reads DIGITS[.DIGITS]. compat: of a number with other characters behind it the digits, without the point, count as
// microseconds.
func micros(s string) (v time.Duration, exact, valid bool) {
	whole, frac, rest, exact, up := splitDecimal(s, 6)
	switch {
	case strings.HasPrefix(rest, "-") && whole == "" && !strings.Contains(s, "+"):
		return tooLong, true, true // compat: a minus behind white space wraps round
	case rest != "":
		n, err := strconv.ParseUint("0"+whole+frac, 10, 64)
		return fromMicros(n, err != nil), true, false
	}
	const million = 1_000_000
	n, err := strconv.ParseUint("0"+whole, 10, 64)
	us, _ := strconv.ParseUint((frac + "000000")[:6], 10, 64)
	if err != nil || n > math.MaxUint64/million || us > math.MaxUint64-n*million {
		return overflow, exact, true
	}
	n = n*million + us
	if up && n < math.MaxUint64 {
		n++
	}
	return fromMicros(n, false), exact, true
}

// fromMicros makes a duration of what keepalived counts in 64 bits.
func fromMicros(n uint64, tooMany bool) time.Duration {
	switch {
	case tooMany:
		return overflow
	case n == math.MaxUint64:
		return tooLong
	case n > uint64(longest/time.Microsecond):
		return longest
	}
	return time.Duration(n) * time.Microsecond
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
