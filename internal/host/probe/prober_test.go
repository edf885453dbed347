package probe_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// full makes a listener that takes no more connections.
func full(t testing.TB) (netip.AddrPort, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return netip.AddrPort{}, err
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(fd, 0)); err != nil {
		return netip.AddrPort{}, err
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}, err
	}
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(sa.(*unix.SockaddrInet4).Port))
	c, err := net.Dial("tcp", to.String())
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return to, err
}

// nobody is an address where nobody listens.
func nobody(t testing.TB) netip.AddrPort {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// nobodies is nobody for two addresses.
func nobodies(tb testing.TB) (a, b netip.AddrPort) {
	tb.Helper()
	for a == b {
		a, b = nobody(tb), nobody(tb)
	}
	return a, b
}

func tcp(to netip.AddrPort, timeout time.Duration) *talk.Call {
	return &talk.Call{Network: talk.Stream, To: to, Timeout: timeout, Talk: talk.Mute{}}
}

func TestTCP(t *testing.T) {
	p := newProber(t, probe.Options{})
	heard := make(chan error, 1)
	up := serve(t, func(c net.Conn) {
		_, err := c.Read(make([]byte, 1))
		heard <- err
	})
	if r := attempt(t, p, tcp(up, time.Second)); r.Kind != probe.Answered || !r.Verdict.OK {
		t.Errorf("listening: %+v", r)
	}
	if err := <-heard; !errors.Is(err, io.EOF) {
		t.Errorf("the server hears %v, not an orderly end", err)
	}
	if r := attempt(t, p, tcp(nobody(t), time.Second)); r.Verdict.Why != talk.ConnectFailed || syscall.Errno(r.Verdict.Errno) != syscall.ECONNREFUSED {
		t.Errorf("nobody there: %+v", r)
	}
	const wait = 150 * time.Millisecond
	if r := attempt(t, p, tcp(deaf(t), wait)); r.Verdict.Why != talk.ConnectTimeout || r.Took < wait || r.Took > wait+5*time.Second {
		t.Errorf("deaf: %+v", r)
	}
	if r := attempt(t, p, tcp(netip.MustParseAddrPort("127.0.0.1:0"), wait)); r.Verdict.OK {
		t.Errorf("port 0: %+v", r)
	}
}

// A server that is not tried is not judged.
func TestNotTried(t *testing.T) {
	p := newProber(t, probe.Options{})
	up := serve(t, func(net.Conn) {})
	for _, heavy := range []bool{false, true} {
		for _, c := range []struct {
			change func(*talk.Call)
			step   probe.Step
			errno  syscall.Errno
		}{
			{func(c *talk.Call) { c.From = netip.MustParseAddr("192.0.2.1") }, probe.StepBind, syscall.EADDRNOTAVAIL},
			{func(c *talk.Call) { c.Interface = "nope0" }, probe.StepDevice, syscall.ENODEV},
			{func(c *talk.Call) { c.From = netip.MustParseAddr("::1") }, probe.StepBind, 0},
		} {
			if heavy && c.errno == 0 {
				continue // net.Dial says so in its own words
			}
			call := tcp(up, time.Second)
			call.Heavy = heavy
			c.change(call)
			r := attempt(t, p, call)
			var fault *probe.SetupError
			if r.Kind != probe.NotTried || !errors.As(r.Err, &fault) || fault.Step != c.step || c.errno != 0 && !errors.Is(fault, c.errno) {
				t.Errorf("heavy %v: %+v", heavy, r)
			}
		}
	}
}

// A port may be taken again at once for another server; for the same one that is the kernel's choice, and no verdict.
func TestBindPortTwice(t *testing.T) {
	p := newProber(t, probe.Options{})
	port := nobody(t).Port()
	for range 2 {
		call := tcp(serve(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }), time.Second)
		call.FromPort = port
		for i := range 2 {
			if r := attempt(t, p, call); r.Kind == probe.Answered && !r.Verdict.OK || r.Kind != probe.Answered && i == 0 {
				t.Errorf("%d: %+v, %v", i, r, r.Err)
			}
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	p := newProber(t, probe.Options{})
	up, down := serve(t, func(net.Conn) {}), nobody(t)
	const n = 400
	want := map[probe.ID]bool{}
	for i := range n {
		id := probe.ID(i)
		want[id] = i%3 != 0
		to := up
		if i%3 == 0 {
			to = down
		}
		p.Start(id, tcp(to, 10*time.Second), time.Now())
	}
	var got []probe.Result
	for len(got) < n {
		before := len(got)
		var err error
		if got, _, _, err = p.Wait(time.Now().Add(20*time.Second), true, got); err != nil || len(got) == before {
			t.Fatalf("%d of %d results, %v", len(got), n, err)
		}
	}
	for _, r := range got {
		if ok, asked := want[r.ID]; !asked || r.Verdict.OK != ok {
			t.Errorf("%d: %+v", r.ID, r)
		}
		delete(want, r.ID)
	}
	if len(want) != 0 || p.Under() != 0 {
		t.Errorf("%d results missing, %d under way", len(want), p.Under())
	}
}

func TestCancel(t *testing.T) {
	p := newProber(t, probe.Options{Workers: 1})
	to := serve(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	never := func(heavy bool) *talk.Call {
		return &talk.Call{To: to, Timeout: 10 * time.Second, Talk: talk.NewSMTP("x"), Heavy: heavy}
	}
	calls := []*talk.Call{never(false), never(true), never(true)} // the third queues behind the second
	for round := range 3 {
		for i, c := range calls {
			p.Start(probe.ID(i), c, time.Now())
		}
		if round == 1 { // the same once more takes the place of the first
			for i, c := range calls {
				p.Start(probe.ID(i), c, time.Now())
			}
		}
		if r, _, _, err := p.Wait(time.Now().Add(20*time.Millisecond), true, nil); len(r) != 0 || err != nil || p.Under() != len(calls) {
			t.Fatalf("%+v, %d under way, %v", r, p.Under(), err)
		}
		for i := range calls {
			if !p.Cancel(probe.ID(i)) || p.Cancel(probe.ID(i)) {
				t.Errorf("cancelling %d", i)
			}
		}
		if r, _, _, _ := p.Wait(time.Now().Add(20*time.Millisecond), true, nil); len(r) != 0 || p.Under() != 0 {
			t.Fatalf("after cancelling: %+v, %d under way", r, p.Under())
		}
	}
	// A result that nobody has fetched goes too.
	p.Start(9, tcp(nobody(t), time.Second), time.Now())
	if !p.Cancel(9) {
		t.Error("9 is not known")
	}
	if r, _, _, _ := p.Wait(time.Now(), true, nil); len(r) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestWake(t *testing.T) {
	p := newProber(t, probe.Options{})
	var woken atomic.Int32
	go func() {
		woken.Add(1)
		p.Wake()
	}()
	if _, _, w, err := p.Wait(time.Time{}, false, nil); err != nil || !w || woken.Load() != 1 {
		t.Errorf("woken %v, %v", w, err)
	}
	p.Wake()
	p.Wake()
	if _, _, w, _ := p.Wait(time.Now(), true, nil); !w {
		t.Error("not woken")
	}
	begin := time.Now()
	if _, now, w, _ := p.Wait(begin.Add(30*time.Millisecond), true, nil); w || now.Sub(begin) < 30*time.Millisecond {
		t.Errorf("woken %v after %v", w, now.Sub(begin))
	}
}

// Deadlines end attempts in their order, whatever the order of starting.
func TestDeadlinesInOrder(t *testing.T) {
	p := newProber(t, probe.Options{})
	to := deaf(t)
	start := time.Now()
	for i, ms := range []int{90, 30, 60, 45, 75, 105} {
		p.Start(probe.ID(i), tcp(to, time.Duration(ms)*time.Millisecond), start)
	}
	p.Cancel(3)
	var order []probe.ID
	for len(order) < 5 {
		r, _, _, err := p.Wait(start.Add(10*time.Second), true, nil)
		if err != nil || len(r) == 0 {
			t.Fatal(order, err)
		}
		for _, r := range r {
			order = append(order, r.ID)
		}
	}
	if want := [5]probe.ID{1, 2, 4, 0, 5}; [5]probe.ID(order) != want {
		t.Errorf("%v, want %v", order, want)
	}
}

// shout says more than any socket has room for, and wants to hear how much of it arrived.
type shout struct {
	all  []byte
	want string
	got  string
}

func (s *shout) Open(uint64) ([]byte, bool) {
	s.got = ""
	return s.all, false
}

func (s *shout) Hear(b []byte, end talk.End) ([]byte, bool) {
	s.got += string(b)
	return nil, end.Kind != talk.Open
}

func (s *shout) Verdict() talk.Verdict { return talk.Verdict{OK: s.got == s.want} }

// What a socket has no room for follows later, whole and in order.
func TestLongSpeech(t *testing.T) {
	all := make([]byte, 16<<20)
	for i := range all {
		all[i] = byte(i * 7 >> 8)
	}
	digest := func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
	to := serve(t, func(c net.Conn) {
		b := make([]byte, len(all))
		n, _ := io.ReadFull(c, b)
		_, _ = io.WriteString(c, digest(b[:n]))
	})
	deaf := serve(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		slam(c)
	})
	p := newProber(t, probe.Options{})
	for range 2 {
		call := &talk.Call{To: to, Timeout: 10 * time.Second, Talk: &shout{all: all, want: digest(all)}}
		if r := attempt(t, p, call); !r.Verdict.OK {
			t.Errorf("%+v", r)
		}
		// The memory of one that was cut short is clean for the next.
		call.To = deaf
		if r := attempt(t, p, call); r.Verdict.OK {
			t.Errorf("cut short: %+v", r)
		}
	}
}

// A Wake that comes while the Prober is closed, or later, does nothing.
func TestCloseWhileWoken(t *testing.T) {
	for range 1000 {
		p, err := probe.New(probe.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var wakers sync.WaitGroup
		for range 4 {
			wakers.Go(func() {
				for range 20 {
					p.Wake()
				}
			})
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		// The descriptors of what was closed are somebody else's now.
		var others [4]int
		for i := range others {
			fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
			if err != nil {
				t.Fatal(err)
			}
			others[i] = fd
		}
		wakers.Wait()
		for _, fd := range others {
			if n, _ := unix.Read(fd, make([]byte, 8)); n > 0 {
				t.Error("a wake-up was written to somebody else")
			}
			_ = unix.Close(fd)
		}
	}
}
