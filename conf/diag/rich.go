package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// RichOptions are what a Rich rendering may look like.
type RichOptions struct {
	// Color turns ANSI colours on.
	Color bool
	// Text returns the content of a source file for the snippets; nil or false: no snippet.
	Text func(file string) (string, bool)
	// HideInfo leaves out what has severity Info.
	HideInfo bool
}

// Rich writes the diagnostics for people, as compilers do:
//
//	web.conf:31:14: error: a priority is a number from 1 to 255, not '300' [vrrp-priority]
//	   31 |     priority 300
//	      |              ^^^
//	      = in vrrp_instance VI_1 (web.conf:27)
//	      = effect: VI_1 runs at the default priority 100
func Rich(w io.Writer, l *List, opt RichOptions) error {
	r := richWriter{opt: opt, files: map[string][]string{}}
	for i := range l.all {
		if d := &l.all[i]; d.Severity != Info || !opt.HideInfo {
			r.one(d)
		}
	}
	_, err := io.WriteString(w, r.b.String())
	return err
}

type richWriter struct {
	b     strings.Builder
	opt   RichOptions
	files map[string][]string // lines of the files seen so far
}

// ANSI sequences.
const (
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	cyan   = "\x1b[1;36m"
	dim    = "\x1b[2m"
	plain  = "\x1b[0m"
)

func (r *richWriter) paint(color, s string) string {
	if !r.opt.Color || s == "" {
		return s
	}
	return color + s + plain
}

func severityColor(s Severity) string {
	switch s {
	case Error:
		return red
	case Warning:
		return yellow
	}
	return cyan
}

func (r *richWriter) one(d *Diagnostic) {
	if !d.At.IsZero() {
		r.b.WriteString(r.paint(bold, d.At.String()+":") + " ")
	}
	r.b.WriteString(r.paint(severityColor(d.Severity), d.Severity.String()+":") + " ")
	r.b.WriteString(r.paint(bold, printable(d.Summary)))
	if d.Code != "" {
		r.b.WriteString(" " + r.paint(dim, "["+d.Code+"]"))
	}
	r.b.WriteByte('\n')
	gutter := r.snippet(d)
	note := func(s string) { r.b.WriteString(gutter + r.paint(dim, "= ") + s + "\n") }
	if where := within(d); where != "" {
		note(where)
	}
	for _, v := range d.Via[min(len(d.Via), includesUsed(d)):] {
		where := place(v.At)
		if strings.HasPrefix(v.What, "expanded") {
			where = v.At.String() // the word itself is there
		}
		note(v.What + " at " + where)
	}
	if d.Effect != "" {
		note("effect: " + printable(d.Effect))
	}
	if d.Suggest != "" {
		note("help: " + printable(d.Suggest))
	}
}

// within words the innermost blocks around a finding, and the include that brought the file when that is
// the whole of its Via.
func within(d *Diagnostic) string {
	var parts []string
	for _, c := range d.In {
		parts = append(parts, fmt.Sprintf("%s (%s)", printable(c.What), place(c.At)))
	}
	s := strings.Join(parts, ", in ")
	if s == "" {
		return ""
	}
	s = "in " + s
	if includesUsed(d) == 1 {
		s += ", " + d.Via[0].What + " " + place(d.Via[0].At)
	}
	return s
}

// includesUsed is how many steps of Via the context line tells already.
func includesUsed(d *Diagnostic) int {
	if len(d.In) > 0 && len(d.Via) == 1 && d.Via[0].What == "included from" {
		return 1
	}
	return 0
}

func place(s Span) string {
	if s.IsZero() {
		return "nowhere"
	}
	return fmt.Sprintf("%s:%d", s.File(), s.Line())
}

// snippet writes the line and the carets under the span; it returns the margin for the notes.
func (r *richWriter) snippet(d *Diagnostic) string {
	number := fmt.Sprintf("%5d", d.At.Line())
	margin := strings.Repeat(" ", len(number)+1)
	text, ok := r.line(d.At)
	if !ok {
		return margin
	}
	shown, from, to := layout(text, d.At.Col(), d.At.Len())
	r.b.WriteString(r.paint(dim, number+" | ") + shown + "\n")
	r.b.WriteString(r.paint(dim, margin+"| ") + strings.Repeat(" ", from) +
		r.paint(severityColor(d.Severity), strings.Repeat("^", max(1, to-from))) + "\n")
	return margin
}

func (r *richWriter) line(at Span) (string, bool) {
	if at.IsZero() || r.opt.Text == nil {
		return "", false
	}
	lines, ok := r.files[at.File()]
	if !ok {
		if text, found := r.opt.Text(at.File()); found {
			lines = strings.Split(text, "\n")
		}
		r.files[at.File()] = lines
	}
	if at.Line() > len(lines) {
		return "", false
	}
	return strings.TrimSuffix(lines[at.Line()-1], "\r"), true
}

// maxShown is how many cells of a line are shown.
const maxShown = 160

// layout prepares a line for a terminal: tabs become spaces up to the next multiple of eight, what cannot
// be seen becomes a replacement character. from and to are the cells of the characters [col, col+n). Of a long line the
// part around the span is shown.
func layout(text string, col, n int) (shown string, from, to int) {
	var b strings.Builder
	var starts []int // byte offset in b of each cell's character
	cell, char := 0, 1
	from, to = -1, -1
	put := func(s string, width int) {
		for range width {
			starts = append(starts, b.Len())
		}
		b.WriteString(s)
		cell += width
	}
	for off, c := range text {
		if char == col {
			from = cell
		}
		if char == col+n {
			to = cell
		}
		_, size := utf8.DecodeRuneInString(text[off:])
		switch w := cells(c); {
		case c == '\t':
			w = 8 - cell%8
			for range w {
				put(" ", 1)
			}
		case c == utf8.RuneError && size == 1, c < ' ', c == 0x7f:
			put("\ufffd", 1)
		case w == 0:
			put("", 0)
			if !invisible(c) {
				b.WriteRune(c)
			}
		default:
			put(string(c), w)
		}
		char++
	}
	if from < 0 {
		from = cell
	}
	if to < 0 {
		to = max(cell, from)
	}
	s := b.String()
	if cell <= maxShown {
		return s, from, max(to, from+1)
	}
	lo := max(0, min(from-maxShown/3, cell-maxShown))
	hi := min(cell, lo+maxShown)
	end := len(s)
	if hi < cell {
		end = starts[hi]
	}
	pre := ""
	if lo > 0 {
		pre = "…"
	}
	return pre + s[starts[lo]:end], from - lo + len([]rune(pre)), max(min(to, hi), from+1) - lo + len([]rune(pre))
}

// printable replaces control characters, which a file's words may hold, by a visible form.
func printable(s string) string {
	clean := true
	for _, c := range s {
		if c < ' ' || c == 0x7f || c == utf8.RuneError {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '\t':
			b.WriteByte(' ')
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, "\\x%02x", c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
