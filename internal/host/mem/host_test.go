package mem_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
	"holdfast/internal/host/mem"
	"holdfast/internal/host/mem/contract"
	"holdfast/internal/host/neigh"
)

func TestContract(t *testing.T) {
	t.Parallel()
	contract.Run(t, func(*testing.T) contract.World {
		h := mem.New()
		a, b := h.AddLink(table.Link{}), h.AddLink(table.Link{})
		return contract.World{
			Kernel: h, A: a.Index, B: b.Index, SetUp: h.SetUp, DelLink: h.DelLink,
			Promote: func(on bool) error { h.SetPromote(on); return nil },
		}
	})
}

func TestOverflowReplacesWhatWasNotHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := mem.New()
		l := h.AddLink(table.Link{Name: "eth0"})
		ctx, cancel := context.WithCancel(t.Context())
		var heard []table.UpdateKind
		hold := make(chan struct{})
		ended := make(chan error)
		go func() {
			ended <- h.Watch(ctx, func(u table.Update) {
				heard = append(heard, u.Kind)
				<-hold
			})
		}()
		synctest.Wait() // it is held at the first Resync
		if err := errors.Join(h.SetCarrier(l.Index, false), h.SetCarrier(l.Index, true)); err != nil {
			t.Error(err)
		}
		h.Overflow()
		if err := h.SetName(l.Index, "lan"); err != nil {
			t.Error(err)
		}
		close(hold)
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if want := []table.UpdateKind{table.Resync, table.Resync, table.LinkIs}; !slices.Equal(heard, want) {
			t.Errorf("heard %v, want %v", heard, want)
		}
	})
}

func TestCarrier(t *testing.T) {
	t.Parallel()
	h := mem.New()
	l := h.AddLink(table.Link{})
	if !l.Up() || l.HWLen != 6 || l.Index != 2 || l.Name != "eth2" {
		t.Errorf("made %+v", l)
	}
	if err := h.SetCarrier(l.Index, false); err != nil {
		t.Fatal(err)
	}
	if ls, err := h.Links(); err != nil || len(ls) != 2 || ls[1].Up() {
		t.Errorf("links %+v, %v", ls, err)
	}
	for _, err := range []error{h.SetUp(9, true), h.SetName(9, "x"), h.DelLink(9)} {
		if !errors.Is(err, unix.ENODEV) {
			t.Errorf("a link that is not there: %v", err)
		}
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	h := mem.New()
	l := h.AddLink(table.Link{})
	bad := contract.Addr(l.Index, "10.0.0.1/24")
	ops := []table.Op{{Kind: table.AddAddr, Addr: bad}, {Kind: table.AddAddr, Addr: contract.Addr(l.Index, "10.0.0.2/24")}}
	h.SetFault(func(op table.Op) error {
		if op.Addr.Key() == bad.Key() {
			return unix.ENOBUFS
		}
		return nil
	})
	if errs := h.Apply(ops); !errors.Is(errs[0], unix.ENOBUFS) || errs[1] != nil {
		t.Errorf("errors %v", errs)
	}
	h.SetFault(nil)
	if errs := h.Apply(ops); errs[0] != nil || errs[1] != nil {
		t.Errorf("errors %v", errs)
	}
}

func TestAnnouncer(t *testing.T) {
	t.Parallel()
	h := mem.New()
	up, down := h.AddLink(table.Link{}), h.AddLink(table.Link{})
	if err := h.SetUp(down.Index, false); err != nil {
		t.Fatal(err)
	}
	noARP := up
	noARP.Flags |= unix.IFF_NOARP
	gone := up
	gone.Index = 77
	an := h.Announcer()
	four, six := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::1")
	for _, tt := range []struct {
		link table.Link
		addr netip.Addr
		want error
	}{
		{up, four, nil},
		{up, six, nil},
		{up, netip.Addr{}, neigh.ErrAddress},
		{noARP, four, neigh.ErrNoARP},
		{down, four, unix.ENETDOWN},
		{gone, four, unix.ENXIO},
	} {
		if err := an.Announce(tt.link, tt.addr, 1); !errors.Is(err, tt.want) {
			t.Errorf("%v on %s: %v, want %v", tt.addr, tt.link.Name, err, tt.want)
		}
	}
	log := h.Announced()
	if len(log) != 2 || log[0].Addr != four || log[1].Addr != six || log[0].Link != up || log[0].At.IsZero() {
		t.Errorf("log %+v", log)
	}
	if err := an.Close(); err != nil {
		t.Error(err)
	}
}
