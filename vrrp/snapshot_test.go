package vrrp_test

import (
	"net/netip"
	"testing"
	"time"

	"holdfast/vrrp"
)

func TestSnapshot(t *testing.T) {
	now := time.Unix(1e9, 0)
	in := vrrp.New(vrrp.Config{Name: "A", VRID: 51, Priority: 100, Interval: time.Second})
	in.Step(now, vrrp.Start{}, nil)
	if s := in.Snapshot(); s.State != vrrp.Backup || !s.Since.Equal(now) || !s.Due.Equal(now.Add(s.Down)) || s.Down != 3609375*time.Microsecond || s.Peer.IsValid() {
		t.Errorf("as BACKUP: %+v", s)
	}
	peer := netip.MustParseAddr("10.0.0.2")
	zero := vrrp.Heard{From: peer, TTL: 255, Advert: &vrrp.Advert{Version: 2, VRID: 51, Interval: time.Second}}
	in.Step(now.Add(time.Second), zero, nil)
	if s := in.Snapshot(); s.Down != 609375*time.Microsecond || s.Peer != peer || s.PeerPriority != 0 || s.Stats.ZeroReceived != 1 {
		t.Errorf("after a farewell: %+v", s)
	}
	now = now.Add(2 * time.Second)
	in.Step(now, vrrp.Tick{}, nil)
	s := in.Snapshot()
	if s.State != vrrp.Master || s.Why.Cause != vrrp.Farewell || !s.Due.Equal(now.Add(time.Second)) || s.Stats.BecameMaster != 1 || s.Stats.Sent != 1 {
		t.Errorf("as MASTER: %+v", s)
	}
	in.ClearStats()
	if c := in.Snapshot(); c.Stats != (vrrp.Stats{}) || c.State != vrrp.Master || s.Stats.Sent != 1 {
		t.Errorf("cleared: %+v", c)
	}
	in.Step(now, vrrp.Conditions{Faults: vrrp.LinkDown, Priority: 100}, nil)
	if s := in.Snapshot(); s.State != vrrp.Fault || !s.Due.IsZero() || s.Conditions.Faults != vrrp.LinkDown {
		t.Errorf("in FAULT: %+v", s)
	}
}
