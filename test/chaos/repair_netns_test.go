package chaos

import (
	"syscall"
	"testing"
	"time"
)

// Somebody removes the master's address as soon as it is there, for three seconds: adverts go out on time, nobody changes state,
// the log stays short, and the address is there when it is over.
func TestAddressRemovedAgain(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, simple(200), simple(100))
		logged, said, from := len(d.da.Lines()), len(d.db.Lines()), time.Now()
		removed, remove := 0, d.a.Remover("eth0", vip+"/24")
		for time.Since(from) < 3*time.Second {
			if remove() {
				removed++
			}
		}
		d.l.Until("the address is back", 15*time.Second, func() bool { return d.a.Has(vip) })
		d.adverts(addrA, 2)
		d.onTime(t, from)
		t.Logf("removed %d times", removed)
		if removed == 0 {
			t.Error("it was never removed: this test tests nothing")
		}
		d.unnoticed(t, said)
		if got := transitions(d.da, logged); len(got) > 0 {
			t.Errorf("a: %q", got)
		}
		if got := d.da.Count("putting back"); got > 40 {
			t.Errorf("a logged %d repairs", got)
		}
	})
}

// Somebody flushes the interface, so that the master has no address to speak from: it gives up until it has one again.
func TestInterfaceFlushed(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, simple(200), simple(100))
		for range 3 {
			d.a.IP("addr flush dev eth0")
			d.l.Until("b has it", 6*time.Second, func() bool { return holds(d.b, d.a, vip) })
			d.adverts(addrB, 1)
			d.a.IP("addr add " + addrA + "/24 brd + dev eth0")
			d.l.Until("a has it again", 10*time.Second, func() bool { return holds(d.a, d.b, vip) })
			d.adverts(addrA, 2)
		}
	})
}

// The machine's own address is replaced by another one while it is master: adverts go on from the new one, the virtual
// address stays.
func TestOwnAddressReplaced(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, simple(200), simple(100))
		said := len(d.db.Lines())
		d.a.IP("addr add 10.9.0.7/16 dev eth0")
		d.adverts(addrA, 2)
		d.a.IP("addr del " + addrA + "/24 dev eth0")
		d.l.Until("adverts come from the other", 5*time.Second, func() bool { return len(d.wire.Adverts("10.9.0.7")) > 3 })
		d.l.Until("a has the address", 3*time.Second, func() bool { return d.a.Has(vip) })
		d.unnoticed(t, said)
	})
}

// The parent stands still: that is nothing to the adverts. What was asked meanwhile is done when it wakes.
func TestFrozenParent(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, base(200).String(), base(100).String())
		said, from := len(d.db.Lines()), time.Now()
		d.da.Kill(d.da.PID(), syscall.SIGSTOP)
		d.da.Rewrite(with(base(200), func(c *two) { c.more = excluded("10.9.0.60/24", "10.9.0.61/24", "10.9.0.62/24") }).String())
		d.da.Signal(syscall.SIGHUP)
		d.adverts(addrA, 8)
		d.da.Kill(d.da.PID(), syscall.SIGCONT)
		d.l.Until("it reloads then", 5*time.Second, func() bool { return d.a.Has("10.9.0.62") })
		d.adverts(addrA, 2)
		for _, vrid := range []uint8{51, 52} {
			if gap, _ := silence(d.wire.AdvertsOf(addrA, vrid), from); gap > 1050*time.Millisecond+machine.since(from) {
				t.Errorf("%v without an advert of %d", gap, vrid)
			}
		}
		d.unnoticed(t, said)
		d.stops(t, d.da.Home())
	})
}

// A reload is asked for while the VRRP process stands still, for longer than a peer would wait for an answer. It is carried
// out when the process wakes, or refused; the daemon can be reloaded afterwards in any case.
func TestReloadWhileFrozen(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, base(200).String(), base(100).String())
		pid := d.da.Child()
		d.da.Kill(pid, syscall.SIGSTOP)
		d.da.Rewrite(with(base(200), func(c *two) { c.more = excluded("10.9.0.60/24", "10.9.0.61/24", "10.9.0.62/24") }).String())
		d.da.Signal(syscall.SIGHUP)
		pause(d.l, 2*time.Second)
		d.da.Kill(pid, syscall.SIGCONT)
		d.l.Until("it reloads then", 5*time.Second, func() bool { return d.a.Has("10.9.0.62") })
		d.da.Rewrite(base(200).String())
		d.da.Signal(syscall.SIGHUP)
		d.l.Until("and again", 5*time.Second, func() bool { return !d.a.Has("10.9.0.62") })
		d.adverts(addrA, 4)
		if !holds(d.a, d.b, vip, "10.9.0.52") {
			t.Error("the addresses are not at a")
		}
	})
}
