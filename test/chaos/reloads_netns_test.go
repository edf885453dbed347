package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// farm is many instances with many addresses, of which some things change at random.
type farm struct {
	instances []*herd
	comment   int
}

// herd is one instance: the addresses in its adverts never change, those beside them do.
type herd struct {
	vrid  int
	name  string
	fixed []string
	loose []string
	lines []string
}

const (
	herds    = 20
	fixedPer = 15
	loosePer = 10
)

func newFarm() *farm {
	f := &farm{}
	for i := range herds {
		h := &herd{vrid: i + 1, name: fmt.Sprintf("H%d", i+1)}
		for n := range fixedPer {
			h.fixed = append(h.fixed, fmt.Sprintf("10.9.%d.%d/16", 10+i, n+1))
		}
		for n := range loosePer {
			h.loose = append(h.loose, fmt.Sprintf("10.9.%d.%d/16", 10+i, 100+n))
		}
		f.instances = append(f.instances, h)
	}
	return f
}

func (f *farm) config(prio int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# edition %d\n%s", f.comment, lab.Config([]string{"vrrp_garp_master_repeat 1", "vrrp_garp_master_delay 0"}))
	for _, h := range f.instances {
		b.WriteString(lab.VI{
			Name: h.name, VRID: h.vrid, State: "BACKUP", Prio: prio, Interval: "1", VIPs: h.fixed,
			Extra: append(excluded(h.loose...), h.lines...),
		}.String())
	}
	return b.String()
}

// addrs returns all addresses that the master shall have.
func (f *farm) addrs() map[string]bool {
	all := map[string]bool{}
	for _, h := range f.instances {
		for _, a := range append(h.fixed[:len(h.fixed):len(h.fixed)], h.loose...) {
			all[a] = true
		}
	}
	return all
}

// change does one to four things to it.
func (f *farm) change(r *rand.Rand) {
	for range 1 + r.IntN(4) {
		h, other := f.instances[r.IntN(herds)], f.instances[r.IntN(herds)]
		switch r.IntN(8) {
		case 0:
			f.comment++
		case 1:
			h.name = fmt.Sprintf("N%d", f.comment*1000+h.vrid*10+r.IntN(10))
		case 2:
			h.name, other.name = other.name, h.name
		case 3:
			h.lines = []string{fmt.Sprintf("garp_master_refresh %d", 30+r.IntN(30)), fmt.Sprintf("garp_lower_prio_repeat %d", 1+r.IntN(4))}
		case 4: // an address goes, or comes back
			if n := len(h.loose); n > 0 && r.IntN(2) == 0 {
				h.loose = slices.Delete(slices.Clone(h.loose), n-1, n)
			} else if a := fmt.Sprintf("10.9.%d.%d/16", 9+h.vrid, 100+r.IntN(100)); !f.addrs()[a] {
				h.loose = append(h.loose[:len(h.loose):len(h.loose)], a)
			}
		case 5: // an address moves
			if n := len(h.loose); n > 0 && h != other {
				other.loose = append(other.loose[:len(other.loose):len(other.loose)], h.loose[n-1])
				h.loose = h.loose[: n-1 : n-1]
			}
		case 6:
			h.loose = slices.Clone(h.loose)
			r.Shuffle(len(h.loose), func(i, j int) { h.loose[i], h.loose[j] = h.loose[j], h.loose[i] })
		case 7:
			r.Shuffle(herds, func(i, j int) { f.instances[i], f.instances[j] = f.instances[j], f.instances[i] })
		}
	}
}

// Many random reloads with five hundred addresses: no address that stays is ever removed, no advert is late, the peer
// notices nothing.
func TestRandomReloads(t *testing.T) {
	for _, p := range []lab.Pair{{A: lab.Holdfast, B: lab.Keepalived}, {A: lab.Holdfast, B: lab.Holdfast}} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			r, l, f := lots(t), lab.New(t), newFarm()
			d := &duo{l: l, p: p, wire: l.Segment("br0"), a: l.Node("a").Link("eth0", "br0", addrA+"/16"), b: l.Node("b").Link("eth0", "br0", addrB+"/16")}
			d.da = d.a.Start(p.A, f.config(200))
			all := f.addrs()
			l.Until("a has all", 20*time.Second, func() bool { return virtual(d.a) == len(all) })
			d.db = d.b.Start(p.B, f.config(100))
			l.Until("b is backup", 5*time.Second, func() bool { return d.db.Count("Entering BACKUP STATE") == herds })
			d.adverts(addrA, herds)
			from, said, logged := time.Now(), len(d.db.Lines()), len(d.da.Lines())
			slowest := time.Duration(0)
			for n := range size(60, 1000) {
				slowest = max(slowest, d.oneReload(t, r, f))
				if t.Failed() {
					t.Fatalf("in reload %d", n+1)
				}
			}
			t.Logf("the slowest reload took %v", slowest)
			d.adverts(addrA, 2*herds)
			d.unmoved(t, from, said, logged)
		})
	}
}

// virtual counts a node's addresses below 10.9 that are not its own.
func virtual(n *lab.Node) (count int) {
	have := map[string]bool{}
	for _, c := range n.Changes() {
		if s := c.Addr.String(); strings.HasPrefix(s, "10.9.") && !strings.HasPrefix(s, "10.9.0.") {
			if c.Came {
				have[s] = true
			} else {
				delete(have, s)
			}
		}
	}
	return len(have)
}

// oneReload changes the file at random and waits until the addresses are as it says; of them only those have come or gone
// that the change brought or took.
func (d *duo) oneReload(t *testing.T, r *rand.Rand, f *farm) (took time.Duration) {
	t.Helper()
	before := f.addrs()
	f.change(r)
	after := f.addrs()
	mine, logged := len(d.a.Changes()), len(d.da.Lines())
	d.da.Rewrite(f.config(200))
	start := time.Now()
	d.da.Signal(syscall.SIGHUP)
	d.l.Until("it is taken over", 20*time.Second, func() bool { return saidSince(d.da, logged, "Reload ") })
	took = time.Since(start)
	if saidSince(d.da, logged, "Reload refused") {
		t.Error("refused")
	}
	expected := map[string]int{}
	for a := range after {
		if !before[a] {
			expected["got "+a]++
		}
	}
	for a := range before {
		if !after[a] {
			expected["lost "+a]++
		}
	}
	d.l.Until("the addresses have changed", 10*time.Second, func() bool { return len(d.a.Changes()) >= mine+len(expected) })
	for _, c := range d.a.Changes()[mine:] {
		what := "lost "
		if c.Came {
			what = "got "
		}
		if what += c.Addr.String(); expected[what] != 1 {
			t.Errorf("unexpectedly %s", what)
		}
		delete(expected, what)
	}
	for what := range expected {
		t.Errorf("not %s", what)
	}
	pause(d.l, time.Duration(r.IntN(100))*time.Millisecond)
	return took
}

// unmoved checks that nobody changed state since, and that no advert was late.
func (d *duo) unmoved(t *testing.T, from time.Time, said, logged int) {
	t.Helper()
	if got := append(transitions(d.db, said), transitions(d.da, logged)...); len(got) > 0 {
		t.Errorf("states were entered: %s", strings.Join(got, "; "))
	}
	if n := len(d.wire.Adverts(addrB)); n > 0 {
		t.Errorf("b sent %d adverts", n)
	}
	var worst time.Duration
	for vrid := range herds {
		gap, _ := silence(d.wire.AdvertsOf(addrA, uint8(vrid+1)), from)
		if worst = max(worst, gap); gap > 1200*time.Millisecond+machine.since(from) {
			t.Errorf("%v without an advert of %d", gap, vrid+1)
		}
	}
	t.Logf("the longest time between two adverts was %v, the machine was late by %v", worst, machine.since(from))
}
