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
	e.Start(now)
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
