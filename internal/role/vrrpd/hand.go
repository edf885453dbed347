package vrrpd

import (
	"sync/atomic"
	"time"

	"holdfast/internal/core/table"
	"holdfast/internal/host/proc"
)

// hand installs and removes addresses and announces them. It is told what shall be, never what to do: the loop sets a
// router's cell, and however often that happens before the hand looks, only the last word is carried out. It cannot
// hold the loop up and cannot fall behind by more than one pass.
type hand struct {
	plans  []*Plan
	host   Host
	view   *view
	say    sayer
	poller *proc.Poller

	cells     []handCell
	fromLoop  *ring[int]
	fromWorld *ring[int]

	state   []holding
	herald  herald
	keep    atomic.Bool // leave addresses in place at the end (-V)
	ending  atomic.Bool
	done    chan struct{}
	changed map[int]bool // routers to look at in this pass
}

// handCell is what the loop wants of one router.
type handCell struct {
	own    atomic.Bool
	shout  atomic.Int32 // announcements still to be made of each address
	told   atomic.Bool  // the router is in fromLoop
	missed atomic.Bool  // the router is in fromWorld
}

// holding is what the hand has done for one router.
type holding struct {
	installed []table.Addr
	owned     bool
	repair    backoff
}

func newHand(plans []*Plan, host Host, v *view, say sayer, garpInterval time.Duration) (*hand, error) {
	p, err := proc.NewPoller()
	if err != nil {
		return nil, err
	}
	h := &hand{
		plans: plans, host: host, view: v, say: say, poller: p,
		cells: make([]handCell, len(plans)), state: make([]holding, len(plans)),
		fromLoop: newRing[int](len(plans)), fromWorld: newRing[int](len(plans)),
		done: make(chan struct{}), changed: make(map[int]bool),
	}
	h.herald = herald{host: host, view: v, say: say, interval: garpInterval, next: make(map[int]time.Time)}
	return h, nil
}

// own says whether a router's addresses shall be installed. Called by the loop only.
func (h *hand) own(router int, own bool) {
	h.cells[router].own.Store(own)
	h.poke(router)
}

// shout asks for announcements. Called by the loop only.
func (h *hand) shout(router, repeat int) {
	h.cells[router].shout.Add(int32(repeat))
	h.poke(router)
}

// poke cannot overflow the ring: each router is in it at most once.
func (h *hand) poke(router int) {
	if !h.cells[router].told.Swap(true) {
		h.fromLoop.push(router, 0)
	}
	h.poller.Wake()
}

// check says that an address of a router may have been removed. Called by the world only.
func (h *hand) check(router int) {
	if !h.cells[router].missed.Swap(true) {
		h.fromWorld.push(router, 0)
	}
	h.poller.Wake()
}

// run works until finish is called, and then carries out what is still wanted.
func (h *hand) run() {
	defer close(h.done)
	for {
		ending := h.ending.Load()
		h.pass(time.Now(), ending)
		if ending {
			_ = h.poller.Close()
			return
		}
		at, armed := h.deadline()
		if _, _, _, err := h.poller.Wait(at, armed, nil); err != nil {
			return
		}
	}
}

// finish makes run carry out the last words and return. It is called after the loop has ended.
func (h *hand) finish() {
	h.ending.Store(true)
	h.poller.Wake()
	<-h.done
}

// pass looks at every router that the loop or the world named, and at those whose repair was put off.
func (h *hand) pass(now time.Time, ending bool) {
	for {
		r, ok := h.fromLoop.pop()
		if !ok {
			break
		}
		h.cells[r].told.Store(false)
		h.changed[r] = true
	}
	for {
		r, ok := h.fromWorld.pop()
		if !ok {
			break
		}
		h.cells[r].missed.Store(false)
		h.changed[r] = true
	}
	for r := range h.state {
		if h.state[r].repair.due(now) {
			h.changed[r] = true
		}
	}
	batch := batch{}
	for r := range h.changed {
		delete(h.changed, r)
		h.reconcile(now, r, &batch, ending)
		if len(batch.ops) >= batchSize {
			h.commit(&batch)
		}
	}
	h.commit(&batch)
	if !ending {
		h.herald.work(now)
	}
}

func (h *hand) deadline() (at time.Time, armed bool) {
	at, armed = h.herald.deadline()
	for r := range h.state {
		if t := h.state[r].repair.again; !t.IsZero() && (!armed || t.Before(at)) {
			at, armed = t, true
		}
	}
	return at, armed
}

// batchSize is how many operations travel together: enough for the kernel to be quick, few enough that the first
// router's announcement need not wait for the last router's addresses.
const batchSize = 200

// batch is what one Apply carries, and for whom.
type batch struct {
	ops    []table.Op
	router []int // of each op
	after  []func()
}

// reconcile compares what a router shall have with what it has and adds the difference to the batch.
func (h *hand) reconcile(now time.Time, r int, b *batch, ending bool) {
	c, s, p := &h.cells[r], &h.state[r], h.plans[r]
	own := c.own.Load()
	shout := int(c.shout.Swap(0))
	switch {
	case own:
		fresh := !s.owned
		ops := h.missing(p, s)
		if len(ops) > 0 && !fresh && !s.repair.allow(now) {
			return
		}
		if fresh {
			h.say.detail(p, "setting VIPs.")
		} else if len(ops) > 0 {
			h.say.info(p, "putting back "+addrs(ops)+", which somebody else removed")
			shout = max(shout, p.VRRP.Announce.Repeat)
		}
		s.owned = true
		b.add(r, ops)
		if shout > 0 {
			b.after = append(b.after, func() { h.herald.add(r, p, s.installed, shout) })
		}
	case s.owned:
		h.herald.drop(r)
		s.owned, s.repair = false, backoff{}
		if ending && h.keep.Load() {
			return
		}
		h.say.detail(p, "removing VIPs.")
		for _, a := range s.installed {
			b.add(r, []table.Op{{Kind: table.DelAddr, Addr: a}})
		}
		s.installed = nil
	}
}

// missing lists the operations that make the router's addresses complete, and notes what will then be installed.
func (h *hand) missing(p *Plan, s *holding) []table.Op {
	h.view.mu.RLock()
	defer h.view.mu.RUnlock()
	s.installed = p.Wanted(&h.view.mirror)
	return table.Diff(s.installed, present(&h.view.mirror, s.installed))
}

// present returns those addresses of the mirror that have the identity of a wanted one.
func present(m *table.Mirror, want []table.Addr) []table.Addr {
	keys := make(map[table.Key]bool, len(want))
	links := make(map[int]bool)
	for _, a := range want {
		keys[a.Normal().Key()] = true
		links[a.Link] = true
	}
	var have []table.Addr
	for link := range links {
		for _, a := range m.Addrs(link) {
			if keys[a.Key()] {
				have = append(have, a)
			}
		}
	}
	return have
}

// purge removes what a killed predecessor left behind. It runs before the loop starts.
func (h *hand) purge() {
	b := batch{}
	for r, p := range h.plans {
		h.say.detail(p, "removing VIPs.")
		h.view.mu.RLock()
		for _, a := range present(&h.view.mirror, p.Wanted(&h.view.mirror)) {
			b.add(r, []table.Op{{Kind: table.DelAddr, Addr: a}})
		}
		h.view.mu.RUnlock()
	}
	h.commit(&b)
}

func (b *batch) add(router int, ops []table.Op) {
	for _, op := range ops {
		b.ops = append(b.ops, op)
		b.router = append(b.router, router)
	}
}

// commit applies the batch, tells of what failed, and then starts the announcements that waited for it.
func (h *hand) commit(b *batch) {
	if len(b.ops) > 0 {
		errs := h.host.Kernel.Apply(b.ops)
		h.reflect(b.ops, errs)
		for i, err := range errs {
			if err != nil {
				h.say.failed(h.plans[b.router[i]], b.ops[i], err)
			}
		}
	}
	for _, f := range b.after {
		f()
	}
	*b = batch{ops: b.ops[:0], router: b.router[:0]}
}

// reflect puts what was done into the mirror at once. The kernel's own word comes later; until then an address that was just
// added must not look as if somebody had removed it.
func (h *hand) reflect(ops []table.Op, errs []error) {
	h.view.mu.Lock()
	defer h.view.mu.Unlock()
	for i, op := range ops {
		if errs[i] != nil {
			continue
		}
		kind := table.AddrIs
		if op.Kind == table.DelAddr {
			kind = table.AddrGone
		}
		h.view.mirror.Apply(table.Update{Kind: kind, Addr: op.Addr.Normal()})
	}
}

func addrs(ops []table.Op) string {
	s := ops[0].Addr.Prefix.Addr().String()
	if len(ops) > 1 {
		s += " and others"
	}
	return s
}
