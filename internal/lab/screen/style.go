package screen

import (
	"strings"
	"unicode/utf8"
)

// style is an SGR sequence (ECMA-48 §8.3.117).
type style string

const (
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	blue   style = "36"
)

// pen writes text of a known width with or without colors.
type pen struct {
	b     strings.Builder
	color bool
	col   int
	width int
}

// put writes text, cut at the right edge.
func (p *pen) put(st style, text string) {
	text = cut(text, p.width-p.col)
	if text == "" {
		return
	}
	p.col += utf8.RuneCountInString(text)
	if p.color && st != "" {
		p.b.WriteString("\x1b[" + string(st) + "m" + text + "\x1b[0m")
		return
	}
	p.b.WriteString(text)
}

// tab moves to a column.
func (p *pen) tab(col int) {
	if n := min(col, p.width) - p.col; n > 0 {
		p.put("", strings.Repeat(" ", n))
	}
}

// line ends a line and returns it. Spaces at its end are of no use to anyone.
func (p *pen) line() string {
	s := p.b.String()
	p.b.Reset()
	p.col = 0
	return strings.TrimRight(s, " ")
}

// cut shortens text to width runes; control characters, which would move the terminal's cursor, become
// spaces.
func cut(text string, width int) string {
	if width <= 0 {
		return ""
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == width {
			break
		}
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			r = ' '
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
