package format

import (
	"slices"
	"strconv"

	"holdfast/conf/diag"
)

// opened is a block that is open, and where it was opened.
type opened struct {
	r *row
	b brace
}

// balance holds the braces against each other for every class of readers, and tells each row how deep it is. Files
// that pick their blocks by "@id" need not balance for readers whom no line names.
func (f *file) balance() {
	named := f.classes()
	others := class{others: true, named: named}
	if len(named) > maxClasses {
		f.refuse("too-many-ids", f.source.Span(0, 0),
			"more than "+strconv.Itoa(maxClasses)+" configuration ids have blocks of their own", "")
		return
	}
	fault := f.walk(others, len(named) == 0)
	if fault == nil || len(named) == 0 {
		f.report(fault)
		f.walk(others, true)
	}
	for _, id := range named {
		f.report(f.walk(class{id: id}, true))
	}
	f.walk(others, true) // what only they read
}

func (f *file) report(d *diag.Diagnostic) {
	if d != nil {
		f.faults.Add(*d)
	}
}

// classes returns the configuration ids that lines with braces name, in the order of their first line.
func (f *file) classes() []string {
	var out []string
	seen := map[string]bool{}
	for i := range f.rows {
		if r := &f.rows[i]; r.cond.text != "" && len(r.braces) > 0 && !seen[r.cond.id] {
			seen[r.cond.id] = true
			out = append(out, r.cond.id)
		}
	}
	return out
}

// walk follows the blocks as class k reads them and returns the first fault. If place is set, rows that have
// no depth yet get it.
func (f *file) walk(k class, place bool) *diag.Diagnostic {
	var open []opened
	var fault *diag.Diagnostic
	suggest := "look for the missing '}' before this block's next sibling"
	guessed := false
	for i := range f.rows {
		r := &f.rows[i]
		reads := r.reads(k)
		if place && !r.placed && (reads || k.others && !slices.Contains(k.named, r.cond.id)) {
			r.placed, r.depth = true, len(open)
		}
		if !reads {
			continue
		}
		for _, b := range r.braces {
			for range b.by {
				open = append(open, opened{r, b})
			}
			if len(open) > maxDepth {
				return f.fault("too-deep", r, b, k, "blocks nest deeper than "+strconv.Itoa(maxDepth), "")
			}
			for range -b.by {
				if len(open) == 0 {
					if fault == nil {
						fault = f.fault("extra-close-brace", r, b, k, "this '}' closes nothing: all blocks are closed already",
							"remove it, or look above for a block that ends too early")
					}
					break
				}
				o := open[len(open)-1]
				open = open[:len(open)-1]
				if !guessed && len(open) > 0 && r.indent() < o.r.indent() && leadingClosers(r.braces, r.text, r.indent()) > 0 {
					guessed = true
					suggest = "the '}' on line " + strconv.Itoa(r.line) + " closes what line " + strconv.Itoa(o.r.line) +
						" opens, but stands further to the left: is one missing in front of it?"
				}
			}
		}
	}
	if len(open) > 0 && fault == nil {
		last := open[len(open)-1]
		fault = f.fault("missing-close-brace", last.r, last.b, k, "the block that opens here is never closed", suggest)
	}
	return fault
}

func (f *file) fault(code string, r *row, b brace, k class, summary, suggest string) *diag.Diagnostic {
	if !k.others {
		summary += " where the configuration id is " + strconv.Quote(k.id)
	}
	return &diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, At: f.span(r, b.from, b.to),
		Summary: summary, Effect: "the file is left as it is", Suggest: suggest,
	}
}
