package main

import (
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

// maxAgain is how many tests may fail and be given a second try.
const maxAgain = 4

// again runs every test of the packages that failed once more. run calls read with the events of one test.
func (t *tally) again(packages *regexp.Regexp, run func(n name, read func(io.Reader) error) error) {
	var failed []name
	for _, n := range t.order {
		if r := t.results[n]; n.test != "" && packages.MatchString(n.pkg) && counts(r) && r.outcome == "fail" {
			failed = append(failed, n)
		}
	}
	if len(failed) > maxAgain {
		return
	}
	for _, n := range failed {
		second := newTally(io.Discard)
		err := run(n, second.read)
		if r := second.results[n]; err == nil && r != nil && r.outcome == "pass" {
			t.forgive(n)
			continue
		}
		fmt.Fprintf(t.w, "\n%s failed again:\n%s\n", n.test, indented(second.result(n).output))
	}
}

// forgive counts a test as passed, and with its last failed one the package.
func (t *tally) forgive(n name) {
	r := t.results[n]
	r.outcome, r.unsteady = "pass", true
	if _, failed, _ := t.count(n.pkg); failed == 0 {
		t.results[name{n.pkg, ""}].outcome = "pass"
	}
}

// goTest runs one test by itself.
func goTest(n name, read func(io.Reader) error) error {
	levels := strings.Split(n.test, "/")
	for i, l := range levels {
		levels[i] = "^" + regexp.QuoteMeta(l) + "$"
	}
	cmd := exec.Command("go", "test", "-json", "-vet=off", "-count=1", "-timeout", "2m", "-run", strings.Join(levels, "/"), n.pkg)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := read(out); err != nil {
		return err
	}
	return cmd.Wait()
}
