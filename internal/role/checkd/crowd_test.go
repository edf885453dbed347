package checkd

import (
	"testing"
	"time"
)

// Attempts begin at once while there are few; while there are many as others end, and a few beside.
func TestGate(t *testing.T) {
	var g gate
	at := time.Unix(100, 0)
	for i, step := range []struct {
		after        time.Duration
		under, ended int
		room         int
		next         time.Duration // of something due at once, from now
	}{
		{0, 0, 0, crowd, 0},
		{0, crowd - 3, 1, 3, 0},
		{time.Millisecond, crowd, 0, trickle, pace},
		{time.Millisecond, crowd + trickle, 0, 0, pace - time.Millisecond},
		{time.Millisecond, crowd + 2, 6, 6, pace - 2*time.Millisecond},
		{pace, crowd, 100, 100, pace},
		{pace, crowd, 2, trickle, pace},
		{time.Millisecond, 10, 5, crowd - 10, 0},
	} {
		at = at.Add(step.after)
		if room := g.room(at, step.under, step.ended); room != step.room {
			t.Errorf("step %d: room for %d, want %d", i, room, step.room)
		}
		if next := g.next(at).Sub(at); next != step.next {
			t.Errorf("step %d: again in %v, want %v", i, next, step.next)
		}
	}
}
