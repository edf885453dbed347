package chaos

import (
	"sync"
	"time"
)

// noise listens to how late the machine itself wakes whoever sleeps. A bound on a daemon's lateness holds on a machine
// that has time for it; what the machine adds is added to the bound.
type noise struct {
	mu   sync.Mutex
	late []lateness
}

type lateness struct {
	at time.Time
	by time.Duration
}

// machine is listened to as long as tests run.
var machine noise

func (n *noise) listen() {
	const pace, notable = 2 * time.Millisecond, 5 * time.Millisecond
	tick := time.NewTicker(pace)
	defer tick.Stop()
	before := time.Now()
	for range tick.C {
		now := time.Now()
		if by := now.Sub(before) - pace; by >= notable {
			n.mu.Lock()
			n.late = append(n.late, lateness{now, by})
			n.mu.Unlock()
		}
		before = now
	}
}

// since returns the worst lateness after a moment.
func (n *noise) since(from time.Time) (worst time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, l := range n.late {
		if l.at.After(from) {
			worst = max(worst, l.by)
		}
	}
	return worst
}
