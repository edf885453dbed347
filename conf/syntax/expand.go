package syntax

import (
	"strings"
	"unicode/utf8"

	"holdfast/conf/diag"
)

// definition is one $NAME=VALUE.
type definition struct {
	value string
	at    diag.Span
}

// expander turns files into lines: it cuts comments, follows includes, keeps conditional lines that
// apply, remembers definitions and puts them where they are referred to.
type expander struct {
	src  Source
	opt  Options
	out  *builder
	defs map[string]definition

	stack    []string // files being read, outermost first
	seen     map[string]bool
	read     int // files read so far
	followed int // references followed so far
	grown    int // bytes put in place of references so far

	slab []slabLine
}

// slabLine is a line with room for the one segment that most lines have.
type slabLine struct {
	line line
	seg  [1]segment
}

// Bounds that no honest configuration meets; they keep hostile ones from exhausting us.
const (
	maxIncludeDepth = 32
	maxFiles        = 10_000
	maxExpansion    = 1 << 16 // bytes that one line may grow to
	maxFollowed     = 1 << 20 // references that all lines together may follow
	maxGrowth       = 1 << 24 // bytes that all expansions together may come to
	maxReferences   = 32      // definitions that refer to definitions
)

func newExpander(src Source, opt Options, out *builder) *expander {
	return &expander{src: src, opt: opt, out: out, defs: map[string]definition{}, seen: map[string]bool{}}
}

// physical is one line as it is in its file.
type physical struct {
	text string
	pos  diag.Pos // of text[0]
	via  []diag.Via
}

// at returns the span of text[from:to].
func (p *physical) at(from, to int) diag.Span {
	l := line{text: p.text, segs: []segment{{pos: p.pos}}}
	c := newLocator(&l)
	s, _ := c.span(from, to)
	return s
}

// lines feeds every line of a file's content.
func (e *expander) lines(name, content string, via []diag.Via) {
	pos := diag.Pos{File: name, Line: 1, Col: 1}
	web := webReport{}
	skipping := false // inside a multi-line definition
	var p physical
	for off := 0; off < len(content); {
		end, next := lineEnd(content, off)
		p = physical{text: content[off:end], pos: pos, via: via}
		p.pos.Off = off
		if n := strings.IndexByte(p.text, 0); n >= 0 {
			e.nul(&p, n)
		}
		if end-off >= 1024 {
			e.longLine(&p)
		}
		if skipping {
			t := strings.TrimRight(p.text, " \t\r")
			skipping = strings.HasSuffix(t, `\`) && t != ""
		} else {
			skipping = e.line(&p, &web)
		}
		off = next
		pos.Line++
	}
	web.report(&e.out.diags)
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

// line handles one physical line; it reports whether a multi-line definition begins here.
func (e *expander) line(p *physical, web *webReport) (multi bool) {
	sc := scanLine(p.text)
	if sc.web > 0 {
		web.count(p, sc)
	}
	if sc.openQuote >= 0 {
		e.unmatchedQuote(p, sc.openQuote)
	}
	whole := p.text
	p.text = p.text[:sc.comment]
	from := skipSpace(p.text, 0)
	if from == len(p.text) {
		return false
	}
	if sc.comment < len(whole) {
		e.commentInWord(p, whole, sc.comment)
	}
	if e.include(p, from) {
		return false
	}
	var keep bool
	if from, keep = e.conditional(p, from); !keep {
		return false
	}
	if done, multi := e.define(p, from); done {
		return multi
	}
	if e.repetition(p, from) {
		return false
	}
	if strings.IndexByte(p.text[from:], '$') >= 0 {
		e.out.add(e.expand(p, from))
		return false
	}
	e.out.add(e.plain(p, from))
	return false
}

// plain makes a line of p.text[from:], which has nothing to expand.
func (e *expander) plain(p *physical, from int) *line {
	if len(e.slab) == cap(e.slab) {
		e.slab = make([]slabLine, 0, 128)
	}
	e.slab = e.slab[:len(e.slab)+1]
	s := &e.slab[len(e.slab)-1]
	pos := p.pos
	pos.Col += utf8.RuneCountInString(p.text[:from])
	pos.Off += from
	s.seg[0] = segment{pos: pos, via: p.via}
	s.line = line{text: p.text[from:], segs: s.seg[:]}
	return &s.line
}

// conditional handles "@id text" and "@^id text": it returns where the text starts and whether it counts.
func (e *expander) conditional(p *physical, from int) (int, bool) {
	for p.text[from] == '@' {
		i := from + 1
		negate := i < len(p.text) && p.text[i] == '^'
		if negate {
			i++
		}
		end := i
		for end < len(p.text) {
			if w, _ := space(p.text[end:]); w > 0 {
				break
			}
			end++
		}
		if (p.text[i:end] == e.opt.ConfigID) == negate {
			return from, false
		}
		from = skipSpace(p.text, end)
		if from == len(p.text) {
			return from, false
		}
	}
	return from, true
}

// repetition names the constructs of the language that are not expanded yet.
func (e *expander) repetition(p *physical, from int) bool {
	i := strings.Index(p.text[from:], "~SEQ")
	if i < 0 {
		i = strings.Index(p.text[from:], "~LST")
	}
	if i < 0 || strings.Count(p.text[:from+i], `"`)%2 == 1 {
		return false
	}
	e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "not-expanded-yet",
		At: p.at(from+i, from+i+4), Via: p.via,
		Summary: p.text[from+i:from+i+4] + " is not expanded yet",
		Effect:  "the line is ignored", Suggest: "write the repeated lines out",
	})
	return true
}
