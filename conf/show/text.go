package show

import (
	"cmp"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// Options are what may be shown. The configuration should have been loaded with conf.Options.Origins: without it nothing
// is known about inheritance, includes and definitions.
type Options struct {
	Secrets bool // show passwords and keys
	All     bool // Text: also name, in comments, what nobody said and what has no effect
}

// Text writes the configuration as a keepalived.conf that means the same, each line with its origin in a comment. What
// was read and is not understood is written as it stands.
func Text(w io.Writer, cfg *conf.Config, opt Options) error {
	t := textWriter{opt: opt}
	for items := build(cfg, opt).items; len(items) > 0; {
		n := 1 // settings together, blocks one by one
		for items[0].block == nil && n < len(items) && items[n].block == nil {
			n++
		}
		if t.b.Len() > 0 {
			t.b.WriteByte('\n')
		}
		t.items(items[:n], 0)
		items = items[n:]
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

type textWriter struct {
	b   strings.Builder
	opt Options
}

// widest is where comments begin at the latest, unless a statement is longer.
const widest = 56

// row is one statement with its comment.
type row struct {
	text, note string
	block      *block
}

// items writes the statements of a block, comments in one column.
func (t *textWriter) items(items []*item, depth int) {
	var rows []row
	for _, i := range items {
		switch {
		case i.joined, i.hidden && !t.opt.All, i.block != nil && i.block.origin.from == "" && i.block.empty(t.opt.All):
		case i.hidden:
			rows = append(rows, row{text: "# " + i.keyword, note: "default: " + cmp.Or(i.usual, "none")})
		default:
			r := row{text: strings.Join(wordsAmong(i, items), " "), note: i.origin.note(), block: i.block}
			if i.comment {
				r.text = "# " + r.text
			}
			rows = append(rows, r)
		}
	}
	indent := strings.Repeat("    ", depth)
	column := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r.text); r.block == nil && n <= widest {
			column = max(column, n)
		}
	}
	for _, r := range rows {
		if r.block != nil {
			t.block(r.block, depth)
			continue
		}
		t.b.WriteString(indent + r.text)
		if r.note != "" {
			t.b.WriteString(strings.Repeat(" ", max(0, column-utf8.RuneCountInString(r.text))) + "  # " + r.note)
		}
		t.b.WriteByte('\n')
	}
}

// wordsAmong are the words of an item's statement, with those that other items add to it.
func wordsAmong(i *item, items []*item) []string {
	words := i.words
	for _, more := range items {
		switch {
		case !more.joined || more.hidden || more.keyword != i.key || i.keyword == "":
		case more.front:
			words = append(more.words[:len(more.words):len(more.words)], words...)
		default:
			words = append(words[:len(words):len(words)], more.words...)
		}
	}
	if i.keyword == "" {
		return words
	}
	return append([]string{i.keyword}, words...)
}

func (t *textWriter) block(b *block, depth int) {
	indent := strings.Repeat("    ", depth)
	t.b.WriteString(indent + strings.Join(append([]string{b.keyword}, b.args...), " ") + " {")
	if note := b.origin.note(); note != "" {
		t.b.WriteString("  # " + note)
	}
	t.b.WriteByte('\n')
	t.items(b.items, depth+1)
	t.b.WriteString(indent + "}\n")
}

// empty reports whether a block has nothing to show.
func (b *block) empty(all bool) bool {
	for _, i := range b.items {
		if !i.hidden || all {
			return false
		}
	}
	return true
}

// note words an origin.
func (o *origin) note() string {
	var s string
	switch o.from {
	case byDefault:
		return "default"
	case byFile:
		s = place(o.at)
		if o.word != "" {
			s += ", which says " + clean(o.word)
		}
	case inherited:
		s = "inherited from " + cmp.Or(o.block, "the outermost level") + ": " + o.keyword + ", " + place(o.at)
		if o.here {
			s = "as " + o.keyword + ", " + place(o.at)
		}
	case asWritten:
		s = "as written, " + place(o.at)
	default:
		return ""
	}
	for _, v := range o.via {
		s += ", " + clean(v.What) + " " + place(v.At)
	}
	return s
}

func place(at diag.Span) string { return clean(at.String()) }

// clean makes sure that what a file is called cannot end a comment.
func clean(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}
