package diag

import (
	"io"
	"strconv"
	"strings"
)

// Compat writes the diagnostics as keepalived words them, "(FILE: Line N) text", each line once. Findings
// for which keepalived has no words are left out.
func Compat(w io.Writer, l *List) error {
	var b strings.Builder
	for _, line := range CompatLines(l) {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// CompatLines returns the lines of Compat.
func CompatLines(l *List) []string {
	var out []string
	seen := map[string]bool{}
	for i := range l.all {
		d := &l.all[i]
		if d.Compat == "" {
			continue
		}
		prefix := ""
		if !d.Bare && !d.At.IsZero() {
			n := d.At.Line()
			if d.CompatLine > 0 {
				n = d.CompatLine
			}
			prefix = "(" + d.At.File() + ": Line " + strconv.Itoa(n) + ") "
		}
		for text := range strings.SplitSeq(d.Compat, "\n") {
			if line := prefix + text; !seen[line] {
				seen[line] = true
				out = append(out, line)
			}
		}
	}
	return out
}
