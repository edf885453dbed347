package syntax

import (
	"sort"
	"unicode/utf8"

	"holdfast/conf/diag"
)

// segment says where a stretch of a line's text came from.
type segment struct {
	start int      // offset in the text
	pos   diag.Pos // where the text at start is in its file
	fixed int      // not 0: the whole stretch stands for one reference of so many characters at pos
	deep  int      // definitions that the stretch came through
	home  diag.Pos // where the text at start is written in the definition, if it is there as it is here
	trail *trail
}

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
	n := utf8.RuneCountInString(text)
	if s.fixed == 0 {
		s.pos.Col += n
		s.pos.Off += len(text)
	} else if !s.home.IsZero() {
		s.home.Col += n
		s.home.Off += len(text)
	}
}

// way returns how text[from:to], which begins in segment s, came to be there; its first step is at the text itself if
// that is in a definition as it is here.
func (l *line) way(s *segment, from, to int) *trail {
	if s.home.IsZero() || s.trail == nil {
		return s.trail
	}
	h := *s
	from = max(from, s.start)
	h.skip(l.text[s.start:from])
	return &trail{
		step:  diag.Via{What: s.trail.step.What, At: diag.Span{Pos: h.home, Len: utf8.RuneCountInString(l.text[from:max(from, to)])}},
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
	l        *line
	seg      int
	off, col int // last answer: offset in the text and its column
}

func newLocator(l *line) locator { return locator{l: l, off: 0, col: l.segs[0].pos.Col} }

// seek moves to the segment that holds off.
func (c *locator) seek(off int) *segment {
	segs := c.l.segs
	if off < segs[c.seg].start || off < c.off {
		c.seg, c.off, c.col = 0, 0, segs[0].pos.Col
	}
	for c.seg+1 < len(segs) && segs[c.seg+1].start <= off {
		c.seg++
		c.off, c.col = segs[c.seg].start, segs[c.seg].pos.Col
	}
	return &segs[c.seg]
}

// pos returns the place of offset off.
func (c *locator) pos(off int) (diag.Pos, *segment) {
	s := c.seek(off)
	if s.fixed > 0 {
		return s.pos, s
	}
	c.col += utf8.RuneCountInString(c.l.text[c.off:off])
	c.off = off
	p := s.pos
	p.Col = c.col
	p.Off += off - s.start
	return p, s
}

// span returns the place of text[from:to] and how it came to be there.
func (c *locator) span(from, to int) (diag.Span, []diag.Via) {
	p, s := c.pos(from)
	longest, stop := s, c.stop(c.seg, to)
	end := p.Col
	switch {
	case s.fixed > 0:
		end += s.fixed
	default:
		end += utf8.RuneCountInString(c.l.text[from:stop])
	}
	for i := c.seg + 1; i < len(c.l.segs) && c.l.segs[i].start < to; i++ {
		n := &c.l.segs[i]
		if n.pos.File != p.File || n.pos.Line != p.Line {
			break
		}
		if n.deep > longest.deep {
			longest, stop = n, c.stop(i, to)
		}
		if n.fixed > 0 {
			end = max(end, n.pos.Col+n.fixed)
			continue
		}
		end = max(end, n.pos.Col+utf8.RuneCountInString(c.l.text[n.start:c.stop(i, to)]))
	}
	return diag.Span{Pos: p, Len: end - p.Col}, c.l.way(longest, from, stop).vias()
}

// stop returns where segment i ends, at most to.
func (c *locator) stop(i, to int) int {
	if i+1 < len(c.l.segs) {
		return min(to, c.l.segs[i+1].start)
	}
	return to
}
