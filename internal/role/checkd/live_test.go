package checkd

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/internal/host/mem"
	"holdfast/internal/host/probe"
)

// live is a role that checks servers on loopback over real sockets, on a table in memory.
type live struct {
	*mem.Plane
	t       *testing.T
	changed chan struct{} // something was done to the table
}

// Apply implements Kernel.
func (l *live) Apply(ops []lvs.Op) []error {
	errs := l.Plane.Apply(ops)
	select {
	case l.changed <- struct{}{}:
	default:
	}
	return errs
}

func (l *live) Close() error { return nil }

// goLive runs a role until the end of the test.
func goLive(t *testing.T, text string) *live {
	t.Helper()
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{})
	if faults.HasErrors() {
		t.Fatal(faults.Error())
	}
	p, err := probe.New(probe.Options{Credentials: credentials(cfg, slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	l := &live{Plane: mem.NewPlane(), t: t, changed: make(chan struct{}, 1)}
	role := New(Options{
		Config: cfg, Log: slog.New(slog.DiscardHandler), Host: Host{Kernel: l, Prober: p, Scripts: newRig(t)},
		random: func(time.Duration) time.Duration { return 0 },
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- role.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	<-role.Ready()
	return l
}

// until waits until so many destinations are in the table, and tells how long that took.
func (l *live) until(dests int) time.Duration {
	l.t.Helper()
	begin := time.Now()
	for late := time.After(20 * time.Second); ; {
		entries, err := l.Read()
		if err != nil {
			l.t.Fatal(err)
		}
		have := 0
		for _, e := range entries {
			have += len(e.Dests)
		}
		if have == dests {
			return time.Since(begin)
		}
		select {
		case <-l.changed:
		case <-late:
			l.t.Fatalf("%d destinations in the table, not %d", have, dests)
		}
	}
}

// counter is a server that counts connections.
type counter struct {
	port  int
	count atomic.Int64
	came  chan struct{} // one has come
}

func count(t *testing.T) *counter {
	t.Helper()
	s, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &counter{port: s.Addr().(*net.TCPAddr).Port, came: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := s.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
			n.count.Add(1)
			select {
			case n.came <- struct{}{}:
			default:
			}
		}
	}()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return n
}

// more waits for so many more connections.
func (n *counter) more(t *testing.T, want int64) {
	t.Helper()
	late := time.After(20 * time.Second)
	for end := n.count.Load() + want; n.count.Load() < end; {
		select {
		case <-n.came:
		case <-late:
			t.Fatalf("%d connections, not %d more", n.count.Load(), want)
		}
	}
}

// What share_checks saves with 500 virtual servers before one real server. Another one, which is checked as often, is the clock.
func TestSharedChecksOnTheWire(t *testing.T) {
	const services, rounds = 500, 4
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	for how, want := range map[string]struct{ least, most int64 }{
		"share_checks off": {(rounds - 1) * services, (rounds + 1) * services},
		"share_checks":     {rounds - 1, rounds + 1},
	} {
		t.Run(how, func(t *testing.T) {
			one, clock := count(t), count(t)
			var b strings.Builder
			fmt.Fprintf(&b, "global_defs {\n%s\n}\n", how)
			for i := range services + 1 {
				port := one.port
				if i == services {
					port = clock.port
				}
				fmt.Fprintf(&b, "virtual_server 192.0.2.1 %d {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 1\nalpha\n"+
					"real_server 127.0.0.1 %d {\nTCP_CHECK {\n}\n}\n}\n", i+1, port)
			}
			goLive(t, b.String()).until(services + 1)
			before, used := one.count.Load(), cpu()
			clock.more(t, rounds)
			n := one.count.Load() - before
			t.Logf("%d connections in %d periods, %v of the processor with the server's", n, rounds, cpu()-used)
			if n < want.least || n > want.most {
				t.Errorf("%d connections in %d periods, want %d to %d", n, rounds, want.least, want.most)
			}
		})
	}
}

// What recover_at_once saves: a request, and so a whole delay_loop.
func TestRecoveryAtOnceOnTheWire(t *testing.T) {
	for how, want := range map[string]int64{"": 2, "recover_at_once": 1} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			var broken atomic.Bool
			var well atomic.Int64
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if broken.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
				} else {
					well.Add(1)
				}
				_, _ = io.WriteString(w, "hello")
			}))
			t.Cleanup(s.Close)
			l := goLive(t, fmt.Sprintf("virtual_server 192.0.2.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 2\nalpha\n"+
				"real_server 127.0.0.1 %d {\nHTTP_GET {\nretry 0\ndelay_before_retry 1\n%s\nurl {\npath /\n}\n}\n}\n}\n",
				s.Listener.Addr().(*net.TCPAddr).Port, how))
			l.until(1)
			broken.Store(true)
			l.until(0) // a check has just failed; the next is a delay_loop later
			before := well.Load()
			broken.Store(false)
			took := l.until(1)
			t.Logf("back after %v", took)
			if n := well.Load() - before; n != want {
				t.Errorf("back after %d good answers, want %d", n, want)
			}
		})
	}
}
