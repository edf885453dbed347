package netns

import (
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// bothRule waits until either node is master, and stays so for six adverts more. A master puts its next advert
// off for every packet of its VRID, also for one that it rejects, so one of the two may fall silent.
func (d *duo) bothRule(t *testing.T, vipA, vipB string) {
	t.Helper()
	d.l.Until("both are master", 15*time.Second, func() bool { return d.a.Has(vipA) && d.b.Has(vipB) })
	adverts := func() int { return len(d.wire.Adverts(addrA)) + len(d.wire.Adverts(addrB)) }
	have := adverts()
	d.l.Never("one of them yields", func() bool { return adverts() >= have+6 }, 15*time.Second,
		func() bool { return !d.a.Has(vipA) || !d.b.Has(vipB) })
}

// Adverts with another password count for nothing: both are master.
func TestWrongPassword(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		pass := func(v lab.VI, s string) lab.VI { return with(v, func(v *lab.VI) { v.Pass = s }) }
		d := start(t, l, p, pass(backup(200), "secret"), pass(backup(100), "sekret"))
		d.bothRule(t, vip, vip)
		if a := d.first(addrA).Advert; a.AuthType != 1 || string(a.AuthData) != "secret\x00\x00" {
			t.Errorf("authentication on the wire: type %d, %q", a.AuthType, a.AuthData)
		}
	})
}

// With the same password they agree; eight bytes of it count.
func TestPassword(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		pass := func(v lab.VI, s string) lab.VI { return with(v, func(v *lab.VI) { v.Pass = s }) }
		d := start(t, l, p, pass(backup(200), "longpass-one"), pass(backup(100), "longpass"))
		d.rules(t, d.a, d.b, addrA)
		d.holds(t, 3)
		if a := d.first(addrA).Advert; string(a.AuthData) != "longpass" {
			t.Errorf("authentication on the wire: %q", a.AuthData)
		}
	})
}

// One has a password and the other has none: both are master.
func TestMissingPassword(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, with(backup(200), func(v *lab.VI) { v.Pass = "secret" }), backup(100))
		d.bothRule(t, vip, vip)
	})
}

// Another VRID is another virtual router.
func TestOtherVRID(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), with(backup(100), func(v *lab.VI) {
			v.VRID, v.VIPs = 52, []string{"10.9.0.52/24"}
		}))
		d.bothRule(t, vip, "10.9.0.52")
	})
}

// Version 2 adverts with another interval are dropped, so both are master.
func TestOtherInterval(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := start(t, l, p, backup(200), with(backup(100), func(v *lab.VI) { v.Interval = "2" }))
		d.bothRule(t, vip, vip)
	})
}

// An interval of two seconds: in the packets, between them, and threefold in the takeover.
func TestTwoSeconds(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		two := func(v lab.VI) lab.VI { return with(v, func(v *lab.VI) { v.Interval = "2" }) }
		d := start(t, l, p, two(backup(200)), two(backup(100)))
		d.rules(t, d.a, d.b, addrA)
		l.Until("two adverts", 5*time.Second, func() bool { return len(d.wire.Adverts(addrA)) >= 2 })
		all := d.wire.Adverts(addrA)
		waited(t, "the first advert", all[0].At.Sub(reports(d.wire, addrA, 4)[0].At), 6*time.Second+skew(200))
		took(t, "an interval", all[1].At.Sub(all[0].At), 2*time.Second)
		if all[0].Advert.Interval != 2 {
			t.Errorf("on the wire: %s", all[0])
		}
		d.da.Crash()
		took(t, "the takeover", func() time.Duration {
			l.Until("b takes over", 10*time.Second, func() bool { return d.b.Has(vip) })
			return d.first(addrB).At.Sub(last(d.wire.Adverts(addrA)).At)
		}(), 6*time.Second+skew(100))
	})
}

// Several virtual routers on one interface do not mind each other.
func TestSeveralInstances(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		side := func(p1, p2, p3 int) string {
			vi := func(name string, vrid, prio int, addr string) lab.VI {
				return lab.VI{Name: name, VRID: vrid, Prio: prio, Interval: "1", VIPs: []string{addr}}
			}
			return lab.Config(nil, vi("V1", 1, p1, "10.9.0.61/24"), vi("V2", 2, p2, "10.9.0.62/24"), vi("V3", 3, p3, "10.9.0.63/24"))
		}
		d := nodes(l, p)
		d.startA(side(200, 100, 150))
		d.startB(side(100, 200, 149))
		settled := func() bool {
			return d.a.Has("10.9.0.61") && d.b.Has("10.9.0.62") && d.a.Has("10.9.0.63") &&
				!d.b.Has("10.9.0.61") && !d.a.Has("10.9.0.62") && !d.b.Has("10.9.0.63")
		}
		l.Until("each has its own", 15*time.Second, settled)
		have := len(d.wire.AdvertsOf(addrA, 1))
		l.Never("one of them moves", func() bool { return len(d.wire.AdvertsOf(addrA, 1)) > have+3 }, 8*time.Second,
			func() bool { return !settled() })
		if code := d.db.Stop(); code != 0 {
			t.Errorf("exit status %d", code)
		}
		l.Until("a has all", 5*time.Second, func() bool { return d.a.Has("10.9.0.62") })
	})
}

// mcast_src_ip is the address that adverts come from.
func TestSourceAddress(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.a.IP("addr add 10.9.0.9/24 dev eth0")
		d.da = d.a.Start(p.A, lab.Config(nil, extra(backup(200), "mcast_src_ip 10.9.0.9")))
		d.startB(lab.Config(nil, backup(100)))
		l.Until("a is master", 10*time.Second, func() bool { return d.a.Has(vip) && !d.b.Has(vip) })
		d.adverts(t, "10.9.0.9", 3)
		if n := len(d.wire.Adverts(addrA)) + len(d.wire.Adverts(addrB)); n != 0 {
			t.Errorf("%d adverts from other addresses", n)
		}
	})
}

// vrrp_mcast_group4 is where adverts go; who listens to another group hears nothing.
func TestGroup(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.startA(lab.Config([]string{"vrrp_mcast_group4 224.0.0.111"}, backup(200)))
		d.startB(lab.Config([]string{"vrrp_mcast_group4 224.0.0.111"}, backup(100)))
		d.rules(t, d.a, d.b, addrA)
		d.holds(t, 3)
		f := d.first(addrA)
		if f.IP.Dst.String() != "224.0.0.111" || f.Dst.String() != "01:00:5e:00:00:6f" {
			t.Errorf("an advert went to %s at %s", f.IP.Dst, f.Dst)
		}
		if code := d.db.Stop(); code != 0 {
			t.Errorf("exit status %d", code)
		}
		d.startBAgain(t, lab.Config(nil, backup(100)))
		d.bothRule(t, vip, vip)
	})
}

// startBAgain starts b after it had ended, and waits until it listens again.
func (d *duo) startBAgain(t *testing.T, config string) {
	t.Helper()
	n := len(reports(d.wire, addrB, 4))
	d.db = d.b.Start(d.p.B, config)
	d.l.Until("b listens again", 5*time.Second, joined(d.wire, addrB, n+1))
}

// Excluded addresses come and go with the others, but are not in the packets.
func TestExcluded(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		more := func(v lab.VI) lab.VI {
			return extra(v, "virtual_ipaddress_excluded {", "10.9.0.71/24", "10.9.0.72", "}")
		}
		d := start(t, l, p, more(backup(200)), more(backup(100)))
		d.rules(t, d.a, d.b, addrA)
		excluded := func(n *lab.Node) bool { return n.Has("10.9.0.71") && n.Has("10.9.0.72") }
		l.Until("a has the excluded too", 2*time.Second, func() bool { return excluded(d.a) })
		if a := d.first(addrA).Advert; a.Count != 1 || len(a.Addrs) != 1 || a.Addrs[0].String() != vip {
			t.Errorf("on the wire: %d %v", a.Count, a.Addrs)
		}
		d.da.Stop()
		l.Until("all moves to b", 5*time.Second, func() bool {
			return excluded(d.b) && d.b.Has(vip) && !d.a.Has(vip) && !d.a.Has("10.9.0.71") && !d.a.Has("10.9.0.72")
		})
	})
}

// The same virtual router in two subnets' worth of addresses: many addresses, all in the packet, in order.
func TestManyAddresses(t *testing.T) {
	lab.EachPair(t, lab.Trust, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		want := []string{vip, "10.9.0.99", "10.9.0.53", "192.0.2.7", "10.9.0.52"}
		many := func(v lab.VI) lab.VI {
			return with(v, func(v *lab.VI) {
				v.VIPs = []string{vip + "/24", "10.9.0.99/24", "10.9.0.53", "192.0.2.7/28", "10.9.0.52/24"}
			})
		}
		d := start(t, l, p, many(backup(200)), many(backup(100)))
		d.rules(t, d.a, d.b, addrA)
		d.holds(t, 2)
		got := d.first(addrA).Advert
		if int(got.Count) != len(want) || len(got.Addrs) != len(want) {
			t.Fatalf("on the wire: %d %v", got.Count, got.Addrs)
		}
		for i := range want {
			if got.Addrs[i].String() != want[i] || !d.a.Has(want[i]) {
				t.Errorf("address %d: %s on the wire, want %s", i, got.Addrs[i], want[i])
			}
		}
	})
}
