package sim

import (
	"bytes"
	"math/rand/v2"
	"time"
)

// lan carries packets between the nodes that are in the same part of it.
type lan struct {
	w         *world
	chance    *rand.Rand
	loss      int           // percent
	duplicate int           // percent
	delay     time.Duration // at most; unequal delays reorder
	part      map[string]int
}

// latency is what the shortest way takes: nothing arrives at the moment it is sent.
const latency = 50 * time.Microsecond

func (l *lan) send(from *node, packet []byte) {
	for _, to := range l.w.nodes {
		if to == from || !from.linkUp || !to.linkUp || l.part[from.name] != l.part[to.name] {
			continue
		}
		copies := 1
		if l.chance.IntN(100) < l.duplicate {
			copies = 2
		}
		for range copies {
			if l.chance.IntN(100) < l.loss {
				continue
			}
			at := l.w.now.Add(latency)
			if l.delay > 0 {
				at = at.Add(time.Duration(l.chance.Int64N(int64(l.delay))))
			}
			p := bytes.Clone(packet)
			l.w.queue.add(at, func() { to.arrive(p) })
		}
	}
}
