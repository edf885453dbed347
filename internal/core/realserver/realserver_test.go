package realserver

import (
	"fmt"
	"maps"
	"math/rand"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"holdfast/internal/core/table"
)

const (
	flagLoopback = 0x8
	flagNoARP    = 0x80
	hwLoopback   = 772
)

// host is a picture that steps can be carried out on.
type host struct{ Picture }

func newHost() *host {
	h := &host{Picture{Settings: map[string]int{}}}
	h.Links = []table.Link{
		{Index: 1, Name: "lo", Flags: flagUp | flagLoopback, HWType: hwLoopback},
		{Index: 2, Name: "eth0", Flags: flagUp, HWType: hwEther},
		{Index: 3, Name: "eth1.7", Flags: flagUp, HWType: hwEther},
		{Index: 4, Name: "br0", Kind: "bridge", Flags: flagUp, HWType: hwEther},
		{Index: 5, Name: "port", Master: 4, Flags: flagUp, HWType: hwEther},
		{Index: 6, Name: "dummy0", Flags: flagUp | flagNoARP, HWType: hwEther},
	}
	for _, p := range Needed(h.Links) {
		h.Settings[p] = 0
	}
	return h
}

func (h *host) have(link, prefix string) {
	l, ok := h.named(link)
	if !ok {
		panic(link)
	}
	h.Addrs = append(h.Addrs, table.Addr{Link: l.Index, Prefix: netip.MustParsePrefix(prefix)})
}

func (h *host) clone() *host {
	return &host{Picture{slices.Clone(h.Links), slices.Clone(h.Addrs), maps.Clone(h.Settings)}}
}

// take carries steps out, and says which cannot be.
func (h *host) take(steps []Step) error {
	for _, s := range steps {
		at := slices.IndexFunc(h.Links, func(l table.Link) bool { return l.Name == s.Link })
		if s.Kind != Set && at < 0 {
			return fmt.Errorf("%v: no such link", s)
		}
		switch s.Kind {
		case Set:
			if now, ok := h.Settings[s.Path]; !ok || now != s.Before || now == s.Value {
				return fmt.Errorf("%v: it is %d, %v", s, now, ok)
			}
			h.Settings[s.Path] = s.Value
		case Raise, Lower:
			if (h.Links[at].Flags&flagUp != 0) == (s.Kind == Raise) {
				return fmt.Errorf("%v: it is so", s)
			}
			h.Links[at].Flags ^= flagUp
		case AddAddr:
			if h.has(Address{Prefix: s.Prefix, Link: s.Link}) {
				return fmt.Errorf("%v: it is there", s)
			}
			h.have(s.Link, s.Prefix.String())
		case DelAddr:
			n := len(h.Addrs)
			h.Addrs = slices.DeleteFunc(h.Addrs, func(a table.Addr) bool { return a.Link == h.Links[at].Index && a.Prefix == s.Prefix })
			if len(h.Addrs) != n-1 {
				return fmt.Errorf("%v: %d addresses went", s, n-len(h.Addrs))
			}
		}
	}
	return nil
}

func vip(words ...string) (all []VIP) {
	for _, w := range words {
		all = append(all, VIP{netip.MustParseAddr(w), Direct})
	}
	return all
}

func codes(found []Finding) (all []string) {
	for _, f := range found {
		all = append(all, f.Code)
	}
	return all
}

// TestUpAndDown wants, on hosts of all sorts: after Up nothing is to be found and a second Up does nothing; whichever addresses go up
// and down in whatever order, the host is in the end as it was.
func TestUpAndDown(t *testing.T) {
	pool := vip("10.1.0.100", "10.1.0.101", "10.2.0.1", "fd00::100", "fd00::101")
	for seed := range int64(3000) {
		r := rand.New(rand.NewSource(seed))
		h := newHost()
		for p := range h.Settings {
			if r.Intn(3) == 0 {
				h.Settings[p] = r.Intn(10)
			}
		}
		for _, v := range pool {
			if r.Intn(6) == 0 {
				h.have([]string{"lo", "dummy0"}[r.Intn(2)], whole(v.Addr).String())
			}
		}
		if r.Intn(4) == 0 {
			h.Links[0].Flags &^= flagUp
		}
		before := h.clone()
		var rec Record
		up := map[VIP]bool{}
		for round := range 6 {
			about := fmt.Sprintf("seed %d, round %d: %+v", seed, round, h)
			some := slices.DeleteFunc(slices.Clone(pool), func(VIP) bool { return r.Intn(2) == 0 })
			if r.Intn(3) == 0 || round == 5 {
				var ips []netip.Addr
				for v := range up {
					if round == 5 || slices.Contains(some, v) {
						ips = append(ips, v.Addr)
						delete(up, v)
					}
				}
				if len(ips) == 0 {
					continue
				}
				plan, found := Down(&h.Picture, rec, ips)
				if err := h.take(plan.Steps); err != nil || len(found) > 0 {
					t.Fatalf("%s: down %v: %v, %+v", about, ips, err, found)
				}
				rec = plan.Record
				continue
			}
			if len(some) == 0 {
				continue
			}
			plan, found := Up(&h.Picture, rec, some, "")
			if err := h.take(plan.Steps); err != nil || len(found) > 0 {
				t.Fatalf("%s: up %v: %v, %+v", about, some, err, found)
			}
			rec = plan.Record
			for _, v := range some {
				up[v] = true
			}
			if found := Check(&h.Picture, slices.Collect(maps.Keys(up))); len(found) > 0 {
				t.Fatalf("%s: after up %v: %+v", about, some, found)
			}
			if plan, _ := Up(&h.Picture, rec, some, ""); len(plan.Steps) > 0 || !reflect.DeepEqual(plan.Record, rec) {
				t.Fatalf("%s: a second up: %+v", about, plan)
			}
		}
		slices.SortFunc(h.Addrs, func(a, b table.Addr) int { return a.Prefix.Addr().Compare(b.Prefix.Addr()) })
		slices.SortFunc(before.Addrs, func(a, b table.Addr) int { return a.Prefix.Addr().Compare(b.Prefix.Addr()) })
		if !rec.Empty() || !maps.Equal(h.Settings, before.Settings) || !slices.Equal(h.Addrs, before.Addrs) || !slices.Equal(h.Links, before.Links) {
			t.Fatalf("seed %d: was %+v, is %+v, record %+v", seed, before, h, rec)
		}
	}
}

// A crash or a failure after any step leaves nothing that Down does not undo, if what was to be done was recorded before.
func TestAnyStepMayBeTheLast(t *testing.T) {
	h := newHost()
	h.Links[0].Flags &^= flagUp
	h.Settings[path("eth0", arpIgnore)] = 3
	plan, _ := Up(&h.Picture, Record{}, vip("10.1.0.100", "fd00::100"), "")
	for n := range plan.Steps {
		for name, rec := range map[string]func(*Picture) Record{
			"crash":   func(*Picture) Record { return plan.Record },
			"failure": plan.Record.Prune,
		} {
			now := h.clone()
			if err := now.take(plan.Steps[:n]); err != nil {
				t.Fatal(err)
			}
			undo, found := Down(&now.Picture, rec(&now.Picture), nil)
			if err := now.take(undo.Steps); err != nil || len(found) > 0 {
				t.Fatalf("%s after %d steps: %v, %+v", name, n, err, found)
			}
			if len(now.Addrs) > 0 || !maps.Equal(now.Settings, h.Settings) || !slices.Equal(now.Links, h.Links) {
				t.Errorf("%s after %d steps: %+v", name, n, now)
			}
		}
	}
	if len(plan.Steps) != 8 {
		t.Errorf("%d steps: %v", len(plan.Steps), plan.Steps)
	}
}

func TestCheckFinds(t *testing.T) {
	quiet := func(h *host) {
		h.Settings[path("all", arpIgnore)] = 1
		h.Settings[path("all", arpAnnounce)] = 2
	}
	for name, c := range map[string]struct {
		make  func(*host)
		codes string
		says  string
	}{
		"nothing done":          {func(*host) {}, "arp-answered arp-sender absent", "on eth0, eth1.7, br0 for addresses of other interfaces (arp_ignore 0)"},
		"by links":              {func(h *host) { setLinks(h, 1, 2); h.have("lo", "10.1.0.100/32") }, "", ""},
		"a port does not count": {func(h *host) { quiet(h); h.Settings[path("port", arpIgnore)] = 3; h.have("lo", "10.1.0.100/32") }, "", ""},
		"one link is loud":      {func(h *host) { quiet(h); h.Settings[path("eth1.7", arpIgnore)] = 3; h.have("lo", "10.1.0.100/32") }, "arp-answered", "on eth1.7 for addresses of other interfaces (arp_ignore 3)"},
		"only of its subnet":    {func(h *host) { setLinks(h, 2, 1); h.have("lo", "10.1.0.100/32") }, "arp-sender", "arp_announce 1"},
		"unlike each other": {func(h *host) {
			quiet(h)
			h.Settings[path("eth0", arpAnnounce)] = 3
			h.Settings[path("br0", arpAnnounce)] = 4
			h.have("lo", "10.1.0.100/32")
		}, "arp-sender", "(eth0 arp_announce 3, br0 arp_announce 4)"},
		"on a dummy":        {func(h *host) { quiet(h); h.have("dummy0", "10.1.0.100/32") }, "", ""},
		"a short prefix":    {func(h *host) { quiet(h); h.have("lo", "10.1.0.100/24") }, "prefix", "takes every address of 10.1.0.0/24"},
		"short on a dummy":  {func(h *host) { quiet(h); h.have("dummy0", "10.1.0.100/24") }, "prefix", "all of 10.1.0.0/24 leads to dummy0"},
		"on eth0":           {func(h *host) { quiet(h); h.have("eth0", "10.1.0.100/24") }, "loud-link", "10.1.0.100 is on eth0"},
		"silent altogether": {func(h *host) { quiet(h); h.Settings[path("eth0", arpIgnore)] = 8; h.have("eth0", "10.1.0.100/32") }, "", ""},
		"lo is down":        {func(h *host) { quiet(h); h.Links[0].Flags &^= flagUp; h.have("lo", "10.1.0.100/32") }, "link-down", "interface lo is down"},
		"a good place too":  {func(h *host) { quiet(h); h.have("lo", "10.1.0.100/32"); h.have("eth0", "10.1.0.100/32") }, "loud-link", "is on eth0"},
	} {
		h := newHost()
		c.make(h)
		found := Check(&h.Picture, vip("10.1.0.100"))
		text := fmt.Sprint(found)
		if got := strings.Join(codes(found), " "); got != c.codes || !strings.Contains(text, c.says) {
			t.Errorf("%s: found %q, want %q: %s", name, got, c.codes, text)
		}
		for _, f := range found {
			if len(f.Mend) == 0 || len(f.VIPs) == 0 || f.Effect == "" {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

func setLinks(h *host, ignore, announce int) {
	for _, l := range h.Links {
		h.Settings[path(l.Name, arpIgnore)], h.Settings[path(l.Name, arpAnnounce)] = ignore, announce
	}
}

func TestUpRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(*host)
		dev  string
		code string
	}{
		"it is on eth0":          {func(h *host) { h.have("eth0", "10.1.0.100/32") }, "", CodeLoud},
		"its prefix is short":    {func(h *host) { h.have("lo", "10.1.0.100/24") }, "", CodePrefix},
		"it shall be on eth0":    {func(*host) {}, "eth0", CodeLoud},
		"it shall be nowhere":    {func(*host) {}, "eth9", CodeNoLink},
		"it is on another dummy": {func(h *host) { h.have("lo", "10.1.0.100/32") }, "dummy0", CodeLoud},
	} {
		h := newHost()
		c.make(h)
		plan, found := Up(&h.Picture, Record{}, vip("10.1.0.101", "10.1.0.100"), c.dev)
		if !slices.Contains(codes(found), c.code) || len(plan.Steps) > 0 || !plan.Record.Empty() {
			t.Errorf("%s: %+v, %+v", name, found, plan)
		}
	}
}

func TestDownOfWhatIsNotOurs(t *testing.T) {
	h := newHost()
	h.have("lo", "10.1.0.100/32")
	h.have("eth0", "10.1.0.2/24")
	ip := netip.MustParseAddr("10.1.0.100")
	if plan, found := Down(&h.Picture, Record{}, []netip.Addr{ip}); len(plan.Steps) > 0 || len(found) != 1 || found[0].Code != CodeForeign {
		t.Errorf("%+v, %+v", plan, found)
	}
	if found := Lost(&h.Picture); len(found) != 1 || found[0].Mend[0] != "ip addr del 10.1.0.100/32 dev lo" {
		t.Errorf("lost: %+v", found)
	}
	if found := Lost(&newHost().Picture); len(found) > 0 {
		t.Errorf("lost where nothing was: %+v", found)
	}
}

func TestCommands(t *testing.T) {
	for want, s := range map[string]Step{
		"sysctl -w net.ipv4.conf.all.arp_ignore=1":     {Kind: Set, Path: path("all", arpIgnore), Value: 1},
		"sysctl -w net/ipv4/conf/eth1.7/arp_ignore=1":  {Kind: Set, Path: path("eth1.7", arpIgnore), Value: 1},
		`sysctl -w 'net.ipv4.conf.a$'\''b.arp_ignore=`: {Kind: Set, Path: path("a$'b", arpIgnore), Value: 1},
		"ip link set lo up":                            {Kind: Raise, Link: "lo"},
		"ip link set lo down":                          {Kind: Lower, Link: "lo"},
		"ip addr add fd00::1/128 dev lo nodad":         {Kind: AddAddr, Link: "lo", Prefix: netip.MustParsePrefix("fd00::1/128")},
		"ip addr del 10.1.0.1/32 dev 'a b'":            {Kind: DelAddr, Link: "a b", Prefix: netip.MustParsePrefix("10.1.0.1/32")},
	} {
		if got := s.Command(); !strings.HasPrefix(got, strings.TrimSuffix(want, "=")) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
