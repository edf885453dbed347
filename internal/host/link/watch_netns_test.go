package link

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWatchFollowsALinkThroughItsLife(t *testing.T) {
	here, there := newNS(t), newNS(t)
	c, d := open(t, here), open(t, there)
	l := pair(t, c, here, "va", "vb")
	must(t, c.AddBridge("br0"))
	br, err := c.ByName("br0")
	must(t, err)

	await(t, c, "joining the bridge", func() { must(t, c.SetMaster(l.Index, br.Index)) },
		func(m *table.Mirror) bool { now, _ := m.Link(l.Index); return now.Master == br.Index })

	// Leaving a bridge makes an RTM_DELLINK of family AF_BRIDGE, which is no end of the link.
	was := false
	await(t, c, "leaving the bridge", func() { must(t, c.SetMaster(l.Index, 0), c.SetName(l.Index, "lan")) },
		func(m *table.Mirror) bool {
			now, ok := m.Link(l.Index)
			if !ok {
				t.Error("the link is gone")
			}
			was = was || now.Master == 0
			return was && now.Name == "lan"
		})

	arrived := func(m *table.Mirror) bool { _, ok := m.LinkByName("lan"); return ok }
	await(t, d, "arriving in the other namespace", func() { must(t, c.SetNetNS(l.Index, there)) }, arrived)
	far, err := d.ByName("lan")
	must(t, err)
	if far.Kind != "veth" || far.HWAddr != l.HWAddr || far.Up() || far.Parent != 0 {
		t.Errorf("arrived as %+v", far)
	}
	await(t, c, "being missed", nil, func(m *table.Mirror) bool { return !arrived(m) })
	away := func(m *table.Mirror) bool { return !arrived(m) }
	await(t, d, "coming back", func() { must(t, d.SetNetNS(far.Index, here)) }, away)
	await(t, c, "being back", nil, arrived)

	back, err := c.ByName("lan")
	must(t, err)
	await(t, c, "deletion", func() { must(t, c.DelLink(back.Index)) }, func(m *table.Mirror) bool {
		_, peer := m.LinkByName("vb")
		return away(m) && !peer
	})
	var e *Error
	if _, err := c.ByName("lan"); !errors.As(err, &e) || e.Errno != unix.ENODEV {
		t.Errorf("a link that is gone: %v", err)
	}
}

func TestWatchNotices(t *testing.T) {
	ns := newNS(t)
	c := open(t, ns)
	l := pair(t, c, ns, "va", "vb")
	far, err := c.ByName("vb")
	must(t, err)
	await(t, c, "loss of the carrier", func() { must(t, c.SetUp(far.Index, false)) },
		func(m *table.Mirror) bool { now, _ := m.Link(l.Index); return now.Flags&unix.IFF_UP != 0 && !now.Up() })
	await(t, c, "its return", func() { must(t, c.SetUp(far.Index, true)) },
		func(m *table.Mirror) bool { now, _ := m.Link(l.Index); return now.Up() })
	await(t, c, "NOARP", func() { must(t, c.SetARP(l.Index, false)) },
		func(m *table.Mirror) bool { now, _ := m.Link(l.Index); return now.NoARP() })
	a := table.Addr{Link: l.Index, Prefix: netip.MustParsePrefix("10.1.0.1/24"), Valid: table.Forever, Preferred: table.Forever, Proto: 18}
	await(t, c, "an address", func() { must(t, c.Apply([]table.Op{{Kind: table.AddAddr, Addr: a}})...) },
		func(m *table.Mirror) bool { return m.Has(a.Key()) })
	as, err := c.Addrs()
	must(t, err)
	if i := slices.IndexFunc(as, func(b table.Addr) bool { return b.Prefix == a.Prefix }); i < 0 || as[i].Proto != 18 {
		t.Errorf("the address protocol is not 18 in %+v", as)
	}
	out, err := inNS(ns, "ip", "addr", "del", "10.1.0.1/24", "dev", "va").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	await(t, c, "a deletion by hand", nil, func(m *table.Mirror) bool { return !m.Has(a.Key()) })
}

func TestWatchResyncsWhenTheKernelDrops(t *testing.T) {
	ns := newNS(t)
	c, err := Open(Options{NetNS: ns, ReceiveBuffer: 4096})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	big := open(t, ns)
	l := pair(t, big, ns, "va", "vb")
	ops := adds(500)
	for i := range ops {
		ops[i].Addr.Link = l.Index
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	resyncs, told := 0, 0
	err = c.Watch(ctx, func(u table.Update) {
		if u.Kind != table.Resync {
			told++
			return
		}
		switch resyncs++; resyncs {
		case 1: // nobody reads while these are told
			must(t, big.Apply(ops)...)
		case 2:
			cancel()
		}
	})
	if err != nil || resyncs != 2 {
		t.Errorf("%d resyncs, error %v", resyncs, err)
	}
	if told >= len(ops) {
		t.Errorf("told all %d: nothing was dropped", told)
	}
}

func TestErrorsCarryTheKernelsWords(t *testing.T) {
	ns := newNS(t)
	c := open(t, ns)
	l := pair(t, c, ns, "va", "vb")
	a := table.Addr{Link: l.Index, Prefix: netip.MustParsePrefix("10.1.0.1/24"), Valid: table.Forever, Preferred: table.Forever}
	b := a
	b.Prefix, b.Scope = netip.MustParsePrefix("10.1.0.2/24"), unix.RT_SCOPE_LINK
	errs := c.Apply([]table.Op{{Kind: table.AddAddr, Addr: a}, {Kind: table.AddAddr, Addr: b}})
	must(t, errs[0])
	var e *Error
	if !errors.As(errs[1], &e) || e.Errno != unix.EINVAL || e.Text == "" {
		t.Errorf("error %v", errs[1])
	}
	if err := c.AddVeth("va", "vc", 0); !errors.Is(err, unix.EEXIST) {
		t.Errorf("a name twice: %v", err)
	}
	if err := c.AddBridge("a-name-that-is-too-long"); !errors.Is(err, unix.EINVAL) {
		t.Errorf("a long name: %v", err)
	}
}

// BenchmarkApply adds and deletes 2,000 addresses on an empty link.
func BenchmarkApply(b *testing.B) {
	ns := newNS(b)
	c := open(b, ns)
	l := pair(b, c, ns, "va", "vb")
	up, down := adds(2000), make([]table.Op, 2000)
	for i := range up {
		up[i].Addr.Link = l.Index
		down[len(down)-1-i] = table.Op{Kind: table.DelAddr, Addr: up[i].Addr}
	}
	var adding, deleting time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		must(b, c.Apply(up)...)
		middle := time.Now()
		must(b, c.Apply(down)...)
		adding += middle.Sub(start)
		deleting += time.Since(middle)
	}
	b.ReportMetric(adding.Seconds()*1000/float64(b.N), "ms/add2000")
	b.ReportMetric(deleting.Seconds()*1000/float64(b.N), "ms/del2000")
}

// A failure amid a batch whose other requests nobody is told of, and the notifications of those, many to a read.
func TestBatchAndItsNotifications(t *testing.T) {
	ns := newNS(t)
	c, err := Open(Options{NetNS: ns, ReceiveBuffer: 8 << 20})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	l := pair(t, c, ns, "va", "vb")
	const wrong = 123
	ops := adds(500)
	for i := range ops {
		ops[i].Addr.Link = l.Index
	}
	ops[wrong].Addr.Link = 4242 // there is no such link
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var told []netip.Prefix
	err = c.Watch(ctx, func(u table.Update) {
		switch {
		case u.Kind == table.Resync:
			for i, err := range c.Apply(ops) {
				if (i == wrong) != errors.Is(err, unix.ENODEV) || i != wrong && err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
		case u.Kind == table.AddrIs && u.Addr.Link == l.Index && u.Addr.Prefix.Addr().Is4():
			if told = append(told, u.Addr.Prefix); len(told) == len(ops)-1 {
				cancel()
			}
		}
	})
	must(t, err)
	var want []netip.Prefix
	for i, op := range ops {
		if i != wrong {
			want = append(want, op.Addr.Prefix)
		}
	}
	if !slices.Equal(told, want) {
		t.Errorf("told of %d addresses, want %d in order", len(told), len(want))
	}
}
