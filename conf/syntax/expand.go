package syntax

import (
	"strings"

	"holdfast/conf/diag"
)

// expander turns files into lines: it cuts comments, follows includes, keeps conditional lines that
// apply, remembers definitions and puts them where they are referred to, and repeats what shall be repeated.
type expander struct {
	src     Source
	opt     Options
	out     *builder
	defs    map[string]definition
	capture *capture // the definition whose lines are being read
	checks  includeRules
	random  random

	stack []string              // files being read, outermost first
	files map[string]*diag.File // that were read, by name

	work  bounds
	raw   int // the index, plus 1, of the finding about an open quote in the physical line
	told  map[finding]bool
	ended bool // a bound is exceeded: nothing more is read

	whole line // what plain made last
}

func newExpander(src Source, opt Options, out *builder) *expander {
	e := &expander{src: src, opt: opt, out: out, defs: map[string]definition{}, files: map[string]*diag.File{}, told: map[finding]bool{}}
	if opt.CheckIncludes {
		e.checks = allChecks
	}
	out.global = e.global
	return e
}

// physical is one line as it is in its file.
type physical struct {
	text  string
	pos   place // of text[0]
	via   []diag.Via
	trail *trail // the same
}

// at returns the span of text[from:to].
func (p *physical) at(from, to int) diag.Span {
	l := line{text: p.text, segs: []segment{{pos: p.pos}}}
	s, _ := l.span(from, to)
	return s
}

// lines feeds every line of a file.
func (e *expander) lines(f *diag.File, via []diag.Via) {
	content := f.Text()
	web := webReport{}
	var p physical
	var came *trail
	if len(via) > 0 {
		came = &trail{list: via}
	}
	for off := 0; off < len(content) && !e.ended; {
		end, next := lineEnd(content, off)
		p = physical{text: content[off:end], pos: place{f, off}, via: via, trail: came}
		if n := strings.IndexByte(p.text, 0); n >= 0 {
			e.nul(&p, n)
		}
		if len(p.text) >= 1024 {
			e.longLine(&p)
		}
		e.physical(&p, &web)
		off = next
	}
	web.report(e.out.diags)
}

// lineEnd returns where the line at off ends and where the next one starts. CRLF and LF end lines.
func lineEnd(s string, off int) (end, next int) {
	n := strings.IndexByte(s[off:], '\n')
	if n < 0 {
		return len(s), len(s)
	}
	end, next = off+n, off+n+1
	if end > off && s[end-1] == '\r' {
		end--
	}
	return end, next
}

const blanks = " \t\r\v\f"

// physical handles one line of a file.
func (e *expander) physical(p *physical, web *webReport) {
	e.raw = 0
	// compat: a line goes on by its last character, even if that is in a comment.
	trimmed := strings.TrimRight(p.text, blanks)
	goesOn := strings.HasSuffix(trimmed, `\`)
	if goesOn && e.capture != nil {
		p.text = trimmed[:len(trimmed)-1]
	}
	sc := scanLine(p.text)
	if sc.web > 0 {
		web.count(p, sc)
	}
	whole := p.text
	p.text = p.text[:sc.comment]
	from := skipSpace(p.text, 0)
	if sc.openQuote >= 0 {
		e.unterminated(p, from, sc.openQuote)
	}
	if from < len(p.text) && sc.comment < len(whole) {
		e.commentInWord(p, whole, sc.comment)
	}
	switch {
	case e.capture != nil:
		e.captureLine(p, from, goesOn)
	case sc.comment < len(whole) && oddBackslashes(whole):
		p.text = whole
		e.backslashBehind(p, from, sc.comment)
	case from == len(p.text):
	case goesOn && sc.comment == len(whole):
		e.continued(p, from, len(trimmed)-1)
	case !special(p.text[from:]):
		l := e.plain(p, from)
		if sc.openQuote >= 0 {
			e.unmatched(l)
		}
		e.out.add(l)
	default:
		l := e.plain(p, from)
		e.logical(l.cut(0, len(strings.TrimRight(l.text, blanks))))
	}
}

// special reports whether a line may be anything but words and braces.
func special(s string) bool {
	return s[0] == '@' || s[0] == '~' || s[0] == 'i' && strings.HasPrefix(s, "include") || strings.IndexByte(s, '$') >= 0
}

// continued handles a line whose last character is a backslash: a definition goes on below.
// compat: of any other line the backslash is part, and of its last word if that is not quoted.
func (e *expander) continued(p *physical, from, backslash int) {
	e.goingOn(e.plain(p, from), backslash-from, backslash-from)
}

// oddBackslashes reports whether the last character of a line is a backslash that no other one escapes.
func oddBackslashes(s string) bool { return (len(s)-len(strings.TrimRight(s, "\\")))%2 == 1 }

// backslashBehind handles a line with a comment whose last character is a backslash.
// compat: keepalived cuts the comment but for the backslash.
func (e *expander) backslashBehind(p *physical, from, comment int) {
	last := len(p.text) - 1
	if !e.goingOn(e.plain(p, from), comment-from, last-from) {
		e.commentGoesOn(p, last)
	}
}

// goingOn handles a line that has text up to end and a backslash there or further behind, and reports whether it is a
// definition that goes on below.
func (e *expander) goingOn(l *line, end, backslash int) (goesOn bool) {
	bare := l.cut(0, len(strings.TrimRight(l.text[:end], blanks)))
	if bare.text == "" {
		e.logical(l.cut(backslash, backslash+1))
		return false
	}
	if c := e.conditional(bare); c != nil {
		if name := definitionName(c.text); name != "" {
			e.beginCapture(c, name)
			return true
		}
	}
	tail := l.cut(backslash, backslash+1)
	if end < backslash { // a comment lies between: it counts as standing before that
		s := &tail.segs[0]
		*s = l.segs[0]
		s.skip(bare.text)
	}
	bare.join(tail)
	e.logical(bare)
	return false
}

// plain makes a line of p.text[from:]. It holds until the next one is made; parts that are cut from it stay.
func (e *expander) plain(p *physical, from int) *line {
	pos := p.pos
	pos.off += from
	e.whole.text = p.text[from:]
	e.whole.segs = append(e.whole.segs[:0], segment{pos: pos, trail: p.trail})
	return &e.whole
}

// logical handles a line that comments are cut from: as it is in its file, or as an expansion made it.
// compat: what a reference stands for is looked at anew, so it may be an include, a condition, a definition or a
// repetition; but each look takes one condition only.
func (e *expander) logical(l *line) {
	if e.ended || l.text == "" {
		return
	}
	c := e.conditional(l)
	if c == nil || e.repetition(c) || e.define(c) {
		return
	}
	if strings.IndexByte(c.text, '$') < 0 {
		e.emit(c)
		return
	}
	s := e.substitute(c)
	switch {
	case e.ended:
		return
	case s.full:
		e.emit(e.rescan(s.line))
	case s.changed:
		e.logical(e.rescan(s.line))
	default:
		e.undefined(c)
		e.emit(c)
	}
	for _, more := range s.below {
		if !e.made(more, len(more.text)) {
			return
		}
		e.logical(more)
	}
}

// rescan cuts the comment from a line that an expansion made.
// compat: a "#" that came out of a reference begins a comment too, outside quotes.
func (e *expander) rescan(l *line) *line {
	sc := scanLine(l.text)
	if sc.comment < len(l.text) {
		e.expandedComment(l, sc.comment)
	}
	from := skipSpace(l.text[:sc.comment], 0)
	end := max(from, len(strings.TrimRight(l.text[:sc.comment], blanks)))
	out := l.cut(from, end)
	e.openQuote(out, "Unterminated quote '"+out.text+"'")
	return out
}

// emit hands a finished line on.
func (e *expander) emit(l *line) {
	if e.include(l) {
		return
	}
	if strings.IndexByte(l.text, '"') >= 0 {
		e.unmatched(l)
	}
	e.out.add(l)
}

// conditional handles "@id text" and "@^id text": it returns the text, nil if it does not count, and the line itself
// if it has no condition.
func (e *expander) conditional(l *line) *line {
	if l.text == "" || l.text[0] != '@' {
		return l
	}
	i := 1
	negate := i < len(l.text) && l.text[i] == '^'
	if negate {
		i++
	}
	end := i
	for end < len(l.text) {
		if w, _ := space(l.text[end:]); w > 0 {
			break
		}
		end++
	}
	if (l.text[i:end] == e.opt.ConfigID) == negate {
		return nil
	}
	from := skipSpace(l.text, end)
	if from == len(l.text) {
		return nil
	}
	return l.cut(from, len(l.text))
}
