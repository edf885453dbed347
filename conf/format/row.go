package format

import "strings"

// kind is what a row is.
type kind uint8

const (
	blank     kind = iota
	note           // nothing but a comment
	statement      // keywords and braces
	kept           // whatever must keep its text: definitions, repetitions, odd lines
	body           // a further line of a definition
)

// row is one line of the file.
type row struct {
	text string // without its end
	line int
	off  int // of text in the file
	kind kind

	exact   bool      // printed byte for byte
	cond    condition // who reads the row
	pieces  []piece   // of a statement, behind the condition
	comment string    // at the end of a statement
	touches bool      // the comment touches the word before it
	inert   bool      // may be taken apart and joined: nothing in it can expand to braces, quotes or lines

	braces []brace // what the row opens and closes
	inner  int     // body: levels inside its definition
	depth  int     // blocks open at its beginning
	placed bool    // depth is known
}

// condition is an "@id" or "@^id" at the beginning of a row.
type condition struct {
	text   string // as it is written; empty: everybody reads the row
	id     string
	negate bool
}

// class is a kind of reader: the one with configuration id id, or, if others is set, all but those that are named.
type class struct {
	id     string
	others bool
	named  []string
}

// reads reports whether readers of class k read the row.
func (r *row) reads(k class) bool {
	if r.cond.text == "" {
		return true
	}
	return (!k.others && k.id == r.cond.id) != r.cond.negate
}

// indent is how many bytes of white space the row begins with.
func (r *row) indent() int { return skipBlank(r.text, 0) }

// brace opens (+1) or closes (-1) a block at an offset of the row's text. A reference may do so several times.
type brace struct{ by, from, to int }

// pieceKind is what a piece of a statement row is.
type pieceKind uint8

const (
	words   pieceKind = iota
	foreign           // from ";" or "//" to the end of the row
	opening           // {
	closing           // }
)

// piece is a part of a row that would make a line of its own.
type piece struct {
	kind     pieceKind
	from, to int // in the row's text
}

// cut takes text[from:end] apart at its braces. Quotes hide braces, and those of ${NAME} belong to their word.
func cut(text string, from, end int) []piece {
	var out []piece
	text = text[:end]
	for off := skipAny(text, from); off < len(text); off = skipAny(text, off) {
		p := piece{kind: words, from: off}
		switch {
		case text[off] == '{':
			p.kind = opening
			off++
			p.to = off
		case text[off] == '}':
			p.kind = closing
			off++
			p.to = off
		case isForeign(text[off:]):
			p.kind = foreign
			off = len(text)
			p.to = len(strings.TrimRight(text, spaces))
		default:
			off = pieceEnd(text, off)
			p.to = len(strings.TrimRight(text[:off], spaces))
		}
		out = append(out, p)
	}
	return out
}

// pieceEnd returns the offset of the first brace at or after off that is not quoted, or the end.
func pieceEnd(text string, off int) int {
	quoted := false
	for off < len(text) {
		switch c := text[off]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '}':
			return off
		case c == '$':
			if n := referenceLen(text[off:]); n > 0 {
				off += n
				continue
			}
		}
		off++
	}
	return off
}

// referenceLen returns the length of the "${NAME ...}" that s begins with, or 0.
func referenceLen(s string) int {
	if len(s) < 2 || s[1] != '{' {
		return 0
	}
	n := strings.IndexAny(s[2:], "}\"{$")
	if n < 0 || s[2+n] != '}' {
		return 0
	}
	return 2 + n + 1
}

// bracesOf lists the braces among pieces.
func bracesOf(pieces []piece) []brace {
	var out []brace
	for _, p := range pieces {
		switch p.kind {
		case opening:
			out = append(out, brace{+1, p.from, p.to})
		case closing:
			out = append(out, brace{-1, p.from, p.to})
		case words, foreign:
		}
	}
	return out
}

func net(braces []brace) int {
	n := 0
	for _, b := range braces {
		n += b.by
	}
	return n
}

// squeeze makes one blank of each run of white space between words. Behind a single quote or a backslash everything
// stays: script keywords read these, and blanks behind them may count. So it does behind a reference that brings such.
func (f *file) squeeze(s string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\'' || c == '\\':
			return b.String() + s[i:]
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '$':
			if f.opensQuote(s[i:]) {
				return b.String() + s[i:]
			}
			if n := referenceLen(s[i:]); n > 0 {
				b.WriteString(s[i : i+n])
				i += n - 1
				continue
			}
		case c == ' ' || c == '\t':
			if i > 0 && (s[i-1] == ' ' || s[i-1] == '\t') {
				continue
			}
			c = ' '
		}
		b.WriteByte(c)
	}
	return b.String()
}
