package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// world is one simulation.
type world struct {
	start, now time.Time
	queue      queue
	lan        lan
	nodes      []*node // in order of their names' appearance
	check      checker
	out        strings.Builder
}

func newWorld(seed uint64) *world {
	w := &world{start: time.Unix(1_700_000_000, 0)}
	w.now = w.start
	w.lan = lan{w: w, chance: rand.New(rand.NewPCG(seed, 0)), part: make(map[string]int)}
	w.check = checker{w: w, masters: make(map[mastery]time.Time), sentAt: make(map[mastery]time.Time)}
	return w
}

func (w *world) trace(format string, args ...any) {
	fmt.Fprintf(&w.out, "%9.3fs  ", w.now.Sub(w.start).Seconds())
	fmt.Fprintf(&w.out, format, args...)
	w.out.WriteByte('\n')
}

func (w *world) node(name string) *node {
	for _, n := range w.nodes {
		if n.name == name {
			return n
		}
	}
	return nil
}

// run lets d pass.
func (w *world) run(d time.Duration) {
	end := w.now.Add(d)
	for {
		at, ok := w.queue.next()
		if !ok || at.After(end) {
			break
		}
		w.now = at
		w.queue.pop()()
	}
	w.now = end
}
