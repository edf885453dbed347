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

// matchTime bounds one search of the engine that backtracks.
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
	if !p.utf {
		expr = latin1([]byte(expr))
	}
	fast := p.compileFast(expr, options)
	if fast == nil {
		return p, nil
	}
	slow := p.compileSlow(expr, options)
	if slow == nil {
		return p, nil
	}
	// The first engine's complaint is the better one about plain mistakes, the second's about what only it knows.
	var wrong *syntax.Error
	if errors.As(fast, &wrong) && !slices.Contains([]syntax.ErrorCode{syntax.ErrInvalidPerlOp, syntax.ErrInvalidEscape, syntax.ErrInvalidRepeatOp}, wrong.Code) {
		return nil, fmt.Errorf("pattern: %v: %s", wrong.Code, wrong.Expr)
	}
	return nil, fmt.Errorf("pattern: %w", slow)
}

// Backtracks reports whether a search may take long.
func (p *Pattern) Backtracks() bool { return p.slow != nil }

// WantsEnd reports whether it may depend on where the text ends.
func (p *Pattern) WantsEnd() bool { return p.atEnd }

// compileFast tries Go's engine.
func (p *Pattern) compileFast(expr string, options []string) error {
	flags := syntax.Perl
	for _, o := range options {
		switch o {
		case "caseless":
			flags |= syntax.FoldCase
		case "dotall":
			flags |= syntax.DotNL
		case "multiline":
			flags &^= syntax.OneLine
		case "ungreedy":
			flags |= syntax.NonGreedy
		case "extended", "firstline":
			return errors.New("not an option of this engine")
		}
	}
	tree, err := syntax.Parse(expr, flags)
	if err != nil {
		return err
	}
	p.atEnd = dollars(tree, !slices.Contains(options, "dollar_endonly"))
	if p.first, err = regexp.Compile(tree.String()); err == nil {
		// One character in front shows the pattern that it is not at the beginning. The shortest way to the match is the
		// first match.
		p.later, err = regexp.Compile(`\A(?s:.)((?s:.*?))(?:` + tree.String() + `)`)
	}
	return err
}

// dollars lets $ match in front of a last line feed too, as Perl has it, if wanted, and reports whether the end counts.
func dollars(re *syntax.Regexp, wanted bool) (found bool) {
	for _, sub := range re.Sub {
		found = dollars(sub, wanted) || found
	}
	switch {
	case re.Op == syntax.OpEndLine, re.Op == syntax.OpWordBoundary, re.Op == syntax.OpNoWordBoundary:
		found = true
	case re.Op == syntax.OpEndText:
		found = true
		if wanted && re.Flags&syntax.WasDollar != 0 {
			*re = *beforeLastFeed()
		}
	}
	return found
}

func beforeLastFeed() *syntax.Regexp {
	re, err := syntax.Parse(`\n?\z`, syntax.Perl)
	if err != nil {
		panic(err)
	}
	return re
}

// compileSlow tries the engine that backtracks.
func (p *Pattern) compileSlow(expr string, options []string) error {
	flags := regexp2.None
	for _, o := range options {
		switch o {
		case "caseless":
			flags |= regexp2.IgnoreCase
		case "dotall":
			flags |= regexp2.Singleline
		case "multiline":
			flags |= regexp2.Multiline
		case "extended":
			flags |= regexp2.IgnorePatternWhitespace
		case "firstline":
			return errors.New("the option firstline is not supported")
		case "ungreedy", "dollar_endonly":
			return fmt.Errorf("the option %s goes with simple expressions only", o)
		}
	}
	if strings.Contains(expr, "(?P<") {
		expr = strings.ReplaceAll(expr, "(?P<", "(?<")
	}
	re, err := regexp2.Compile(expr, flags)
	if err != nil {
		return err
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
			return at[0], at[1], nil
		}
		return -1, -1, nil
	}
	_, width := p.lastBefore(text, from)
	if at := p.find(p.later, text[from-width:]); at != nil {
		return from - width + at[3], from - width + at[1], nil
	}
	return -1, -1, nil
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
	at := re.FindStringSubmatchIndex(latin1(text))
	if at == nil {
		return nil
	}
	// A byte from 0x80 on is two in the copy: count the way back.
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
			wide--
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
			runes[i] = rune(b)
		}
	}
	m, err := p.slow.FindRunesMatchStartingAt(runes, from)
	switch {
	case err != nil:
		return -1, -1, ErrTooLong
	case m == nil:
		return -1, -1, nil
	case p.utf:
		begin := len(string(runes[:m.RuneIndex]))
		return begin, begin + len(string(runes[m.RuneIndex:m.RuneIndex+m.RuneLength])), nil
	}
	return m.RuneIndex, m.RuneIndex + m.RuneLength, nil
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// latin1 gives every byte as the character of that number.
func latin1(b []byte) string {
	if ascii(b) {
		return string(b)
	}
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}
