package table_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/core/table"
)

func is(a table.Addr) table.Update   { return table.Update{Kind: table.AddrIs, Addr: a} }
func gone(a table.Addr) table.Update { return table.Update{Kind: table.AddrGone, Addr: a} }

func listing(m *table.Mirror, link int) (s []string) {
	for _, a := range m.Addrs(link) {
		s = append(s, a.Prefix.String())
	}
	return s
}

// The expected order is what "ip addr" of Linux 6.18 showed after these addresses had been added in this
// order, by the kernel, an administrator and keepalived 2.2.7.
func TestMirrorKeepsTheKernelsOrder(t *testing.T) {
	t.Parallel()
	var m table.Mirror
	for _, a := range []table.Addr{
		addr(3, "10.9.0.1/24"),
		addr(3, "fe80::c24:17ff:fed8:179d/64", scope(253)),
		addr(3, "10.1.0.9/24"),
		addr(3, "10.9.0.50/32"),
		addr(3, "10.9.0.51/24", flags(permanent|secondary)),
		addr(3, "10.9.1.52/24"),
		addr(3, "10.9.5.56/24", scope(254)),
		addr(3, "10.9.6.57/24", scope(253)),
		addr(3, "10.9.7.58/24", scope(200)),
		addr(3, "10.9.8.59/24"),
		addr(3, "10.9.9.60/32", peer("10.9.9.61/32")),
		addr(3, "239.1.1.69/32"),
		addr(3, "10.9.21.70/24", scope(77)),
		addr(3, "fe80::50/128", scope(253)),
		addr(3, "fd09::51/64"),
		addr(3, "fd09::52/128"),
		addr(3, "fd09:1::62/64"),
		addr(3, "ff05::63/128"),
	} {
		if !m.Apply(is(a)) {
			t.Errorf("%v changed nothing", a.Prefix)
		}
	}
	want := []string{
		"10.9.5.56/24", "10.9.6.57/24", "10.9.7.58/24", "10.9.21.70/24", "10.9.0.1/24", "10.1.0.9/24",
		"10.9.0.50/32", "10.9.1.52/24", "10.9.8.59/24", "10.9.9.60/32", "239.1.1.69/32", "10.9.0.51/24",
		"fd09:1::62/64", "fd09::52/128", "fd09::51/64", "ff05::63/128", "fe80::50/128",
		"fe80::c24:17ff:fed8:179d/64",
	}
	if d := cmp.Diff(want, listing(&m, 3)); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
}

func TestMirrorFollowsAPromotion(t *testing.T) {
	t.Parallel()
	var m table.Mirror
	first, second, other := addr(2, "10.0.0.1/24"), addr(2, "10.0.0.2/24", flags(secondary)), addr(2, "10.1.0.1/24")
	for _, a := range []table.Addr{first, second, other} {
		m.Apply(is(a))
	}
	if got := listing(&m, 2); !slices.Equal(got, []string{"10.0.0.1/24", "10.1.0.1/24", "10.0.0.2/24"}) {
		t.Fatalf("before: %v", got)
	}
	m.Apply(gone(first))
	m.Apply(is(addr(2, "10.0.0.2/24"))) // what the kernel says when it promotes
	if got := listing(&m, 2); !slices.Equal(got, []string{"10.1.0.1/24", "10.0.0.2/24"}) {
		t.Fatalf("after: %v", got)
	}
	if m.Addrs(2)[1].Secondary() {
		t.Error("still a secondary")
	}
}

func TestMirrorApply(t *testing.T) {
	t.Parallel()
	var m table.Mirror
	eth := table.Link{Index: 2, Name: "eth0", MTU: 1500}
	link := func(k table.UpdateKind, l table.Link) table.Update { return table.Update{Kind: k, Link: l} }
	renamed := eth
	renamed.Name = "lan"
	a := addr(2, "10.0.0.1/24")
	for i, step := range []struct {
		u       table.Update
		changed bool
	}{
		{link(table.LinkIs, eth), true},
		{link(table.LinkIs, eth), false},
		{is(a), true},
		{is(a), false},
		{is(addr(2, "10.0.0.1/24", prefer(0))), true},
		{gone(addr(2, "10.0.0.2/24")), false},
		{link(table.LinkIs, renamed), true},
		{table.Update{Kind: table.Resync}, false},
		{link(table.LinkGone, renamed), true},
		{link(table.LinkGone, renamed), false},
		{gone(a), false},
	} {
		if got := m.Apply(step.u); got != step.changed {
			t.Errorf("step %d: changed is %v, want %v", i, got, step.changed)
		}
		if i == 6 {
			if _, ok := m.LinkByName("eth0"); ok {
				t.Error("still found under its old name")
			}
			if l, ok := m.LinkByName("lan"); !ok || l != renamed {
				t.Errorf("by its new name: %v, %v", l, ok)
			}
			if l, ok := m.Link(2); !ok || l != renamed {
				t.Errorf("by its index: %v, %v", l, ok)
			}
			if !m.Has(a.Key()) || m.Has(addr(3, "10.0.0.1/24").Key()) {
				t.Error("has the wrong addresses")
			}
		}
	}
	if len(m.Addrs(2)) != 0 || m.Has(a.Key()) {
		t.Error("the addresses outlived their link")
	}
}

func TestSource4(t *testing.T) {
	t.Parallel()
	var m table.Mirror
	none := func(netip.Addr) bool { return false }
	if _, ok := m.Source4(2, none); ok {
		t.Error("an empty mirror has a source")
	}
	for _, p := range []string{"fd00::1/64", "10.0.0.1/24", "10.1.0.1/24"} {
		m.Apply(is(addr(2, p)))
	}
	if a, ok := m.Source4(2, none); !ok || a != netip.MustParseAddr("10.0.0.1") {
		t.Errorf("source %v, %v", a, ok)
	}
	ours := func(a netip.Addr) bool { return a == netip.MustParseAddr("10.0.0.1") }
	if a, ok := m.Source4(2, ours); !ok || a != netip.MustParseAddr("10.1.0.1") {
		t.Errorf("source beside our own: %v, %v", a, ok)
	}
	if _, ok := m.Source4(3, none); ok {
		t.Error("a source on a link without addresses")
	}
}

func genHost(t *rapid.T, name string) (links []table.Link, addrs []table.Addr) {
	for i := range 3 {
		if rapid.Bool().Draw(t, name+" link") {
			links = append(links, table.Link{Index: i + 1, MTU: rapid.IntRange(1499, 1500).Draw(t, "mtu")})
		}
	}
	seen := map[table.Key]bool{}
	for _, a := range rapid.SliceOfN(rapid.Custom(genAddr), 0, 6).Draw(t, name+" addrs") {
		if a = a.Normal(); !seen[a.Key()] {
			seen[a.Key()] = true
			addrs = append(addrs, a)
		}
	}
	return links, addrs
}

func TestReplace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var told, replaced table.Mirror
		links, addrs := genHost(t, "old")
		told.Replace(links, addrs)
		replaced.Replace(links, addrs)
		links, addrs = genHost(t, "new")
		us := replaced.Replace(links, addrs)
		for _, u := range us {
			if !told.Apply(u) {
				t.Fatalf("%v changed nothing", u)
			}
		}
		if us := replaced.Replace(links, addrs); len(us) != 0 {
			t.Fatalf("the same again changed %v", us)
		}
		// Told one by one, a mirror knows the same things, if not in the order of the dump.
		if us := told.Replace(links, addrs); len(us) != 0 {
			t.Fatalf("the changes left out %v", us)
		}
		for i := range 4 {
			var want []table.Addr
			for _, a := range addrs {
				if a.Link == i {
					want = append(want, a)
				}
			}
			if got := replaced.Addrs(i); !slices.Equal(got, want) {
				t.Fatalf("addresses %v, want %v", got, want)
			}
			for _, a := range want {
				if !replaced.Has(a.Key()) {
					t.Fatalf("%v is not there", a)
				}
			}
		}
	})
}
