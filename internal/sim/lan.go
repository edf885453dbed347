package sim

import "time"

// lan carries packets between the links that are in the same part of it: eth0 of every node is on the first one, eth1 on the
// second.
type lan struct {
	w         *world
	number    int
	loss      int           // percent
	duplicate int           // percent
	delay     time.Duration // at most; unequal delays reorder
	part      map[string]int
}

// latency is what the shortest way takes: nothing arrives at the moment it is sent.
const latency = 50 * time.Microsecond

// packet is on its way, or waits in sockets.
type packet struct {
	bytes []byte
	refs  int
	vrid  uint8
	prio  uint8
	from  *node
	as    *router // of the sender when it sent
}

func (w *world) newPacket(from *node, as *router, b []byte, vrid, prio uint8) *packet {
	var p *packet
	if last := len(w.free) - 1; last >= 0 {
		p, w.free = w.free[last], w.free[:last]
	} else {
		p = &packet{}
	}
	p.bytes, p.vrid, p.prio, p.from, p.as, p.refs = append(p.bytes[:0], b...), vrid, prio, from, as, 1
	return p
}

func (w *world) drop(p *packet) {
	if p.refs--; p.refs == 0 {
		w.free = append(w.free, p)
	}
}

// connected reports whether what one node sends reaches the other.
func (l *lan) connected(from, to *node) bool {
	if to == from || len(from.links) <= l.number || len(to.links) <= l.number {
		return false
	}
	a, b := &from.links[l.number], &to.links[l.number]
	return a.carries() && b.carries() && !a.cut && !b.cut && l.part[from.name] == l.part[to.name]
}

// whole reports whether everything arrives everywhere, but for links that are down.
func (l *lan) whole() bool {
	for _, n := range l.w.nodes {
		if l.part[n.name] != 0 || len(n.links) > l.number && n.links[l.number].cut {
			return false
		}
	}
	return l.loss == 0
}

func (l *lan) send(p *packet) {
	for _, to := range l.w.nodes {
		if !l.connected(p.from, to) {
			continue
		}
		copies := 1
		if l.duplicate > 0 && l.w.chance.IntN(100) < l.duplicate {
			copies = 2
		}
		for range copies {
			if l.loss > 0 && l.w.chance.IntN(100) < l.loss {
				continue
			}
			p.refs++
			l.w.queue.add(appointment{
				at: l.w.now + latency + l.w.upTo(l.delay), kind: delivery, node: to, number: l.number, packet: p,
			})
		}
	}
	l.w.drop(p)
}

// partition puts each list of nodes into a part of its own; the others stay together.
func (l *lan) partition(lists [][]string) {
	if l.part == nil {
		l.part = make(map[string]int)
	}
	for i, names := range lists {
		for _, name := range names {
			l.part[name] = i + 1
		}
	}
}

func (l *lan) heal() {
	clear(l.part)
	for _, n := range l.w.nodes {
		if len(n.links) > l.number {
			n.links[l.number].cut = false
		}
	}
}
