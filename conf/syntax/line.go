package syntax

import (
	"unicode/utf8"

	"holdfast/conf/diag"
)

// segment says where a stretch of a line's text came from.
type segment struct {
	start int      // offset in the text
	pos   diag.Pos // where the text at start is in its file
	fixed int      // not 0: the whole stretch stands for one reference of so many characters at pos
	via   []diag.Via
}

// line is one line of input after comments are cut and references expanded. Its segments are in order
// and the first one starts at 0.
type line struct {
	text string
	segs []segment
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
	via := s.via
	end := p.Col
	switch {
	case s.fixed > 0:
		end += s.fixed
	default:
		stop := to
		if c.seg+1 < len(c.l.segs) {
			stop = min(stop, c.l.segs[c.seg+1].start)
		}
		end += utf8.RuneCountInString(c.l.text[from:stop])
	}
	for i := c.seg + 1; i < len(c.l.segs) && c.l.segs[i].start < to; i++ {
		n := &c.l.segs[i]
		if n.pos.File != p.File || n.pos.Line != p.Line {
			break
		}
		if len(n.via) > len(via) {
			via = n.via
		}
		if n.fixed > 0 {
			end = max(end, n.pos.Col+n.fixed)
			continue
		}
		stop := to
		if i+1 < len(c.l.segs) {
			stop = min(stop, c.l.segs[i+1].start)
		}
		end = max(end, n.pos.Col+utf8.RuneCountInString(c.l.text[n.start:stop]))
	}
	return diag.Span{Pos: p, Len: end - p.Col}, via
}
