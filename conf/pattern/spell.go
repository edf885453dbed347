package pattern

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxSpelt bounds a respelled expression, in bytes: a class such as \pL has hundreds of ranges.
const maxSpelt = 256 << 10

// A speller writes an expression of PCRE2 anew so that both engines read in it what PCRE2 does. Without utf the characters are
// bytes, and those from 0x80 on have no case and are neither letters nor blanks: see private.
type speller struct {
	in   string
	at   int
	out  strings.Builder
	slow bool // for the engine that backtracks
	options

	now    flags
	outer  []flags // of the groups around
	groups int     // capturing groups so far
}

// options are those that hold for the whole expression.
type options struct {
	utf, ucp, dollarEnd, emptyClass, altCircumflex bool
}

// flags may be changed within the expression.
type flags struct {
	caseless, multiline, extended, ungreedy, dotall, plain bool // plain: groups without a name do not capture
}

var errEnd = errors.New("the expression ends too early")

// quantifier is what may stand behind an item; other braces are literal.
var quantifier = regexp.MustCompile(`^(?:[*+?]|\{\d+(?:,\d*)?\})`)

// spell writes expr for one of the engines, which take it without options.
func spell(expr string, names []string, slow bool) (string, error) {
	s := &speller{in: expr, slow: slow}
	if err := s.take(names); err != nil {
		return "", err
	}
	s.out.WriteString(s.now.letters())
	for s.at < len(s.in) {
		if err := s.item(); err != nil {
			return "", err
		}
		if s.out.Len() > maxSpelt {
			return "", errors.New("the expression is too large")
		}
	}
	if len(s.outer) > 0 {
		return "", errors.New("missing )")
	}
	return s.out.String(), nil
}

// take notes the options. Those that it does not name change how PCRE2 works, not what it finds.
func (s *speller) take(names []string) error {
	for _, o := range names {
		switch o {
		case "utf":
			s.utf = true
		case "ucp":
			s.ucp = true
		case "dollar_endonly":
			s.dollarEnd = true
		case "allow_empty_class":
			s.emptyClass = true
		case "alt_circumflex":
			s.altCircumflex = true
		case "caseless":
			s.now.caseless = true
		case "multiline":
			s.now.multiline = true
		case "extended":
			s.now.extended = true
		case "ungreedy":
			s.now.ungreedy = true
		case "dotall":
			s.now.dotall = true
		case "no_auto_capture":
			s.now.plain = true
		case "firstline", "alt_bsux", "match_unset_backref":
			return fmt.Errorf("the option %s is not supported", o)
		}
	}
	return nil
}

// letters gives the flags that the engines are told of.
func (f flags) letters() string {
	switch {
	case f.caseless && f.dotall:
		return "(?is)"
	case f.caseless:
		return "(?i)"
	case f.dotall:
		return "(?s)"
	}
	return ""
}

// item writes the next one.
func (s *speller) item() error {
	switch c := s.in[s.at]; {
	case s.now.extended && strings.IndexByte(" \t\n\v\f\r", c) >= 0:
		s.at++
	case s.now.extended && c == '#':
		s.skip("\n")
	case c == '\\':
		return s.escape()
	case c == '[':
		return s.class()
	case c == '(':
		return s.open()
	case c == ')':
		n := len(s.outer)
		if n == 0 {
			return errors.New("unexpected )")
		}
		s.at++
		s.out.WriteByte(')')
		s.now, s.outer = s.outer[n-1], s.outer[:n-1]
	case c == '^':
		s.at++
		s.caret()
	case c == '$':
		s.at++
		s.dollar()
	case c == '|', c == '.':
		s.at++
		s.out.WriteByte(c)
	default:
		if q := quantifier.FindString(s.in[s.at:]); q != "" {
			s.repeat(q)
			return nil
		}
		r, err := s.next()
		s.literal(r)
		return err
	}
	return nil
}

// skip passes over everything up to the next end.
func (s *speller) skip(end string) {
	_, rest, _ := strings.Cut(s.in[s.at:], end)
	s.at = len(s.in) - len(rest)
}

// caret writes ^, which is not where the text ends with a line feed, unless it may be.
func (s *speller) caret() {
	switch {
	case !s.now.multiline:
		s.out.WriteString(`\A`)
	case s.slow && !s.altCircumflex:
		s.out.WriteString(`(?:(?m:^)(?!(?<=\n)\z))`)
	default:
		s.out.WriteString(`(?m:^)`)
	}
}

func (s *speller) dollar() {
	switch {
	case s.now.multiline:
		s.out.WriteString(`(?m:$)`)
	case s.dollarEnd:
		s.out.WriteString(`\z`)
	default:
		s.out.WriteString(choose(s.slow, `\Z`, `(?-m:$)`)) // the other engine's is mended in the tree
	}
}

// repeat writes a quantifier.
func (s *speller) repeat(q string) {
	s.at += len(q)
	s.out.WriteString(q)
	lazy := s.accept("?")
	if !lazy && s.accept("+") {
		s.out.WriteByte('+')
		return
	}
	if lazy != s.now.ungreedy {
		s.out.WriteByte('?')
	}
}

func (s *speller) accept(word string) bool {
	if !strings.HasPrefix(s.in[s.at:], word) {
		return false
	}
	s.at += len(word)
	return true
}

// next reads a character.
func (s *speller) next() (rune, error) {
	if s.at >= len(s.in) {
		return 0, errEnd
	}
	r, width := rune(s.in[s.at]), 1
	if s.utf {
		if r, width = utf8.DecodeRuneInString(s.in[s.at:]); r == utf8.RuneError && width == 1 {
			return 0, errors.New("the expression is not UTF-8")
		}
	}
	s.at += width
	return r, nil
}

// literal writes a character that stands for itself.
func (s *speller) literal(r rune) { s.out.WriteString(regexp.QuoteMeta(string(s.private(r)))) }

// private gives what stands for a character in what the engines see.
func (s *speller) private(r rune) rune {
	if s.utf {
		return r
	}
	return private(byte(r))
}

// set writes one character of a set, whatever the case.
func (s *speller) set(x set) {
	if len(x) == 0 {
		s.out.WriteString(`[^\x00-\x{10ffff}]`)
		return
	}
	s.out.WriteString("(?-i:[")
	for _, r := range x {
		fmt.Fprintf(&s.out, `\x{%x}-\x{%x}`, s.private(r.lo), s.private(r.hi))
	}
	s.out.WriteString("])")
}

var (
	condition = regexp.MustCompile(`^\(\?\((?:(\d+)|<(\w+)>|'(\w+)')\)`)
	named     = regexp.MustCompile(`^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')`)
	same      = regexp.MustCompile(`^\(\?P=(\w+)\)`)
	inline    = regexp.MustCompile(`^\(\?(\^?[imnsxU]*)(?:-([imnsxU]*))?([:)])`)
	look      = regexp.MustCompile(`^\(\?(?::|=|!|>|<=|<!)`)
)

// open reads what begins with a parenthesis.
func (s *speller) open() error {
	rest := s.in[s.at:]
	match := func(re *regexp.Regexp) []string {
		m := re.FindStringSubmatch(rest)
		if m != nil {
			s.at += len(m[0])
		}
		return m
	}
	if strings.HasPrefix(rest, "(*") {
		return errors.New("verbs such as (*UTF) are not supported")
	}
	if !strings.HasPrefix(rest, "(?") {
		s.at++
		s.push(choose(s.now.plain, "(?:", "("))
		if !s.now.plain {
			s.groups++
		}
		return nil
	}
	if strings.HasPrefix(rest, "(?#") {
		if !strings.Contains(rest, ")") {
			return errEnd
		}
		s.skip(")")
	} else if m := match(look); m != nil {
		s.push(m[0])
	} else if m := match(named); m != nil {
		s.push("(?<" + m[1] + m[2] + ">")
		s.groups++
	} else if m := match(same); m != nil {
		s.back(m[1])
	} else if m := match(condition); m != nil {
		s.push("(?(" + m[1] + m[2] + m[3] + ")")
	} else if m := match(inline); m != nil {
		s.change(m[1], m[2], m[3] == ":")
	} else if strings.HasPrefix(rest, "(?(?=") || strings.HasPrefix(rest, "(?(?!") || strings.HasPrefix(rest, "(?(?<") {
		s.at += 2
		s.push("(?")
	} else {
		return fmt.Errorf("%q is not supported", rest[:min(len(rest), 4)])
	}
	return nil
}

func (s *speller) push(open string) {
	s.outer = append(s.outer, s.now)
	s.out.WriteString(open)
}

// change reads flags, for a group of their own or for the rest of this one.
func (s *speller) change(on, off string, group bool) {
	before := s.now
	if strings.HasPrefix(on, "^") {
		s.now = flags{ungreedy: s.now.ungreedy}
	}
	set := func(letters string, to bool) {
		for _, f := range []struct {
			letter string
			flag   *bool
		}{{"i", &s.now.caseless}, {"m", &s.now.multiline}, {"n", &s.now.plain}, {"s", &s.now.dotall}, {"x", &s.now.extended}, {"U", &s.now.ungreedy}} {
			if strings.Contains(letters, f.letter) {
				*f.flag = to
			}
		}
	}
	set(on, true)
	set(off, false)
	letters := "(?" + choose(s.now.caseless, "i", "") + choose(s.now.dotall, "s", "") +
		choose(s.now.caseless && s.now.dotall, "", "-") + choose(s.now.caseless, "", "i") + choose(s.now.dotall, "", "s")
	if !group {
		s.out.WriteString(letters + ")")
		return
	}
	s.outer = append(s.outer, before)
	s.out.WriteString(letters + ":")
}

// back writes a reference to a group, by number or name.
func (s *speller) back(to string) {
	if _, err := strconv.Atoi(to); err == nil {
		s.out.WriteString(`(?:\` + to + `)`)
		return
	}
	s.out.WriteString(`(?:\k<` + to + `>)`)
}

func choose(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// boundary writes \b or \B.
func (s *speller) boundary(c byte) error {
	switch word := s.kind('w'); {
	case !s.utf && !s.ucp, !s.slow && slices.Equal(word, wordSet):
		s.out.WriteString(`\` + string(c))
	case !s.slow:
		return errors.New("not this engine's words")
	default:
		from, to := `(?<=`, `(?<!`
		behind, ahead := `(?=`, `(?!`
		if c == 'B' {
			behind, ahead = ahead, behind
		}
		s.out.WriteString("(?:" + from)
		s.set(word)
		s.out.WriteString(")" + ahead)
		s.set(word)
		s.out.WriteString(")|" + to)
		s.set(word)
		s.out.WriteString(")" + behind)
		s.set(word)
		s.out.WriteString("))")
	}
	return nil
}
