package rig

import (
	"context"
	"fmt"

	"holdfast/internal/core/table"
	"holdfast/internal/host/link"
	"holdfast/internal/host/netns"
	"holdfast/internal/lab/record"
)

// watch tells of one router's addresses and carriers as its kernel reports them.
type watch struct {
	box    *inbox
	node   string
	conn   *link.Conn
	names  map[string]bool // the interfaces of interest
	up     map[int]bool    // by ifindex; the kernel repeats itself
	cancel context.CancelFunc
	done   chan struct{}
}

func startWatch(s *netns.Space, box *inbox, node string, names map[string]bool) (*watch, error) {
	conn, err := openLink(s)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &watch{
		box: box, node: node, conn: conn, names: names, up: map[int]bool{},
		cancel: cancel, done: make(chan struct{}),
	}
	ready, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(w.done)
		first := true
		failed <- conn.Watch(ctx, func(u table.Update) {
			w.tell(u)
			if first {
				close(ready)
				first = false
			}
		})
	}()
	select {
	case <-ready:
		return w, nil
	case err := <-failed:
		cancel()
		return nil, fmt.Errorf("lab: watching %s: %w", node, err)
	}
}

// tell runs on the watch's goroutine.
func (w *watch) tell(u table.Update) {
	ev := record.Event{At: w.box.now(), Node: w.node}
	switch u.Kind {
	case table.AddrIs, table.AddrGone:
		ev.Kind, ev.IP = record.AddrUp, u.Addr.Prefix.Addr()
		if u.Kind == table.AddrGone {
			ev.Kind = record.AddrDown
		}
	case table.LinkIs:
		was, known := w.up[u.Link.Index]
		if !w.names[u.Link.Name] || (known && was == u.Link.Up()) {
			return
		}
		w.up[u.Link.Index] = u.Link.Up()
		ev.Kind, ev.Text = record.CarrierDown, u.Link.Name
		if u.Link.Up() {
			ev.Kind = record.CarrierUp
		}
	case table.Resync:
		w.reread()
		return
	case table.LinkGone:
		return
	}
	w.box.put(ev)
}

// reread tells everything again after notifications were lost. What vanished meanwhile stays unknown
// until the kernel speaks of it, which a lab of a few addresses does not live to see.
func (w *watch) reread() {
	if links, err := w.conn.Links(); err == nil {
		for _, l := range links {
			w.tell(table.Update{Kind: table.LinkIs, Link: l})
		}
	}
	if addrs, err := w.conn.Addrs(); err == nil {
		for _, a := range addrs {
			w.tell(table.Update{Kind: table.AddrIs, Addr: a})
		}
	}
}

func (w *watch) stop() {
	w.cancel()
	<-w.done
	_ = w.conn.Close() // nothing is pending
}
