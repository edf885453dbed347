package format

import (
	"slices"
	"strings"
)

// definition is what the file says about one $NAME.
type definition struct {
	net   int  // blocks that the latest value opens and leaves open
	base  int  // levels of its further lines outside these blocks
	inert bool // every value is one line of plain characters

	quotes bool // a value may open a quote, or end with an escape
	refers bool // a value refers to other definitions
}

// definitionAt recognises "$NAME=VALUE"; name is empty for anything else.
func definitionAt(s string) (name, value string) {
	if s == "" || s[0] != '$' {
		return "", ""
	}
	end := nameEnd(s, 1)
	if end == 1 || end == len(s) || s[end] != '=' {
		return "", ""
	}
	return s[1:end], s[end+1:]
}

// nameEnd returns the end of the name at off, or off if there is none.
func nameEnd(s string, off int) int {
	i := off
	for i < len(s) {
		c := s[i]
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == off || c < '0' || c > '9') {
			break
		}
		i++
	}
	return i
}

// plainBytes are what values may hold that can stand anywhere without changing how a line is read.
const plainBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,%+=- \t"

// define takes the first row of a definition; it returns the definition if it goes on in the next row.
func (f *file) define(name, value string, r *row) *definition {
	d := f.defs[name]
	if d == nil {
		d = &definition{inert: true}
		f.defs[name] = d
	}
	d.net = net(bracesOf(cut(value, 0, len(value))))
	f.value(d, value)
	d.base = 1
	if d.net > 0 {
		d.base = 0 // the first line opens a block: what closes it stands under the name
	}
	more := continues(r.text)
	if more || strings.Trim(value, plainBytes) != "" {
		d.inert = false
	}
	if !more {
		return nil
	}
	return d
}

// value notes what a line of definition d may bring to where it is referred to.
func (f *file) value(d *definition, text string) {
	text = strings.TrimSuffix(strings.TrimRight(text, spaces), `\`)
	d.quotes = d.quotes || strings.ContainsAny(text, `'\`) || strings.Count(text, `"`)%2 == 1
	d.refers = d.refers || strings.Contains(text, "$")
	f.quotes = f.quotes || d.quotes
}

// opensQuote reports whether the reference that s begins with may stand for text that opens a quote.
func (f *file) opensQuote(s string) bool {
	if !f.quotes {
		return false
	}
	from := 1
	if strings.HasPrefix(s, "${") {
		from = 2
	}
	d := f.defs[s[from:nameEnd(s, from)]]
	return d != nil && (d.quotes || d.refers)
}

// body takes a further row of definition d; it returns d as long as that goes on.
func (f *file) body(r *row, d *definition) *definition {
	r.kind = body
	end, open := commentAt(r.text, false)
	if strings.Trim(r.text, spaces) == "" || open {
		r.exact = true // compat: whether a row of blanks ends a definition is for the reader to say
	}
	f.value(d, r.text)
	braces := bracesOf(cut(r.text, 0, end))
	r.inner = d.base + max(d.net-leadingClosers(braces, r.text, skipBlank(r.text, 0)), 0)
	d.net += net(braces)
	if !continues(r.text) {
		return nil
	}
	return d
}

// continues reports whether a row of a definition says that the next one belongs to it: by a backslash at its end, or
// in front of its comment.
func continues(text string) bool {
	end, _ := commentAt(text, false)
	return strings.HasSuffix(strings.TrimRight(text, spaces), `\`) ||
		strings.HasSuffix(strings.TrimRight(text[:end], spaces), `\`)
}

// leadingClosers counts the braces at text[off:] that close before anything else does something.
func leadingClosers(braces []brace, text string, off int) int {
	n := 0
	for _, b := range braces {
		if b.by > 0 || b.from != off {
			break
		}
		n -= b.by
		off = skipBlank(text, b.to)
	}
	return n
}

// references calls use with every name that s refers to, or might refer to if white space followed it.
func references(s string, use func(name string, from, to int)) {
	for off := 0; off < len(s); {
		n := strings.IndexByte(s[off:], '$')
		if n < 0 {
			return
		}
		off += n
		from := off + 1
		if from < len(s) && s[from] == '{' {
			from++
		}
		to := nameEnd(s, from)
		if to > from {
			use(s[from:to], off, to)
		}
		off = max(to, off+1)
	}
}

// inert reports whether every reference in the row stands for plain characters, and none is where a statement begins.
func (f *file) inert(r *row) bool {
	ok := true
	for _, p := range r.pieces {
		s := r.text[p.from:p.to]
		if n := strings.IndexByte(s, '$'); p.kind == words && n >= 0 && !strings.ContainsAny(s[:n], blanks) {
			return false
		}
		references(s, func(name string, _, _ int) {
			d := f.defs[name]
			switch {
			case d != nil:
				ok = ok && d.inert
			case name != "_INSTANCE" && name != "_RANDOM":
				ok = false
			}
		})
	}
	return ok
}

// referred returns the braces of the row, with those that its references stand for.
func (f *file) referred(r *row, from, end int) []brace {
	out := bracesOf(r.pieces)
	references(r.text[from:end], func(name string, a, b int) {
		d := f.defs[name]
		if d == nil {
			return
		}
		if by := max(min(d.net, maxDepth+1), -maxDepth-1); by != 0 { // more is refused in any case
			out = append(out, brace{by, from + a, from + b})
		}
	})
	slices.SortStableFunc(out, func(a, b brace) int { return a.from - b.from })
	return out
}

// repetition returns where ~SEQ or ~LST is, or -1.
func repetition(s string) int {
	for off := 0; ; off++ {
		n := strings.IndexByte(s[off:], '~')
		if n < 0 {
			return -1
		}
		off += n
		if strings.HasPrefix(s[off:], "~SEQ") || strings.HasPrefix(s[off:], "~LST") {
			return off
		}
	}
}

// afterRepetitions returns the offset behind the parentheses of the last ~SEQ or ~LST.
func afterRepetitions(s string) int {
	off := 0
	for at := repetition(s); at >= 0; at = repetition(s[off:]) {
		off += at + len("~SEQ")
		n := strings.IndexByte(s[off:], ')')
		if n < 0 {
			break
		}
		off += n + 1
	}
	return off
}
