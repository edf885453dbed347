package probe_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// cpu is the processor time of this thread's process, in all its threads.
func cpu(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchmark makes b.N checks, perRound at a time. The server runs in the same process: its part is in the processor's time.
func benchmark(b *testing.B, kind string, to netip.AddrPort) {
	p := newProber(b, probe.Options{})
	var calls [perRound]*talk.Call
	for i := range calls {
		calls[i] = callOf(kind, to)
	}
	var results []probe.Result
	b.ReportAllocs()
	b.ResetTimer()
	begin := cpu(b)
	for n := 0; n < b.N; n += perRound {
		now := time.Now()
		for i, c := range calls {
			p.Start(probe.ID(i), c, now)
		}
		for results = results[:0]; len(results) < perRound; {
			var err error
			if results, _, _, err = p.Wait(time.Time{}, false, results); err != nil {
				b.Fatal(err)
			}
		}
		for i := range results {
			if !results[i].Verdict.OK {
				b.Fatalf("%+v", results[i])
			}
		}
	}
	b.StopTimer()
	b.ReportMetric((cpu(b)-begin).Seconds()*1000/float64(b.N), "cpu-s/1000")
}

// sink is a server in C's manner: it closes what it has accepted, without a goroutine for each.
func sink(b testing.TB) netip.AddrPort {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	b.Cleanup(func() { <-done })
	b.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func page(b testing.TB) netip.AddrPort {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 4096)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(buffer)
			_, _ = io.WriteString(c, good+"Content-Length: 5\r\n\r\nhello")
			_ = c.Close()
		}
	}()
	b.Cleanup(func() { <-done })
	b.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func BenchmarkTCP(b *testing.B) { benchmark(b, "tcp", sink(b)) }
func BenchmarkTLS(b *testing.B) {
	pair, _, _ := certificate(b, time.Now().Add(time.Hour))
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	to := serve(b, func(c net.Conn) {
		s := tls.Server(c, config)
		hear(s)
		_, _ = io.WriteString(s, good+"Content-Length: 5\r\n\r\nhello")
	})
	benchmark(b, "tls", to)
}

func BenchmarkHTTP(b *testing.B) { benchmark(b, "http", page(b)) }

// Five thousand servers that do not answer, under way at once: what starting and giving up costs.
func BenchmarkTimeouts5000(b *testing.B) {
	const n = 5000
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < n+100 {
		b.Skipf("needs %d descriptors, has %d", n+100, limit.Cur)
	}
	p := newProber(b, probe.Options{})
	call := tcp(deaf(b), 100*time.Millisecond)
	var results []probe.Result
	for b.Loop() {
		now := time.Now()
		for i := range n {
			p.Start(probe.ID(i), call, now)
		}
		for results = results[:0]; len(results) < n; {
			var err error
			if results, _, _, err = p.Wait(time.Time{}, false, results); err != nil {
				b.Fatal(err)
			}
		}
		for i := range results {
			if results[i].Verdict.Why != talk.ConnectTimeout {
				b.Fatalf("%+v", results[i])
			}
		}
	}
}

// The steady state of TCP checks, made or refused, allocates nothing.
func TestTCPAllocatesNothing(t *testing.T) {
	p := newProber(t, probe.Options{})
	up, down := tcp(sinkless(t), time.Second), tcp(nobody(t), time.Second)
	results := make([]probe.Result, 0, 2)
	round := func() {
		now := time.Now()
		p.Start(1, up, now)
		p.Start(2, down, now)
		for results = results[:0]; len(results) < 2; {
			var err error
			if results, _, _, err = p.Wait(now.Add(5*time.Second), true, results); err != nil {
				t.Fatal(err)
			}
		}
	}
	const runs = 100 // and the listener's queue takes them all
	for range 10 {
		round()
	}
	if n := testing.AllocsPerRun(runs, round); n != 0 {
		t.Errorf("%v allocations for two checks", n)
	}
}

// sinkless is a listener that accepts nothing: the kernel makes the connections, and nobody allocates beside the test.
func sinkless(t testing.TB) netip.AddrPort {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 1000); err != nil {
		t.Fatal(err)
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(sa.(*unix.SockaddrInet4).Port))
}
