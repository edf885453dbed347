package syntax

import (
	"strings"
)

// mark is what the scanner found at one place of a line.
type mark uint8

const (
	markEnd   mark = iota
	markWord       // a word
	markOpen       // {
	markClose      // }
)

// scanner cuts a line into words and braces.
type scanner struct {
	l    *line
	loc  locator
	off  int
	open bool // a quote that is never closed ended the line
}

func newScanner(l *line) *scanner { return &scanner{l: l, loc: newLocator(l)} }

// next returns the next mark; for a word and for braces w tells text and place. from and to are its
// offsets in the line, quotes included.
func (s *scanner) next() (m mark, w Word, from, to int) {
	text := s.l.text
	s.off = skipSpace(text, s.off)
	if s.off >= len(text) {
		return markEnd, Word{}, s.off, s.off
	}
	from = s.off
	switch text[from] {
	case '{', '}':
		s.off++
		m = markOpen
		if text[from] == '}' {
			m = markClose
		}
		w.Text = text[from:s.off]
	case '"':
		m = markWord
		w.Text, s.off = quoted(text, from)
		if s.off < 0 { // compat: the word is none
			s.off, s.open = len(text), true
			return markEnd, Word{}, s.off, s.off
		}
		w.Quoted = true
	default:
		m = markWord
		s.off = plainEnd(text, from)
		w.Text = unescapeComment(text[from:s.off])
	}
	w.At, w.came = s.loc.locate(from, s.off)
	w.came.vias()
	return m, w, from, s.off
}

// quoted returns the text between the quote at off and the next one, and the offset after that, -1 if nobody closes
// it.
func quoted(text string, off int) (string, int) {
	rest := text[off+1:]
	end := strings.IndexByte(rest, '"')
	if end < 0 {
		return "", -1
	}
	return rest[:end], off + 1 + end + 1
}

// plainEnd returns where the unquoted word at off ends: at white space, a quote or a brace. The braces of
// an unexpanded ${NAME} belong to the word.
func plainEnd(text string, off int) int {
	for off < len(text) {
		switch c := text[off]; {
		case c == '"' || c == '{' || c == '}':
			return off
		case c == '\\' && off+1 < len(text) && isCommentByte(text[off+1]):
			off += 2
			continue
		case c == '$' && off+1 < len(text) && text[off+1] == '{':
			if n := strings.IndexAny(text[off+2:], "} \t\"{"); n >= 0 && text[off+2+n] == '}' {
				off += 2 + n + 1
				continue
			}
		}
		if w, _ := space(text[off:]); w > 0 {
			return off
		}
		off++
	}
	return off
}

func isCommentByte(c byte) bool { return c == '#' || c == '!' }

// unescapeComment turns \# and \! into the bare character.
func unescapeComment(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return strings.NewReplacer(`\#`, "#", `\!`, "!").Replace(s)
}

// scan finds, in one pass over a physical line, where its comment begins (len(s) when there is none),
// whether a quote is left open (its offset, else -1), and the white space that web pages leave behind.
type scan struct {
	comment   int
	openQuote int
	web       int // how many
	firstWeb  int // offset of the first
}

func scanLine(s string) scan {
	r := scan{comment: len(s), openQuote: -1, firstWeb: -1}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			if r.openQuote >= 0 {
				r.openQuote = -1
			} else {
				r.openQuote = i
			}
		case r.openQuote >= 0:
		case c == '\\' && i+1 < len(s) && isCommentByte(s[i+1]):
			i++
		case isCommentByte(c):
			r.comment = i
			return r
		case c >= 0xc2:
			if w, web := webSpace(s[i:]); web {
				if r.web == 0 {
					r.firstWeb = i
				}
				r.web++
				i += w - 1
			}
		}
	}
	return r
}
