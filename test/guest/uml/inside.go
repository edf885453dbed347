// Package uml runs tests in a User-mode-Linux guest (internal/lab/uml), which has a kernel with IPVS and with every kind of link.
// Where there can be none, a test is skipped.
//
// A test that is to run in there says so itself:
//
//	func TestTable(t *testing.T) {
//		uml.Inside(t, "", func(t *testing.T) {
//			t.Run("services", func(t *testing.T) { ... })
//		})
//	}
//
// Outside, Inside starts a guest, has it run this one test of this test binary, and shows the subtests' outcome as subtests of t.
package uml

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"holdfast/internal/lab/uml"
)

// insideVar is set in a guest for the tests that Inside runs there.
const insideVar = "HOLDFAST_GUEST"

// atOnce is how many parallel tests run at the same time in a guest, if -test.parallel does not say it. They mostly wait.
const atOnce = "6"

// Need skips t unless a guest can be run.
func Need(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: a User-mode-Linux guest")
	}
	var absent uml.Unavailable
	if err := uml.Ready(); errors.As(err, &absent) {
		t.Skipf("needs %s: %v", uml.Package, absent)
	} else if err != nil {
		t.Fatal(err)
	}
}

// Inside runs f in a guest. Outside of one it starts it, runs the test t of this test binary in there, and t's subtests are those
// that ran. t has no parent. Flags of the test binary that are not go test's own go in as well; setting adds to the environment.
//
// What f leaves below /out arrives in dir, if dir is not empty.
func Inside(t *testing.T, dir string, f func(t *testing.T), setting ...string) {
	t.Helper()
	if os.Getenv(insideVar) != "" {
		f(t)
		return
	}
	Need(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	where, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	limit := 10 * time.Minute
	if d, ok := t.Deadline(); ok {
		limit = time.Until(d) - 15*time.Second
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), limit+10*time.Second, fmt.Errorf("it took longer than %v", limit))
	defer cancel()
	var said bytes.Buffer
	args := append([]string{
		self, "-test.v=test2json", "-test.run=" + pattern(t.Name()), "-test.timeout=" + limit.String(), "-test.parallel=" + atOnce,
	}, ownFlags()...)
	env := append(environment(), insideVar+"=1")
	status, err := uml.Run(ctx, uml.Guest{Args: args, Env: append(env, setting...), Dir: where, Out: dir, Output: &said})
	replay(t, events(t, said.Bytes()))
	if err != nil {
		t.Errorf("%v\n%s", err, tail(said.Bytes()))
	} else if status != 0 && !t.Failed() {
		t.Errorf("the test in the guest ended with status %d:\n%s", status, tail(said.Bytes()))
	}
}

// pattern selects the test, and of its subtests those that -test.run selects here.
func pattern(test string) string {
	p := "^" + regexp.QuoteMeta(test) + "$"
	if f := flag.Lookup("test.run"); f != nil {
		if _, below, ok := strings.Cut(f.Value.String(), "/"); ok {
			p += "/" + below
		}
	}
	return p
}

func ownFlags() (args []string) {
	flag.Visit(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") || f.Name == "test.short" || f.Name == "test.parallel" {
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	return args
}

// environment is what a program of the guest gets to know of the host's.
func environment() []string {
	env := []string{"HOME=/root", "TERM=dumb", "LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "HOLDFAST_") {
			env = append(env, v)
		}
	}
	return env
}

// events reads what a test said the way "go test -json" does.
func events(t *testing.T, said []byte) []event {
	t.Helper()
	cmd := exec.Command("go", "tool", "test2json")
	cmd.Stdin = bytes.NewReader(said)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("test2json: %v: %s", err, wrong.Bytes())
	}
	all, err := decode(out)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func tail(said []byte) []byte {
	const most = 4000
	if len(said) > most {
		said = said[len(said)-most:]
	}
	return said
}
