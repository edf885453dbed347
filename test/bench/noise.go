package main

import (
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// canary notices when the machine is too busy to measure anything: a thread of ordinary rank that sleeps a millisecond
// over and over, and keeps each time that it was woken late.
type canary struct {
	mu    sync.Mutex
	late  []tardiness
	total int
}

type tardiness struct {
	at int64 // ns, CLOCK_REALTIME, of the waking
	by time.Duration
}

// noticed is the lateness that is kept.
const noticed = time.Millisecond

// disturbed is the lateness near a takeover that disqualifies a run.
const disturbed = 8 * time.Millisecond

func newCanary() *canary {
	c := &canary{}
	go c.sing()
	return c
}

func (c *canary) sing() {
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	pause := unix.NsecToTimespec(int64(time.Millisecond))
	for {
		before := time.Now()
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &pause, nil)
		now := time.Now()
		by := now.Sub(before) - time.Millisecond
		c.mu.Lock()
		c.total++
		if by >= noticed {
			c.late = append(c.late, tardiness{now.UnixNano(), by})
		}
		c.mu.Unlock()
	}
}

// worst returns the greatest lateness between two instants (ns).
func (c *canary) worst(from, to int64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var w time.Duration
	for _, t := range c.late {
		if t.at >= from && t.at-int64(t.by) <= to {
			w = max(w, t.by)
		}
	}
	return w
}

// share returns which part of all wakings was late.
func (c *canary) share() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return float64(len(c.late)) / float64(max(c.total, 1))
}
