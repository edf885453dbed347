package chaos

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// eachOfOurs runs a test with Holdfast at a, beside keepalived and beside itself.
func eachOfOurs(t *testing.T, test func(t *testing.T, d *duo)) {
	t.Helper()
	t.Parallel()
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			test(t, nodes(lab.New(t), p))
		})
	}
}

// unnoticed checks that b has not entered a state since its log had that many lines, and has said nothing.
func (d *duo) unnoticed(t *testing.T, said int) {
	t.Helper()
	if got := transitions(d.db, said); len(got) > 0 {
		t.Errorf("b: %q", got)
	}
	if d.b.Has(vip) || !d.a.Has(vip) {
		t.Error("the address is not at a alone")
	}
}

// The VRRP process of a master whose adverts carry authentication headers is killed. The next one has to number its
// adverts so that they are believed.
func TestCrashedChildHeaders(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.startSealed(t, "alive-1", "alive-1")
		d.more(addrA, 3)
		said, before := len(d.db.Lines()), sealedFrom(d.wire, addrA)
		d.crashChild(3 * time.Second)
		d.more(addrA, 6)
		d.unnoticed(t, said)
		if n := len(sealedFrom(d.wire, addrB)); n > 0 {
			t.Errorf("b sent %d adverts", n)
		}
		old := before[len(before)-1].seq
		for _, f := range sealedFrom(d.wire, addrA)[len(before):] {
			if f.seq <= old {
				t.Fatalf("after %d comes %d: that looks like a replay", old, f.seq)
			}
			old = f.seq
		}
	})
}

// Both members of a sync group were master: both go on.
func TestCrashedChildGroup(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			s := natSite(t, l, p, "003-12", "003-13")
			s.startA()
			l.Until("a has both", 15*time.Second, func() bool { return holds(s.a, s.b, outside, inside) })
			s.startB()
			s.settles("a keeps both", 5*time.Second, s.a, s.b, outside, inside)
			mine, said := len(s.a.Changes()), len(s.db.Lines())
			s.crashChild(3 * time.Second)
			s.stays("a keeps both", time.Now().Add(6*time.Second), func() bool { return holds(s.a, s.b, outside, inside) })
			if now := s.a.Changes()[mine:]; len(now) > 0 {
				t.Errorf("a's addresses: %v", now)
			}
			if got := transitions(s.db, said); len(got) > 0 {
				t.Errorf("b: %q", got)
			}
			s.a.Unplug("eth2")
			s.settles("the group still is one: b has both", 8*time.Second, s.b, s.a, outside, inside)
		})
	}
}

// A crash after a reload: the next life runs the new file. After a refused one it runs the old file, which is not on disk
// any more.
func TestCrashedAfterReload(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, base(200).String(), base(100).String())
		d.l.Until("a is master of both", 5*time.Second, func() bool { return d.a.Has("10.9.0.70") })
		said := len(d.db.Lines())
		d.da.Rewrite(with(base(200), func(c *two) { c.more = excluded("10.9.0.60/24", "10.9.0.61/24", "10.9.0.62/24") }).String())
		d.da.Signal(syscall.SIGHUP)
		d.l.Until("the new address is there", 5*time.Second, func() bool { return d.a.Has("10.9.0.62") })
		mine := len(d.a.Changes())
		d.da.Rewrite("bogus_keyword\n")
		d.da.Signal(syscall.SIGHUP)
		d.l.Until("it is refused", 5*time.Second, func() bool { return d.da.Said("Reload refused") })
		d.crashChild(3 * time.Second)
		d.adverts(addrA, 4)
		d.unnoticed(t, said)
		if now := d.a.Changes()[mine:]; len(now) > 0 {
			t.Errorf("a's addresses: %v", now)
		}
		if code := d.da.Stop(); code != 0 {
			t.Errorf("exit status %d", code)
		}
		if d.a.Has("10.9.0.62") {
			t.Error("an address stays behind")
		}
	})
}

// A crash in the middle of a reload: whichever comes first, in the end the new file runs.
func TestCrashedInReload(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, base(200).String(), base(100).String())
		d.l.Until("a is master of both", 5*time.Second, func() bool { return d.a.Has("10.9.0.70") })
		said := len(d.db.Lines())
		for n, addrs := range [][]string{{"10.9.0.60/24", "10.9.0.61/24", "10.9.0.62/24"}, {"10.9.0.60/24", "10.9.0.61/24", "10.9.0.63/24"}} {
			d.da.Rewrite(with(base(200), func(c *two) { c.more = excluded(addrs...) }).String())
			pid, done := d.da.Child(), d.da.Count("Reload complete")
			d.da.Signal(syscall.SIGHUP)
			if n == 1 {
				d.l.Until("it begins", 3*time.Second, func() bool { return d.da.Count("Reloading ...") == 2 })
			}
			d.da.Kill(pid, syscall.SIGKILL)
			last := strings.TrimSuffix(addrs[2], "/24")
			d.l.Until("the new address is there", 8*time.Second, func() bool { return d.a.Has(last) })
			d.l.Until("the reload is over", 3*time.Second, func() bool { return d.da.Count("Reload complete") > done })
		}
		d.adverts(addrA, 4)
		d.unnoticed(t, said)
		d.stops(t, d.da.Home())
		for _, left := range []string{"10.9.0.60", "10.9.0.61", "10.9.0.62", "10.9.0.63"} {
			if d.a.Has(left) {
				t.Errorf("%s stays behind", left)
			}
		}
	})
}

// Many hang-ups at once, while the file changes: the last one counts.
func TestReloadStorm(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		d.start(t, base(200).String(), base(100).String())
		d.l.Until("a is master of both", 5*time.Second, func() bool { return d.a.Has("10.9.0.70") })
		said, from := len(d.db.Lines()), time.Now()
		for n := range 200 {
			if n%2 == 0 {
				d.da.Rewrite(with(base(200), func(c *two) { c.nameA = "OTHER" }).String())
			} else {
				d.da.Rewrite(base(200).String())
			}
			d.da.Signal(syscall.SIGHUP)
		}
		d.da.Rewrite(with(base(200), func(c *two) { c.further = excluded("10.9.0.70/24", "10.9.0.71/24") }).String())
		d.da.Signal(syscall.SIGHUP)
		d.l.Until("the last file runs", 10*time.Second, func() bool { return d.a.Has("10.9.0.71") })
		d.adverts(addrA, 4)
		d.unnoticed(t, said)
		for _, vrid := range []uint8{51, 52} {
			if gap, _ := silence(d.wire.AdvertsOf(addrA, vrid), from); gap > 1200*time.Millisecond+machine.since(from) {
				t.Errorf("%v without an advert of %d", gap, vrid)
			}
		}
	})
}

// A reload makes a sync group of two masters, and dissolves it again: nobody changes state. While it is there, the fault of
// one is the fault of both.
func TestReloadGroup(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		group := "vrrp_sync_group G {\ngroup {\nVI\nV2\n}\n}\n"
		d.start(t, base(200).String(), base(100).String())
		d.l.Until("a is master of both", 5*time.Second, func() bool { return d.a.Has("10.9.0.70") })
		said, mine := len(d.db.Lines()), len(d.a.Changes())
		for n, config := range []string{base(200).String() + group, base(200).String(), group + base(200).String()} {
			d.da.Rewrite(config)
			d.da.Signal(syscall.SIGHUP)
			d.l.Until("it is taken over", 5*time.Second, func() bool { return d.da.Count("Reload complete") == n+1 })
			d.adverts(addrA, 4)
		}
		d.unnoticed(t, said)
		if now := d.a.Changes()[mine:]; len(now) > 0 {
			t.Errorf("a's addresses: %v", now)
		}
		d.a.Link("eth1", "br1", "10.8.0.1/24")
		d.da.Rewrite(group + with(base(200), func(c *two) { c.further = append(c.further, "track_interface {", "eth1", "}") }).String())
		d.da.Signal(syscall.SIGHUP)
		d.l.Until("it is taken over", 5*time.Second, func() bool { return d.da.Count("Reload complete") == 4 })
		d.adverts(addrA, 2)
		d.unnoticed(t, said)
		d.a.Unplug("eth1")
		d.l.Until("b has all", 3*time.Second, func() bool { return holds(d.b, d.a, vip, "10.9.0.52", "10.9.0.70") })
		d.a.Plug("eth1")
		d.l.Until("a has all again", 10*time.Second, func() bool { return holds(d.a, d.b, vip, "10.9.0.52", "10.9.0.70") })
	})
}

// The password changes on both sides, and the way of authentication after it: for a moment they do not understand each
// other, which is shorter than a backup's patience.
func TestReloadSecret(t *testing.T) {
	eachOfOurs(t, func(t *testing.T, d *duo) {
		config := func(prio int, kind, pass string) string {
			return simple(prio, "authentication {", "auth_type "+kind, "auth_pass "+pass, "}")
		}
		d.start(t, config(200, "PASS", "first"), config(100, "PASS", "first"))
		said := len(d.db.Lines())
		for n, kind := range []string{"PASS", "AH", "PASS"} {
			pass := []string{"second", "second", "third"}[n]
			d.db.Rewrite(config(100, kind, pass))
			d.da.Rewrite(config(200, kind, pass))
			d.db.Signal(syscall.SIGHUP)
			d.da.Signal(syscall.SIGHUP)
			d.l.Until("it is taken over", 5*time.Second, func() bool { return d.da.Count("Reload complete") == n+1 })
			if kind == "AH" {
				d.more(addrA, 6)
			} else {
				d.adverts(addrA, 6)
			}
		}
		if d.b.Has(vip) || !d.a.Has(vip) || len(d.wire.Adverts(addrB))+len(sealedFrom(d.wire, addrB)) > 0 {
			t.Errorf("b: %q", transitions(d.db, said))
		}
	})
}
