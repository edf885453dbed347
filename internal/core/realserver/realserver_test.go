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

// TestUpAndDown wants, on hosts of all sorts: after Up nothing is to be found and a second Up does nothing; whichever addresses go up
// and down in whatever order, the host is in the end as it was.
func TestUpAndDown(t *testing.T) {
	for seed := range int64(3000) {
		pool := vip("10.1.0.100", "10.1.0.101", "10.2.0.1", "10.2.0.2", "fd00::100", "fd00::101")
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
		for _, tun := range []Tunnel{{"tunl0", "ipip"}, {"ip6tnl0", "ip6tnl"}, {"gre0", "gre"}} {
			if r.Intn(2) == 0 {
				h.add(tun, uint32(r.Intn(2)*flagUp))
			}
		}
		if r.Intn(2) == 0 { // only what comes on a tunnel's link passes any check
			for i := range pool {
				if pool[i].Method = Methods[r.Intn(len(Methods))]; pool[i].Method == GUE {
					pool[i].Port = uint16(6080 + r.Intn(2))
				}
			}
			if r.Intn(3) == 0 {
				h.Ports[Port{6080, r.Intn(2) == 0}] = true
			}
			h.Addrs = nil
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
			plan, found := Up(&h.Picture, rec, some)
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
			if plan, _ := Up(&h.Picture, rec, some); len(plan.Steps) > 0 || !reflect.DeepEqual(plan.Record, rec) {
				t.Fatalf("%s: a second up: %+v", about, plan)
			}
		}
		slices.SortFunc(h.Addrs, func(a, b table.Addr) int { return a.Prefix.Addr().Compare(b.Prefix.Addr()) })
		slices.SortFunc(before.Addrs, func(a, b table.Addr) int { return a.Prefix.Addr().Compare(b.Prefix.Addr()) })
		if !rec.Empty() || !maps.Equal(h.Settings, before.Settings) || !slices.Equal(h.Addrs, before.Addrs) || !slices.Equal(h.Links, before.Links) || !maps.Equal(h.Ports, before.Ports) {
			t.Fatalf("seed %d: was %+v, is %+v, record %+v", seed, before, h, rec)
		}
	}
}

// A crash or a failure after any step leaves nothing that Down does not undo, if what was to be done was recorded before.
func TestAnyStepMayBeTheLast(t *testing.T) {
	h := newHost()
	h.Links[0].Flags &^= flagUp
	h.Settings[path("eth0", arpIgnore)] = 3
	h.Settings[path("all", rpFilter)] = 1
	h.add(Tunnel{"ip6tnl0", "ip6tnl"}, 0)
	vips := vip("10.1.0.100", "fd00::100", "10.1.0.101", "fd00::101")
	vips[2].Method, vips[3].Method = IPIP, GUE
	vips[3].Port = 6080
	plan, _ := Up(&h.Picture, Record{}, vips)
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
			if len(now.Addrs)+len(now.Ports) > 0 || !maps.Equal(now.Settings, h.Settings) || !slices.Equal(now.Links, h.Links) {
				t.Errorf("%s after %d steps: %+v", name, n, now)
			}
		}
	}
	if len(plan.Steps) != 15 {
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

// TestCheckFindsTunnels also wants what it says to be done to leave nothing to be found.
func TestCheckFindsTunnels(t *testing.T) {
	for name, c := range map[string]struct {
		make  func(*host)
		vip   string
		codes string
		mends string
	}{
		"nothing done":        {func(*host) {}, "10.1.0.100", "no-tunnel absent", "[ip link add tunl0 type ipip || ip link show tunl0 ip link set tunl0 up]"},
		"strict when it is":   {func(h *host) { h.Settings[path("default", rpFilter)] = 1 }, "10.1.0.100", "no-tunnel rp-filter absent", "[sysctl -w net.ipv4.conf.tunl0.rp_filter=2]"},
		"down":                {func(h *host) { h.add(Tunnel{"tunl0", "ipip"}, 0); h.have("tunl0", "10.1.0.100/32") }, "10.1.0.100", "link-down", "[ip link set tunl0 up]"},
		"strict":              {func(h *host) { up(h, 0, 1); h.have("tunl0", "10.1.0.100/32") }, "10.1.0.100", "rp-filter", "[sysctl -w net.ipv4.conf.tunl0.rp_filter=2]"},
		"strict for all":      {func(h *host) { up(h, 1, 0); h.have("tunl0", "10.1.0.100/32") }, "10.1.0.100", "rp-filter", "[sysctl -w net.ipv4.conf.tunl0.rp_filter=2]"},
		"loose":               {func(h *host) { up(h, 2, 0); h.have("tunl0", "10.1.0.100/32") }, "10.1.0.100", "", ""},
		"loose, bare":         {func(h *host) { up(h, 0, 2); h.have("lo", "10.1.0.100/32") }, "10.1.0.100", "rp-filter", "[sysctl -w net.ipv4.conf.tunl0.rp_filter=0]"},
		"loose for all, bare": {func(h *host) { up(h, 2, 0); h.have("lo", "10.1.0.100/32") }, "10.1.0.100", "rp-filter", "ip addr del 10.1.0.100/32 dev lo ip addr add 10.1.0.100/32 dev tunl0]"},
		"off, bare":           {func(h *host) { up(h, 0, 0); h.have("lo", "10.1.0.100/32") }, "10.1.0.100", "", ""},
		"IPv6, strict": {func(h *host) {
			h.Settings[path("all", rpFilter)] = 1
			h.add(Tunnel{"ip6tnl0", "ip6tnl"}, flagUp)
			h.have("lo", "fd00::1/128")
		}, "fd00::1", "", ""},
		"of another type": {func(h *host) { h.add(Tunnel{"tunl0", "dummy"}, flagUp) }, "10.1.0.100", "no-tunnel absent", "[ip link set tunl0 down ip link set tunl0 name tunl0-old ip link add"},
	} {
		h := newHost()
		h.Settings[path("all", arpIgnore)], h.Settings[path("all", arpAnnounce)] = 1, 2
		c.make(h)
		found := Check(&h.Picture, []VIP{{Addr: netip.MustParseAddr(c.vip), Method: IPIP}})
		text := fmt.Sprint(found)
		if got := strings.Join(codes(found), " "); got != c.codes || !strings.Contains(text, c.mends) {
			t.Errorf("%s: found %q, want %q with %s: %s", name, got, c.codes, c.mends, text)
		}
	}
}

// up gives a host an interface for tunnels that is up.
func up(h *host, all, own int) {
	h.add(Tunnel{"tunl0", "ipip"}, flagUp)
	h.Settings[path("all", rpFilter)], h.Settings[path("tunl0", rpFilter)] = all, own
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
		"it is on another dummy": {func(h *host) { h.have("lo", "10.1.0.100/32") }, "dummy0", CodeElsewhere},
	} {
		h := newHost()
		c.make(h)
		vips := vip("10.1.0.101", "10.1.0.100")
		vips[0].Dev, vips[1].Dev = c.dev, c.dev
		plan, found := Up(&h.Picture, Record{}, vips)
		if !slices.Contains(codes(found), c.code) || len(plan.Steps) > 0 || !plan.Record.Empty() {
			t.Errorf("%s: %+v, %+v", name, found, plan)
		}
	}
}

func TestPortOfGUE(t *testing.T) {
	v := []VIP{{netip.MustParseAddr("10.1.0.100"), GUE, 6080, ""}, {netip.MustParseAddr("10.1.0.101"), GUE, 6080, ""}}
	h := newHost()
	up(h, 0, 0)
	if found := Check(&h.Picture, v[:1]); found[0].Code != CodeIgnore || found[2].Code != CodePort || found[2].Mend[0] != "modprobe -q fou || :; ip fou add port 6080 gue" {
		t.Errorf("closed: %+v", found)
	}
	h.Ports[Port{6080, false}] = false
	if plan, found := Up(&h.Picture, Record{}, v); len(found) != 2 || found[0].Code != CodePort || len(plan.Steps) > 0 {
		t.Errorf("open for others: %+v, %+v", plan, found)
	}
	h.Ports[Port{6080, false}] = true
	plan, _ := Up(&h.Picture, Record{}, v)
	if plan.has(OpenPort, "") || len(plan.Record.Ports) > 0 {
		t.Errorf("open: %+v", plan)
	}
	h.Ports = map[Port]bool{{6080, true}: true}
	plan, _ = Up(&h.Picture, Record{}, v)
	if err := h.take(plan.Steps); err != nil || !h.Ports[Port{6080, false}] {
		t.Errorf("opened: %v, %+v", err, plan)
	}
	for _, ip := range []int{0, 1} {
		down, _ := Down(&h.Picture, plan.Record, []netip.Addr{v[ip].Addr})
		if down.has(ClosePort, "") != (ip == 1) {
			t.Errorf("down of %v: %+v", v[ip].Addr, down)
		}
		plan = down
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
		"sysctl -w net.ipv4.conf.all.arp_ignore=1":             {Kind: Set, Path: path("all", arpIgnore), Value: 1},
		"sysctl -w net/ipv4/conf/eth1.7/arp_ignore=1":          {Kind: Set, Path: path("eth1.7", arpIgnore), Value: 1},
		`sysctl -w 'net.ipv4.conf.a$'\''b.arp_ignore=`:         {Kind: Set, Path: path("a$'b", arpIgnore), Value: 1},
		"ip link set lo up":                                    {Kind: Raise, Link: "lo"},
		"ip link set lo down":                                  {Kind: Lower, Link: "lo"},
		"ip addr add fd00::1/128 dev lo nodad preferred_lft 0": {Kind: AddAddr, Link: "lo", Prefix: netip.MustParsePrefix("fd00::1/128")},
		"ip addr del 10.1.0.1/32 dev 'a b'":                    {Kind: DelAddr, Link: "a b", Prefix: netip.MustParsePrefix("10.1.0.1/32")},
	} {
		if got := s.Command(); !strings.HasPrefix(got, strings.TrimSuffix(want, "=")) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestRemedy(t *testing.T) {
	h := newHost()
	h.add(Tunnel{"other", "ipip"}, flagUp)
	one, two := netip.MustParseAddr("10.1.0.100"), netip.MustParseAddr("10.1.0.101")
	for want, vips := range map[string][]VIP{
		"holdfast realserver up 10.1.0.100 10.1.0.101":             {{one, Direct, 0, ""}, {two, Direct, 0, ""}},
		"holdfast realserver up --dev dummy0 10.1.0.100":           {{one, Direct, 0, "dummy0"}},
		"holdfast realserver up --tun=ipip 10.1.0.100":             {{one, IPIP, 0, "tunl0"}},
		"holdfast realserver up --tun=ipip --dev other 10.1.0.100": {{one, IPIP, 0, "other"}},
		"holdfast realserver up --tun=gue:6080 10.1.0.100":         {{one, GUE, 6080, ""}},
		"": {{one, Direct, 0, ""}, {two, IPIP, 0, ""}},
	} {
		if got := Remedy(&h.Picture, vips); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Remedy(&h.Picture, []VIP{{one, Direct, 0, "eth0"}}); got != "" {
		t.Errorf("what up refuses is offered: %s", got)
	}
}
