package diag

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// List collects diagnostics. The zero List is empty and ready; it is not safe for concurrent use.
// A *List with at least one Error is also a Go error (see Err).
type List struct {
	all []Diagnostic
}

// Add appends diagnostics.
func (l *List) Add(ds ...Diagnostic) { l.all = append(l.all, ds...) }

// Join appends everything in other.
func (l *List) Join(other List) { l.all = append(l.all, other.all...) }

// Len returns the number of diagnostics.
func (l *List) Len() int { return len(l.all) }

// All returns the diagnostics in the list's order. The slice belongs to the list.
func (l *List) All() []Diagnostic { return l.all }

// Sort orders the list by file (in order of first appearance), line and column. Diagnostics about no
// place come last; equals keep their order.
func (l *List) Sort() {
	rank := map[string]int{}
	for i := range l.all {
		f := l.all[i].At.File()
		if _, ok := rank[f]; !ok {
			rank[f] = len(rank)
		}
	}
	slices.SortStableFunc(l.all, func(a, b Diagnostic) int {
		if a.At.IsZero() != b.At.IsZero() {
			if a.At.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(
			cmp.Compare(rank[a.At.File()], rank[b.At.File()]),
			cmp.Compare(a.At.off, b.At.off),
		)
	})
}

// Count returns how many diagnostics have severity s.
func (l *List) Count(s Severity) int {
	n := 0
	for i := range l.all {
		if l.all[i].Severity == s {
			n++
		}
	}
	return n
}

// Unique drops findings that say the same about the same place, as lines that are read more than once give. The list must
// be sorted.
func (l *List) Unique() {
	l.all = slices.CompactFunc(l.all, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.At == b.At && a.Summary == b.Summary && a.Effect == b.Effect && a.Compat == b.Compat &&
			slices.Equal(a.Via, b.Via)
	})
}

// HasErrors reports whether any diagnostic is an Error.
func (l *List) HasErrors() bool { return l.Count(Error) > 0 }

// Refuse makes an Error of every finding but those of the spared codes. Classes stay, and with them the exit status of a
// configuration test.
func (l *List) Refuse(spared ...string) {
	for i := range l.all {
		if d := &l.all[i]; !slices.Contains(spared, d.Code) {
			d.Severity = Error
		}
	}
}

// ExitClass returns the worst class in the list; it selects the exit status of a configuration test.
func (l *List) ExitClass() Class {
	worst := ClassNone
	for i := range l.all {
		if c := l.all[i].Class; c.rank() > worst.rank() {
			worst = c
		}
	}
	return worst
}

// Err returns the list as an error when it has errors, else nil.
func (l *List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return l
}

// Error gives the first error and how many more there are.
func (l *List) Error() string {
	var first *Diagnostic
	for i := range l.all {
		if l.all[i].Severity == Error {
			first = &l.all[i]
			break
		}
	}
	if first == nil {
		return "no errors"
	}
	var b strings.Builder
	if !first.At.IsZero() {
		b.WriteString(first.At.String())
		b.WriteString(": ")
	}
	b.WriteString(first.Summary)
	if more := l.Count(Error) - 1; more > 0 {
		b.WriteString(" (and " + strconv.Itoa(more) + " more)")
	}
	return b.String()
}
