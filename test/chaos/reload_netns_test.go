package chaos

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// two is a configuration of two instances: VI with the common address, and V2 with another. more are lines for VI,
// further those for V2.
type two struct {
	nameA, nameB   string
	prioA, prioB   int
	more, further  []string
	extraInstances string
}

func (c two) String() string {
	one := lab.VI{
		Name: c.nameA, State: "BACKUP", Prio: c.prioA, Interval: "1", VIPs: []string{vip + "/24"}, Extra: c.more,
	}
	other := lab.VI{
		Name: c.nameB, VRID: 52, State: "BACKUP", Prio: c.prioB, Interval: "1", VIPs: []string{"10.9.0.52/24"}, Extra: c.further,
	}
	return lab.Config(nil, one, other) + c.extraInstances
}

func excluded(addrs ...string) []string {
	if len(addrs) == 0 {
		return nil
	}
	return []string{"virtual_ipaddress_excluded {", strings.Join(addrs, "\n"), "}"}
}

// base is what both run; prio is that of both instances.
func base(prio int) two {
	return two{nameA: "VI", nameB: "V2", prioA: prio, prioB: prio, more: excluded("10.9.0.60/24", "10.9.0.61/24"), further: excluded("10.9.0.70/24")}
}

func with(c two, change func(*two)) two {
	change(&c)
	return c
}

// edit is one change of a file.
type edit struct {
	name    string
	next    func(prio int) string
	comes   []string // addresses that a master gets
	goes    []string // and loses
	refused string   // part of the line that says why
}

func edits() []edit {
	alone := func(c two) string { return strings.SplitAfter(c.String(), "vrrp_instance V2")[0] }
	return []edit{
		{name: "nothing", next: func(p int) string { return base(p).String() }},
		{name: "comments and order of lines", next: func(p int) string { return "# a comment\n" + base(p).String() + "\n! another\n" }},
		{
			name: "an address comes", comes: []string{"10.9.0.62"},
			next: func(p int) string {
				return with(base(p), func(c *two) { c.more = excluded("10.9.0.60/24", "10.9.0.62/24", "10.9.0.61/24") }).String()
			},
		},
		{
			name: "an address goes", goes: []string{"10.9.0.61"},
			next: func(p int) string {
				return with(base(p), func(c *two) { c.more = excluded("10.9.0.60/24") }).String()
			},
		},
		{
			name: "an address moves to another instance",
			next: func(p int) string {
				return with(base(p), func(c *two) {
					c.more, c.further = excluded("10.9.0.60/24"), excluded("10.9.0.70/24", "10.9.0.61/24")
				}).String()
			},
		},
		{
			name: "two addresses change places",
			next: func(p int) string {
				return with(base(p), func(c *two) {
					c.more, c.further = excluded("10.9.0.70/24", "10.9.0.61/24"), excluded("10.9.0.60/24")
				}).String()
			},
		},
		{name: "an instance has another name", next: func(p int) string {
			return with(base(p), func(c *two) { c.nameA = "RENAMED" }).String()
		}},
		{name: "two instances change names", next: func(p int) string {
			return with(base(p), func(c *two) { c.nameA, c.nameB = c.nameB, c.nameA }).String()
		}},
		{name: "another priority", next: func(p int) string {
			return with(base(p), func(c *two) { c.prioA += 10; c.prioB -= 10 }).String()
		}},
		{name: "announcements and scripts", next: func(p int) string {
			return with(base(p), func(c *two) {
				c.more = append(c.more, "garp_master_repeat 2", "garp_master_delay 3", `notify_master "`+lab.Recorder+` m"`)
			}).String()
		}},
		{name: "an instance comes", comes: []string{"10.9.0.53"}, next: func(p int) string {
			return base(p).String() + lab.VI{Name: "V3", VRID: 53, Prio: p, Interval: "1", VIPs: []string{"10.9.0.53/24"}}.String()
		}},
		{name: "a bad file", refused: "bogus", next: func(p int) string { return base(p).String() + "\nbogus_keyword 1\n" }},
		{name: "an unclosed block", refused: "", next: func(p int) string { return base(p).String() + "\nvrrp_instance V4 {\n" }},
		{name: "an absent file", refused: "keepalived.conf", next: func(int) string { return "" }},
		{name: "an absent interface", refused: "eth9", next: func(p int) string {
			return base(p).String() + lab.VI{Name: "V3", Dev: "eth9", VRID: 53, Prio: p, VIPs: []string{"10.9.0.53/24"}}.String()
		}},
		{name: "an instance without an interface", refused: "", next: func(p int) string { return alone(base(p)) + "X {\n}\n" }},
	}
}

// refuses says whether an edit must be refused: one of those that name what their refusal says, or have no address to
// show that they were taken.
func (e edit) refuses() bool {
	switch e.name {
	case "a bad file", "an unclosed block", "an absent file", "an absent interface", "an instance without an interface":
		return true
	}
	return false
}

// All edits, at the master and at the backup, whoever sits beside it. Where the peer is concerned nothing happens.
func TestReload(t *testing.T) {
	t.Parallel()
	for _, e := range edits() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			for _, p := range []lab.Pair{{A: lab.Holdfast, B: lab.Keepalived}, {A: lab.Keepalived, B: lab.Holdfast}, {A: lab.Holdfast, B: lab.Holdfast}} {
				t.Run(p.String(), func(t *testing.T) {
					t.Parallel()
					d := nodes(lab.New(t), p)
					d.start(t, base(200).String(), base(100).String())
					d.l.Until("a is master of both", 10*time.Second, func() bool { return d.a.Has("10.9.0.52") && d.a.Has("10.9.0.70") })
					if p.A == lab.Holdfast {
						d.reload(t, "master", d.da, d.a, d.db, d.b, e, 200)
					}
					if p.B == lab.Holdfast {
						d.reload(t, "backup", d.db, d.b, d.da, d.a, e, 100)
					}
				})
			}
		})
	}
}

// reload changes the file of one daemon and checks that nothing else changes.
func (d *duo) reload(t *testing.T, who string, self *lab.Daemon, node *lab.Node, peer *lab.Daemon, other *lab.Node, e edit, prio int) {
	t.Helper()
	mine, theirs := len(node.Changes()), len(other.Changes())
	logged, said := len(self.Lines()), len(peer.Lines())
	from := time.Now()
	self.Rewrite(e.next(prio))
	self.Signal(syscall.SIGHUP)
	done := "Reload complete"
	if e.refuses() {
		done = "Reload refused"
	}
	d.l.Until(who+": "+done, 10*time.Second, func() bool { return saidSince(self, logged, done) })
	if e.refuses() { // two processes write to the log: the reason may come after the decision
		d.l.Until(who+": the refusal names "+e.refused, 2*time.Second, func() bool { return saidSince(self, logged, e.refused) })
	}
	if who == "master" {
		d.l.Until("a new address is there", 8*time.Second, func() bool {
			for _, a := range e.comes {
				if !node.Has(a) {
					return false
				}
			}
			return true
		})
	}
	d.adverts(addrA, 4)
	d.same(t, who, self, node, e, mine, logged)
	if got := transitions(peer, said); len(got) > 0 {
		t.Errorf("%s: its peer: %s", who, strings.Join(got, "; "))
	}
	if now := other.Changes()[theirs:]; len(now) > 0 {
		t.Errorf("%s: its peer's addresses: %v", who, now)
	}
	for _, vrid := range []uint8{51, 52} {
		if gap, _ := silence(d.wire.AdvertsOf(addrA, vrid), from); gap > 1200*time.Millisecond+machine.since(from) {
			t.Errorf("%s: %v without an advert of %d", who, gap, vrid)
		}
		if n := len(d.wire.AdvertsOf(addrB, vrid)); n > 0 {
			t.Errorf("%s: b sent %d adverts of %d", who, n, vrid)
		}
	}
}

// same checks what the reloaded daemon did itself.
func (d *duo) same(t *testing.T, who string, self *lab.Daemon, node *lab.Node, e edit, mine, logged int) {
	t.Helper()
	expected := map[string]int{}
	if who == "master" {
		for _, a := range e.comes {
			expected["got "+a]++
		}
		for _, a := range e.goes {
			expected["lost "+a]++
		}
	}
	for _, c := range node.Changes()[mine:] {
		what := "lost "
		if c.Came {
			what = "got "
		}
		expected[what+c.Addr.Addr().String()]--
	}
	for what, n := range expected {
		if n != 0 {
			t.Errorf("%s: %s: %+d times as often as it should", who, what, -n)
		}
	}
	for _, line := range transitions(self, logged) {
		if !strings.HasPrefix(line, "(V3)") {
			t.Errorf("%s: %s", who, line)
		}
	}
}

func saidSince(d *lab.Daemon, from int, text string) bool {
	for _, l := range d.Lines()[from:] {
		if strings.Contains(l.Text, text) {
			return true
		}
	}
	return false
}

// An instance that a reload removes says farewell, and its addresses go; the other does not notice.
func TestReloadRemovesInstance(t *testing.T) {
	t.Parallel()
	for _, p := range []lab.Pair{{A: lab.Holdfast, B: lab.Keepalived}, {A: lab.Holdfast, B: lab.Holdfast}} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			d.start(t, base(200).String(), base(100).String())
			d.l.Until("a is master of both", 10*time.Second, func() bool { return d.a.Has("10.9.0.52") && d.a.Has("10.9.0.70") })
			mine, from := len(d.a.Changes()), time.Now()
			d.da.Rewrite(lab.Config(nil, lab.VI{State: "BACKUP", Prio: 200, Interval: "1", VIPs: []string{vip + "/24"}, Extra: base(200).more}))
			d.da.Signal(syscall.SIGHUP)
			d.l.Until("b takes the other", 3*time.Second, func() bool { return holds(d.b, d.a, "10.9.0.52", "10.9.0.70") })
			d.adverts(addrA, 3)
			all := d.wire.AdvertsOf(addrA, 52)
			if f := all[len(all)-1]; f.Advert.Priority != 0 {
				t.Errorf("the last advert of the removed instance is no farewell: %s", f)
			}
			for _, c := range d.a.Changes()[mine:] {
				if s := c.Addr.Addr().String(); s != "10.9.0.52" && s != "10.9.0.70" {
					t.Errorf("a: %s", c)
				}
			}
			if gap, _ := silence(d.wire.AdvertsOf(addrA, 51), from); gap > 1200*time.Millisecond+machine.since(from) {
				t.Errorf("%v without an advert", gap)
			}
			if d.b.Has(vip) || !d.a.Has(vip) {
				t.Error("the other instance was not left alone")
			}
		})
	}
}

// An address that is in the adverts comes on both sides, at the backup first: for a moment the two lists differ, which is
// less than the time after which a backup loses its patience.
func TestReloadBothSides(t *testing.T) {
	t.Parallel()
	for _, p := range []lab.Pair{{A: lab.Holdfast, B: lab.Keepalived}, {A: lab.Keepalived, B: lab.Holdfast}, {A: lab.Holdfast, B: lab.Holdfast}} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			config := func(prio int, vips ...string) string {
				return lab.Config(nil, lab.VI{State: "BACKUP", Prio: prio, Interval: "1", VIPs: vips})
			}
			d.start(t, config(200, vip+"/24"), config(100, vip+"/24"))
			mine := len(d.a.Changes())
			both := []string{vip + "/24", "10.9.0.51/24"}
			d.db.Rewrite(config(100, both...))
			d.da.Rewrite(config(200, both...))
			d.db.Signal(syscall.SIGHUP)
			d.da.Signal(syscall.SIGHUP)
			d.l.Until("a has the new one", 5*time.Second, func() bool { return d.a.Has("10.9.0.51") })
			d.adverts(addrA, 5)
			if n := len(d.wire.Adverts(addrB)); n > 0 || d.b.Has(vip) {
				t.Errorf("b sent %d adverts", n)
			}
			if p.A == lab.Holdfast {
				if got := fmt.Sprint(d.a.Changes()[mine:]); !strings.Contains(got, "got 10.9.0.51/24") || len(d.a.Changes()[mine:]) != 1 {
					t.Errorf("a: %s", got)
				}
			}
		})
	}
}
