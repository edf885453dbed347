package table_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/core/table"
)

func addr(link int, prefix string, change ...func(*table.Addr)) table.Addr {
	a := table.Addr{Link: link, Prefix: netip.MustParsePrefix(prefix), Valid: table.Forever, Preferred: table.Forever}
	for _, c := range change {
		c(&a)
	}
	return a
}

func label(s string) func(*table.Addr)  { return func(a *table.Addr) { a.Label = s } }
func scope(s uint8) func(*table.Addr)   { return func(a *table.Addr) { a.Scope = s } }
func flags(f uint32) func(*table.Addr)  { return func(a *table.Addr) { a.Flags = f } }
func prefer(s uint32) func(*table.Addr) { return func(a *table.Addr) { a.Preferred = s } }
func proto(p uint8) func(*table.Addr)   { return func(a *table.Addr) { a.Proto = p } }
func peer(p string) func(*table.Addr) {
	return func(a *table.Addr) { a.Peer = netip.MustParsePrefix(p) }
}

func brd(s string) func(*table.Addr) {
	return func(a *table.Addr) { a.Broadcast = netip.MustParseAddr(s) }
}

const (
	permanent  = 0x80
	secondary  = 0x01
	noDAD      = 0x02
	tentative  = 0x40
	deprecated = 0x20
	noPrefix   = 0x200
)

func TestDiff(t *testing.T) {
	t.Parallel()
	add := func(a table.Addr) table.Op { return table.Op{Kind: table.AddAddr, Addr: a} }
	rep := func(a table.Addr) table.Op { return table.Op{Kind: table.ReplaceAddr, Addr: a} }
	del := func(a table.Addr) table.Op { return table.Op{Kind: table.DelAddr, Addr: a} }
	a, b, c := addr(2, "10.0.0.1/24"), addr(2, "10.0.0.2/24"), addr(3, "fd00::1/64")
	for _, tt := range []struct {
		name       string
		want, have []table.Addr
		ops        []table.Op
	}{
		{"nothing", nil, nil, nil},
		{"all new, in the order wanted", []table.Addr{c, a, b}, nil, []table.Op{add(c), add(a), add(b)}},
		{"all gone, last first", nil, []table.Addr{a, b, c}, []table.Op{del(c), del(b), del(a)}},
		{"additions before deletions", []table.Addr{b, c}, []table.Addr{a, b}, []table.Op{add(c), del(a)}},
		{"wanted twice", []table.Addr{a, a}, nil, []table.Op{add(a)}},
		{"same address on another link", []table.Addr{addr(3, "10.0.0.1/24")}, []table.Addr{a}, []table.Op{add(addr(3, "10.0.0.1/24")), del(a)}},
		{"the kernel's own flags", []table.Addr{a}, []table.Addr{addr(2, "10.0.0.1/24", flags(permanent|secondary))}, nil},
		{"an IPv6 address under detection", []table.Addr{c}, []table.Addr{addr(3, "fd00::1/64", flags(permanent|tentative), scope(253))}, nil},
		{"default label", []table.Addr{a}, []table.Addr{addr(2, "10.0.0.1/24", label("eth0"))}, nil},
		{"proto that an old kernel drops", []table.Addr{addr(2, "10.0.0.1/24", proto(18))}, []table.Addr{a}, nil},
		{
			"label given up",
			[]table.Addr{a},
			[]table.Addr{addr(2, "10.0.0.1/24", label("eth0:1"))},
			[]table.Op{del(addr(2, "10.0.0.1/24", label("eth0:1"))), add(a)},
		},
		{
			"scope changed, after what is merely new",
			[]table.Addr{addr(2, "10.0.0.1/24", scope(253)), c},
			[]table.Addr{a, b},
			[]table.Op{add(c), del(a), add(addr(2, "10.0.0.1/24", scope(253))), del(b)},
		},
		{
			"IPv4 flag that cannot be changed in place",
			[]table.Addr{addr(2, "10.0.0.1/24", flags(noPrefix))},
			[]table.Addr{a},
			[]table.Op{del(a), add(addr(2, "10.0.0.1/24", flags(noPrefix)))},
		},
		{
			"IPv6 flag that can",
			[]table.Addr{addr(3, "fd00::1/64", flags(noDAD))},
			[]table.Addr{c},
			[]table.Op{rep(addr(3, "fd00::1/64", flags(noDAD)))},
		},
		{"deprecated", []table.Addr{addr(3, "fd00::1/64", prefer(0))}, []table.Addr{c}, []table.Op{rep(addr(3, "fd00::1/64", prefer(0)))}},
		{
			"a deprecated IPv4 address",
			[]table.Addr{addr(2, "10.0.0.1/24", prefer(0))},
			[]table.Addr{addr(2, "10.0.0.1/24", flags(permanent|deprecated))},
			nil,
		},
		{
			"an IPv4 address not to be deprecated",
			[]table.Addr{a},
			[]table.Addr{addr(2, "10.0.0.1/24", flags(permanent|deprecated))},
			[]table.Op{rep(a)},
		},
		{"counting down", []table.Addr{addr(3, "fd00::1/64", prefer(300))}, []table.Addr{addr(3, "fd00::1/64", prefer(12))}, nil},
		{"counted down", []table.Addr{addr(3, "fd00::1/64", prefer(300))}, []table.Addr{addr(3, "fd00::1/64", prefer(0))}, nil},
		{
			"an IPv6 address has one length",
			[]table.Addr{addr(3, "fd00::1/128")},
			[]table.Addr{c},
			[]table.Op{del(c), add(addr(3, "fd00::1/128"))},
		},
		{
			"IPv4 addresses of two lengths live side by side",
			[]table.Addr{addr(2, "10.0.0.1/32")},
			[]table.Addr{a},
			[]table.Op{add(addr(2, "10.0.0.1/32")), del(a)},
		},
		{
			"another peer in the same subnet",
			[]table.Addr{addr(2, "10.0.0.1/24", peer("10.0.0.9/24"))},
			[]table.Addr{a},
			[]table.Op{del(a), add(addr(2, "10.0.0.1/24", peer("10.0.0.9/24")))},
		},
		{"the peer's length counts", []table.Addr{addr(2, "10.0.0.1/24", peer("10.0.0.9/32"))}, []table.Addr{addr(2, "10.0.0.1/32", peer("10.0.0.9/32"))}, nil},
		{"no broadcast address, said otherwise", []table.Addr{addr(2, "10.0.0.1/24", brd("0.0.0.0"))}, []table.Addr{a}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := table.Diff(tt.want, tt.have)
			if d := cmp.Diff(tt.ops, got, cmpIP, cmpEmpty); d != "" {
				t.Errorf("operations (-want +got):\n%s", d)
			}
		})
	}
}

var cmpIP = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
}

var cmpEmpty = cmp.FilterValues(func(a, b []table.Op) bool { return len(a)+len(b) == 0 }, cmp.Ignore())

// genAddr draws from few addresses, so that they collide in every way the kernel knows.
func genAddr(t *rapid.T) table.Addr {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	a := addr(rapid.IntRange(1, 2).Draw(t, "link"), pick("prefix",
		"10.0.0.1/24", "10.0.0.1/32", "10.0.0.2/24", "10.1.0.1/24", "fd00::1/64", "fd00::1/128", "fd00::2/64", "fe80::1/64"))
	if a.Prefix.Addr().Is4() {
		a.Label = pick("label", "", "eth0", "eth0:1")
		a.Scope = rapid.SampledFrom([]uint8{0, 253, 254}).Draw(t, "scope")
		if p := pick("peer", "", "", "10.0.0.1/32", "10.0.0.9/24", "10.0.0.9/32", "10.2.0.9/24"); p != "" {
			a.Peer = netip.MustParsePrefix(p)
		}
		if p := pick("broadcast", "", "0.0.0.0", "10.0.0.255"); p != "" {
			a.Broadcast = netip.MustParseAddr(p)
		}
	} else if p := pick("peer6", "", "", "fd00::9/128", "fd00::1/64"); p != "" {
		a.Peer = netip.MustParsePrefix(p)
	}
	a.Flags = rapid.Uint32Range(0, 0x7ff).Draw(t, "flags")
	a.Preferred = rapid.SampledFrom([]uint32{0, 10, table.Forever}).Draw(t, "preferred")
	a.Valid = rapid.SampledFrom([]uint32{20, table.Forever}).Draw(t, "valid")
	a.Proto = rapid.SampledFrom([]uint8{0, 18}).Draw(t, "proto")
	return a
}

// exclusive reports whether the kernel refuses to hold both (net/ipv4/devinet.c and net/ipv6/addrconf.c
// answer EEXIST): written out here a second time, from the kernel's point of view.
func exclusive(a, b table.Addr) bool {
	a, b = a.Normal(), b.Normal()
	if a.Link != b.Link || a.Prefix.Addr() != b.Prefix.Addr() {
		return false
	}
	if a.Prefix.Addr().Is6() {
		return true
	}
	far := func(x table.Addr) netip.Prefix {
		if x.Peer.IsValid() {
			return x.Peer
		}
		return x.Prefix
	}
	return far(a).Bits() == far(b).Bits() && far(a).Masked() == far(b).Masked()
}

// kernel is a host that refuses what the real one refuses and keeps what the real one keeps.
type kernel []table.Addr

func (k *kernel) apply(op table.Op) string {
	at := slices.IndexFunc(*k, func(a table.Addr) bool { return exclusive(a, op.Addr) })
	switch op.Kind {
	case table.AddAddr:
		if at >= 0 {
			return "EEXIST"
		}
		*k = append(*k, reported(op.Addr))
	case table.ReplaceAddr:
		if at < 0 || (*k)[at].Normal().Key() != op.Addr.Normal().Key() {
			return "not there to be replaced"
		}
		old := (*k)[at].Normal()
		now := op.Addr.Normal()
		if now.Prefix.Addr().Is4() { // only lifetimes and proto are taken over
			now.Scope, now.Flags, now.Label, now.Broadcast = old.Scope, old.Flags, old.Label, old.Broadcast
		}
		(*k)[at] = reported(now)
	case table.DelAddr:
		if at < 0 || (*k)[at].Normal().Key() != op.Addr.Normal().Key() {
			return "EADDRNOTAVAIL"
		}
		*k = slices.Delete(*k, at, at+1)
	}
	return ""
}

// reported is how Linux 6.18 shows an address that was asked for: permanent IPv4 addresses have no
// preferred lifetime, only the flag that tells that it was 0.
func reported(a table.Addr) table.Addr {
	a = a.Normal()
	a.Flags &^= deprecated
	if a.Preferred == 0 {
		a.Flags |= deprecated
	}
	if a.Prefix.Addr().Is4() && a.Valid == table.Forever {
		a.Preferred = table.Forever
	}
	return a
}

func TestDiffYieldsWant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var host kernel
		for _, a := range rapid.SliceOfN(rapid.Custom(genAddr), 0, 8).Draw(t, "have") {
			_ = host.apply(table.Op{Kind: table.AddAddr, Addr: a}) // collisions are refused
		}
		// Of wanted addresses that exclude each other, the first counts.
		want := rapid.SliceOfN(rapid.Custom(genAddr), 0, 8).Draw(t, "want")
		var possible []table.Addr
		for _, w := range want {
			if !slices.ContainsFunc(possible, func(p table.Addr) bool { return exclusive(p, w) }) {
				possible = append(possible, w)
			}
		}
		before := slices.Clone(host)
		ops := table.Diff(want, host)
		for _, op := range ops {
			if refused := host.apply(op); refused != "" {
				t.Fatalf("%v: %s\nall: %v", op, refused, ops)
			}
		}
		if len(host) != len(possible) {
			t.Fatalf("%d addresses, want %d: %v", len(host), len(possible), host)
		}
		for _, w := range possible {
			if !slices.ContainsFunc(host, func(a table.Addr) bool { return a.Satisfies(w) }) {
				t.Fatalf("%v is missing from %v", w, host)
			}
		}
		if again := table.Diff(want, host); len(again) != 0 {
			t.Fatalf("not idempotent: %v", again)
		}
		undisturbed(t, before, possible, ops)
	})
}

// undisturbed checks that ops leave alone what may stay, and take nothing away before all is added that
// can be added first.
func undisturbed(t *rapid.T, have, want []table.Addr, ops []table.Op) {
	removing := false
	for _, op := range ops {
		needed := slices.ContainsFunc(want, func(w table.Addr) bool { return exclusive(w, op.Addr) })
		if op.Kind == table.DelAddr && !needed {
			removing = true
		} else if removing {
			t.Fatalf("%v comes after a removal: %v", op, ops)
		}
		for _, h := range have {
			if h.Normal().Key() != op.Addr.Normal().Key() {
				continue
			}
			if slices.ContainsFunc(want, h.Satisfies) {
				t.Fatalf("%v touches %v, which could stay", op, h)
			}
		}
	}
}
