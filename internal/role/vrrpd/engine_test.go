package vrrpd

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/vrrp"
)

// counter is Ports that only count.
type counter struct {
	sent, told, shouts int
	owned              map[int]bool
	last               []byte
}

func (c *counter) Send(_ int, packet []byte, _ netip.Addr) error {
	c.sent++
	c.last = append(c.last[:0], packet...)
	return nil
}
func (c *counter) Own(r int, own bool) { c.owned[r] = own }
func (c *counter) Shout(int, int)      { c.shouts++ }
func (c *counter) Tell(Report)         { c.told++ }

func engineOf(t testing.TB, n int, line string) (*Engine, *counter, time.Time) {
	t.Helper()
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "vrrp_instance VI_%d {\n interface eth%d\n virtual_router_id %d\n %s\n virtual_ipaddress {\n 192.0.2.1\n }\n}\n",
			i, i/255, i%255+1, line)
	}
	cfg, faults := conf.Load(file(text.String()), "keepalived.conf", conf.Options{})
	if faults.HasErrors() {
		t.Fatal(faults.Error())
	}
	c := &counter{owned: make(map[int]bool)}
	e := NewEngine(NewSetup(cfg), c)
	now := time.Now()
	for i := range n {
		e.SetConditions(now, i, i/255+1, vrrp.Conditions{Priority: cfg.Instances[i].Priority.V, Source: netip.AddrFrom4([4]byte{10, 0, 0, 1})})
	}
	e.Start(now, nil)
	return e, c, now
}

var ipHeaders = [256][20]byte{}

func header(ttl uint8) []byte {
	h := ipHeaders[ttl][:]
	h[8], h[9] = ttl, vrrp.Protocol
	return h
}

func TestTheUrgentPathAllocatesNothing(t *testing.T) {
	const n = 1000
	masters, sent, now := engineOf(t, n, "priority 255")
	backups, _, _ := engineOf(t, n, "priority 50")
	a := vrrp.Advert{Version: 2, VRID: 7, Priority: 200, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	good, junk := a.AppendTo(nil), []byte{0x21, 7, 200, 9, 0, 1, 0, 0, 1, 2, 3}
	peer := netip.AddrFrom4([4]byte{10, 0, 0, 9})
	for name, f := range map[string]func(){
		"a thousand masters' interval": func() { now = now.Add(time.Second); masters.Tick(now) },
		"an advert":                    func() { backups.Receive(now, 1, peer, header(255), good) },
		"junk":                         func() { backups.Receive(now, 1, peer, header(255), junk) },
		"somebody else's":              func() { backups.Receive(now, 9, peer, header(255), good) },
	} {
		if got := testing.AllocsPerRun(20, f); got != 0 {
			t.Errorf("%s: %.1f allocations", name, got)
		}
	}
	if sent.sent < 20*n {
		t.Errorf("%d adverts sent: the test did not measure what it says", sent.sent)
	}
}

func TestComplaintsAreMadeOnce(t *testing.T) {
	e, c, now := engineOf(t, 1, "priority 50")
	a := vrrp.Advert{Version: 2, VRID: 1, Priority: 200, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	good := a.AppendTo(nil)
	peer, other := netip.AddrFrom4([4]byte{10, 0, 0, 9}), netip.AddrFrom4([4]byte{10, 0, 0, 8})
	count := func(f func()) int { before := c.told; f(); return c.told - before }
	flood := func(from netip.Addr) func() {
		return func() {
			for range 100 {
				e.Receive(now, 1, from, header(64), good)
			}
		}
	}
	if n := count(flood(peer)); n != 1 {
		t.Errorf("%d complaints about a flood from one source, want 1", n)
	}
	if n := count(flood(other)); n != 0 {
		t.Errorf("%d complaints about another source, want 0: sources can be made up", n)
	}
	e.Receive(now, 1, other, header(255), good)
	if n := count(flood(peer)); n != 1 {
		t.Errorf("%d complaints after another master was heard, want 1", n)
	}
	if got := e.Instance(0).Stats().Rejected[vrrp.BadTTL]; got != 300 {
		t.Errorf("%d counted, want 300", got)
	}
}

// A group that steps down because an address was removed does so as a whole, and neither the log nor its scripts hear of it before
// it is back.
func TestGroupBereft(t *testing.T) {
	text := "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n"
	for i, name := range []string{"A", "B"} {
		text += fmt.Sprintf("vrrp_instance %s {\n interface eth0\n virtual_router_id %d\n virtual_ipaddress {\n 192.0.2.%d\n }\n}\n", name, i+1, i+1)
	}
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{})
	if faults.HasErrors() {
		t.Fatal(faults.Error())
	}
	w := &witness{counter: counter{owned: make(map[int]bool)}}
	e, now := NewEngine(NewSetup(cfg), w), time.Now()
	for i := range 2 {
		e.SetConditions(now, i, 1, vrrp.Conditions{Priority: 100, Source: netip.AddrFrom4([4]byte{10, 0, 0, 1})})
	}
	e.Start(now, nil)
	run := func(d time.Duration) {
		now = now.Add(d)
		e.Tick(now)
	}
	run(4 * time.Second)
	w.said = nil
	e.Bereft(now, 1, netip.MustParseAddr("192.0.2.2"))
	run(time.Second)
	want := "B BACKUP, A BACKUP, B MASTER, syncing MASTER, A MASTER, G MASTER"
	alike := "B BACKUP, A BACKUP, A MASTER, syncing MASTER, B MASTER, G MASTER"
	if got := strings.Join(w.said, ", "); got != want && got != alike {
		t.Errorf("said %q, want %q", got, want)
	}
	if w.zeros != 2 {
		t.Errorf("%d farewells, want 2", w.zeros)
	}
}

// witness are Ports that remember states and farewells.
type witness struct {
	counter
	said  []string
	zeros int
}

func (w *witness) Send(_ int, packet []byte, _ netip.Addr) error {
	if packet[vrrp.IPv4HeaderLen+2] == 0 {
		w.zeros++
	}
	return nil
}

func (w *witness) Tell(r Report) {
	name := "G"
	switch {
	case r.Action.Kind != vrrp.Became:
		return
	case r.Syncing:
		name = "syncing"
	case r.Router >= 0:
		name = r.Plan.VRRP.Name
	}
	w.said = append(w.said, name+" "+r.Action.State.String())
}

func BenchmarkTick(b *testing.B) {
	for _, n := range []int{1, 100, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e, _, now := engineOf(b, n, "priority 255")
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Second)
				e.Tick(now)
			}
		})
	}
}
