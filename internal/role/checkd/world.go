package checkd

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
)

// world watches what checks depend on beside the servers: the host's addresses (ha_suspend) and files (FILE_CHECK).
type world struct {
	host   *Host
	loop   *loop
	teller *teller

	ctx    context.Context //nolint:containedctx // that of Run
	all    sync.WaitGroup
	cancel func()

	unwatch func()              // ends the watch of addresses; nil: there is none
	present map[netip.Addr]bool // of the loop
	cared   map[netip.Addr]bool // of the loop: those of virtual servers with ha_suspend

	unping func() error // undoes AllowPing

	files map[string]int64    // of the loop: what the Director knows, by the name of the track_file
	paths map[string][]string // names by path
	unsee func()              // ends the present watch of files
}

// begin reads everything and begins to watch. The loop does not run yet.
func (w *world) begin(ctx context.Context, cfg *conf.Config) error {
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.present, w.files = make(map[netip.Addr]bool), make(map[string]int64)
	if err := w.followAddresses(cfg); err != nil {
		return err
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
	if err := w.followAddresses(cfg); err != nil {
		w.loop.fail(err)
	}
	w.allowPing(cfg)
	w.watchFiles(now, cfg)
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
