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
func counter(t *testing.T) (port int, count *atomic.Int64) {
	t.Helper()
	s, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	count = new(atomic.Int64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := s.Accept()
			if err != nil {
				return
			}
			count.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return s.Addr().(*net.TCPAddr).Port, count
}

// What share_checks saves with 500 virtual servers before one real server.
func TestSharedChecksOnTheWire(t *testing.T) {
	const services, length = 500, 4 * time.Second
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	seen := map[string]int64{}
	for _, how := range []string{"share_checks off", "share_checks"} {
		t.Run(how, func(t *testing.T) {
			port, count := counter(t)
			var b strings.Builder
			fmt.Fprintf(&b, "global_defs {\n%s\n}\n", how)
			for i := range services {
				fmt.Fprintf(&b, "virtual_server 192.0.2.1 %d {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 1\nalpha\n"+
					"real_server 127.0.0.1 %d {\nTCP_CHECK {\n}\n}\n}\n", i+1, port)
			}
			goLive(t, b.String()).until(services)
			before, used := count.Load(), cpu()
			time.Sleep(length) // what is counted is what comes in a time
			seen[how] = count.Load() - before
			t.Logf("%d connections in %v, %v of the processor with the server's", seen[how], length, cpu()-used)
		})
	}
	if n := seen["share_checks"]; n < 2 || n > 5 {
		t.Errorf("%d connections in %v with share_checks, want one a second", n, length)
	}
	if n := seen["share_checks off"]; n < 2*services {
		t.Errorf("%d connections in %v without, want %d a second", n, length, services)
	}
}

// What recover_at_once saves: a whole delay_loop.
func TestRecoveryAtOnceOnTheWire(t *testing.T) {
	const loop = 2 * time.Second
	for how, most := range map[string]time.Duration{"": 2*loop + loop/2, "recover_at_once": loop + loop/2} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			var broken atomic.Bool
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if broken.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
				_, _ = io.WriteString(w, "hello")
			}))
			t.Cleanup(s.Close)
			l := goLive(t, fmt.Sprintf("virtual_server 192.0.2.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop %d\nalpha\n"+
				"real_server 127.0.0.1 %d {\nHTTP_GET {\nretry 0\ndelay_before_retry 1\n%s\nurl {\npath /\n}\n}\n}\n}\n",
				loop/time.Second, s.Listener.Addr().(*net.TCPAddr).Port, how))
			l.until(1)
			broken.Store(true)
			l.until(0) // a check has just failed; the next is a delay_loop later
			broken.Store(false)
			took := l.until(1)
			t.Logf("back after %v", took)
			if took < most-loop || took > most {
				t.Errorf("back after %v, want %v to %v", took, most-loop, most)
			}
		})
	}
}
