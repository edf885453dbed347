package netns

import (
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// The higher priority becomes master after its master-down time, and the other never says a word.
func TestColdStart(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), backup(100))
		d.rules(t, d.a, d.b, addrA)
		d.holds(t, 3)
		all := d.wire.Adverts(addrA)
		waited(t, "the first advert", all[0].At.Sub(reports(d.wire, addrA, 4)[0].At), 3*time.Second+skew(200))
		for i := 1; i < len(all); i++ {
			took(t, "an interval", all[i].At.Sub(all[i-1].At), time.Second)
		}
		if n := len(d.wire.Adverts(addrB)); n > 0 {
			t.Errorf("b sent %d adverts", n)
		}
	})
}

// Nobody says farewell: b waits for the full master-down time since a's last advert.
func TestCrash(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), backup(100))
		d.rules(t, d.a, d.b, addrA)
		d.da.Crash()
		l.Until("b takes over", 8*time.Second, func() bool { return d.b.Has(vip) })
		lastA := last(d.wire.Adverts(addrA))
		if lastA.Advert.Priority == 0 {
			t.Fatal("a said farewell: the lab failed to kill it at once")
		}
		took(t, "the takeover", d.first(addrB).At.Sub(lastA.At), 3*time.Second+skew(100))
	})
}

// A graceful stop says farewell with priority 0; b waits for its skew time only. The one that returns takes the
// address back, and the other leaves without a farewell.
func TestStopAndReturn(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), backup(100))
		d.rules(t, d.a, d.b, addrA)
		if code := d.da.Stop(); code != 0 {
			t.Errorf("exit status %d, want 0", code)
		}
		farewell := last(d.wire.Adverts(addrA))
		if farewell.Advert.Priority != 0 {
			t.Fatalf("last advert: %s, want priority 0", farewell)
		}
		d.rules(t, d.b, d.a, addrB)
		took(t, "the takeover", d.first(addrB).At.Sub(farewell.At), skew(100))

		d.da = d.a.Start(p.A, lab.Config(nil, backup(200)))
		d.rules(t, d.a, d.b, addrA)
		if f := last(d.wire.Adverts(addrB)); f.Advert.Priority != 100 {
			t.Errorf("b's last advert: %s, want no farewell to a better one", f)
		}
		back, ok := since(d.wire.Adverts(addrA), farewell.At)
		if !ok {
			t.Fatal("no advert of the returned one")
		}
		if late := between(d.wire.Adverts(addrB), back.At, time.Now()); len(late) > 0 {
			t.Errorf("b went on after %s: %s", back, late[0])
		}
	})
}

// The master's link fails: it gives the address up, the other takes over; the link returns and so does it.
func TestLinkFailure(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), backup(100))
		d.rules(t, d.a, d.b, addrA)
		d.a.Unplug("eth0")
		l.Until("a says fault", 3*time.Second, func() bool { return d.da.Said("(VI) Entering FAULT STATE") })
		l.Until("a gives the address up", 3*time.Second, func() bool { return !d.a.Has(vip) })
		lastA := last(d.wire.Adverts(addrA))
		d.rules(t, d.b, d.a, addrB)
		took(t, "the takeover", d.first(addrB).At.Sub(lastA.At), 3*time.Second+skew(100))
		d.a.Plug("eth0")
		d.rules(t, d.a, d.b, addrA)
		first, _ := since(d.wire.Adverts(addrA), lastA.At)
		if first.Advert.Priority != 200 {
			t.Errorf("first advert after the fault: %s", first)
		}
	})
}

// With nopreempt the better one that comes later listens to the worse one, and still takes over from the dead.
func TestNopreempt(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.startA(lab.Config(nil, backup(100)))
		d.rules(t, d.a, d.b, addrA)
		d.startB(lab.Config(nil, extra(backup(200), "nopreempt")))
		d.holds(t, 6)
		d.da.Crash()
		l.Until("b takes over", 8*time.Second, func() bool { return d.b.Has(vip) })
		took(t, "the takeover", d.first(addrB).At.Sub(last(d.wire.Adverts(addrA)).At), 3*time.Second+skew(200))
	})
}

// preempt_delay counts from the first lower advert; only then is the master's silence waited for.
func TestPreemptDelay(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.startA(lab.Config(nil, backup(100)))
		d.rules(t, d.a, d.b, addrA)
		d.startB(lab.Config(nil, extra(backup(200), "preempt_delay 3")))
		heard := reports(d.wire, addrB, 4)[0].At
		first, _ := func() (lab.Frame, bool) {
			d.adverts(t, addrA, 1)
			return since(d.wire.Adverts(addrA), heard)
		}()
		d.rules(t, d.b, d.a, addrB)
		got := d.first(addrB).At.Sub(first.At)
		// The last advert that restarts the timer is the one before the delay ends: up to one interval earlier.
		least, most := 2*time.Second+3*time.Second+skew(200), 3*time.Second+3*time.Second+skew(200)
		if got < least-early || got > most+slack {
			t.Errorf("preempted %v after the first lower advert, want %v to %v", got, least, most)
		}
	})
}

// Of equals the one with the higher address keeps or gets the mastership.
func TestEqualPriority(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		// Both are masters for a moment: neither hears the other before it is one.
		d.b.Unplug("eth0")
		d.startA(lab.Config(nil, backup(100)))
		d.rules(t, d.a, d.b, addrA)
		d.db = d.b.Start(p.B, lab.Config(nil, extra(backup(100), "dont_track_primary")))
		l.Until("b is master too", 10*time.Second, func() bool { return d.b.Has(vip) })
		d.b.Plug("eth0")
		l.Until("a yields to the higher address", 5*time.Second, func() bool { return !d.a.Has(vip) && d.b.Has(vip) })
		d.adverts(t, addrB, 1) // what a sent last is on the wire by now
		have := len(d.wire.Adverts(addrA))
		d.adverts(t, addrB, 5)
		if n := len(d.wire.Adverts(addrA)); n > have {
			t.Errorf("a sent %d more adverts", n-have)
		}
	})
}

// Priority 255 with state MASTER does not wait at all, and takes the address from whoever has it.
func TestOwner(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.startB(lab.Config(nil, backup(100)))
		d.rules(t, d.b, d.a, addrB)
		d.startA(lab.Config(nil, with(backup(255), func(v *lab.VI) { v.State = "MASTER" })))
		d.rules(t, d.a, d.b, addrA)
		first := d.first(addrA)
		if first.Advert.Priority != 255 {
			t.Errorf("first advert: %s", first)
		}
		if wait := first.At.Sub(reports(d.wire, addrA, 4)[0].At); wait > slack {
			t.Errorf("the owner waited %v", wait)
		}
		d.holds(t, 2)
	})
}

// state MASTER with a priority below 255 is no shortcut: it waits like any other.
func TestStateMaster(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		master := func(v lab.VI) lab.VI { return with(v, func(v *lab.VI) { v.State = "MASTER" }) }
		d := start(t, l, p, master(backup(150)), master(backup(100)))
		d.rules(t, d.a, d.b, addrA)
		waited(t, "the first advert", d.first(addrA).At.Sub(reports(d.wire, addrA, 4)[0].At), 3*time.Second+skew(150))
		d.holds(t, 3)
	})
}
