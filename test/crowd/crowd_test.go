package crowd

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func here(f func() error) error { return f() }

// serve answers with the status that it is told, and cuts off without one.
func serve(t *testing.T, status *atomic.Int64) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := int(status.Load())
		if n == 0 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Server", "s1")
		w.WriteHeader(n)
		fmt.Fprintln(w, "hello")
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func TestGet(t *testing.T) {
	var status atomic.Int64
	to := serve(t, &status)
	status.Store(200)
	if a := Get(here, 0, to, "/", time.Minute); a.Err != nil || a.Server != "s1" || a.Ended.Before(a.Began) {
		t.Errorf("%+v", a)
	}
	for _, bad := range []int64{0, 503} {
		status.Store(bad)
		if a := Get(here, 0, to, "/", time.Minute); a.Err == nil {
			t.Errorf("status %d is an answer: %+v", bad, a)
		}
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if a := Get(here, 0, closed.Addr().(*net.TCPAddr).AddrPort(), "/", time.Minute); !errors.Is(a.Err, syscall.ECONNREFUSED) {
		t.Errorf("where nobody listens: %v", a.Err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // the kernel connects, and nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if a := Get(here, 0, silent.Addr().(*net.TCPAddr).AddrPort(), "/", 20*time.Millisecond); a.Err == nil {
		t.Error("silence is an answer")
	}
}

func TestCrowd(t *testing.T) {
	var status atomic.Int64
	status.Store(200)
	c := Start(here, serve(t, &status), time.Millisecond, time.Minute)
	for len(c.Since(time.Time{})) < 50 {
		time.Sleep(time.Millisecond)
	}
	status.Store(503)
	for Lost(c.Since(time.Time{})) < 20 {
		time.Sleep(time.Millisecond)
	}
	till := time.Now()
	if got, want := len(c.Until(time.Time{}, till)), 70; got < want {
		t.Errorf("%d asked until then, want %d and more", got, want)
	}
	if c.undecided(till) {
		t.Error("something is undecided")
	}
	c.Stop()
	all := c.Since(time.Time{})
	if Lost(all) < 20 || len(all)-Lost(all) < 50 {
		t.Errorf("%d of %d lost", Lost(all), len(all))
	}
	for i := 1; i < len(all); i++ {
		if all[i].Began.Before(all[i-1].Began) {
			t.Fatal("not in the order of asking")
		}
	}
}

func TestGap(t *testing.T) {
	zero := time.Now()
	at := func(seconds float64) time.Time { return zero.Add(time.Duration(seconds * float64(time.Second))) }
	answers := []Answer{
		{Ended: at(1)}, {Ended: at(3), Err: errors.New("lost")}, {Ended: at(4)}, {Ended: at(1.5)}, {Ended: at(9)},
	}
	for _, tt := range []struct{ from, till, want float64 }{{0, 5, 2.5}, {0, 1, 1}, {0, 8, 4}, {0, 10, 5}, {2, 2.5, 0.5}} {
		if got := Gap(answers, at(tt.from), at(tt.till)).Seconds(); got != tt.want {
			t.Errorf("between %v and %v: %v, want %v", tt.from, tt.till, got, tt.want)
		}
	}
}
