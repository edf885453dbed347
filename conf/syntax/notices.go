package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"holdfast/conf/diag"
)

// webReport gathers the white space of web pages in one file: it is reported once.
type webReport struct {
	n      int
	at     diag.Span
	via    []diag.Via
	name   string
	compat string
}

func (r *webReport) count(p *physical, sc scan) {
	if r.n == 0 {
		w, _ := webSpace(p.text[sc.firstWeb:])
		r.at, r.via = p.at(sc.firstWeb, sc.firstWeb+w), p.via
		r.name = runeName(p.text[sc.firstWeb : sc.firstWeb+w])
		if strings.TrimLeft(p.text[:sc.firstWeb], " \t") == "" {
			word := p.text[sc.firstWeb:]
			if end := strings.IndexAny(word, " \t\"{}"); end > 0 {
				word = word[:end]
			}
			r.compat = "Unknown keyword '" + word + "'"
		}
	}
	r.n += sc.web
}

func runeName(s string) string {
	switch c, _ := utf8.DecodeRuneInString(s); c {
	case 0xa0:
		return "no-break space U+00A0"
	case 0x200b:
		return "zero width space U+200B"
	case 0x3000:
		return "ideographic space U+3000"
	case 0xfeff:
		return "byte order mark U+FEFF"
	default:
		return "white space U+" + strings.ToUpper(strconv.FormatInt(int64(c), 16))
	}
}

func (r *webReport) report(l *diag.List) {
	if r.n == 0 {
		return
	}
	more := ""
	if r.n > 1 {
		more = ", and " + strconv.Itoa(r.n-1) + " more like it in this file"
	}
	l.Add(diag.Diagnostic{
		Severity: diag.Info, Code: "web-white-space", At: r.at, Via: r.via,
		Summary: r.name + " here" + more,
		Compat:  r.compat,
		Effect:  "read as ordinary white space; keepalived takes it for part of a word",
		Suggest: "replace it with plain spaces, or keepalived cannot read this file",
	})
}

// commentGoesOn points at a backslash that ends a comment.
func (e *expander) commentGoesOn(p *physical, at int) {
	e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Warning, Code: "comment-backslash", At: p.at(at, at+1), Via: p.via,
		Summary: "a backslash at the end of a comment is no part of it",
		Effect:  "it is read behind what stands before the comment",
		Suggest: "take the backslash away, or put a full stop behind it",
	})
}

// unterminated reports a quote that a line of a file leaves open.
func (e *expander) unterminated(p *physical, from, quote int) {
	text := strings.TrimRight(p.text[from:], blanks)
	if oddBackslashes(text) {
		text = text[:len(text)-1]
	}
	e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unmatched-quote", At: p.at(quote, quote+1), Via: p.via,
		Summary: "this quote is never closed",
		Compat:  "Unterminated quote '" + strings.TrimRight(text, blanks) + "'",
		Effect:  unmatchedEffect,
	})
	e.raw = e.out.diags.Len()
}

const unmatchedEffect = "what follows it in the line is ignored"

// unmatched completes that report, or makes it, when the words of a line are read.
func (e *expander) unmatched(l *line) { e.openQuote(l, "Unmatched quote: '"+l.text+"'") }

// openQuote adds what keepalived says about a line with an open quote.
// compat: it tells it of the line in the file, of the line that references made, and of the words.
func (e *expander) openQuote(l *line, compat string) {
	open := scanLine(l.text).openQuote
	if open < 0 {
		return
	}
	if e.raw == 0 {
		at, via := l.span(open, open+1)
		e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "unmatched-quote", At: at, Via: via,
			Summary: "what is put here has a quote that is never closed", Compat: compat, Effect: unmatchedEffect,
		})
		e.raw = e.out.diags.Len()
		return
	}
	const enough = 1 << 12
	if d := &e.out.diags.All()[e.raw-1]; len(d.Compat) < enough {
		d.Compat += "\n" + compat
	}
}

// expandedComment points at a comment that came out of a reference.
func (e *expander) expandedComment(l *line, at int) {
	s, via := l.span(at, at+1)
	e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Info, Code: "comment-in-word", At: s, Via: via,
		Summary: "'" + l.text[at:at+1] + "' begins a comment, although a reference put it here",
		Suggest: "put double quotes around the reference if the character belongs to the text",
	})
}

// commentInWord points at a comment that begins in the middle of a word, as in "auth_pass k@l!ve1".
func (e *expander) commentInWord(p *physical, whole string, at int) {
	if at == 0 {
		return
	}
	if w, _ := space(whole[at-1:]); w > 0 || strings.IndexByte("{}\"", whole[at-1]) >= 0 {
		return
	}
	for from := max(0, at-3); from < at-1; from++ {
		if w, web := webSpace(whole[from:at]); web && from+w == at {
			return
		}
	}
	start := at
	for start > 0 {
		if w, _ := space(whole[start-1:]); w > 0 || whole[start-1] == '"' {
			break
		}
		start--
	}
	e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Info, Code: "comment-in-word", At: p.locate(whole, at, at+1), Via: p.via,
		Summary: "'" + whole[at:at+1] + "' begins a comment here, so the word is " + strconv.Quote(whole[start:at]),
		Suggest: "put the word in double quotes if the character belongs to it",
	})
}

// locate is at for a text that p.text was cut from.
func (p *physical) locate(whole string, from, to int) diag.Span {
	q := *p
	q.text = whole
	return q.at(from, to)
}

func (e *expander) nul(p *physical, at int) {
	e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Warning, Code: "nul-byte", At: p.at(at, at+1), Via: p.via,
		Summary: "NUL byte in the line", Effect: "the rest of the line is ignored",
	})
	p.text = p.text[:at]
}

func (e *expander) longLine(p *physical) {
	e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Info, Code: "long-line", At: p.at(0, 1), Via: p.via,
		Summary: "the line has " + strconv.Itoa(len(p.text)) + " bytes",
		Effect:  "read in full; to keepalived what is behind 1023 bytes is another line",
		Suggest: "split it if keepalived is to read this file too",
	})
}
