package vrrpd

import (
	"slices"
	"sync/atomic"
	"time"

	"holdfast/internal/core/table"
	"holdfast/internal/host/proc"
)

// hand installs and removes addresses and announces them. It is told what shall be, never what to do: the loop sets a
// router's cell, and however often that happens before the hand looks, only the last word is carried out. It cannot
// hold the loop up and cannot fall behind by more than one pass.
type hand struct {
	gen    *generation
	host   Host
	view   *view
	say    sayer
	poller *proc.Poller

	next      atomic.Pointer[generation] // to be changed over to in the next pass
	poked     bool                       // by the loop, since its last flush
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
	renewed   bool // the plan is new: a difference is a change of ours, not somebody else's doing
	repair    backoff
}

func newHand(g *generation, host Host, v *view, say sayer, garpInterval time.Duration) (*hand, error) {
	p, err := proc.NewPoller()
	if err != nil {
		return nil, err
	}
	h := &hand{
		gen: g, host: host, view: v, say: say, poller: p, state: make([]holding, len(g.setup.Plans)),
		fromLoop: newRing[int](maxRouters), fromWorld: newRing[int](maxRouters),
		done: make(chan struct{}), changed: make(map[int]bool),
	}
	h.herald = herald{host: host, view: v, say: say, interval: garpInterval, next: make(map[int]time.Time)}
	return h, nil
}

// own says whether a router's addresses shall be installed. Called by the loop only.
func (h *hand) own(c *handCell, router int, own bool) {
	c.own.Store(own)
	h.poke(c, router)
}

// shout asks for announcements. Called by the loop only.
func (h *hand) shout(c *handCell, router, repeat int) {
	c.shout.Add(int32(repeat))
	h.poke(c, router)
}

// poke cannot overflow the ring: each router is in it at most once.
func (h *hand) poke(c *handCell, router int) {
	if !c.told.Swap(true) {
		h.fromLoop.push(router, 0)
	}
	h.poked = true
}

// flush wakes the hand once for all that the loop said in a turn, so that it sees an address and its announcement
// together. Called by the loop only.
func (h *hand) flush() {
	if h.poked {
		h.poked = false
		h.poller.Wake()
	}
}

// check says that an address of a router may have been removed. Called by the world only.
func (h *hand) check(c *handCell, router int) {
	if !c.missed.Swap(true) {
		h.fromWorld.push(router, 0)
	}
	h.poller.Wake()
}

// reload hands a new generation over. It is called before the loop hears of it, so that the hand knows every router that
// the loop can name.
func (h *hand) reload(g *generation, garpInterval time.Duration) {
	g.garpInterval = garpInterval
	h.next.Store(g)
	h.poller.Wake()
}

// renew takes a new generation over, if there is one: every router is compared with what it shall have now.
func (h *hand) renew() {
	g := h.next.Swap(nil)
	if g == nil {
		return
	}
	h.gen = g
	h.herald.interval = g.garpInterval
	for len(h.state) < len(g.setup.Plans) {
		h.state = append(h.state, holding{})
	}
	for i := range h.state {
		h.state[i].renewed = true
		h.changed[i] = true
	}
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
	h.renew()
	for {
		r, ok := h.fromLoop.pop()
		if !ok {
			break
		}
		h.renew() // the loop may be ahead of us by a generation
		h.gen.hand[r].told.Store(false)
		h.changed[r] = true
	}
	for {
		r, ok := h.fromWorld.pop()
		if !ok {
			break
		}
		h.renew()
		h.gen.hand[r].missed.Store(false)
		h.changed[r] = true
	}
	for r := range h.state {
		if h.state[r].repair.due(now) {
			h.changed[r] = true
		}
	}
	batch := batch{loud: map[int]bool{}}
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
const batchSize = 100

// batch is what one Apply carries, and for whom.
type batch struct {
	ops    []table.Op
	router []int // of each op
	after  []func()
	loud   map[int]bool // routers whose new addresses are announced as soon as they are there
}

// reconcile compares what a router shall have with what it has and adds the difference to the batch.
func (h *hand) reconcile(now time.Time, r int, b *batch, ending bool) {
	c, s, p := h.gen.hand[r], &h.state[r], h.gen.setup.Plans[r]
	own := c.own.Load()
	shout := int(c.shout.Swap(0))
	ours := !s.owned || s.renewed // a difference comes from us
	s.renewed = false
	switch {
	case own:
		was := s.installed
		ops := h.difference(r, p, s)
		if len(ops) > 0 && !ours && !s.repair.allow(now) {
			s.installed = was
			return
		}
		switch {
		case !s.owned || ours && len(ops) > 0:
			h.sayAll(p, "setting")
		case len(ops) > 0:
			h.say.info(p, "putting back "+addrs(ops)+", which somebody else removed")
			shout = max(shout, p.VRRP.Announce.Repeat)
		}
		s.owned = true
		b.add(r, ops)
		if shout > 0 {
			// Nothing was there and nothing paces us: each address is announced once as soon as it is there.
			loud := h.herald.interval == 0 && len(ops) == len(s.installed) && shout > 1
			if loud {
				b.loud[r] = true
				shout--
			}
			b.after = append(b.after, func() { h.herald.add(r, p, s.installed, shout, !loud) })
		}
	case s.owned:
		h.herald.drop(r)
		s.owned, s.repair = false, backoff{}
		if ending && h.keep.Load() {
			return
		}
		h.sayAll(p, "removing")
		for _, a := range s.installed {
			if !h.heldElsewhere(r, a) {
				b.add(r, []table.Op{{Kind: table.DelAddr, Addr: a}})
			}
		}
		s.installed = nil
	}
}

// sayAll tells what is done to the addresses of a router, the excluded ones ("E-VIPs") by themselves.
func (h *hand) sayAll(p *Plan, doing string) {
	h.say.detail(p, doing+" VIPs.")
	if len(p.Conf.Excluded) > 0 {
		h.say.detail(p, doing+" E-VIPs.")
	}
}

// difference lists the operations that make the router's addresses what they shall be, and notes what will then be
// installed. What is there as it shall be is not touched; what another router holds is not removed.
func (h *hand) difference(r int, p *Plan, s *holding) []table.Op {
	h.view.mu.RLock()
	want := p.Wanted(&h.view.mirror)
	have := present(&h.view.mirror, append(want[:len(want):len(want)], s.installed...))
	h.view.mu.RUnlock()
	s.installed = want
	return slices.DeleteFunc(table.Diff(want, have), func(op table.Op) bool {
		return op.Kind == table.DelAddr && h.heldElsewhere(r, op.Addr)
	})
}

// heldElsewhere reports whether another router shall have the address: one that moves from one instance to another in a
// reload must not be removed by the first after the second has it.
func (h *hand) heldElsewhere(r int, a table.Addr) bool {
	h.view.mu.RLock()
	defer h.view.mu.RUnlock()
	key := a.Normal().Key()
	for _, i := range h.gen.setup.holders[a.Prefix.Addr()] {
		if i == r || !h.gen.hand[i].own.Load() {
			continue
		}
		for _, other := range h.gen.setup.Plans[i].Wanted(&h.view.mirror) {
			if other.Normal().Key() == key {
				return true
			}
		}
	}
	return false
}

// present returns those addresses of the mirror that have the identity of a wanted one.
func present(m *table.Mirror, want []table.Addr) []table.Addr {
	var have []table.Addr
	seen := make(map[table.Key]bool, len(want))
	for _, w := range want {
		k := w.Normal().Key()
		if a, ok := m.Find(k); ok && !seen[k] {
			seen[k] = true
			have = append(have, a)
		}
	}
	return have
}

// purge removes what a killed predecessor left behind, except for the routers that are to go on. It runs before the loop
// starts.
func (h *hand) purge(adopted map[int]bool) {
	b := batch{}
	for r, p := range h.gen.setup.Plans {
		if adopted[r] {
			h.view.mu.RLock()
			h.state[r].owned, h.state[r].installed = true, p.Wanted(&h.view.mirror)
			h.gen.hand[r].own.Store(true) // until the loop says otherwise
			h.view.mu.RUnlock()
			continue
		}
		h.sayAll(p, "removing")
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
	for from := 0; from < len(b.ops); from += batchSize {
		to := min(from+batchSize, len(b.ops))
		ops, router := b.ops[from:to], b.router[from:to]
		for i, err := range h.apply(ops) {
			switch {
			case err != nil:
				h.say.failed(h.gen.setup.Plans[router[i]], ops[i], err)
			case ops[i].Kind == table.AddAddr && b.loud[router[i]]:
				h.herald.announce(h.gen.setup.Plans[router[i]], ops[i].Addr, true, 1)
			}
		}
	}
	for _, f := range b.after {
		f()
	}
	clear(b.loud)
	*b = batch{ops: b.ops[:0], router: b.router[:0], loud: b.loud}
}

// apply carries out operations and puts what was done into the mirror at once: the kernel's own word comes later, and until
// then an address that was just added must not look as if somebody had removed it. The world waits meanwhile, so that what the
// kernel says next, be it that somebody has removed it again, comes after.
func (h *hand) apply(ops []table.Op) []error {
	h.view.mu.Lock()
	defer h.view.mu.Unlock()
	errs := h.host.Kernel.Apply(ops)
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
	return errs
}

func addrs(ops []table.Op) string {
	s := ops[0].Addr.Prefix.Addr().String()
	if len(ops) > 1 {
		s += " and others"
	}
	return s
}
