package vrrpd

import "holdfast/vrrp"

// census asks the loop how every router stands. The loop copies plain values into room that is there and closes done: no
// lock, no allocation, nothing to wait for.
type census struct {
	routers []vrrp.Snapshot // by slot
	clear   bool            // the counters are to start anew
	done    chan struct{}
}

func newCensus(routers int, clear bool) *census {
	return &census{routers: make([]vrrp.Snapshot, routers), clear: clear, done: make(chan struct{})}
}

// Survey copies how each router stands into the list, as far as that goes, and starts their counters anew if clear.
func (e *Engine) Survey(into []vrrp.Snapshot, clear bool) {
	for i, r := range e.routers[:min(len(e.routers), len(into))] {
		into[i] = r.Snapshot()
		if clear {
			r.ClearStats()
		}
	}
}

// survey answers a census. Loop only.
func (l *loop) survey(c *census) {
	l.engine.Survey(c.routers, c.clear)
	close(c.done)
}
