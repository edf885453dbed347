package pattern

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
)

// MaxLength bounds a pattern, in bytes.
const MaxLength = 4096

// matchTime is when a search of the engine that backtracks is given up. Its clock is a coarse one: it may take up to twice as long.
const matchTime = 100 * time.Millisecond

// ErrTooLong is why a search ended without an answer.
var ErrTooLong = errors.New("pattern: the search takes too long")

// Pattern is a compiled expression. It may be used by several goroutines.
type Pattern struct {
	utf   bool
	first *regexp.Regexp // from the beginning of the text; nil: slow does it
	later *regexp.Regexp // from the second character on
	slow  *regexp2.Regexp
	atEnd bool // may want the end of the text
}

// Compile compiles an expression with options of PCRE2 by the names that the configuration has for them.
func Compile(expr string, options []string) (*Pattern, error) {
	if len(expr) > MaxLength {
		return nil, fmt.Errorf("pattern: longer than %d bytes", MaxLength)
	}
	p := &Pattern{utf: slices.Contains(options, "utf")}
	fast := p.compileFast(expr, options)
	if fast == nil {
		return p, nil
	}
	slow := p.compileSlow(expr, options)
	if slow == nil {
		return p, nil
	}
	// The first engine's complaint is the better one about plain mistakes, the second's about what only it knows. What they quote is
	// not the expression as it was written.
	var wrong *syntax.Error
	if errors.As(fast, &wrong) && !slices.Contains([]syntax.ErrorCode{syntax.ErrInvalidPerlOp, syntax.ErrInvalidEscape, syntax.ErrInvalidRepeatOp}, wrong.Code) {
		return nil, fmt.Errorf("pattern: %v", wrong.Code)
	}
	return nil, fmt.Errorf("pattern: %w", slow)
}

// Backtracks reports whether a search may take long.
func (p *Pattern) Backtracks() bool { return p.slow != nil }

// WantsEnd reports whether it may depend on where the text ends.
func (p *Pattern) WantsEnd() bool { return p.atEnd }

// compileFast tries Go's engine.
func (p *Pattern) compileFast(expr string, options []string) error {
	expr, err := spell(expr, options, false)
	if err != nil {
		return err
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return err
	}
	beyond := false
	if p.atEnd, beyond = dollars(tree, true, true); beyond {
		return errors.New("not an engine that looks ahead")
	}
	if p.first, err = regexp.Compile(tree.String()); err == nil {
		// One character in front shows the pattern that it is not at the beginning. The shortest way to the match is the
		// first match.
		p.later, err = regexp.Compile(`\A(?s:.)((?s:.*?))(?:` + tree.String() + `)`)
	}
	return err
}

// dollars lets $ match in front of a last line feed too, as Perl has it. This engine cannot look at the line feed without taking it,
// so it becomes a group, the only kind of group that is left, that the match ends in front of: at the end of the expression that is the same.
// tail says that nothing follows, empty that what follows may be. It reports whether the end of the text counts, and whether
// something is beyond this engine: such a $ within the expression, or a ^ that may be at the end of the text.
func dollars(re *syntax.Regexp, tail, empty bool) (found, beyond bool) {
	for re.Op == syntax.OpCapture {
		*re = *re.Sub[0]
	}
	for i := len(re.Sub) - 1; i >= 0; i-- {
		sub := re.Sub[i]
		last := tail && (re.Op == syntax.OpAlternate || re.Op == syntax.OpConcat && i == len(re.Sub)-1)
		bare := maybeEmpty(sub)
		f, b := dollars(sub, last, empty)
		found, beyond = found || f, beyond || b
		if re.Op == syntax.OpConcat {
			empty = empty && bare
		}
	}
	switch {
	case re.Op == syntax.OpBeginLine:
		beyond = empty
	case re.Op == syntax.OpEndLine, re.Op == syntax.OpWordBoundary, re.Op == syntax.OpNoWordBoundary:
		found = true
	case re.Op == syntax.OpEndText:
		found = true
		if re.Flags&syntax.WasDollar != 0 {
			*re = *beforeLastFeed()
			beyond = !tail
		}
	}
	return found, beyond
}

// maybeEmpty reports whether it matches without taking a character.
func maybeEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune) == 0
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return maybeEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || maybeEmpty(re.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !maybeEmpty(sub) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, maybeEmpty)
	}
	return true
}

func beforeLastFeed() *syntax.Regexp {
	re, err := syntax.Parse(`(\n?\z)`, syntax.Perl)
	if err != nil {
		panic(err)
	}
	return re
}

// compileSlow tries the engine that backtracks.
func (p *Pattern) compileSlow(expr string, options []string) error {
	expr, err := spell(expr, options, true)
	if err != nil {
		return err
	}
	re, err := regexp2.Compile(expr, regexp2.OptionMaintainCaptureOrder())
	if err != nil {
		what, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "error parsing regexp: "), " in `")
		return errors.New(what)
	}
	re.MatchTimeout = matchTime
	p.first, p.later, p.slow, p.atEnd = nil, nil, re, true
	return nil
}

// Find searches text for the first match that begins at from or behind, in bytes, and gives where it begins and ends; -1: there is
// none. ErrTooLong is the only error.
func (p *Pattern) Find(text []byte, from int) (begin, end int, err error) {
	if from > len(text) {
		return -1, -1, nil
	}
	if p.slow != nil {
		return p.findSlow(text, from)
	}
	if from == 0 {
		if at := p.find(p.first, text); at != nil {
			return at[0], matchEnd(at[1], at[2:]), nil
		}
		return -1, -1, nil
	}
	_, width := p.lastBefore(text, from)
	if at := p.find(p.later, text[from-width:]); at != nil {
		return from - width + at[3], from - width + matchEnd(at[1], at[4:]), nil
	}
	return -1, -1, nil
}

// matchEnd gives where a match ends whose groups are those of dollars.
func matchEnd(end int, groups []int) int {
	for i := 0; i < len(groups); i += 2 {
		if groups[i] >= 0 {
			return groups[i]
		}
	}
	return end
}

// lastBefore gives the character that ends at from.
func (p *Pattern) lastBefore(text []byte, from int) (rune, int) {
	if p.utf {
		return utf8.DecodeLastRune(text[:from])
	}
	return rune(text[from-1]), 1
}

// find gives the indices of a match in bytes of text.
func (p *Pattern) find(re *regexp.Regexp, text []byte) []int {
	if p.utf || ascii(text) {
		return re.FindSubmatchIndex(text)
	}
	at := re.FindStringSubmatchIndex(widened(text))
	if at == nil {
		return nil
	}
	// A byte from 0x80 on is three in the copy: count the way back.
	for i := range at {
		at[i] = narrow(text, at[i])
	}
	return at
}

// narrow gives the index in text of the byte that is at wide in its copy.
func narrow(text []byte, wide int) int {
	if wide < 0 {
		return wide
	}
	for i, b := range text {
		if wide <= 0 {
			return i
		}
		wide--
		if b >= utf8.RuneSelf {
			wide -= 2
		}
	}
	return len(text)
}

func (p *Pattern) findSlow(text []byte, from int) (int, int, error) {
	var runes []rune
	if p.utf {
		runes = []rune(string(text))
		from = utf8.RuneCount(text[:from])
	} else {
		runes = make([]rune, len(text))
		for i, b := range text {
			runes[i] = private(b)
		}
	}
	m, err := p.slow.FindRunesMatchStartingAt(runes, from)
	switch {
	case err != nil:
		return -1, -1, ErrTooLong
	case m == nil:
		return -1, -1, nil
	case p.utf:
		begin := width(text, m.RuneIndex)
		return begin, begin + width(text[begin:], m.RuneLength), nil
	}
	return m.RuneIndex, m.RuneIndex + m.RuneLength, nil
}

// width is how many bytes the first characters of text have. One that is no UTF-8 is a character of its own.
func width(text []byte, characters int) (n int) {
	for range characters {
		_, w := utf8.DecodeRune(text[n:])
		n += w
	}
	return n
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// private gives the character that stands for a byte: from 0x80 on one of the private use area, in the same order, because those have
// no case and belong to no class.
func private(b byte) rune {
	if b < utf8.RuneSelf {
		return rune(b)
	}
	return 0xe000 + rune(b)
}

// widened gives the characters that stand for the bytes.
func widened(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(private(c))
	}
	return s.String()
}
