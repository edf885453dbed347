package format

import "strings"

// layout turns rows into lines.
type layout struct {
	f     *file
	lines []line
	gap   bool // a blank line is due
}

// line is one line of the result.
type line struct {
	depth    int
	text     string
	comment  string
	touches  bool // no blank before the comment
	exact    bool // no indentation
	gap      bool // a blank line before it
	opens    bool // ends with {
	closes   bool // begins with }
	joinable bool // a { on the next row may come here
	note     bool // a comment alone
}

func (l *layout) add(n line) *line {
	n.gap, l.gap = l.gap, false
	l.lines = append(l.lines, n)
	return &l.lines[len(l.lines)-1]
}

// row adds the lines of one row.
func (l *layout) row(r *row) {
	leading := 0
	if len(r.pieces) > 0 {
		leading = leadingClosers(r.braces, r.text, r.pieces[0].from)
	}
	depth := max(r.depth-leading, 0)
	switch {
	case r.exact:
		l.add(line{text: r.text, exact: true, closes: leading > 0})
	case r.kind == blank:
		l.gap = true
	case r.kind == note:
		l.add(line{depth: depth, text: r.comment, note: true})
	case r.kind == body:
		l.add(line{depth: r.depth + min(r.inner, maxInner), text: trim(r.text)})
	case r.kind == kept:
		l.add(line{depth: depth, text: l.keep(r), closes: leading > 0})
	case r.cond.text != "":
		text := r.cond.text
		for _, p := range r.pieces {
			text += " " + l.f.squeeze(r.text[p.from:p.to])
		}
		opens := r.pieces[len(r.pieces)-1].kind == opening
		l.add(line{depth: depth, text: text, comment: r.comment, touches: r.touches, opens: opens, closes: leading > 0})
	default:
		l.pieces(r)
	}
}

// keep is the text of a row that stays as it is, but for the blanks around it and behind an include.
func (l *layout) keep(r *row) string {
	text := trim(r.text)
	n := includeLen(text)
	if rest := strings.TrimLeft(text[n:], blanks); n > 0 && len(rest) < len(text)-n {
		return text[:n] + " " + rest
	}
	return text
}

// pieces gives each piece a line.
func (l *layout) pieces(r *row) {
	depth := r.depth
	var last *line // what a comment may follow
	for i, p := range r.pieces {
		text := l.f.squeeze(r.text[p.from:p.to])
		switch p.kind {
		case words:
			last = l.add(line{depth: depth, text: text, joinable: r.inert})
		case foreign:
			text = strings.TrimRight(r.text[p.from:], spaces)
			if last == nil || last.comment != "" {
				l.add(line{depth: depth, text: text})
			} else {
				last.comment = text // it stays behind its brace, as a comment would
			}
			return
		case opening:
			switch t, notes := l.target(r); {
			case i > 0 && r.pieces[i-1].kind == words:
				last.text += " {"
				last.opens, last.joinable = true, false
			case i == 0 && t != nil:
				t.text += " {"
				t.opens, t.joinable = true, false
				if last = t; notes > 0 {
					last = nil
				}
				for n := range notes {
					l.lines[len(l.lines)-1-n].depth++
				}
			default:
				last = l.add(line{depth: depth, text: text, opens: true})
			}
			depth++
		case closing:
			depth--
			last = l.add(line{depth: depth, text: text, closes: true})
		}
	}
	switch {
	case r.comment == "":
	case last != nil && last.comment == "":
		last.comment, last.touches = r.comment, r.touches
	default:
		l.add(line{depth: depth, text: r.comment, note: true})
	}
}

// target returns the line above to which a "{" at the beginning of row r belongs, if it may go there, and how many
// lines of comments are between them.
func (l *layout) target(r *row) (t *line, notes int) {
	for i := len(l.lines) - 1; i >= 0; i-- {
		t = &l.lines[i]
		if t.note {
			notes++
			continue
		}
		if t.joinable && !t.touches && len(t.text)+len(t.comment)+len(r.comment)+4 <= maxLine {
			return t, notes
		}
		break
	}
	return nil, 0
}

// print writes the lines.
func (l *layout) print() []byte {
	size := 0
	for i := range l.lines {
		n := &l.lines[i]
		size += len(n.text) + len(n.comment) + n.depth*len(indentation) + 3
	}
	out := make([]byte, 0, size)
	for i := range l.lines {
		n := &l.lines[i]
		if n.gap && i > 0 && !n.closes {
			if above := &l.lines[i-1]; !above.opens && !(above.exact && above.text == "") {
				out = append(out, '\n')
			}
		}
		text := n.text
		if n.comment != "" {
			if !n.touches {
				text += " "
			}
			text += n.comment
		}
		if !n.exact {
			room := max(maxLine-len(text), 0)
			out = append(out, strings.Repeat(" ", min(n.depth*len(indentation), room))...)
		}
		out = append(out, text...)
		switch last := i == len(l.lines)-1; {
		case !strings.HasSuffix(text, "\r"):
			out = append(out, '\n')
		case !last: // the carriage return is text: another one ends the line
			out = append(out, '\r', '\n')
		}
	}
	return out
}
