package format

import "strings"

// White space that may go: blanks between words, and spaces at the end of a line. Other kinds keep their lines as they are.
const (
	blanks = " \t"
	spaces = " \t\r"
)

// trim removes what may go at both ends.
func trim(s string) string { return strings.TrimRight(strings.TrimLeft(s, blanks), spaces) }

// line reads a row outside definitions; it returns the definition that goes on in the rows below, if one does.
func (f *file) line(r *row) *definition {
	text := r.text
	end, open := commentAt(text, false)
	from := skipBlank(text, 0)
	switch {
	case strings.Trim(text, spaces) == "":
		r.kind = blank
		return nil
	case from == end:
		r.kind = note
		r.comment = strings.TrimRight(text[end:], spaces)
		return nil
	}
	if odd := hasOddSpace(text[:end]); odd || open {
		r.kind = kept
		// A quote that is left open takes the blanks at the end; odd space in front is nobody's indentation.
		r.exact = r.exact || open || spaceLen(text[from:]) > 0
		from = skipAny(text[:end], from)
	}
	if from == end {
		return nil
	}
	if includeLen(text[from:end]) > 0 {
		r.kind = kept
		return nil
	}
	if from = r.condition(from, end); from == end || includeLen(text[from:end]) > 0 {
		r.kind = kept
		return nil
	}
	if name, value := definitionAt(text[from:end]); name != "" {
		r.kind = kept
		return f.define(name, value, r)
	}
	f.statement(r, from, end)
	return nil
}

// condition reads "@id" at from and returns the offset of what it is about.
func (r *row) condition(from, end int) int {
	text := r.text[:end]
	if text[from] != '@' {
		return from
	}
	to := from
	for to < end && spaceLen(text[to:]) == 0 {
		to++
	}
	r.cond.text = text[from:to]
	r.cond.id, r.cond.negate = strings.CutPrefix(text[from+1:to], "^")
	return skipAny(text, to)
}

// statement reads keywords and braces in r.text[from:end].
func (f *file) statement(r *row, from, end int) {
	text := r.text
	if r.kind != kept {
		r.kind = statement
	}
	r.pieces = cut(text, from, end)
	if at := repetition(text[from:end]); at >= 0 && r.pieces[0].kind != foreign {
		r.kind, r.pieces = kept, nil
		after := from + afterRepetitions(text[from:end])
		if net(bracesOf(cut(text, from, from+at)))+net(bracesOf(cut(text, after, end))) != 0 {
			f.ambiguous(r, from+at, end, "how many blocks this line opens depends on the repetition")
		}
		return
	}
	if strings.Contains(text, `\"`) {
		// compat: keepalived looks for the comment with \" as a character, for words and braces without.
		r.kind = kept
		other, _ := commentAt(text, true)
		if net(bracesOf(cut(text, from, other))) != net(bracesOf(r.pieces)) {
			f.ambiguous(r, from, end, `braces or a comment near \" can be read in two ways`)
			return
		}
	}
	if !f.separable(r) {
		r.kind = kept
	}
	r.braces = f.referred(r, from, end)
	if end < len(text) {
		r.comment = strings.TrimRight(text[end:], spaces)
		r.touches = strings.IndexByte(spaces+"\"{}", text[end-1]) < 0
	}
	if r.kind == kept {
		return
	}
	r.exact = r.exact || r.cond.text != "" && len(text)+2*len(r.pieces) > maxLine // they stay on one line
	for _, p := range r.pieces {
		r.exact = r.exact || p.to-p.from+len(r.comment)+3 > maxLine
	}
}

// separable reports whether the pieces of a statement mean the same on lines of their own. A condition, a definition or
// an include behind a brace is left to stand where it is: it works there in keepalived, as on a line of its own.
func (f *file) separable(r *row) bool {
	ok := true
	for i, p := range r.pieces {
		if p.kind != words {
			continue
		}
		s := r.text[p.from:p.to]
		name, _ := definitionAt(s)
		if special := s[0] == '@' || name != "" || includeLen(s) > 0; special && (i > 0 || r.cond.text != "") {
			ok = false
			if rest := bracesOf(r.pieces[i+1:]); len(rest) > 0 || name != "" && strings.HasSuffix(s, `\`) {
				f.ambiguous(r, p.from, p.to, "what follows this on the line, or below it, can be read in two ways")
				return false
			}
		}
		if strings.HasSuffix(s, `\`) {
			ok = false
		}
		last := s[strings.LastIndexAny(s, blanks)+1:]
		if next := i + 1; next < len(r.pieces) && r.pieces[next].from == p.to && strings.Contains(last, "$") {
			ok = false // "$NAME{" is no reference, "$NAME {" is one
		}
	}
	r.inert = ok && f.inert(r)
	return ok && (r.inert || lines(r.pieces) <= 1)
}

// lines returns on how many lines the pieces would go.
func lines(pieces []piece) int {
	n := 0
	for i, p := range pieces {
		if p.kind == opening && i > 0 && pieces[i-1].kind == words {
			continue
		}
		n++
	}
	return n
}

func (f *file) ambiguous(r *row, from, to int, why string) {
	f.refuse("ambiguous-line", f.span(r, from, to), why, "write it on lines of its own")
}

// commentAt returns where the comment of a line begins (its length without one) and whether a quote is left open.
// escapes tells whether a backslash hides a quote.
func commentAt(s string, escapes bool) (at int, open bool) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (escapes && s[i+1] == '"' || !open && isComment(s[i+1])):
			i++
		case c == '"':
			open = !open
		case !open && isComment(c):
			return i, false
		}
	}
	return len(s), open
}

func isComment(c byte) bool { return c == '#' || c == '!' }

// isForeign recognises words that begin with ; or //, the comments of other languages.
func isForeign(s string) bool { return s[0] == ';' || strings.HasPrefix(s, "//") }

// includeLen returns the length of the include keyword that s begins with, or 0.
func includeLen(s string) int {
	n := len("include")
	if !strings.HasPrefix(s, "include") {
		return 0
	}
	if n < len(s) && strings.IndexByte("rmbwa", s[n]) >= 0 {
		n++
	}
	if n < len(s) && strings.IndexByte("\"{}", s[n]) < 0 && spaceLen(s[n:]) == 0 {
		return 0
	}
	return n
}

func skipBlank(s string, off int) int {
	for off < len(s) && strings.IndexByte(blanks, s[off]) >= 0 {
		off++
	}
	return off
}

// skipAny skips white space of every kind.
func skipAny(s string, off int) int {
	for off < len(s) {
		n := spaceLen(s[off:])
		if n == 0 {
			break
		}
		off += n
	}
	return off
}

// webSpaces are the white space that web pages and word processors leave behind; keepalived takes them for
// letters.
const webSpaces = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff"

// spaceLen returns the length of the white space character that s begins with, or 0.
func spaceLen(s string) int {
	switch c := s[0]; {
	case c == ' ' || c >= '\t' && c <= '\r':
		return 1
	case c < 0xc2:
		return 0
	}
	for _, w := range webSpaces {
		if strings.HasPrefix(s, string(w)) {
			return len(string(w))
		}
	}
	return 0
}

// hasOddSpace reports white space other than blanks, tabs and the end of a line.
func hasOddSpace(s string) bool {
	return strings.ContainsAny(strings.TrimRight(s, spaces), "\r\v\f"+webSpaces)
}
