package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// event is one line of "go test -json" (go doc test2json), builds included.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// name is one test of one package.
type name struct{ pkg, test string }

// result is what is known of a test, or with an empty test name of a package.
type result struct {
	seen    bool   // it was spoken of; a "/" inside of a subtest's name makes parents that are none
	outcome string // pass, fail or skip; empty while it runs
	output  []string
	parent  bool // it has subtests
	blamed  bool // a subtest failed, which says it all

	unsteady bool // it failed at first and passed alone
}

type tally struct {
	w       io.Writer
	results map[name]*result
	order   []name
	builds  map[string][]string // import path → the compiler's words
	strays  []string            // lines that are not JSON
}

func newTally(w io.Writer) *tally {
	return &tally{w: w, results: map[name]*result{}, builds: map[string][]string{}}
}

// read takes all events up to the end of r.
func (t *tally) read(r io.Reader) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			t.strays = append(t.strays, in.Text())
			continue
		}
		t.take(e)
	}
	return in.Err()
}

func (t *tally) take(e event) {
	switch e.Action {
	case "build-output":
		t.builds[e.ImportPath] = append(t.builds[e.ImportPath], e.Output)
		return
	case "build-fail":
		return
	}
	t.result(name{e.Package, ""}).seen = true // so that a package that never ends is missed
	r := t.result(name{e.Package, e.Test})
	r.seen = true
	switch e.Action {
	case "output":
		r.output = append(r.output, e.Output)
	case "pass", "fail", "skip":
		r.outcome = e.Action
		if e.FailedBuild != "" {
			r.output = append(r.output, t.builds[e.FailedBuild]...)
		}
		for up, ok := above(e.Test); ok && e.Action == "fail"; up, ok = above(up) {
			t.result(name{e.Package, up}).blamed = true
		}
		if e.Test == "" {
			t.told(e, r)
		}
	}
}

// above returns the test that a subtest belongs to.
func above(test string) (string, bool) {
	i := strings.LastIndexByte(test, '/')
	if i < 0 {
		return "", false
	}
	return test[:i], true
}

func (t *tally) result(n name) *result {
	r := t.results[n]
	if r == nil {
		r = &result{}
		t.results[n] = r
		t.order = append(t.order, n)
		if up, ok := above(n.test); ok {
			t.result(name{n.pkg, up}).parent = true
		}
	}
	return r
}

// told prints a package's line when the package is through, and the failures in it.
func (t *tally) told(e event, pkg *result) {
	passed, failed, skipped := t.count(e.Package)
	if passed+failed+skipped == 0 && e.Action != "fail" {
		return // no tests
	}
	fmt.Fprintf(t.w, "%-4s %s %.1fs: %d passed, %d failed, %d skipped\n", e.Action, e.Package, e.Elapsed, passed, failed, skipped)
	for _, n := range t.order {
		r := t.results[n]
		if n.pkg != e.Package || n.test == "" || !counts(r) || r.outcome == "pass" || r.outcome == "skip" {
			continue
		}
		what := "failed"
		if r.outcome == "" {
			what = "did not end"
		}
		fmt.Fprintf(t.w, "\n%s %s:\n%s\n", n.test, what, indented(r.output))
	}
	if e.Action == "fail" && failed == 0 {
		fmt.Fprintf(t.w, "\n%s\n", indented(pkg.output))
	}
}

// indented leaves out what the test binary says about the course of things.
func indented(output []string) string {
	output = slices.DeleteFunc(slices.Clone(output), func(l string) bool {
		l = strings.TrimSpace(l)
		return strings.HasPrefix(l, "=== ") || strings.HasPrefix(l, "--- FAIL")
	})
	return "    " + strings.ReplaceAll(strings.TrimRight(strings.Join(output, ""), "\n"), "\n", "\n    ")
}

// counts reports whether a test is counted by itself: it has no subtests, or it failed without any of them.
func counts(r *result) bool {
	return r.seen && (!r.parent || r.outcome != "pass" && r.outcome != "skip" && !r.blamed)
}

// count adds up a package's tests, or with an empty name all of them. A package that fails without a test that
// does is one failure: it did not build, or it panicked between its tests.
func (t *tally) count(pkg string) (passed, failed, skipped int) {
	blamed := map[string]bool{}
	for n, r := range t.results {
		if pkg != "" && n.pkg != pkg || n.test == "" || !counts(r) {
			continue
		}
		switch r.outcome {
		case "pass":
			passed++
		case "skip":
			skipped++
		default:
			failed++
			blamed[n.pkg] = true
		}
	}
	if pkg == "" {
		for n, r := range t.results {
			if n.test == "" && r.outcome != "pass" && r.outcome != "skip" && !blamed[n.pkg] {
				failed++
			}
		}
	}
	return passed, failed, skipped
}

// finish prints the failed and skipped tests and the sum, and reports whether all is well.
func (t *tally) finish() bool {
	for _, l := range t.strays {
		fmt.Fprintln(t.w, l)
	}
	var lines []string
	for n, r := range t.results {
		switch {
		case r.unsteady:
			lines = append(lines, fmt.Sprintf("unsteady: %s %s: failed beside others and passed alone", n.pkg, n.test))
		case n.test == "" || !counts(r):
		case r.outcome == "skip":
			lines = append(lines, fmt.Sprintf("skipped: %s %s: %s", n.pkg, n.test, reason(r.output)))
		case r.outcome != "pass":
			lines = append(lines, fmt.Sprintf("failed: %s %s", n.pkg, n.test))
		}
	}
	sort.Strings(lines)
	for _, l := range lines {
		fmt.Fprintln(t.w, l)
	}
	passed, failed, skipped := t.count("")
	fmt.Fprintf(t.w, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	return failed == 0 && passed > 0 // nothing at all is no success
}

// reason is what a test said when it skipped itself, in one line and without the place where it did.
func reason(output []string) string {
	var said []string // the lines since the last place
	for _, l := range output {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "---") || strings.HasPrefix(l, "===") {
			continue
		}
		if place, first, ok := strings.Cut(l, ":"); ok && strings.HasSuffix(place, ".go") {
			if line, rest, ok := strings.Cut(first, ":"); ok && line != "" && strings.Trim(line, "0123456789") == "" {
				said, l = nil, strings.TrimSpace(rest)
			}
		}
		if l != "" {
			said = append(said, l)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}
