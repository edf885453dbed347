package advert

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// lan is two network namespaces joined by one cable:
//
//	A: v0 10.77.0.1/24 ─── B: v0 10.77.0.2/24
type lan struct {
	t    testing.TB
	a, b string
}

var lans atomic.Int32

func newLAN(t testing.TB) *lan {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: network namespaces and raw sockets")
	}
	n := lans.Add(1)
	l := &lan{t: t, a: fmt.Sprintf("advert-%d-%da", os.Getpid(), n), b: fmt.Sprintf("advert-%d-%db", os.Getpid(), n)}
	for _, ns := range []string{l.a, l.b} {
		l.ip("netns", "add", ns)
		t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
	}
	l.cable()
	return l
}

func (l *lan) cable() {
	l.t.Helper()
	l.ip("link", "add", "v0", "netns", l.a, "type", "veth", "peer", "name", "v0", "netns", l.b)
	for i, ns := range []string{l.a, l.b} {
		l.ip("-n", ns, "addr", "add", fmt.Sprintf("10.77.0.%d/24", i+1), "dev", "v0")
		l.ip("-n", ns, "link", "set", "v0", "up")
	}
}

func (l *lan) ip(args ...string) {
	l.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		l.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// in runs f on a thread that lives in the namespace, and throws the thread away.
func (l *lan) in(ns string, f func() error) error {
	l.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		fd, err := unix.Open("/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			defer unix.Close(fd)
			err = unix.Setns(fd, unix.CLONE_NEWNET)
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// link looks v0 up as a link mirror would have it.
func (l *lan) link(ns string) table.Link {
	l.t.Helper()
	var index int
	if err := l.in(ns, func() error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		req, _ := unix.NewIfreq("v0")
		if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, req); err != nil {
			return err
		}
		index = int(req.Uint32())
		return nil
	}); err != nil {
		l.t.Fatalf("v0 in %s: %v", ns, err)
	}
	return table.Link{Index: index, Name: "v0"}
}

var group = netip.MustParseAddr("224.0.0.18")

func (l *lan) config(ns string) Config {
	return Config{Link: l.link(ns), Family: 4, Group: group, AllVRIDs: true, Protocol: 112}
}

func (l *lan) open(ns string, c Config) *Socket {
	l.t.Helper()
	var s *Socket
	if err := l.in(ns, func() (err error) { s, err = Open(c); return err }); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { s.Close() })
	return s
}

// receive waits up to 5 s for a packet.
func receive(t testing.TB, s *Socket, p *Packet) {
	t.Helper()
	limit := time.Now().Add(5 * time.Second)
	for {
		err := s.Recv(p)
		if err == nil {
			return
		}
		left := time.Until(limit)
		if !errors.Is(err, ErrNone) || left < 0 {
			t.Fatal(err)
		}
		pfd := []unix.PollFd{{Fd: int32(s.FD()), Events: unix.POLLIN}}
		unix.Poll(pfd, int(left.Milliseconds())+1)
	}
}

func send(t testing.TB, s *Socket, b []byte, dst netip.Addr) {
	t.Helper()
	if err := s.Send(b, dst); err != nil {
		t.Fatal(err)
	}
}

func TestMulticastRoundTrip(t *testing.T) {
	l := newLAN(t)
	ca, cb := l.config(l.a), l.config(l.b)
	a, b := l.open(l.a, ca), l.open(l.b, cb)
	var p Packet
	for i, ttl := range []uint8{255, 254, 1} {
		out := packet4("10.77.0.1", "224.0.0.18", ttl, uint16(i+1), 112, vrrp3(51))
		before := time.Now()
		send(t, a, out, group)
		receive(t, b, &p)
		if p.Src.String() != "10.77.0.1" || p.Dst != group || p.TTL != ttl || p.ID != uint16(i+1) ||
			p.IfIndex != cb.Link.Index || !bytes.Equal(p.Payload, vrrp3(51)) {
			t.Fatalf("got %v→%v ttl %d id %d if %d: %x", p.Src, p.Dst, p.TTL, p.ID, p.IfIndex, p.Payload)
		}
		if p.Header[1] != 0xc0 || p.Header[9] != 112 {
			t.Errorf("header %x", p.Header)
		}
		if p.At.Before(before.Add(-time.Millisecond)) || p.At.After(time.Now()) {
			t.Errorf("arrived at %v, sent at %v", p.At, before)
		}
	}
	if err := a.Recv(&p); !errors.Is(err, ErrNone) {
		t.Errorf("the sender hears itself: %v", err)
	}
	if got, want := b.Stats(), (Stats{Received: 3}); got != want {
		t.Errorf("receiver %+v", got)
	}
	if got, want := a.Stats(), (Stats{Sent: 3}); got != want {
		t.Errorf("sender %+v", got)
	}
}

// A loop that comes late must still learn when the packet came.
func TestArrivalIsTheKernels(t *testing.T) {
	l := newLAN(t)
	a, b := l.open(l.a, l.config(l.a)), l.open(l.b, l.config(l.b))
	var p Packet
	out := packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(51))
	for range 3 { // the kernel begins to stamp a moment after it was asked to
		send(t, a, out, group)
		receive(t, b, &p)
	}
	const late = 40 * time.Millisecond
	sent := time.Now()
	send(t, a, out, group)
	here := time.Now()
	time.Sleep(late) // the lateness under test
	receive(t, b, &p)
	if p.At.Before(sent.Add(-time.Millisecond)) || p.At.After(here.Add(late/2)) {
		t.Errorf("sent within [0, %v], stamped at %v, read after %v", here.Sub(sent), p.At.Sub(sent), time.Since(sent))
	}
}

func TestKernelDropsForeignVRIDs(t *testing.T) {
	l := newLAN(t)
	c := l.config(l.b)
	c.AllVRIDs, c.VRIDs = false, []uint8{51, 255}
	a, b := l.open(l.a, l.config(l.a)), l.open(l.b, c)
	everything := func() {
		for v := range 256 {
			send(t, a, packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(uint8(v))), group)
		}
	}
	heard := func() (ids []uint8) {
		var p Packet
		for {
			if err := b.Recv(&p); errors.Is(err, ErrNone) {
				return ids
			} else if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.Payload[1])
		}
	}
	everything() // a veth delivers before sendto returns, or soon after: the last one sent is in the set
	var p Packet
	receive(t, b, &p)
	receive(t, b, &p)
	if p.Payload[1] != 255 {
		t.Fatalf("heard %d", p.Payload[1])
	}
	if err := b.SetVRIDs([]uint8{1, 2, 255}); err != nil {
		t.Fatal(err)
	}
	everything()
	receive(t, b, &p)
	if ids := append([]uint8{p.Payload[1]}, heard()...); !slices.Equal(ids, []uint8{1, 2, 255}) {
		t.Fatalf("after SetVRIDs heard %v", ids)
	}
	if err := b.SetVRIDs(nil); err != nil {
		t.Fatal(err)
	}
	everything()
	if err := b.SetVRIDs([]uint8{9}); err != nil {
		t.Fatal(err)
	}
	send(t, a, packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(9)), group)
	receive(t, b, &p)
	if ids := append([]uint8{p.Payload[1]}, heard()...); !slices.Equal(ids, []uint8{9}) {
		t.Fatalf("with an empty set heard %v", ids)
	}
	if st := b.Stats(); st.Lost != 0 || st.Received != 6 {
		t.Errorf("filtered packets were counted: %+v", st)
	}
}

func TestUnicast(t *testing.T) {
	l := newLAN(t)
	me, peer := netip.MustParseAddr("10.77.0.1"), netip.MustParseAddr("10.77.0.2")
	ca := Config{Link: l.link(l.a), Family: 4, Source: me, AllVRIDs: true, Protocol: 112}
	cb := Config{Link: l.link(l.b), Family: 4, Source: peer, AllVRIDs: true, Protocol: 112}
	a, b, m := l.open(l.a, ca), l.open(l.b, cb), l.open(l.a, l.config(l.a))
	send(t, m, packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(7)), group) // not for a unicast socket
	send(t, a, packet4("10.77.0.1", "10.77.0.2", 64, 2, 112, vrrp3(8)), peer)
	var p Packet
	receive(t, b, &p)
	if p.Dst != peer || p.Src != me || p.TTL != 64 || p.Payload[1] != 8 {
		t.Fatalf("got %v→%v vrid %d", p.Src, p.Dst, p.Payload[1])
	}
	send(t, b, packet4("10.77.0.2", "10.77.0.1", 255, 1, 112, vrrp3(9)), me)
	receive(t, a, &p)
	var q Packet
	if err := m.Recv(&q); !errors.Is(err, ErrNone) {
		t.Errorf("a multicast socket heard unicast: %v", err)
	}
	// An address that is not there (yet) can be listened on.
	cb.Source = netip.MustParseAddr("10.77.0.99")
	l.open(l.b, cb)
}

func TestAuthenticationHeader(t *testing.T) {
	l := newLAN(t)
	c := l.config(l.b)
	c.Protocol, c.AllVRIDs, c.VRIDs = 51, false, []uint8{51}
	a, b := l.open(l.a, l.config(l.a)), l.open(l.b, c)
	for _, v := range []uint8{50, 51} {
		send(t, a, packet4("10.77.0.1", "224.0.0.18", 255, 1, 51, append(authHeader(112), vrrp3(v)...)), group)
	}
	var p Packet
	receive(t, b, &p)
	if len(p.Payload) != 32 || p.Payload[25] != 51 {
		t.Fatalf("payload %x", p.Payload)
	}
	if err := b.Recv(&p); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

func TestLostPacketsAreCounted(t *testing.T) {
	l := newLAN(t)
	c := l.config(l.b)
	c.RxBuf = 4096
	a, b := l.open(l.a, l.config(l.a)), l.open(l.b, c)
	const sent = 500
	out := packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(51))
	var p Packet
	for range sent {
		send(t, a, out, group)
	}
	receive(t, b, &p)
	for b.Recv(&p) == nil {
	}
	send(t, a, out, group) // carries the count of those lost before it
	receive(t, b, &p)
	st := b.Stats()
	if st.Lost == 0 || st.Received+st.Lost != sent+1 {
		t.Errorf("of %d packets: %+v", sent+1, st)
	}
}

func TestNoAllocations(t *testing.T) {
	l := newLAN(t)
	a, b := l.open(l.a, l.config(l.a)), l.open(l.b, l.config(l.b))
	out := packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(51))
	const runs = 100
	if n := testing.AllocsPerRun(runs, func() {
		if err := a.Send(out, group); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("Send: %v allocations", n)
	}
	var p Packet
	receive(t, b, &p)
	got := 1
	if n := testing.AllocsPerRun(runs-2, func() {
		if b.Recv(&p) == nil {
			got++
		}
	}); n != 0 {
		t.Errorf("Recv: %v allocations", n)
	}
	if got != runs {
		t.Errorf("measured %d packets", got)
	}
	for b.Recv(&p) == nil {
	}
	if n := testing.AllocsPerRun(runs, func() {
		if !errors.Is(b.Recv(&p), ErrNone) {
			t.Fatal("a packet from nowhere")
		}
	}); n != 0 {
		t.Errorf("an empty Recv: %v allocations", n)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	l := newLAN(b)
	tx, rx := l.open(l.a, l.config(l.a)), l.open(l.b, l.config(l.b))
	out := packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(51))
	var p Packet
	b.ReportAllocs()
	for b.Loop() {
		send(b, tx, out, group)
		receive(b, rx, &p)
	}
}
