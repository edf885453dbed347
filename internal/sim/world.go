package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// world is one simulation.
type world struct {
	now    time.Duration // since the beginning
	queue  queue
	chance *rand.Rand
	lans   []*lan
	nodes  []*node       // in order of their names' appearance
	lag    time.Duration // timers are served up to this late
	check  checker
	free   []*packet

	out       *strings.Builder // nil: nobody wants a trace
	takeOvers int
	rejected  int

	second time.Duration // when the second began in which events are counted
	events int
}

// epoch is when every simulation begins.
var epoch = time.Unix(1_700_000_000, 0)

func newWorld(seed uint64, trace bool) *world {
	w := &world{chance: rand.New(rand.NewPCG(seed, 0))}
	w.check.w = w
	if trace {
		w.out = &strings.Builder{}
	}
	return w
}

// trace writes a line of the trace. Callers on a frequent path ask first whether anybody wants it.
func (w *world) trace(format string, args ...any) {
	if w.out == nil {
		return
	}
	fmt.Fprintf(w.out, "%9.3fs  ", w.now.Seconds())
	fmt.Fprintf(w.out, format, args...)
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

// lan returns the LAN of one link number, which is made when it is first asked for.
func (w *world) lan(link int) *lan {
	for len(w.lans) <= link {
		w.lans = append(w.lans, &lan{w: w, number: len(w.lans)})
	}
	return w.lans[link]
}

// run lets d pass.
func (w *world) run(d time.Duration) {
	end := w.now + d
	for {
		at, ok := w.queue.next()
		if !ok || at > end {
			break
		}
		w.now = at
		if !w.calm() {
			break
		}
		a := w.queue.pop()
		switch a.kind {
		case wake:
			a.node.ring(&a)
		case delivery:
			a.node.arrive(a.number, a.packet)
		case oath:
			w.check.oath(a.node, a.number, a.at)
		}
	}
	w.now = end
}

// stormy is how many events in one second cannot have a good reason.
const stormy = 100_000

// calm counts events; a storm of them ends the simulation.
func (w *world) calm() bool {
	if w.now-w.second >= time.Second {
		w.second, w.events = w.now, 0
	}
	if w.events++; w.events == stormy {
		w.check.fail("a storm of events")
	}
	return w.events < stormy
}

// upTo draws a duration from 0 to below d.
func (w *world) upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(w.chance.Int64N(int64(d)))
}
