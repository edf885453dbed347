package pattern

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	hex     = regexp.MustCompile(`^x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{0,2}))`)
	octal   = regexp.MustCompile(`^(?:o\{([0-7]+)\}|(0[0-7]{0,2}))`)
	octal3  = regexp.MustCompile(`^[0-7]{1,3}`)
	decimal = regexp.MustCompile(`^[1-9][0-9]*`)
	back    = regexp.MustCompile(`^(?:g\{?(-?\d+)\}?|g\{(\w+)\}|k<(\w+)>|k'(\w+)'|k\{(\w+)\})`)
)

// controls are the letters that stand for one control character.
var controls = map[byte]rune{'a': 7, 'e': 27, 'f': 12, 'n': 10, 'r': 13, 't': 9}

// escape reads what a backslash begins, outside a class.
func (s *speller) escape() error {
	s.at++
	if s.at >= len(s.in) {
		return fmt.Errorf(`\ at the end`)
	}
	switch c := s.in[s.at]; c {
	case 'Q':
		s.at++
		return s.quoted(func(r rune) { s.literal(r) })
	case 'E':
		s.at++
	case 'A', 'z', 'G':
		s.at++
		s.out.WriteString(`\` + string(c))
	case 'Z':
		s.at++
		s.out.WriteString(choose(s.slow, `\Z`, `(?-m:$)`))
	case 'b', 'B':
		s.at++
		return s.boundary(c)
	case 'N':
		s.at++
		s.set(set{{'\n', '\n'}}.without(s.last()))
	case 'R':
		s.at++
		s.out.WriteString(`(?>\r\n|`)
		s.set(s.kind('v'))
		s.out.WriteString(")")
	case 'X':
		s.at++
		s.out.WriteString(choose(s.utf, `\X`, `(?>\r\n|(?s:.))`))
	case 'C':
		if s.utf {
			return fmt.Errorf(`\C is not supported with utf`)
		}
		s.at++
		s.out.WriteString(`(?s:.)`)
	default:
		return s.character()
	}
	return nil
}

// character reads an escape that stands for a character, one of a set, or a group.
func (s *speller) character() error {
	rest := s.in[s.at:]
	if strings.IndexByte("gk", rest[0]) >= 0 {
		m := back.FindStringSubmatch(rest)
		if m == nil {
			return fmt.Errorf(`\%.4s is not supported`, rest)
		}
		s.at += len(m[0])
		to := strings.Join(m[1:], "")
		if n, err := strconv.Atoi(to); err == nil && n < 0 {
			to = strconv.Itoa(max(s.groups+1+n, 0))
		}
		s.back(to)
		return nil
	}
	if d := decimal.FindString(rest); d != "" {
		if n, err := strconv.Atoi(d); err != nil || n < 10 || n <= s.groups || d[0] > '7' {
			s.at += len(d)
			s.back(d)
			return nil
		}
	}
	r, x, err := s.one()
	switch {
	case err != nil:
		return err
	case x != nil:
		s.set(x)
	default:
		s.literal(r)
	}
	return nil
}

// one reads what stands behind a backslash inside a class, and outside where it means the same: a character, or a set.
func (s *speller) one() (rune, set, error) {
	if s.at >= len(s.in) {
		return 0, nil, errEnd
	}
	rest, c := s.in[s.at:], s.in[s.at]
	code := func(re *regexp.Regexp, base int) (rune, set, error) {
		m := re.FindStringSubmatch(rest)
		if m == nil {
			return 0, nil, fmt.Errorf(`\%.3s is not a number`, rest)
		}
		s.at += len(m[0])
		digits := strings.Join(m[1:], "")
		if len(m) == 1 {
			digits = m[0]
		}
		n, err := strconv.ParseUint("0"+digits, base, 32)
		if err != nil || !s.utf && n > 0xff || s.utf && !utf8.ValidRune(rune(n)) {
			return 0, nil, fmt.Errorf(`\%s is no character`, m[0])
		}
		return rune(n), nil, nil
	}
	switch {
	case c == 'x':
		return code(hex, 16)
	case c == 'o', c == '0':
		return code(octal, 8)
	case c >= '1' && c <= '7':
		return code(octal3, 8)
	case c == 'c' && len(rest) > 1 && rest[1] >= ' ' && rest[1] <= '~':
		s.at += 2
		return rune(strings.ToUpper(rest[1:2])[0]) ^ 0x40, nil, nil
	case controls[c] != 0:
		s.at++
		return controls[c], nil, nil
	case c == 'p' || c == 'P':
		x, err := s.property()
		return 0, x, err
	case strings.IndexByte("dDwWsShHvV", c) >= 0:
		s.at++
		if c < 'a' {
			return 0, s.kind(c | 0x20).without(s.last()), nil
		}
		return 0, s.kind(c), nil
	case c < utf8.RuneSelf && (c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'):
		return 0, nil, fmt.Errorf(`\%c is not supported`, c)
	}
	r, err := s.next()
	return r, nil, err
}

// quoted reads up to \E.
func (s *speller) quoted(each func(rune)) error {
	for s.at < len(s.in) && !s.accept(`\E`) {
		r, err := s.next()
		if err != nil {
			return err
		}
		each(r)
	}
	return nil
}

// property reads \p and \P.
func (s *speller) property() (set, error) {
	not := s.in[s.at] == 'P'
	s.at++
	var name string
	if s.accept("{") {
		inner, _, ok := strings.Cut(s.in[s.at:], "}")
		if !ok {
			return nil, errEnd
		}
		s.at += len(inner) + 1
		if strings.HasPrefix(inner, "^") {
			not, inner = !not, inner[1:]
		}
		name = inner
	} else if s.at < len(s.in) {
		name = s.in[s.at : s.at+1]
		s.at++
	}
	x, ok := property(name)
	if !ok {
		return nil, fmt.Errorf("%.20q is not a property", name)
	}
	x = x.upTo(s.last())
	if not {
		x = x.without(s.last())
	}
	return x, nil
}
