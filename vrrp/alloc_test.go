package vrrp_test

import (
	"net/netip"
	"testing"
	"time"

	"holdfast/vrrp"
)

// TestAdvertPathAllocatesNothing covers what happens each interval for as long as the pair lives: a master that sends, a
// backup that hears, and both under a flood of bad packets.
func TestAdvertPathAllocatesNothing(t *testing.T) {
	cfg := vrrp.Config{Name: "VI", VRID: 51, Priority: 100, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.10")}}
	now := time.Now()
	better := vrrp.Advert{Version: 2, VRID: 51, Priority: 200, Interval: time.Second, Addrs: cfg.Addrs}
	packet, junk := better.AppendTo(nil), []byte{0x21, 51, 200, 9, 0, 1, 0, 0, 1, 2, 3}
	acts := make([]vrrp.Action, 0, 16)
	buf := make([]byte, 0, 2048)
	heard := vrrp.Advert{Addrs: make([]netip.Addr, 0, vrrp.MaxAddrs)}
	hear := func(in *vrrp.Instance, b []byte) {
		h := vrrp.Heard{From: netip.AddrFrom4([4]byte{10, 0, 0, 1}), TTL: 255, Advert: &heard}
		if err := heard.Parse(b); err != nil {
			h.Err = err.(*vrrp.PacketError)
		}
		acts = in.Step(now, h, acts[:0])
	}
	master, backup := vrrp.New(cfg), vrrp.New(cfg)
	master.Step(now, vrrp.Start{}, nil)
	backup.Step(now, vrrp.Start{}, nil)
	for name, f := range map[string]func(){
		"a master's interval": func() {
			now, _ = master.Deadline()
			acts = master.Step(now, vrrp.Tick{}, acts[:0])
			for i := range acts {
				if acts[i].Kind == vrrp.Send {
					buf = master.AppendAdvert(buf[:0], acts[i].Priority)
				}
			}
		},
		"a backup's interval": func() {
			now = now.Add(time.Second)
			hear(backup, packet)
		},
		"junk": func() {
			hear(master, junk)
			hear(backup, junk)
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %.1f allocations", name, n)
		}
	}
	if s, _, _ := master.State(); s != vrrp.Master {
		t.Errorf("the master is %s: the test did not measure what it says", s)
	}
	if s, _, _ := backup.State(); s != vrrp.Backup {
		t.Errorf("the backup is %s: the test did not measure what it says", s)
	}
}

func BenchmarkStep(b *testing.B) {
	cfg := vrrp.Config{Name: "VI", VRID: 51, Priority: 100, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.10")}}
	in := vrrp.New(cfg)
	now := time.Now()
	acts := in.Step(now, vrrp.Start{}, make([]vrrp.Action, 0, 16))
	b.ReportAllocs()
	for b.Loop() {
		now, _ = in.Deadline()
		acts = in.Step(now, vrrp.Tick{}, acts[:0])
	}
}
