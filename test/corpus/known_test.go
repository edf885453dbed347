package corpus

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// knownList is testdata/known.txt: a reason on a line that begins with "# ", below it the cases that differ for it, one a line.
type knownList struct {
	reasons []string // in the order of the file
	of      map[string]string
}

func readKnown(t *testing.T, path string) *knownList {
	t.Helper()
	k := &knownList{of: map[string]string{}}
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	reason := ""
	for l := range strings.SplitSeq(string(text), "\n") {
		switch r, ok := strings.CutPrefix(l, "## "); {
		case l == "":
		case ok:
			reason = r
			k.reasons = append(k.reasons, r)
		case reason == "":
			t.Fatalf("%s: %q stands below no reason", path, l)
		default:
			k.of[l] = reason
		}
	}
	return k
}

// holdAgainstKnown fails for every difference that the file does not have. What it has and is no difference any more is only
// told: -update takes it out.
func (r *result) holdAgainstKnown(t *testing.T, path string) {
	t.Helper()
	known := readKnown(t, path)
	if *update {
		if err := os.WriteFile(path, known.with(r.differ), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	fresh, left := 0, len(known.of)
	for _, d := range r.differ {
		if known.of[d.key()] != "" {
			left--
			continue
		}
		if fresh++; fresh <= 20 {
			var b strings.Builder
			d.write(&b)
			t.Errorf("a new difference from keepalived:\n%s", b.String())
		}
	}
	if fresh > 20 {
		t.Errorf("and %d more", fresh-20)
	}
	if left > 0 && *only == "" {
		t.Logf("%d cases of %s agree now: go test ./test/corpus -run TestCorpus -update", left, path)
	}
}

// key is how a case is called in the list.
func (d *difference) key() string { return strings.ToValidUTF8(escape.Replace(d.Name), "�") }

var escape = strings.NewReplacer("\r", "\\r", "\x00", "\\0", "\x01", "\\1", "\v", "\\v", "\f", "\\f", "\t", "\\t")

// with renders the list of what differs now; reasons are kept.
func (k *knownList) with(now []*difference) []byte {
	groups := map[string][]string{}
	order := slices.DeleteFunc(k.reasons, func(r string) bool { return r == unsorted })
	for _, d := range now {
		r := k.of[d.key()]
		if r == "" || r == unsorted {
			r = reason(d)
		}
		if !slices.Contains(order, r) && r != unsorted {
			order = append(order, r)
		}
		groups[r] = append(groups[r], d.key())
	}
	var b strings.Builder
	for _, r := range append(order, unsorted) {
		if len(groups[r]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "## %s\n\n", r)
		for _, n := range groups[r] {
			b.WriteString(n + "\n")
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}
