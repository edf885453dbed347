package contract

import (
	"errors"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

func asAsked(t *testing.T, w World) {
	l, ok := linkOf(t, w.Kernel, w.A)
	if !ok {
		t.Fatal("the link is not listed")
	}
	plain := Addr(w.A, "10.1.0.1/24")
	full := Addr(w.A, "10.2.0.1/24", func(a *table.Addr) {
		a.Label, a.Scope, a.Broadcast = l.Name+":1", unix.RT_SCOPE_LINK, netip.MustParseAddr("10.2.0.255")
		a.Flags = unix.IFA_F_NOPREFIXROUTE
	})
	faded := Addr(w.A, "10.3.0.1/24", func(a *table.Addr) { a.Preferred = 0 })
	peer := Addr(w.A, "10.4.0.1/32", func(a *table.Addr) { a.Peer = netip.MustParsePrefix("10.5.0.1/32") })
	six := Addr(w.A, "fd00::1/64", func(a *table.Addr) { a.Flags = unix.IFA_F_NODAD | unix.IFA_F_NOPREFIXROUTE })
	faded6 := Addr(w.A, "fd00::2/128", func(a *table.Addr) { a.Preferred, a.Flags = 0, unix.IFA_F_NODAD|unix.IFA_F_HOMEADDRESS })
	wanted := []table.Addr{plain, full, faded, peer, six, faded6}
	must(t, w.Kernel, add(wanted...))

	const permanent, deprecated = unix.IFA_F_PERMANENT, unix.IFA_F_DEPRECATED
	plain.Flags, plain.Label = permanent, l.Name
	full.Flags |= permanent
	faded.Flags, faded.Label, faded.Preferred = permanent|deprecated, l.Name, table.Forever
	peer.Flags, peer.Label = permanent, l.Name
	six.Flags |= permanent
	faded6.Flags |= permanent | deprecated
	got := on(t, w.Kernel, w.A)
	same(t, []table.Addr{full, plain, faded, peer, faded6, six}, got)
	if ops := table.Diff(wanted, got); len(ops) != 0 {
		t.Errorf("and yet to do: %+v", ops)
	}
	must(t, w.Kernel, del(wanted...))
	expect(t, w.Kernel, w.A)
}

func settled(t *testing.T, w World) {
	as := []table.Addr{Addr(w.A, "10.1.0.1/24"), Addr(w.A, "10.1.0.2/24"), Addr(w.A, "fd00::1/64")}
	must(t, w.Kernel, del(as...))
	must(t, w.Kernel, add(as...))
	must(t, w.Kernel, add(as...))
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.1.0.2/24 secondary", "fd00::1/64")
	must(t, w.Kernel, del(Addr(w.A, "10.1.0.1/32"), Addr(w.A, "fd00::1/128"))) // another length is another address
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.1.0.2/24 secondary", "fd00::1/64")
	must(t, w.Kernel, del(as[2], as[1], as[0]))
	must(t, w.Kernel, del(as...))
	expect(t, w.Kernel, w.A)
	must(t, w.Kernel, del(Addr(1<<20, "10.1.0.1/24"), Addr(1<<20, "fd00::1/64")))
}

func refused(t *testing.T, w World) {
	type set = func(*table.Addr)
	ops := add(
		Addr(w.A, "10.1.0.1/24"),
		Addr(w.A, "10.1.0.2/24", set(func(a *table.Addr) { a.Scope = unix.RT_SCOPE_LINK })),
		Addr(w.A, "10.1.0.3/24", set(func(a *table.Addr) { a.Valid, a.Preferred = 10, 20 })),
		Addr(w.A, "fd00::3/64", set(func(a *table.Addr) { a.Valid, a.Preferred = 0, 0 })),
		Addr(w.A, "fd00::4/96", set(func(a *table.Addr) { a.Flags = unix.IFA_F_MANAGETEMPADDR })),
		table.Addr{Link: w.A, Valid: table.Forever, Preferred: table.Forever},
		Addr(1<<20, "10.1.0.4/24"),
		Addr(w.A, "10.1.0.5/24"),
	)
	errs := w.Kernel.Apply(ops)
	if len(errs) != len(ops) {
		t.Fatalf("%d errors for %d operations", len(errs), len(ops))
	}
	for i, want := range []error{nil, unix.EINVAL, unix.EINVAL, unix.EINVAL, unix.EINVAL, unix.EINVAL, unix.ENODEV, nil} {
		if !errors.Is(errs[i], want) {
			t.Errorf("%v: error %v, want %v", ops[i].Addr.Prefix, errs[i], want)
		}
	}
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.1.0.5/24 secondary")
}

func replaced(t *testing.T, w World) {
	four, six := Addr(w.A, "10.1.0.1/24"), Addr(w.A, "fd00::1/64")
	rep := func(as ...table.Addr) (ops []table.Op) {
		for _, a := range as {
			ops = append(ops, table.Op{Kind: table.ReplaceAddr, Addr: a})
		}
		return ops
	}
	must(t, w.Kernel, rep(four, six)) // what is not there is added
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "fd00::1/64")
	for _, a := range []*table.Addr{&four, &six} {
		a.Preferred = 0
	}
	four.Scope = unix.RT_SCOPE_LINK // cannot be changed in place
	six.Flags = unix.IFA_F_NODAD | unix.IFA_F_HOMEADDRESS
	must(t, w.Kernel, rep(four, six))
	got := on(t, w.Kernel, w.A)
	if len(got) != 2 {
		t.Fatalf("addresses %v", got)
	}
	if f := got[0].Flags; f != unix.IFA_F_PERMANENT|unix.IFA_F_DEPRECATED || got[0].Scope != unix.RT_SCOPE_UNIVERSE {
		t.Errorf("IPv4 flags %#x, scope %d", f, got[0].Scope)
	}
	if f := got[1].Flags; f != six.Flags|unix.IFA_F_PERMANENT|unix.IFA_F_DEPRECATED || got[1].Preferred != 0 {
		t.Errorf("IPv6 flags %#x, preferred %d", f, got[1].Preferred)
	}
	for i, op := range table.Diff([]table.Addr{four, six}, got) { // scope: deleted and added again
		if op.Addr.Prefix != four.Prefix || i > 1 {
			t.Errorf("to do: %+v", op)
		}
		must(t, w.Kernel, []table.Op{op})
	}
	if ops := table.Diff([]table.Addr{four, six}, on(t, w.Kernel, w.A)); len(ops) != 0 {
		t.Errorf("still to do: %+v", ops)
	}
}

func oneLength(t *testing.T, w World) {
	must(t, w.Kernel, add(Addr(w.A, "fd00::1/64"), Addr(w.A, "fd00::1/128")))
	expect(t, w.Kernel, w.A, "fd00::1/64")
	want := []table.Addr{Addr(w.A, "fd00::1/128"), Addr(w.A, "10.1.0.1/24"), Addr(w.A, "10.1.0.1/32")}
	must(t, w.Kernel, table.Diff(want, on(t, w.Kernel, w.A)))
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.1.0.1/32", "fd00::1/128")
}

func secondariesDie(t *testing.T, w World) {
	must(t, w.Kernel, add(Addr(w.A, "10.1.0.1/24"), Addr(w.A, "10.1.0.2/24"), Addr(w.A, "10.2.0.1/24"), Addr(w.A, "10.1.0.3/24")))
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.2.0.1/24", "10.1.0.2/24 secondary", "10.1.0.3/24 secondary")
	must(t, w.Kernel, del(Addr(w.A, "10.1.0.2/24")))
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.2.0.1/24", "10.1.0.3/24 secondary")
	must(t, w.Kernel, del(Addr(w.A, "10.1.0.1/24")))
	expect(t, w.Kernel, w.A, "10.2.0.1/24")
}

func secondariesPromoted(t *testing.T, w World) {
	if err := w.Promote(true); err != nil {
		t.Fatal(err)
	}
	must(t, w.Kernel, add(Addr(w.A, "10.1.0.1/24"), Addr(w.A, "10.1.0.2/24"), Addr(w.A, "10.2.0.1/24"), Addr(w.A, "10.1.0.3/24")))
	wait := follow(t, w.Kernel)
	must(t, w.Kernel, del(Addr(w.A, "10.1.0.1/24")))
	expect(t, w.Kernel, w.A, "10.2.0.1/24", "10.1.0.2/24", "10.1.0.3/24 secondary")
	wait("the promotion", func(m *table.Mirror) bool {
		as := m.Addrs(w.A)
		return len(as) >= 3 && as[1].Prefix == netip.MustParsePrefix("10.1.0.2/24") && !as[1].Secondary()
	})
	must(t, w.Kernel, del(Addr(w.A, "10.1.0.2/24")))
	expect(t, w.Kernel, w.A, "10.2.0.1/24", "10.1.0.3/24")
}
