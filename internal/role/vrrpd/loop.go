package vrrpd

import (
	"errors"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"holdfast/internal/host/advert"
	"holdfast/internal/host/proc"
	"holdfast/vrrp"
)

// loop is the urgent part: one thread that hears and sends adverts on time. Everything it shares with others is
// lock-free and bounded: it takes from the inbox, gives to the hand's cells and the reports ring, and never waits
// for either.
type loop struct {
	engine *Engine
	poller *proc.Poller
	clock  proc.Clock
	inbox  *inbox
	wires  map[lan]Wire
	tokens []lan // by poller token
	packet advert.Packet

	gen     *generation
	hand    *hand
	courier *courier
	reports *ring[Report]
	tell    func() // wakes the teller

	adopt    map[int]bool // routers that begin as MASTER
	stopping atomic.Bool
	late     lateness
}

// packetsPerWake bounds how long a flood on one interface can keep the loop from its timers and other interfaces. It is more than
// a socket's queue holds (some 280 adverts by default): after a freeze everything is heard before a timer is believed.
const packetsPerWake = 512

func newLoop(g *generation, h *hand, c *courier, reports *ring[Report], tell func()) (*loop, error) {
	p, err := proc.NewPoller()
	if err != nil {
		return nil, err
	}
	l := &loop{
		poller: p, wires: make(map[lan]Wire), gen: g, hand: h, courier: c, reports: reports, tell: tell,
	}
	l.engine = NewEngine(g.setup, l)
	l.inbox = newInbox(g, p.Wake)
	return l, nil
}

// run serves until stop is called. prepare is called first, on the locked thread (scheduling); started is called once
// every instance has been started.
func (l *loop) run(prepare, started func()) error {
	runtime.LockOSThread() // for good: a thread with special scheduling must not serve other goroutines later
	prepare()
	l.courier.want(l.gen.setup.Sync.in(vrrp.Init))
	l.takeInbox(l.clock.Now())
	if l.stopping.Load() {
		l.engine.bequeath(l.clock.Now(), l.adopt)
	} else {
		l.engine.Start(l.clock.Now(), l.adopt)
	}
	l.flush()
	started()
	ready := make([]uint64, 0, 64)
	for !l.stopping.Load() {
		at, armed := l.engine.Deadline()
		var woken bool
		var err error
		ready, woken, _, err = l.poller.Wait(at, armed, ready[:0])
		if err != nil {
			return err
		}
		// What has arrived is heard before a timer is believed: after a freeze, the master's adverts lie in the
		// socket, and the master-down timer that expired meanwhile is no proof of its death.
		now := l.clock.Now()
		for _, token := range ready {
			l.drain(now, l.tokens[token])
		}
		if woken {
			l.takeInbox(l.clock.Now())
		}
		l.tick(l.clock.Now())
		l.flush()
	}
	l.engine.Stop(l.clock.Now())
	l.flush()
	l.close()
	return nil
}

// flush wakes those who were told something in this turn.
func (l *loop) flush() {
	l.hand.flush()
	l.courier.flush()
}

// tick serves what is due and takes down by how much it is late, whatever it was that kept the loop.
func (l *loop) tick(now time.Time) {
	if at, armed := l.engine.Deadline(); armed && !now.Before(at) {
		late := now.Sub(at)
		if l.late.observe(late); late >= alarming {
			l.Tell(Report{Router: -1, At: now, Late: late})
		}
	}
	l.engine.Tick(now)
}

// stop asks run to say farewell and return. Any goroutine may call it.
func (l *loop) stop() {
	l.stopping.Store(true)
	l.poller.Wake()
}

func (l *loop) close() {
	for at := range l.wires {
		l.detach(at)
	}
	_ = l.poller.Close()
}

// stale bounds how far back an advert counts.
const stale = 5 * time.Millisecond

// drain hears what has arrived on a wire. An advert counts from the moment at which the kernel received it, not from that at which we
// came to read it. What piled up for longer than stale happens, to the machines, at one moment, so that it is answered once.
func (l *loop) drain(now time.Time, at lan) {
	w := l.wires[at]
	if w == nil {
		return
	}
	for range packetsPerWake {
		switch err := w.Recv(&l.packet); {
		case err == nil:
			heard := l.packet.At
			if early := now.Add(-stale); heard.Before(early) {
				heard = early
			}
			l.engine.Receive(heard, at.link, l.packet.Src, l.packet.Header, l.packet.Payload)
		case errors.Is(err, advert.ErrNone):
			return
		case errors.Is(err, advert.ErrLinkGone):
			l.detach(at) // the world will say so
			return
		}
	}
}

func (l *loop) takeInbox(now time.Time) {
	for {
		m, ok := l.inbox.take()
		switch {
		case !ok:
			return
		case m.next != nil:
			l.gen = m.next
			l.engine.Reload(now, m.next.setup)
			l.synchronize()
			close(m.taken)
		case m.census != nil:
			l.survey(m.census)
		case m.router < 0:
			l.attach(m.lan, m.wire)
		case m.removed.IsValid():
			l.engine.Bereft(now, m.router, m.removed)
		default:
			if v := l.gen.inbox[m.router].Swap(nil); v != nil {
				l.engine.SetGrounds(m.router, v.grounds)
				l.engine.SetConditions(now, m.router, v.link, v.cond)
			}
		}
	}
}

func (l *loop) attach(at lan, w Wire) {
	l.detach(at)
	if w == nil {
		return
	}
	if err := l.poller.Add(w.FD(), uint64(len(l.tokens))); err != nil {
		_ = w.Close()
		return
	}
	l.tokens = append(l.tokens, at)
	l.wires[at] = w
}

func (l *loop) detach(at lan) {
	if w := l.wires[at]; w != nil {
		_ = l.poller.Remove(w.FD())
		_ = w.Close()
		delete(l.wires, at)
	}
}

// Send implements Ports.
func (l *loop) Send(link int, packet []byte, dst netip.Addr) error {
	w := l.wires[lan{link, dst, packet[9]}]
	if w == nil {
		return errNoWire
	}
	return w.Send(packet, dst)
}

var (
	errNoWire   = errors.New("no socket on the interface")
	errNoReload = errors.New("this role was started without a way to reload")
)

// Own implements Ports.
func (l *loop) Own(router int, own bool) { l.hand.own(l.gen.hand[router], router, own) }

// Shout implements Ports.
func (l *loop) Shout(router, repeat int) { l.hand.shout(l.gen.hand[router], router, repeat) }

// synchronize tells the courier what the sync daemons shall be from now on.
func (l *loop) synchronize() {
	p, state := l.gen.setup.Sync, vrrp.Init
	if p.router >= 0 {
		state, _, _ = l.engine.Instance(p.router).State()
	}
	l.courier.want(p.in(state))
}

// reserve is the room for reports that even a single router needs. Half of the ring is for transitions only: complaints are
// lost first.
const reserve = 512

// Tell implements Ports.
func (l *loop) Tell(r Report) {
	spare := 0
	if !r.transition() {
		spare = len(l.reports.slots) / 2
	} else if p := l.gen.setup.Sync; r.Router >= 0 && r.Router == p.router {
		l.courier.want(p.in(r.Action.State))
	}
	l.reports.push(r, spare)
	l.tell()
}
