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

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// asChecker makes the test binary a program that checks: the kind, whom, how many rounds, and perhaps how many checks a second.
const asChecker = "HOLDFAST_PROBE_CHECKER"

// perRound is how many checks begin at a time.
const perRound = 50

func init() {
	words := strings.Fields(os.Getenv(asChecker))
	if len(words) == 0 {
		return
	}
	rounds, _ := strconv.Atoi(words[2])
	f := check
	if len(words) > 3 {
		rate, _ := strconv.Atoi(words[3])
		f = func(kind string, to netip.AddrPort, rounds int) error { return paced(kind, to, rounds*perRound, rate) }
	}
	if err := f(words[0], netip.MustParseAddrPort(words[1]), rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// callOf gives a call that succeeds.
func callOf(kind string, to netip.AddrPort) *talk.Call {
	c := tcp(to, 20*time.Second)
	if kind != "tcp" {
		c = get(to, 20*time.Second, conf.URL{Path: text("/")})
	}
	if kind == "tls" {
		c.TLS = &talk.TLS{}
	}
	return c
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

// paced makes n checks, each at its own time, and prints what processor time they took.
func paced(kind string, to netip.AddrPort, n, rate int) error {
	p, err := probe.New(probe.Options{})
	if err != nil {
		return err
	}
	calls := make([]*talk.Call, rate) // as many targets as are checked in a second
	for i := range calls {
		calls[i] = callOf(kind, to)
	}
	var results []probe.Result
	begin, done := time.Now(), 0
	at := func(i int) time.Time { return begin.Add(time.Duration(i) * time.Second / time.Duration(rate)) }
	now := begin
	for i := 0; done < n; {
		for ; i < n && !at(i).After(now); i++ {
			p.Start(probe.ID(i), calls[i%rate], now)
		}
		if results, now, _, err = p.Wait(at(i), i < n, results[:0]); err != nil {
			return err
		}
		for _, r := range results {
			if done++; !r.Verdict.OK {
				return fmt.Errorf("%+v", r)
			}
		}
	}
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return err
	}
	fmt.Printf("%d %s checks in %v, %.3f s of processor for 1000\n", n, kind, time.Since(begin).Round(time.Millisecond),
		time.Duration(u.Utime.Nano()+u.Stime.Nano()).Seconds()*1000/float64(n))
	return p.Close()
}

// webServer answers requests with a page and closes.
func webServer(t testing.TB) netip.AddrPort {
	return serve(t, func(c net.Conn) {
		hear(c)
		_, _ = io.WriteString(c, good+"Content-Length: 5\r\n\r\nhello")
	})
}

// ours are the system calls that a Prober makes. The others that strace sees are the Go runtime's, and go by the time that passes, by what
// else the machine does, and not by the number of checks.
var ours = strings.Fields("socket setsockopt bind connect getsockopt epoll_ctl epoll_wait epoll_pwait2 clock_nanosleep sendmsg read close")

// The system calls of a check, counted by strace over a whole process, less those of a process that checks nothing: fifty at
// once, and one a millisecond.
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
		for _, pace := range []string{"", " 1000"} {
			const rounds = 40
			idle, busy := countCalls(t, strace, c.kind, c.to, 0, pace), countCalls(t, strace, c.kind, c.to, rounds, pace)
			n := 0
			for _, name := range ours {
				n += busy[name] - idle[name]
			}
			each, all := float64(n)/(rounds*perRound), float64(busy["total"]-idle["total"])/(rounds*perRound)
			t.Logf("%s%s: %.2f system calls a check, %.2f with the runtime's: %v", c.kind, pace, each, all, busy)
			if each >= c.most {
				t.Errorf("%s%s: %.2f system calls a check, want under %v", c.kind, pace, each, c.most)
			}
		}
	}
}

func countCalls(t *testing.T, strace, kind string, to netip.AddrPort, rounds int, pace string) map[string]int {
	t.Helper()
	out := filepath.Join(t.TempDir(), "calls")
	cmd := exec.Command(strace, "-f", "-c", "-U", "calls,name", "-o", out, os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %v %d%s", asChecker, kind, to, rounds, pace))
	if said, err := cmd.CombinedOutput(); err != nil {
		if bytes.Contains(said, []byte("ptrace")) {
			t.Skipf("needs ptrace: %s", bytes.Join(bytes.Fields(said), []byte(" ")))
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
