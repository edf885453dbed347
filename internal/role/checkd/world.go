package checkd

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/table"
)

// world watches what checks depend on beside the servers: the host's addresses (ha_suspend) and files (FILE_CHECK).
type world struct {
	host   *Host
	loop   *loop
	teller *teller

	ctx    context.Context //nolint:containedctx // that of Run
	all    sync.WaitGroup
	cancel func()

	watching bool                // addresses
	present  map[netip.Addr]bool // of the loop
	cared    map[netip.Addr]bool // of the loop: those of virtual servers with ha_suspend

	unping func() error // undoes AllowPing

	files map[string]int64    // of the loop: what the Director knows, by the name of the track_file
	paths map[string][]string // names by path
	unsee func()              // ends the present watch of files
}

// begin reads everything and begins to watch. The loop does not run yet.
func (w *world) begin(ctx context.Context, cfg *conf.Config) error {
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.present, w.files = make(map[netip.Addr]bool), make(map[string]int64)
	w.cared = suspending(cfg)
	if len(w.cared) > 0 {
		if err := w.watchAddresses(); err != nil {
			return err
		}
	}
	w.allowPing(cfg)
	w.watchFiles(time.Now(), cfg)
	return nil
}

// allowPing changes the host's setting if a PING_CHECK needs it.
func (w *world) allowPing(cfg *conf.Config) {
	if w.unping != nil || w.host.AllowPing == nil || !pings(cfg) {
		return
	}
	undo, err := w.host.AllowPing()
	if err != nil {
		w.teller.lines("PING_CHECK may not work: " + err.Error())
		return
	}
	w.unping = undo
}

func pings(cfg *conf.Config) bool {
	for _, vs := range cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				if c.Kind == "PING_CHECK" {
					return true
				}
			}
		}
	}
	return false
}

// end ends the watches and returns when nothing of them is left.
func (w *world) end() {
	if w.cancel != nil {
		w.cancel()
		w.all.Wait()
	}
	if w.unping != nil {
		if err := w.unping(); err != nil {
			w.teller.lines(err.Error())
		}
	}
}

// reload follows another configuration, on the loop's goroutine.
func (w *world) reload(now time.Time, cfg *conf.Config) {
	w.cared = suspending(cfg)
	if len(w.cared) > 0 && !w.watching {
		if err := w.watchAddresses(); err != nil {
			w.teller.lines(err.Error())
		}
	}
	w.allowPing(cfg)
	w.watchFiles(now, cfg)
}

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

// watchAddresses tells the Director of all addresses and begins to watch them.
func (w *world) watchAddresses() error {
	if w.host.Links == nil {
		return nil
	}
	w.teller.detail("Registering Kernel netlink reflector")
	addrs, err := w.host.Links.Addrs()
	if err != nil {
		return fmt.Errorf("checkers: read the addresses: %w", err)
	}
	w.watching = true
	w.compare(time.Now(), addrs, false)
	w.all.Go(func() {
		err := w.host.Links.Watch(w.ctx, w.hear)
		if err != nil && w.ctx.Err() == nil {
			w.teller.lines("checkers: watch the addresses: " + err.Error())
		}
	})
	return nil
}

// hear takes in what the kernel tells, on the watcher's goroutine.
func (w *world) hear(u table.Update) {
	switch u.Kind {
	case table.AddrIs, table.AddrGone, table.Resync:
	default:
		return
	}
	// An address may be on several links, so one that goes is no news by itself.
	addrs, err := w.host.Links.Addrs()
	if err != nil {
		return
	}
	w.loop.post(func(now time.Time) { w.compare(now, addrs, true) })
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

// watchFiles reads the files that checks look at, tells the Director, and watches them from now on.
func (w *world) watchFiles(now time.Time, cfg *conf.Config) {
	if w.unsee != nil {
		w.unsee()
		w.unsee = nil
	}
	w.paths = checkedFiles(cfg)
	if len(w.paths) == 0 || w.host.Files == nil {
		return
	}
	var list []string
	for path := range w.paths {
		list = append(list, path)
		w.value(now, path, w.host.Files.Read(path))
	}
	ctx, cancel := context.WithCancel(w.ctx)
	w.unsee = cancel
	w.all.Go(func() {
		err := w.host.Files.Watch(ctx, list, func(path string) {
			v := w.host.Files.Read(path)
			w.loop.post(func(now time.Time) { w.value(now, path, v) })
		})
		if err != nil && ctx.Err() == nil {
			w.teller.lines("checkers: watch files: " + err.Error())
		}
	})
}

// value tells the Director what a file says.
func (w *world) value(now time.Time, path string, v int64) {
	for _, name := range w.paths[path] {
		if old, known := w.files[name]; !known || old != v {
			w.files[name] = v
			w.loop.step(now, check.File{Name: name, Value: v}, nil)
		}
	}
}

// checkedFiles lists the track_files that a FILE_CHECK names, by path.
func checkedFiles(cfg *conf.Config) map[string][]string {
	used := make(map[string]bool)
	for _, vs := range cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				if c.File != nil {
					used[c.File.TrackFile.V] = true
				}
			}
		}
	}
	m := make(map[string][]string)
	for _, f := range cfg.Static.TrackFiles {
		if used[f.Name] {
			m[f.Path.V] = append(m[f.Path.V], f.Name)
		}
	}
	return m
}
