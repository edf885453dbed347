package lvs_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/core/lvs"
)

var compareNetip = cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })

func service(change ...func(*lvs.Service)) lvs.Service {
	s := lvs.Service{Key: lvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.1:80")), Scheduler: "rr", Mask: lvs.AllBits(lvs.IPv4)}
	for _, c := range change {
		c(&s)
	}
	return s
}

func dest(addr string, weight uint32) lvs.Dest {
	return lvs.Dest{Addr: netip.MustParseAddrPort(addr), Weight: weight}
}

func lines(ops []lvs.Op) (out []string) {
	for _, o := range ops {
		out = append(out, o.String())
	}
	return out
}

func TestDiff(t *testing.T) {
	entry := func(s lvs.Service, ds ...lvs.Dest) *lvs.Entry { return &lvs.Entry{Service: s, Dests: ds} }
	a, b, c := dest("10.0.0.1:80", 1), dest("10.0.0.2:80", 1), dest("10.0.0.3:80", 1)
	b5, bDR, bBounds := b, b, b
	b5.Weight, bDR.Forward, bBounds.Upper, bBounds.Lower = 5, lvs.Route, 10, 5
	bTun := b
	bTun.Forward, bTun.Encap = lvs.Tunnel, lvs.Encap{Kind: lvs.GUE, Port: 6080, Checksum: lvs.RemoteChecksum}
	wlc := service(func(s *lvs.Service) { s.Scheduler = "wlc" })
	hashed := service(func(s *lvs.Service) { s.Flags = lvs.Hashed })
	sticky := service(func(s *lvs.Service) { s.Flags, s.Timeout, s.Engine = lvs.Persistent|lvs.OnePacket, time.Minute, "sip" })
	for name, test := range map[string]struct {
		want, have *lvs.Entry
		owned      []*lvs.Entry
		ops        []string
	}{
		"a new service": {
			want: entry(service(), a, b),
			ops:  []string{"add service tcp 192.0.2.1:80 rr", "add 10.0.0.1:80 of tcp 192.0.2.1:80 weight 1 masq", "add 10.0.0.2:80 of tcp 192.0.2.1:80 weight 1 masq"},
		},
		"nothing":                   {},
		"nothing to do":             {want: entry(service(), a), have: entry(service(), a)},
		"the kernel's own flag":     {want: entry(service(), a), have: entry(hashed, a)},
		"a destination twice":       {want: entry(service(), a, a), have: entry(service()), ops: []string{"add 10.0.0.1:80 of tcp 192.0.2.1:80 weight 1 masq"}},
		"another scheduler":         {want: entry(wlc, a), have: entry(service(), a), ops: []string{"edit service tcp 192.0.2.1:80 wlc"}},
		"persistence":               {want: entry(sticky), have: entry(service()), ops: []string{"edit service tcp 192.0.2.1:80 rr persistent 1m0s mask 0xffffffff engine sip flags 0x4"}},
		"another weight":            {want: entry(service(), a, b5), have: entry(service(), a, b), ops: []string{"edit 10.0.0.2:80 of tcp 192.0.2.1:80 weight 5 masq"}},
		"another way":               {want: entry(service(), bDR), have: entry(service(), b), ops: []string{"edit 10.0.0.2:80 of tcp 192.0.2.1:80 weight 1 route"}},
		"a tunnel":                  {want: entry(service(), bTun), have: entry(service(), b), ops: []string{"edit 10.0.0.2:80 of tcp 192.0.2.1:80 weight 1 tunnel type 1 port 6080 checksum 2"}},
		"thresholds":                {want: entry(service(), bBounds), have: entry(service(), b), ops: []string{"edit 10.0.0.2:80 of tcp 192.0.2.1:80 weight 1 masq thresholds 10 5"}},
		"the destination of others": {want: entry(service(), a), have: entry(service(), b, a)},
		"the service of others":     {have: entry(service(), a)},
		"the sorry server comes before the last server goes": {
			want: entry(service(), c), have: entry(service(), a, b), owned: []*lvs.Entry{entry(service(), a, b)},
			ops: []string{"add 10.0.0.3:80 of tcp 192.0.2.1:80 weight 1 masq", "delete 10.0.0.1:80 from tcp 192.0.2.1:80", "delete 10.0.0.2:80 from tcp 192.0.2.1:80"},
		},
		"a service that goes": {
			have: entry(service(), a), owned: []*lvs.Entry{entry(service(), a)},
			ops: []string{"delete 10.0.0.1:80 from tcp 192.0.2.1:80", "delete service tcp 192.0.2.1:80"},
		},
		"a service that others use too": {
			have: entry(service(), a, b), owned: []*lvs.Entry{entry(service(), a)},
			ops: []string{"delete 10.0.0.1:80 from tcp 192.0.2.1:80"},
		},
	} {
		var owned lvs.Owned
		for _, e := range test.owned {
			owned.Claim(*e)
		}
		if diff := cmp.Diff(test.ops, lines(lvs.Diff(nil, test.want, test.have, &owned))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestKeys(t *testing.T) {
	for want, k := range map[string]lvs.Key{
		"tcp 192.0.2.1:80":        lvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.1:80")),
		"udp [2001:db8::1]:53":    lvs.AddrKey(17, netip.MustParseAddrPort("[2001:db8::1]:53")),
		"sctp 192.0.2.1:0":        lvs.AddrKey(132, netip.MustParseAddrPort("192.0.2.1:0")),
		"fwmark 7":                lvs.MarkKey(lvs.IPv4, 7),
		"fwmark 4294967295 inet6": lvs.MarkKey(lvs.IPv6, 1<<32-1),
	} {
		if k.String() != want {
			t.Errorf("%q, want %q", k, want)
		}
	}
}

// kernel is a table that does what it is told, and complains about what the real one would.
type kernel map[lvs.Key]*lvs.Entry

func (k kernel) apply(t *rapid.T, op lvs.Op) {
	key := op.Service.Key
	e := k[key]
	at := -1
	if e != nil {
		at = slices.IndexFunc(e.Dests, func(d lvs.Dest) bool { return d.Addr == op.Dest.Addr })
	}
	switch {
	case op.Kind == lvs.AddService && e == nil:
		k[key] = &lvs.Entry{Service: op.Service}
	case op.Kind == lvs.EditService && e != nil:
		e.Service = op.Service
	case op.Kind == lvs.DelService && e != nil:
		delete(k, key)
	case op.Kind == lvs.AddDest && e != nil && at < 0:
		e.Dests = append(e.Dests, op.Dest)
	case op.Kind == lvs.EditDest && at >= 0:
		e.Dests[at] = op.Dest
	case op.Kind == lvs.DelDest && at >= 0:
		e.Dests = slices.Delete(e.Dests, at, at+1)
	default:
		t.Fatalf("%s: the kernel would refuse", op)
	}
}

func drawEntry(t *rapid.T, name string, key lvs.Key) *lvs.Entry {
	if rapid.Bool().Draw(t, name+" absent") {
		return nil
	}
	e := &lvs.Entry{Service: lvs.Service{
		Key: key, Scheduler: rapid.SampledFrom([]string{"rr", "wlc", "sh"}).Draw(t, name+" scheduler"),
		Flags: lvs.Flags(rapid.Uint32Range(0, 63).Draw(t, name+" flags")),
	}}
	for i := range byte(6) {
		if rapid.Bool().Draw(t, name+" has") {
			e.Dests = append(e.Dests, lvs.Dest{
				Addr:    netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, i}), 80),
				Weight:  rapid.Uint32Range(0, 2).Draw(t, name+" weight"),
				Forward: rapid.SampledFrom([]lvs.Forward{lvs.Masq, lvs.Route}).Draw(t, name+" forward"),
			})
		}
	}
	return e
}

// TestDiffLeadsThere: whatever is wanted and whatever is there, the operations lead to what is wanted on what is ours, leave
// alone what is not, and never leave less than the smaller of before and after.
func TestDiffLeadsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := lvs.MarkKey(lvs.IPv4, 7)
		want, have := drawEntry(t, "want", key), drawEntry(t, "have", key)
		var owned lvs.Owned
		k := kernel{}
		before := map[netip.AddrPort]lvs.Dest{}
		if have != nil {
			k[key] = &lvs.Entry{Service: have.Service, Dests: slices.Clone(have.Dests)}
			claim := lvs.Entry{Service: have.Service}
			for _, d := range have.Dests {
				before[d.Addr] = d
				if rapid.Bool().Draw(t, "ours") {
					claim.Dests = append(claim.Dests, d)
				}
			}
			if len(claim.Dests) > 0 || rapid.Bool().Draw(t, "service ours") {
				owned.Claim(claim)
			}
		}
		ops := lvs.Diff(nil, want, have, &owned)
		then := owned // the maps are shared: ask before Done
		least := len(before)
		if want != nil {
			least = min(least, len(want.Dests))
		}
		foreign := map[netip.AddrPort]lvs.Dest{}
		for a, d := range before {
			if !then.Dest(key, a) {
				foreign[a] = d
			}
		}
		serviceOurs := owned.Service(key)
		for _, op := range ops {
			k.apply(t, op)
			if e := k[key]; want != nil && have != nil && len(e.Dests) < least {
				t.Fatalf("%v: only %d destinations after %s", lines(ops), len(e.Dests), op)
			}
			owned.Done(op)
		}
		judge(t, want, have, k[key], foreign, serviceOurs)
		if again := lvs.Diff(nil, want, k[key], &owned); len(again) > 0 {
			t.Fatalf("after %v still %v", lines(ops), lines(again))
		}
	})
}

func judge(t *rapid.T, want, have, got *lvs.Entry, foreign map[netip.AddrPort]lvs.Dest, ours bool) {
	switch {
	case want != nil && (got == nil || !got.Service.Same(want.Service)):
		t.Fatalf("the service is %v, wanted %v", got, want)
	case want == nil && got != nil && ours && len(foreign) == 0:
		t.Fatalf("the service is still there: %v", got)
	case want == nil && got == nil && have != nil && (!ours || len(foreign) > 0):
		t.Fatalf("a service of others went: %v", have)
	case got == nil:
		return
	}
	expect := map[netip.AddrPort]lvs.Dest{}
	for a, d := range foreign {
		expect[a] = d
	}
	if want != nil {
		for _, d := range want.Dests {
			expect[d.Addr] = d
		}
	}
	has := map[netip.AddrPort]lvs.Dest{}
	for _, d := range got.Dests {
		has[d.Addr] = d
	}
	if diff := cmp.Diff(expect, has, compareNetip); diff != "" {
		t.Fatalf("(-expected +got)\n%s", diff)
	}
}
