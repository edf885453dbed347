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
	kernel  *ipvstest.Kernel
	heard   map[uint8]int // by command of linux/ip_vs.h
	dialed  int
	cut     bool // no answer comes any more on the first connection
	refusal error
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
		return serve(requests)
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

// What succeeds is asked for once.
func TestAskedOnce(t *testing.T) {
	l := newLine()
	c, err := plane.New(l.dial)
	if err != nil {
		t.Fatal(err)
	}
	s := lvs.Service{Key: lvs.MarkKey(lvs.IPv4, 1), Scheduler: "rr", Mask: 0xffffffff}
	ops := []lvs.Op{{Kind: lvs.AddService, Service: s}}
	for n := range 1000 {
		ops = append(ops, lvs.Op{Kind: lvs.AddDest, Service: s, Dest: lvs.Dest{
			Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 0), Weight: 1,
		}})
	}
	if err := errors.Join(c.Apply(ops)...); err != nil {
		t.Fatal(err)
	}
	const newDest = 5
	if l.heard[newDest] != 1000 {
		t.Errorf("%d additions", l.heard[newDest])
	}
}
