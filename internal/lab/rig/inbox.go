package rig

import (
	"context"
	"sync"
	"time"

	"holdfast/internal/lab/record"
)

// inbox collects events from all eyes until the scenario asks for them.
type inbox struct {
	start time.Time
	mu    sync.Mutex
	evs   []record.Event
	kick  chan struct{}
}

func newInbox() *inbox { return &inbox{start: time.Now(), kick: make(chan struct{}, 1)} }

// now is the lab's time.
func (b *inbox) now() time.Duration { return time.Since(b.start) }

// stamp turns a kernel wall-clock stamp into the lab's time. The wall clock may step; only the short
// distance between the stamp and now is taken from it.
func (b *inbox) stamp(wall time.Time) time.Duration {
	now := time.Now()
	age := now.Round(0).Sub(wall)
	if age < 0 || age > time.Minute {
		age = 0
	}
	return now.Sub(b.start) - age
}

// put adds events and wakes the reader.
func (b *inbox) put(evs ...record.Event) {
	b.file(evs...)
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

// file adds events without waking the reader: probes come by the thousand.
func (b *inbox) file(evs ...record.Event) {
	b.mu.Lock()
	b.evs = append(b.evs, evs...)
	b.mu.Unlock()
}

// next waits for a waking event, or for as long as one frame, and returns what has come in.
func (b *inbox) next(ctx context.Context, frame time.Duration) ([]record.Event, time.Duration, error) {
	t := time.NewTimer(frame)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return nil, b.now(), ctx.Err()
	case <-b.kick:
	case <-t.C:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	evs := b.evs
	b.evs = nil
	return evs, b.now(), nil
}
