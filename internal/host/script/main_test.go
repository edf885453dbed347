package script

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// TestMain lets the test binary be the parent that dies, see TestChildrenDieWithUs.
func TestMain(m *testing.M) {
	if cmd := os.Getenv("SCRIPT_TEST_PARENT"); cmd != "" {
		r, err := NewRunner()
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if _, err := r.Start(Job{Name: "child", Argv: []string{cmd}, Shell: true}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		_ = unix.Pause() // until it is killed
	}
	goleak.VerifyTestMain(m)
}

// newRunner returns a runner that the test closes.
func newRunner(t *testing.T) *Runner {
	t.Helper()
	r, err := NewRunner()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// sh runs a command line to its end and returns the result, its output kept up to 64 KiB.
func sh(t *testing.T, r *Runner, line string, change ...func(*Job)) Result {
	t.Helper()
	job := Job{Name: "test", Argv: []string{"/bin/sh", "-c", line}, Capture: 64 << 10}
	for _, c := range change {
		c(&job)
	}
	p, err := r.Start(job)
	if err != nil {
		t.Fatal(err)
	}
	return p.Wait()
}

// program writes an executable file and returns its path.
func program(t *testing.T, mode os.FileMode, lines ...string) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "program")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.WriteString(strings.Join(lines, "\n") + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Chmod(mode); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// eventually waits for a condition that no event announces, such as what other processes do.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// lines are keepalived's lines about a script.
func lines(v Verdict) []string {
	var out []string
	for _, p := range v.Told() {
		out = append(out, p.Compat)
	}
	return out
}
