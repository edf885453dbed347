package syntax

import (
	"strings"

	"holdfast/conf/diag"
)

// definition is what a name stands for: one text, or several lines.
type definition struct {
	lines []definedLine
	note  string // what to add to the name in explanations: "=2" for the variable of a repetition
}

// definedLine is one line of a definition and the place to show for it.
type definedLine struct {
	text string
	at   diag.Span
	own  bool // at is the place of the text itself
}

// capture is a definition whose lines are being read.
type capture struct {
	name  string
	at    diag.Span
	lines []definedLine
}

// nameEnd returns the end of the definition name at off, or off if there is none.
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

// definitionName returns NAME if s is "$NAME=VALUE", else "".
func definitionName(s string) string {
	if s == "" || s[0] != '$' {
		return ""
	}
	end := nameEnd(s, 1)
	if end >= len(s) || s[end] != '=' {
		return ""
	}
	return s[1:end]
}

// define handles "$NAME=VALUE"; false when the line is none.
func (e *expander) define(l *line) bool {
	name := definitionName(l.text)
	if name == "" {
		return false
	}
	value := strings.Trim(l.text[1+len(name)+1:], blanks)
	e.defs[name] = definition{lines: []definedLine{{text: value, at: l.home(1 + len(name))}}}
	return true
}

// home returns where the first n characters are written: in the definition that they came out of, if they did.
func (l *line) home(n int) diag.Span {
	if t := l.segs[0].trail; l.segs[0].fixed > 0 && t != nil && t.step.What != "" {
		return t.step.At
	}
	at, _ := l.span(0, n)
	return at
}

// beginCapture begins a definition over several lines with its first one.
func (e *expander) beginCapture(l *line, name string) {
	e.capture = &capture{name: name, at: l.home(1 + len(name))}
	if value := strings.Trim(l.text[1+len(name)+1:], blanks); value != "" {
		e.capture.lines = []definedLine{{text: value, at: e.capture.at}}
	}
}

// captureLine adds a line to the definition that is being read. One without text ends it, unless it goes on.
// compat: nothing but the text counts here, be it an include, a condition or a definition. keepalived's first process goes on
// behind lines of white space or comments, the others end there: what counts is what these do.
func (e *expander) captureLine(p *physical, from int, goesOn bool) {
	if from < len(p.text) {
		c, l := e.capture, e.plain(p, from)
		text := strings.TrimRight(l.text, blanks)
		at, _ := l.span(0, len(text))
		c.lines = append(c.lines, definedLine{text: text, at: at, own: true})
	}
	if !goesOn {
		e.endCapture()
	}
}

func (e *expander) endCapture() {
	c := e.capture
	e.capture = nil
	if len(c.lines) == 0 {
		c.lines = []definedLine{{at: c.at}}
	}
	e.defs[c.name] = definition{lines: c.lines}
}
