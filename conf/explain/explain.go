// Package explain holds what "holdfast explain-code" says: for every code that a diagnostic of this language can carry, what it
// means, why it hurts, an example and how to mend it. The rules of conf/lint bring their own explanations; the
// ones here are those of the reader (conf/syntax), the decoder and the checks (conf) and of what depends on the host.
package explain

import (
	"cmp"
	"slices"
	"strings"
)

// Text explains one code.
type Text struct {
	Code    string // stable: "unknown-keyword", "LINT001"
	Title   string // one line, lower case
	Means   string // what was found
	Hurts   string // what it does to those who run it
	Example string // lines of a configuration that show it; "" where none can
	Mend    string // what to write or do instead
}

// All returns the explanations of this package, in the order of their codes.
func All() []Text {
	all := slices.Concat(syntaxTexts, includeTexts, wordTexts, vrrpTexts, linkTexts, routeTexts, scriptTexts, serverTexts, checkerTexts)
	slices.SortFunc(all, func(a, b Text) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

// String gives the explanation as a page of text that ends with a newline; lines are at most 96 characters.
func (t Text) String() string {
	var b strings.Builder
	b.WriteString(t.Code + ": " + t.Title + "\n")
	part := func(head, text string) {
		if text != "" {
			b.WriteString("\n" + head + "\n" + fill(text, 94, "  "))
		}
	}
	part("What it means", t.Means)
	part("Why it hurts", t.Hurts)
	if t.Example != "" {
		b.WriteString("\nExample\n")
		for line := range strings.Lines(strings.TrimSpace(t.Example)) {
			b.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
		}
	}
	part("How to mend it", t.Mend)
	return b.String()
}

// fill breaks text into lines of at most width characters, each after a margin.
func fill(text string, width int, margin string) string {
	var b strings.Builder
	used := 0
	for _, w := range strings.Fields(text) {
		switch n := len([]rune(w)); {
		case used == 0:
			b.WriteString(margin + w)
			used = n
		case used+1+n > width:
			b.WriteString("\n" + margin + w)
			used = n
		default:
			b.WriteString(" " + w)
			used += 1 + n
		}
	}
	b.WriteString("\n")
	return b.String()
}

// Lookup returns the explanation of a code.
func Lookup(code string) (Text, bool) {
	for _, t := range All() {
		if t.Code == code {
			return t, true
		}
	}
	return Text{}, false
}
