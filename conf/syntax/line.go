package syntax

import (
	"sort"
	"unicode/utf8"

	"holdfast/conf/diag"
)

// segment says where a stretch of a line's text came from.
type segment struct {
	start int   // offset in the text
	pos   place // where the text at start is in its file
	fixed int   // not 0: the whole stretch stands for one reference of so many characters at pos
	deep  int   // definitions that the stretch came through
	home  place // where the text at start is written in the definition, if it is there as it is here
	trail *trail
}

// place is where a text begins.
type place struct {
	file *diag.File
	off  int // in bytes
}

// begin returns where a span begins.
func begin(s diag.Span) place { return place{s.Source(), s.Off()} }

// span returns the n characters from there.
func (p place) span(n int) diag.Span { return p.file.Span(p.off, n) }

// trail is how a stretch of text came to be where it is, innermost step first. It is shared, and made a list of only
// for words that somebody looks at.
type trail struct {
	step  diag.Via
	outer *trail
	list  []diag.Via
}

// vias returns the steps; the list is shared and must not be written to.
func (t *trail) vias() []diag.Via {
	if t == nil {
		return nil
	}
	if t.list == nil {
		outer := t.outer.vias()
		t.list = append(append(make([]diag.Via, 0, 1+len(outer)), t.step), outer...)
	}
	return t.list
}

// line is one line of input after comments are cut and references expanded. Its segments are in order
// and the first one starts at 0.
type line struct {
	text string
	segs []segment
}

// skip takes text away from the start of a segment.
func (s *segment) skip(text string) {
	if s.fixed == 0 {
		s.pos.off += len(text)
	} else if s.home.file != nil {
		s.home.off += len(text)
	}
}

// way returns how text[from:to], which begins in segment s, came to be there; its first step is at the text itself if
// that is in a definition as it is here.
func (l *line) way(s *segment, from, to int) *trail {
	if s.home.file == nil || s.trail == nil {
		return s.trail
	}
	h := *s
	from = max(from, s.start)
	h.skip(l.text[s.start:from])
	return &trail{
		step:  diag.Via{What: s.trail.step.What, At: h.home.span(utf8.RuneCountInString(l.text[from:max(from, to)]))},
		outer: s.trail.outer,
	}
}

// at returns the segment that holds off.
func (l *line) at(off int) *segment {
	i := sort.Search(len(l.segs), func(i int) bool { return l.segs[i].start > off })
	return &l.segs[max(i-1, 0)]
}

// endOf returns where the segment that holds off ends.
func (l *line) endOf(off int) int {
	i := sort.Search(len(l.segs), func(i int) bool { return l.segs[i].start > off })
	if i < len(l.segs) {
		return l.segs[i].start
	}
	return len(l.text)
}

// span returns the place of text[from:to] and how it came to be there.
func (l *line) span(from, to int) (diag.Span, []diag.Via) {
	c := newLocator(l)
	return c.span(from, to)
}

// cut returns text[from:to] as a line of its own.
func (l *line) cut(from, to int) *line {
	out := &line{text: l.text[from:to]}
	i := sort.Search(len(l.segs), func(i int) bool { return l.segs[i].start > from })
	i = max(i-1, 0)
	first := l.segs[i]
	if from > first.start {
		first.skip(l.text[first.start:from])
	}
	first.start = 0
	end := i + 1
	for end < len(l.segs) && l.segs[end].start < to {
		end++
	}
	out.segs = make([]segment, 1, end-i)
	out.segs[0] = first
	for _, s := range l.segs[i+1 : end] {
		s.start -= from
		out.segs = append(out.segs, s)
	}
	return out
}

// join appends r to l's text; l must not be shared.
func (l *line) join(r *line) {
	if r.text == "" {
		return
	}
	if l.text == "" {
		l.segs = l.segs[:0]
	}
	for _, s := range r.segs {
		s.start += len(l.text)
		l.segs = append(l.segs, s)
	}
	l.text += r.text
}

// locator answers where offsets of a line are; fastest when asked in ascending order.
type locator struct {
	l   *line
	seg int // that of the last answer
}

func newLocator(l *line) locator { return locator{l: l} }

// seek moves to the segment that holds off.
func (c *locator) seek(off int) *segment {
	segs := c.l.segs
	if off < segs[c.seg].start {
		c.seg = 0
	}
	for c.seg+1 < len(segs) && segs[c.seg+1].start <= off {
		c.seg++
	}
	return &segs[c.seg]
}

// span returns the place of text[from:to] and how it came to be there.
func (c *locator) span(from, to int) (diag.Span, []diag.Via) {
	at, came := c.locate(from, to)
	return at, came.vias()
}

// locate is span with the way as it is kept.
func (c *locator) locate(from, to int) (diag.Span, *trail) {
	s := c.seek(from)
	p, n, stop := s.pos, s.fixed, c.stop(c.seg, to)
	if s.fixed == 0 {
		p.off += from - s.start
		n = utf8.RuneCountInString(c.l.text[from:stop])
	}
	if stop < to {
		return c.across(p, n, from, to)
	}
	return p.span(n), c.l.way(s, from, stop)
}

// across is locate for what several segments make: it begins at p, with n characters of the first one.
func (c *locator) across(p place, n, from, to int) (diag.Span, *trail) {
	longest, stop := &c.l.segs[c.seg], c.stop(c.seg, to)
	first := p.file.Pos(p.off)
	end := first.Col + n
	for i := c.seg + 1; i < len(c.l.segs) && c.l.segs[i].start < to; i++ {
		s := &c.l.segs[i]
		at := s.pos.file.Pos(s.pos.off)
		if s.pos.file != p.file || at.Line != first.Line {
			break
		}
		if s.deep > longest.deep {
			longest, stop = s, c.stop(i, to)
		}
		if s.fixed > 0 {
			end = max(end, at.Col+s.fixed)
			continue
		}
		end = max(end, at.Col+utf8.RuneCountInString(c.l.text[s.start:c.stop(i, to)]))
	}
	return p.span(end - first.Col), c.l.way(longest, from, stop)
}

// stop returns where segment i ends, at most to.
func (c *locator) stop(i, to int) int {
	if i+1 < len(c.l.segs) {
		return min(to, c.l.segs[i+1].start)
	}
	return to
}
