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

// snapshot returns how many deadlines were served, how many of them later than tolerance, and the worst.
func (l *lateness) snapshot() (served, tardy uint64, worst time.Duration) {
	for i := range l.counts {
		n := l.counts[i].Load()
		served += n
		if i == len(lateBounds) || lateBounds[i] > tolerance {
			tardy += n
		}
	}
	return served, tardy, time.Duration(l.worst.Load())
}

// tolerance is the lateness that nobody notices: a thousandth of the default interval.
const tolerance = time.Millisecond

// alarming is the lateness that is told at once: a whole default interval.
const alarming = time.Second
