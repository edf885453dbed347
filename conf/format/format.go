package format

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"holdfast/conf/diag"
)

const (
	indentation = "    "
	maxLine     = 1023 // bytes; keepalived cuts longer lines in two
	maxDepth    = 64   // blocks inside blocks; the parser knows no more either
	maxInner    = 8    // levels by which lines of a definition are indented
	maxClasses  = 256  // configuration ids whose lines open or close blocks
)

// Source returns the text in the canonical style; name is what diagnostics call the file. Formatting
// the result again gives the same bytes. If the list has errors the text cannot be laid out without guessing
// (braces that do not balance, above all) and the result is nil.
func Source(name string, text []byte) ([]byte, diag.List) {
	f := &file{source: diag.NewFile(name, string(text)), defs: map[string]*definition{}}
	f.scan(f.source.Text())
	if !f.faults.HasErrors() {
		f.balance()
	}
	f.faults.Sort()
	if f.faults.HasErrors() {
		return nil, f.faults
	}
	l := layout{f: f}
	for i := range f.rows {
		l.row(&f.rows[i])
	}
	return l.print(), f.faults
}

// file is one file on its way from text to rows.
type file struct {
	source *diag.File
	rows   []row
	defs   map[string]*definition
	quotes bool // some definition may open a quote
	faults diag.List
}

// span is the place of text[from:to] of a row.
func (f *file) span(r *row, from, to int) diag.Span {
	return f.source.Span(r.off+from, utf8.RuneCountInString(r.text[from:to]))
}

// refuse notes why the file cannot be laid out.
func (f *file) refuse(code string, at diag.Span, summary, suggest string) {
	f.faults.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, At: at,
		Summary: summary, Effect: "the file is left as it is", Suggest: suggest,
	})
}

// scan cuts the text into rows.
func (f *file) scan(text string) {
	var inside *definition // the definition whose lines these are
	for line, off := 1, 0; off < len(text); line++ {
		end, next := len(text), len(text)
		if n := strings.IndexByte(text[off:], '\n'); n >= 0 {
			end, next = off+n, off+n+1
			if n > 0 && text[end-1] == '\r' {
				end--
			}
		}
		f.rows = append(f.rows, row{text: text[off:end], line: line, off: off})
		r := &f.rows[len(f.rows)-1]
		r.exact = len(r.text) > maxLine
		if n := strings.IndexByte(r.text, 0); n >= 0 {
			f.refuse("nul-byte", f.span(r, n, n+1), "NUL byte in line "+strconv.Itoa(line), "is this a text file?")
			return
		}
		if inside != nil {
			inside = f.body(r, inside)
		} else {
			inside = f.line(r)
		}
		off = next
	}
}
