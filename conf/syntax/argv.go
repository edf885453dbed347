package syntax

import "strings"

// Arg is one argument of a script keyword; Raw[From:To] is where it stands, quotes included.
type Arg struct {
	Text     string
	From, To int
	Quoted   bool // begins with a quote
}

// Argv splits a statement as script keywords do: white space separates, " and ' quote, pieces that
// touch join (a"b c"d is one word), and \a \b \E \f \n \r \t \v \nnn \xHH \cC and \C are escapes. Open is the
// offset of a quote that is never closed, else -1.
func Argv(raw string) (args []Arg, open int) {
	open = -1
	for off := skipSpace(raw, 0); off < len(raw); off = skipSpace(raw, off) {
		a := Arg{From: off, Quoted: raw[off] == '"' || raw[off] == '\''}
		var b strings.Builder
		quote := byte(0)
		for off < len(raw) {
			c := raw[off]
			if quote == 0 {
				if w, _ := space(raw[off:]); w > 0 {
					break
				}
			}
			switch {
			case c == '\\' && off+1 < len(raw):
				var s string
				s, off = unescape(raw, off)
				b.WriteString(s)
				continue
			case c == quote:
				quote, open = 0, -1
			case quote == 0 && (c == '"' || c == '\''):
				quote, open = c, off
			default:
				b.WriteByte(c)
			}
			off++
		}
		a.Text, a.To = b.String(), off
		args = append(args, a)
	}
	return args, open
}

// unescape reads the escape at off and returns what it stands for and the offset after it.
func unescape(s string, off int) (string, int) {
	c := s[off+1]
	off += 2
	switch c {
	case 'a':
		return "\a", off
	case 'b':
		return "\b", off
	case 'E':
		return "\x1b", off
	case 'f':
		return "\f", off
	case 'n':
		return "\n", off
	case 'r':
		return "\r", off
	case 't':
		return "\t", off
	case 'v':
		return "\v", off
	case 'x':
		v, n := digits(s[off:], 16, len(s))
		if n == 0 {
			return "x", off
		}
		return string([]byte{byte(v)}), off + n
	case 'c':
		if off < len(s) {
			return string([]byte{s[off] & 0x1f}), off + 1
		}
		return "c", off
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v, n := digits(s[off-1:], 8, 3)
		return string([]byte{byte(v)}), off - 1 + n
	}
	return string([]byte{c}), off
}

// digits reads at most limit digits; the value wraps at 32 bits, of which the caller takes the low eight.
func digits(s string, base uint32, limit int) (v uint32, n int) {
	for n < len(s) && n < limit {
		d := hexValue(s[n])
		if d >= base {
			break
		}
		v = v*base + d
		n++
	}
	return v, n
}

func hexValue(c byte) uint32 {
	switch {
	case c >= '0' && c <= '9':
		return uint32(c - '0')
	case c >= 'a' && c <= 'f':
		return uint32(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return uint32(c-'A') + 10
	}
	return 99
}
