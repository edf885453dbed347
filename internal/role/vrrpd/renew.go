package vrrpd

// reload changes the world over to a new generation and then lets the loop follow. It runs between two batches of updates;
// the order of its steps is what keeps every part from hearing of a router that it does not know.
func (w *world) reload(g *generation) (taken chan struct{}) {
	before := w.setup
	w.gen, w.setup = g, g.setup
	w.index()
	for len(w.told) < len(g.setup.Plans) {
		w.told = append(w.told, verdict{})
		w.deaf = append(w.deaf, false)
	}
	for i, p := range before.Plans {
		if p.Gone || g.setup.Plans[i].Gone {
			w.told[i], w.deaf[i] = verdict{}, false
		}
	}
	taken = w.inbox.reload(g)
	w.dropWires()
	for i, p := range g.setup.Plans {
		if p.Gone {
			continue
		}
		if i >= len(before.Plans) || before.Plans[i].Gone {
			w.view.mu.RLock() // the hand may be at work
			w.chronicle.faults(&w.view.mirror, p)
			w.view.mu.RUnlock()
		}
		w.judge(i)
	}
	return taken
}

// dropWires closes the wires that nobody needs any more and makes the others pass the adverts of who is there now. The loop
// hears of it after the farewells.
func (w *world) dropWires() {
	needed := make(map[lan]string)
	w.view.mu.RLock()
	for _, p := range w.setup.Plans {
		if l, ok := w.view.mirror.LinkByName(p.Interface); ok && !p.Gone {
			needed[p.lan(l.Index)] = p.Interface
		}
	}
	w.view.mu.RUnlock()
	for at, wire := range w.wires {
		ifname, ok := needed[at]
		if !ok {
			w.close(at)
			continue
		}
		if err := wire.SetVRIDs(w.vrids(ifname, at)); err != nil {
			w.close(at) // judge opens another
		}
	}
}
