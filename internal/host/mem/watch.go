package mem

import (
	"context"
	"sync"

	"holdfast/internal/core/table"
)

// watcher is the queue of one Watch.
type watcher struct {
	mu    sync.Mutex
	queue []table.Update
	wake  chan struct{} // holds a token while the queue may have something
}

func (w *watcher) put(u table.Update) {
	w.mu.Lock()
	if u.Kind == table.Resync {
		w.queue = w.queue[:0] // what was lost
	}
	w.queue = append(w.queue, u)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *watcher) take() []table.Update {
	w.mu.Lock()
	defer w.mu.Unlock()
	us := w.queue
	w.queue = nil
	return us
}

// Watch calls tell for every change until ctx ends, and then returns nil: as link.Conn's, beginning with
// a Resync. It may be used in a synctest bubble.
func (h *Host) Watch(ctx context.Context, tell func(table.Update)) error {
	w := &watcher{wake: make(chan struct{}, 1)}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return errClosed("watch")
	}
	h.watchers[w] = true
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.watchers, w)
		h.mu.Unlock()
	}()
	w.put(table.Update{Kind: table.Resync})
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.wake:
		}
		for _, u := range w.take() {
			if ctx.Err() != nil {
				return nil
			}
			tell(u)
		}
	}
}

// Overflow loses all notifications that watchers have not taken yet and tells them to resync, as the
// kernel does when a socket's buffer is full.
func (h *Host) Overflow() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell(table.Update{Kind: table.Resync})
}

// tell queues u for every watcher. The Host is locked.
func (h *Host) tell(u table.Update) {
	for w := range h.watchers {
		w.put(u)
	}
}
