package checkd

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/table"
)

// suspending lists the addresses of virtual servers with ha_suspend.
func suspending(cfg *conf.Config) map[netip.Addr]bool {
	m := make(map[netip.Addr]bool)
	for _, vs := range cfg.VirtualServers {
		if vs.HASuspend.V && vs.Address.Set() {
			m[vs.Address.V.Addr()] = true
		}
	}
	return m
}

// followAddresses watches the host's addresses as long as a virtual server has ha_suspend.
func (w *world) followAddresses(cfg *conf.Config) error {
	w.cared = suspending(cfg)
	switch {
	case len(w.cared) == 0 && w.unwatch != nil:
		w.unwatch()
		w.unwatch = nil
	case len(w.cared) > 0 && w.unwatch == nil && w.host.Links != nil:
		return w.watchAddresses()
	}
	return nil
}

// watchAddresses tells the Director of all addresses and begins to watch them. An address may be on several links, so one that goes
// is no news by itself: whatever happens, all of them are read anew, once for all that has happened until then. A watch that fails
// ends the role, for checks that stay suspended, or go on, by what was true once are worse than a respawn.
func (w *world) watchAddresses() error {
	w.teller.detail("Registering Kernel netlink reflector")
	addrs, err := w.host.Links.Addrs()
	if err != nil {
		return fmt.Errorf("checkers: read the addresses: %w", err)
	}
	w.compare(time.Now(), addrs, false)
	ctx, cancel := context.WithCancel(w.ctx)
	w.unwatch = cancel
	moved := make(chan struct{}, 1) // holds a token while there is something to read
	w.all.Go(func() {
		err := w.host.Links.Watch(ctx, func(u table.Update) {
			switch u.Kind {
			case table.AddrIs, table.AddrGone, table.Resync:
				select {
				case moved <- struct{}{}:
				default:
				}
			}
		})
		if err != nil {
			w.fail(ctx, fmt.Errorf("checkers: watch the addresses: %w", err))
		}
	})
	w.all.Go(func() { w.readAddresses(ctx, moved) })
	return nil
}

// readAddresses reads all addresses whenever some have moved, until ctx ends.
func (w *world) readAddresses(ctx context.Context, moved <-chan struct{}) {
	for {
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
		addrs, err := w.host.Links.Addrs()
		if err != nil {
			w.fail(ctx, fmt.Errorf("checkers: read the addresses: %w", err))
			return
		}
		w.loop.post(func(now time.Time) {
			if ctx.Err() == nil {
				w.compare(now, addrs, true)
			}
		})
	}
}

// fail ends the role with an error, unless what failed is not wanted any more.
func (w *world) fail(ctx context.Context, err error) {
	w.loop.post(func(time.Time) {
		if ctx.Err() == nil {
			w.loop.fail(err)
		}
	})
}

// compare tells the Director what has changed among the addresses.
func (w *world) compare(now time.Time, addrs []table.Addr, tell bool) {
	is := make(map[netip.Addr]bool, len(addrs))
	for _, a := range addrs {
		is[a.Prefix.Addr().WithZone("")] = true
	}
	for a := range w.present {
		if !is[a] {
			w.appear(now, a, false, tell)
		}
	}
	for a := range is {
		if !w.present[a] {
			w.appear(now, a, true, tell)
		}
	}
	w.present = is
}

func (w *world) appear(now time.Time, a netip.Addr, is, tell bool) {
	if tell && w.cared[a] {
		what := "removed"
		if is {
			what = "added"
		}
		w.teller.info("Netlink reflector reports IP " + a.String() + " " + what)
	}
	w.loop.step(now, check.Present{Addr: a, Is: is}, nil)
}
