package probe_test

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"holdfast/conf/diag"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

func TestMain(m *testing.M) {
	// The clock of the engine that backtracks stops by itself, a second after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

// here is where the values of tests are set.
var here = diag.NewFile("test.conf", "x").Span(0, 1)

func newProber(t testing.TB, o probe.Options) *probe.Prober {
	t.Helper()
	p, err := probe.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// one waits for the only result of the one attempt under way.
func one(t testing.TB, p *probe.Prober) probe.Result {
	t.Helper()
	r, _, _, err := p.Wait(time.Now().Add(20*time.Second), true, nil)
	if err != nil || len(r) != 1 || p.Under() != 0 {
		t.Fatalf("%d results, %d under way, %v", len(r), p.Under(), err)
	}
	return r[0]
}

// attempt carries one call.
func attempt(t testing.TB, p *probe.Prober, c *talk.Call) probe.Result {
	t.Helper()
	p.Start(7, c, time.Now())
	r := one(t, p)
	if r.ID != 7 {
		t.Fatalf("result of %d", r.ID)
	}
	return r
}

// serve listens on loopback and gives every connection to a goroutine of its own. Connections are closed at the end of the test.
func serve(t testing.TB, handle func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			ended := make(chan struct{})
			t.Cleanup(func() { <-ended })
			t.Cleanup(func() { _ = c.Close() })
			go func() {
				defer close(ended)
				defer func() { _ = c.Close() }()
				handle(c)
			}()
		}
	}()
	t.Cleanup(func() { <-done })
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// deaf is an address where a connection is never made: its queue of connections is full.
func deaf(t testing.TB) netip.AddrPort {
	t.Helper()
	to, err := full(t)
	if err != nil {
		t.Fatal(err)
	}
	return to
}
