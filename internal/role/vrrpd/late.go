package vrrpd

import (
	"sync/atomic"
	"time"
)

// lateness counts by how much the loop missed its deadlines. The upper bounds are exclusive; the last class has none.
type lateness struct {
	counts [len(lateBounds) + 1]atomic.Uint64
	worst  atomic.Int64 // ns
}

var lateBounds = [...]time.Duration{
	100 * time.Microsecond, 300 * time.Microsecond, time.Millisecond, 3 * time.Millisecond, 10 * time.Millisecond,
	30 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond, time.Second,
}

func (l *lateness) observe(d time.Duration) {
	i := 0
	for i < len(lateBounds) && d >= lateBounds[i] {
		i++
	}
	l.counts[i].Add(1)
	if int64(d) > l.worst.Load() {
		l.worst.Store(int64(d)) // one writer
	}
}

// Lateness is a histogram of missed deadlines.
type Lateness struct {
	Bounds []time.Duration // exclusive upper bounds; Counts has one more
	Counts []uint64
	Worst  time.Duration
}

func (l *lateness) snapshot() Lateness {
	s := Lateness{Bounds: lateBounds[:], Worst: time.Duration(l.worst.Load())}
	for i := range l.counts {
		s.Counts = append(s.Counts, l.counts[i].Load())
	}
	return s
}
