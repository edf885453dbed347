package chaos

import (
	"sync"
	"time"
)

// noise listens to how late the machine itself wakes whoever sleeps. A bound on a daemon's lateness holds on a machine
// that has time for it; what the machine adds is added to the bound.
type noise struct {
	mu   sync.Mutex
	late time.Duration
	quit chan struct{}
	done chan struct{}
}

func listen() *noise {
	n := &noise{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(n.done)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		before := time.Now()
		for {
			select {
			case <-n.quit:
				return
			case <-tick.C:
			}
			now := time.Now()
			n.mu.Lock()
			n.late = max(n.late, now.Sub(before)-2*time.Millisecond)
			n.mu.Unlock()
			before = now
		}
	}()
	return n
}

// stop returns the worst lateness.
func (n *noise) stop() time.Duration {
	close(n.quit)
	<-n.done
	return n.late
}
