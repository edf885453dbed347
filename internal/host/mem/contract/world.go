package contract

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

func linkDown(t *testing.T, w World) {
	must(t, w.Kernel, add(Addr(w.A, "10.1.0.1/24"), Addr(w.A, "10.1.0.2/24"), Addr(w.A, "fd00::1/64"), Addr(w.B, "fd00::2/64")))
	wait := follow(t, w.Kernel)
	if err := w.SetUp(w.A, false); err != nil {
		t.Fatal(err)
	}
	wait("the link going down", func(m *table.Mirror) bool {
		l, ok := m.Link(w.A)
		return ok && !l.Up() && !m.Has(Addr(w.A, "fd00::1/64").Key())
	})
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.1.0.2/24 secondary")
	expect(t, w.Kernel, w.B, "fd00::2/64")
	must(t, w.Kernel, add(Addr(w.A, "10.1.0.3/24"))) // addresses may be added meanwhile
	if err := w.SetUp(w.A, true); err != nil {
		t.Fatal(err)
	}
	wait("the link coming up", func(m *table.Mirror) bool {
		l, ok := m.Link(w.A)
		return ok && l.Up() && m.Has(Addr(w.A, "10.1.0.3/24").Key())
	})
	expect(t, w.Kernel, w.A, "10.1.0.1/24", "10.1.0.2/24 secondary", "10.1.0.3/24 secondary")
}

func linkDeleted(t *testing.T, w World) {
	as := []table.Addr{Addr(w.A, "10.1.0.1/24"), Addr(w.A, "fd00::1/64")}
	must(t, w.Kernel, add(as...))
	wait := follow(t, w.Kernel)
	if err := w.DelLink(w.A); err != nil {
		t.Fatal(err)
	}
	wait("the link going away", func(m *table.Mirror) bool {
		_, ok := m.Link(w.A)
		return !ok && len(m.Addrs(w.A)) == 0
	})
	if _, ok := linkOf(t, w.Kernel, w.A); ok {
		t.Error("the link is still listed")
	}
	expect(t, w.Kernel, w.A)
	must(t, w.Kernel, del(as...))
	for i, err := range w.Kernel.Apply(add(as...)) {
		if !errors.Is(err, unix.ENODEV) {
			t.Errorf("add %v: %v", as[i].Prefix, err)
		}
	}
}

// mirrored does what comes to a random mind and compares what Watch told with a dump, order included.
func mirrored(t *testing.T, w World) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 0))
	wait := follow(t, w.Kernel)
	for round := range 30 {
		if err := w.Promote(rng.IntN(2) == 0); err != nil {
			t.Fatal(err)
		}
		var ops []table.Op
		for range 1 + rng.IntN(12) {
			a := Addr(w.A, fmt.Sprintf("10.%d.0.%d/%d", rng.IntN(3), 1+rng.IntN(4), 24+8*rng.IntN(2)))
			if rng.IntN(3) == 0 {
				a = Addr(w.A, fmt.Sprintf("fd00::%d/64", 1+rng.IntN(4)))
				a.Flags = unix.IFA_F_NODAD
			} else if rng.IntN(4) == 0 {
				a.Scope = unix.RT_SCOPE_LINK
			}
			if rng.IntN(4) == 0 {
				a.Preferred = 0
			}
			kind := []table.OpKind{table.AddAddr, table.AddAddr, table.ReplaceAddr, table.DelAddr, table.DelAddr}[rng.IntN(5)]
			ops = append(ops, table.Op{Kind: kind, Addr: a})
		}
		_ = w.Kernel.Apply(ops) // scopes that disagree inside a subnet are refused
		// The kernel tells of IPv6 addresses from a work queue, a little after it has them and not
		// always in the order in which it took them: no marker can say that all has been told, and
		// their order is not to be had from notifications.
		want := orderless6(on(t, w.Kernel, w.A))
		about := fmt.Sprintf("seed %d, round %d: %+v after %+v", seed, round, want, ops)
		wait(about, func(m *table.Mirror) bool {
			return slices.Equal(orderless6(visible(m.Addrs(w.A))), want)
		})
	}
}

func orderless6(as []table.Addr) []table.Addr {
	slices.SortStableFunc(as, func(a, b table.Addr) int {
		if a.Prefix.Addr().Is4() || b.Prefix.Addr().Is4() {
			return a.Prefix.Addr().BitLen() - b.Prefix.Addr().BitLen()
		}
		return a.Prefix.Addr().Compare(b.Prefix.Addr())
	})
	return as
}

func watchEnds(t *testing.T, w World) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	started := make(chan struct{}, 1)
	go func() {
		ended <- w.Kernel.Watch(ctx, func(table.Update) {
			select {
			case started <- struct{}{}:
			default:
			}
		})
	}()
	<-started
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatalf("goes on %v after its context ended", patience)
	}
}

func closed(t *testing.T, w World) {
	if err := w.Kernel.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Kernel.Links(); err == nil {
		t.Error("lists links")
	}
	if _, err := w.Kernel.Addrs(); err == nil {
		t.Error("lists addresses")
	}
	if err := w.Kernel.Apply(add(Addr(w.A, "10.1.0.1/24")))[0]; err == nil {
		t.Error("adds an address")
	}
}
