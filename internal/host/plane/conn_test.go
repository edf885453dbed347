package plane_test

import (
	"errors"
	"net/netip"
	"os"
	"testing"

	"github.com/mdlayher/netlink"
	"github.com/mdlayher/netlink/nltest"

	"holdfast/internal/core/lvs"
	"holdfast/internal/host/plane"
	"holdfast/ipvs"
	"holdfast/ipvs/ipvstest"
)

// line is the way to a kernel in memory: it counts commands, and can be cut.
type line struct {
	kernel *ipvstest.Kernel
	heard  map[uint8]int // by command of linux/ip_vs.h
	after  func(*ipvstest.Kernel)
	dialed int

	datagrams int
	cut       bool // no answer comes any more on the first connection
	refusal   error
}

func (l *line) dial() (*ipvs.Client, error) {
	l.dialed++
	if l.refusal != nil {
		return nil, l.refusal
	}
	serve, first := l.kernel.Serve(), l.dialed == 1
	return ipvs.New(nltest.Dial(func(requests []netlink.Message) ([]netlink.Message, error) {
		if requests == nil && l.cut && first {
			return nil, os.ErrDeadlineExceeded
		}
		for _, r := range requests {
			if len(r.Data) > 0 {
				l.heard[r.Data[0]]++
			}
		}
		answer, err := serve(requests)
		if requests != nil {
			l.datagrams++
			if l.after != nil {
				l.after(l.kernel)
			}
		}
		return answer, err
	}))
}

func newLine() *line { return &line{kernel: ipvstest.New(), heard: map[uint8]int{}} }

// A sync daemon that is as asked for is not started again, also when the kernel has made something else of a parameter; one
// that somebody else has started is.
func TestDaemonsAreLeftAlone(t *testing.T) {
	const newDaemon, delDaemon = 9, 10
	l := newLine()
	foreign, err := l.dial()
	if err != nil {
		t.Fatal(err)
	}
	if err := foreign.StartDaemon(ipvs.Daemon{State: ipvs.Backup, Interface: "lo", SyncID: 1, MaxLen: 10}); err != nil {
		t.Fatal(err)
	}
	c, err := plane.New(l.dial)
	if err != nil {
		t.Fatal(err)
	}
	ask := plane.Daemon{Interface: "lo", ID: 1, MaxLen: 10}
	for range 3 {
		if err := c.SyncDaemons(ask); err != nil {
			t.Error(err)
		}
	}
	if l.heard[newDaemon] != 2 || l.heard[delDaemon] != 1 {
		t.Errorf("started %d and stopped %d times", l.heard[newDaemon], l.heard[delDaemon])
	}
	ask.MaxLen = 0 // what runs might be the default
	for range 3 {
		if err := c.SyncDaemons(ask); err != nil {
			t.Error(err)
		}
	}
	if l.heard[newDaemon] != 3 || l.heard[delDaemon] != 2 {
		t.Errorf("started %d and stopped %d times", l.heard[newDaemon], l.heard[delDaemon])
	}
}

// A connection that has failed is replaced at the next occasion.
func TestRedial(t *testing.T) {
	l := newLine()
	c, err := plane.New(l.dial)
	if err != nil {
		t.Fatal(err)
	}
	add := []lvs.Op{{Kind: lvs.AddService, Service: lvs.Service{
		Key: lvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.1:80")), Scheduler: "rr", Mask: 0xffffffff,
	}}}
	l.cut = true
	if errs := c.Apply(add); !errors.Is(errs[0], os.ErrDeadlineExceeded) {
		t.Errorf("cut off: %v", errs)
	}
	l.refusal = os.ErrPermission
	if errs := c.Apply(add); !errors.Is(errs[0], os.ErrPermission) {
		t.Errorf("not let in: %v", errs)
	}
	l.refusal = nil
	if errs := c.Apply(add); errs[0] != nil {
		t.Errorf("connected again: %v", errs)
	}
	if l.dialed != 3 {
		t.Errorf("dialed %d times", l.dialed)
	}
	if all, err := c.Read(); err != nil || len(all) != 1 {
		t.Errorf("table %v, %v", all, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// many is a service with a thousand destinations.
func many() (s lvs.Service, dests []lvs.Dest) {
	s = lvs.Service{Key: lvs.MarkKey(lvs.IPv4, 1), Scheduler: "rr", Mask: 0xffffffff}
	for n := range 1000 {
		dests = append(dests, lvs.Dest{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 0), Weight: 1})
	}
	return s, dests
}

// What succeeds is asked for once, and additions and deletions go by the hundred.
func TestFewDatagrams(t *testing.T) {
	l := newLine()
	c, err := plane.New(l.dial)
	if err != nil {
		t.Fatal(err)
	}
	s, dests := many()
	add := []lvs.Op{{Kind: lvs.AddService, Service: s}}
	var del []lvs.Op
	for _, d := range dests {
		add = append(add, lvs.Op{Kind: lvs.AddDest, Service: s, Dest: d})
		del = append(del, lvs.Op{Kind: lvs.DelDest, Service: s, Dest: d})
	}
	del = append(del, lvs.Op{Kind: lvs.DelService, Service: s})
	for _, tt := range []struct {
		ops     []lvs.Op
		command uint8 // of linux/ip_vs.h
	}{{add, 5}, {del, 7}} {
		before := l.datagrams
		if err := errors.Join(c.Apply(tt.ops)...); err != nil {
			t.Fatal(err)
		}
		if n := l.datagrams - before; l.heard[tt.command] != 1000 || n != 11 {
			t.Errorf("%v: %d messages in %d datagrams", tt.ops[1].Kind, l.heard[tt.command], n)
		}
	}
}

// What takes something away waits until what was to be there before it is there, also where that takes a second try.
func TestDeletionsWait(t *testing.T) {
	l := newLine()
	c, err := plane.New(l.dial)
	if err != nil {
		t.Fatal(err)
	}
	s, dests := many()
	if err := errors.Join(c.Apply([]lvs.Op{{Kind: lvs.AddService, Service: s}, {Kind: lvs.AddDest, Service: s, Dest: dests[0]}})...); err != nil {
		t.Fatal(err)
	}
	fewest := 1
	l.after = func(k *ipvstest.Kernel) {
		watcher, err := ipvs.New(k.Dial())
		if err != nil {
			t.Fatal(err)
		}
		ds, err := watcher.Destinations(ipvs.MarkKey(ipvs.IPv4, 1))
		if err != nil {
			t.Fatal(err)
		}
		fewest = min(fewest, len(ds))
	}
	// The sorry server is thought to be there and is not.
	if err := errors.Join(c.Apply([]lvs.Op{{Kind: lvs.EditDest, Service: s, Dest: dests[1]}, {Kind: lvs.DelDest, Service: s, Dest: dests[0]}})...); err != nil {
		t.Fatal(err)
	}
	if all, err := c.Read(); err != nil || len(all) != 1 || len(all[0].Dests) != 1 || all[0].Dests[0] != dests[1] || fewest != 1 {
		t.Errorf("table %+v, %v; meanwhile %d destinations", all, err, fewest)
	}
}
