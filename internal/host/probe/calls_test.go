package probe_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// asChecker makes the test binary a program that checks: the kind, whom, and how often.
const asChecker = "HOLDFAST_PROBE_CHECKER"

// perRound is how many checks begin at a time.
const perRound = 50

func init() {
	words := strings.Fields(os.Getenv(asChecker))
	if len(words) == 0 {
		return
	}
	rounds, _ := strconv.Atoi(words[2])
	if err := check(words[0], netip.MustParseAddrPort(words[1]), rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// callOf gives a call that succeeds.
func callOf(kind string, to netip.AddrPort) *talk.Call {
	if kind == "http" {
		return get(to, 20*time.Second, conf.URL{Path: text("/")})
	}
	return tcp(to, 20*time.Second)
}

// check makes rounds of perRound checks.
func check(kind string, to netip.AddrPort, rounds int) error {
	p, err := probe.New(probe.Options{})
	if err != nil {
		return err
	}
	var calls [perRound]*talk.Call
	for i := range calls {
		calls[i] = callOf(kind, to)
	}
	var results []probe.Result
	for range rounds {
		now := time.Now()
		for i, c := range calls {
			p.Start(probe.ID(i), c, now)
		}
		for p.Under() > 0 || len(results) < perRound {
			if results, _, _, err = p.Wait(time.Time{}, false, results); err != nil {
				return err
			}
		}
		for _, r := range results {
			if !r.Verdict.OK {
				return fmt.Errorf("%+v", r)
			}
		}
		results = results[:0]
	}
	return p.Close()
}

// webServer answers requests with a page and closes.
func webServer(t testing.TB) netip.AddrPort {
	return serve(t, func(c net.Conn) {
		hear(c)
		_, _ = io.WriteString(c, good+"Content-Length: 5\r\n\r\nhello")
	})
}

// The system calls of a check, counted by strace over a whole process, less those of a process that checks nothing.
func TestSystemCallsPerCheck(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace: not installed")
	}
	for _, c := range []struct {
		kind string
		to   netip.AddrPort
		most float64
	}{{"tcp", serve(t, func(net.Conn) {}), 7}, {"http", webServer(t), 10}} {
		const rounds = 40
		idle, busy := countCalls(t, strace, c.kind, c.to, 0), countCalls(t, strace, c.kind, c.to, rounds)
		each := float64(busy["total"]-idle["total"]) / (rounds * perRound)
		t.Logf("%s: %.2f system calls a check: %v", c.kind, each, busy)
		if each >= c.most {
			t.Errorf("%s: %.2f system calls a check, want under %v", c.kind, each, c.most)
		}
	}
}

func countCalls(t *testing.T, strace, kind string, to netip.AddrPort, rounds int) map[string]int {
	t.Helper()
	out := filepath.Join(t.TempDir(), "calls")
	cmd := exec.Command(strace, "-f", "-c", "-U", "calls,name", "-o", out, os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %v %d", asChecker, kind, to, rounds))
	if said, err := cmd.CombinedOutput(); err != nil {
		if bytes.Contains(said, []byte("ptrace")) {
			t.Skipf("needs ptrace: %s", said)
		}
		t.Fatalf("%v: %s", err, said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		var n int
		var name string
		if _, err := fmt.Sscan(s.Text(), &n, &name); err == nil {
			counts[name] = n
		}
	}
	if counts["total"] == 0 {
		t.Fatalf("strace counted nothing: %s", text)
	}
	return counts
}
