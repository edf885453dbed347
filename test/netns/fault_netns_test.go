package netns

import (
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// A tracked interface fails: the master says farewell, gives up and returns when the interface does.
func TestTrackInterface(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.a.Link("eth1", "br1", "10.8.0.1/24")
		d.startA(lab.Config(nil, extra(backup(200), "track_interface {", "eth1", "}")))
		d.startB(lab.Config(nil, backup(100)))
		d.rules(t, d.a, d.b, addrA)
		d.a.Unplug("eth1")
		l.Until("a says fault", 3*time.Second, func() bool { return d.da.Said("(VI) Entering FAULT STATE") })
		d.rules(t, d.b, d.a, addrB)
		farewell := last(d.wire.Adverts(addrA))
		if farewell.Advert.Priority != 0 {
			t.Fatalf("a's last advert: %s, want priority 0", farewell)
		}
		took(t, "the takeover", d.first(addrB).At.Sub(farewell.At), skew(100))
		d.a.Plug("eth1")
		d.rules(t, d.a, d.b, addrA)
	})
}

// A tracked interface that is down from the start keeps the instance in fault; when it comes up, it takes part.
func TestTrackInterfaceFromStart(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.a.Link("eth1", "br1", "10.8.0.1/24").Unplug("eth1")
		d.da = d.a.Start(p.A, lab.Config(nil, extra(backup(200), "track_interface {", "eth1", "}")))
		l.Until("a says fault", 3*time.Second, func() bool { return d.da.Said("(VI) entering FAULT state") })
		d.startB(lab.Config(nil, backup(100)))
		d.rules(t, d.b, d.a, addrB)
		if n := len(d.wire.Adverts(addrA)); n > 0 {
			t.Errorf("a sent %d adverts", n)
		}
		d.a.Plug("eth1")
		d.rules(t, d.a, d.b, addrA)
	})
}

// With dont_track_primary the master stays one without a link; the other becomes one too, and yields when the
// link returns.
func TestDontTrackPrimary(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, extra(backup(200), "dont_track_primary"), backup(100))
		d.rules(t, d.a, d.b, addrA)
		d.a.Unplug("eth0")
		l.Never("a gives up", func() bool { return d.b.Has(vip) }, 8*time.Second, func() bool { return !d.a.Has(vip) })
		d.a.Plug("eth0")
		d.rules(t, d.a, d.b, addrA)
		if d.da.Said("FAULT") {
			t.Error("a was in fault")
		}
	})
}

// An instance whose interface is down at the start waits in fault, and takes part when it comes up.
func TestDownFromStart(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.a.Unplug("eth0")
		d.da = d.a.Start(p.A, lab.Config(nil, backup(200)))
		l.Until("a says fault", 3*time.Second, func() bool { return d.da.Said("(VI) entering FAULT state") })
		d.startB(lab.Config(nil, backup(100)))
		d.rules(t, d.b, d.a, addrB)
		d.a.Plug("eth0")
		d.rules(t, d.a, d.b, addrA)
	})
}

// Somebody deletes the address: it comes back to the same node within the skew time or so, and to no other.
func TestAddressDeleted(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), backup(100))
		d.rules(t, d.a, d.b, addrA)
		seen := len(d.a.Changes())
		d.a.IP("addr del " + vip + "/24 dev eth0")
		l.Until("the deletion is seen", 2*time.Second, func() bool { return len(d.a.Changes()) > seen })
		l.Until("the address is back", 3*time.Second, func() bool { return d.a.Has(vip) })
		d.holds(t, 3)
	})
}

// The backup comes and goes: the master does not notice.
func TestBackupRestarts(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), backup(100))
		d.rules(t, d.a, d.b, addrA)
		seen := len(d.a.Changes())
		if code := d.db.Stop(); code != 0 {
			t.Errorf("exit status %d", code)
		}
		d.startBAgain(t, lab.Config(nil, backup(100)))
		d.holds(t, 2)
		d.db.Crash()
		d.startBAgain(t, lab.Config(nil, backup(100)))
		d.holds(t, 4)
		if now := d.a.Changes(); len(now) > seen {
			t.Errorf("a's addresses changed: %v", now[seen:])
		}
		if n := len(d.wire.Adverts(addrB)); n > 0 {
			t.Errorf("b sent %d adverts", n)
		}
	})
}

// A crashed master leaves the address in its kernel. When it is started again beside the new master, it gets
// the mastership back in order, and the address is at one node in the end.
func TestCrashedReturns(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), backup(100))
		d.rules(t, d.a, d.b, addrA)
		crashed := d.da.Crash()
		l.Until("b takes over", 8*time.Second, func() bool { return d.b.Has(vip) })
		if !d.a.Has(vip) {
			t.Fatal("the crashed one left no address behind: this test tests nothing")
		}
		d.da = d.a.Start(p.A, lab.Config(nil, backup(200)))
		l.Until("b yields", 10*time.Second, func() bool { return !d.b.Has(vip) && d.a.Has(vip) })
		d.adverts(t, addrA, 2)
		first, _ := since(d.wire.Adverts(addrA), crashed.Add(slack))
		if first.Advert.Priority != 200 {
			t.Errorf("first advert of the restarted one: %s", first)
		}
		if late := between(d.wire.Adverts(addrB), first.At, time.Now()); len(late) > 0 {
			t.Errorf("b went on after that: %s", late[0])
		}
	})
}
