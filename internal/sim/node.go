package sim

import (
	"fmt"
	"net/netip"
	"time"

	"holdfast/internal/core/table"
	"holdfast/internal/role/vrrpd"
	"holdfast/vrrp"
)

// node is one machine: its daemon, its links and its clock.
type node struct {
	w      *world
	name   string
	spec   spec
	text   string // keepalived.conf
	links  []link
	mirror table.Mirror

	results map[string]result // of scripted checks

	setup  *vrrpd.Setup
	engine *vrrpd.Engine // nil while the daemon is dead
	seats  []seat        // of the routers, by their slot in the setup
	slots  []int         // of the spec's routers
	life   int           // counts daemons
	frozen bool          // the daemon is stopped, its sockets fill

	next      *spec // what the daemon has to reload when it wakes
	reloading bool
	bereft    []int   // slots of the routers that are to step down at this moment
	hearing   *packet // at this moment

	suspended bool // the machine is asleep, nothing reaches it
	since     time.Duration
	slept     time.Duration // by how much its monotonic clock is behind the world's

	bell time.Duration // when the next wake will come
	due  time.Duration // and the deadline that it is for
	rung bool          // none is on its way
}

// seat is one router at work and what the checker knows of it.
type seat struct {
	*router   // nil: not in the configuration any more
	owned     bool
	inherited bool // from an earlier daemon, and nobody has said yet whether to keep it
	record
}

// now is the time on the node's monotonic clock.
func (n *node) now() time.Time { return epoch.Add(n.w.now - n.slept) }

func (n *node) awake() bool { return n.engine != nil && !n.frozen && !n.suspended }

func newNode(w *world, name string, s spec) (*node, error) {
	n := &node{w: w, name: name, spec: s, text: s.text(), results: make(map[string]result), rung: true}
	if _, err := load(n.text); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i := range s.links() {
		w.lan(i)
		n.links = append(n.links, link{addr: netip.AddrFrom4([4]byte{10, 0, byte(i), byte(len(w.nodes) + 1)}), index: i + 2})
	}
	n.look()
	return n, nil
}

// held names a router for the time between two daemons.
type held struct{ vrid, link int }

// respawn has the daemon die and its parent start another at once, which goes on with what that one held.
func (n *node) respawn() {
	if n.engine == nil || n.suspended {
		return
	}
	var list []held
	for i := range n.seats {
		if s := &n.seats[i]; s.owned && s.router != nil {
			list = append(list, held{s.vrid, s.link})
		}
	}
	n.kill()
	n.boot(list...)
}

// boot starts the daemon, which first removes what its predecessor left but is not its own.
func (n *node) boot(adopted ...held) {
	if n.engine != nil || n.suspended {
		return
	}
	n.setup = mustLoad(n.text).setup
	n.seats = make([]seat, len(n.setup.Plans))
	n.sit()
	n.life++
	n.frozen, n.rung = false, true
	for i := range n.links {
		n.flush(&n.links[i])
	}
	n.engine = vrrpd.NewEngine(n.setup, n)
	n.judge()
	adopt := make(map[int]bool)
	for _, h := range adopted {
		slot := n.slot(h.link, uint8(h.vrid))
		if slot < 0 {
			continue
		}
		for _, m := range n.fellows(slot) { // a group goes on as a whole, also one that the file has only now
			adopt[m] = true
			n.seats[m].owned, n.seats[m].inherited = true, true
		}
	}
	n.engine.Start(n.now(), adopt)
	n.w.check.adopted(n, adopt)
	n.done()
}

// strip has somebody remove the addresses of a router that is to step down for that.
func (n *node) strip(vrid int) {
	for slot := range n.seats {
		if s := &n.seats[slot]; n.awake() && s.router != nil && s.vrid == vrid {
			n.w.check.stripping(n, slot)
			n.engine.Bereft(n.now(), slot, n.setup.Plans[slot].VRRP.Addrs[0])
			n.w.check.stripped(n, slot)
			n.done()
		}
	}
}

// sit gives each router of the configuration the seat that the setup has for it.
func (n *node) sit() {
	n.slots = make([]int, len(n.spec.routers))
	for slot, p := range n.setup.Plans {
		before := n.seats[slot].router
		n.seats[slot].router = nil
		for i := range n.spec.routers {
			r := &n.spec.routers[i]
			if p.Gone || r.vrid != int(p.VRRP.VRID) || ifname(r.link) != p.Interface {
				continue
			}
			if before == nil { // a newcomer
				n.seats[slot] = seat{}
			}
			n.seats[slot].router, n.slots[i] = r, slot
			n.w.check.changed(n, slot, before)
		}
	}
}

// kill is SIGKILL: no farewell, and the addresses stay in the kernel.
func (n *node) kill() {
	n.engine, n.frozen = nil, false
	if n.next != nil {
		n.spec, n.next = *n.next, nil
	}
}

func (n *node) stop() {
	if n.engine == nil || n.suspended {
		return
	}
	n.thaw()
	n.engine.Stop(n.now())
	n.w.check.after(n)
	n.kill()
}

func (n *node) freeze() {
	if n.engine != nil && !n.frozen {
		n.frozen = true
		n.w.check.asleep(n)
	}
}

func (n *node) thaw() {
	if n.frozen {
		n.frozen = false
		n.wakeUp()
	}
}

func (n *node) suspend() {
	if !n.suspended {
		n.suspended, n.since = true, n.w.now
		n.w.check.asleep(n)
	}
}

// resume ends a sleep of the machine. Its monotonic clock stood still meanwhile, unless ran is true.
func (n *node) resume(ran bool) {
	if !n.suspended {
		return
	}
	n.suspended = false
	if !ran {
		n.slept += n.w.now - n.since
	}
	n.rung = true
	n.wakeUp()
}

// wakeUp does what the urgent loop does after a long sleep: it drains the sockets before it believes a timer.
func (n *node) wakeUp() {
	if !n.awake() {
		return
	}
	n.w.check.waking(n)
	for i := range n.links {
		l := &n.links[i]
		for _, p := range l.socket {
			n.receive(i, p)
			n.w.drop(p)
		}
		l.socket = l.socket[:0]
	}
	n.reload()
	n.judge()
	n.engine.Tick(n.now())
	n.done()
	n.w.check.woke(n)
}

// arrive is the end of a packet's way.
func (n *node) arrive(number int, p *packet) {
	l := &n.links[number]
	switch {
	case n.engine == nil || n.suspended || !l.carries() || l.open != l.index:
	case n.frozen:
		if len(l.socket) < socketQueue {
			l.socket = append(l.socket, p)
			return
		}
	default:
		n.receive(number, p)
		n.engine.Tick(n.now())
		n.done()
	}
	n.w.drop(p)
}

func (n *node) receive(number int, p *packet) {
	slot := n.slot(number, p.vrid)
	if slot < 0 {
		return
	}
	in, b := n.engine.Instance(slot), p.bytes
	before := in.Stats()
	src := netip.AddrFrom4([4]byte(b[12:16]))
	n.hearing = p
	n.engine.Receive(n.now(), n.links[number].index, src, b[:vrrp.IPv4HeaderLen], b[vrrp.IPv4HeaderLen:])
	n.hearing = nil
	after := in.Stats()
	if after.Received == before.Received {
		return
	}
	for reason := range after.Rejected {
		if after.Rejected[reason] != before.Rejected[reason] {
			n.w.check.rejected(n, slot, p, vrrp.Reason(reason))
			return
		}
	}
	n.w.check.believed(n, slot, p)
}

// slot finds the router with that VRID on that link; -1 if there is none.
func (n *node) slot(link int, vrid uint8) int {
	for i := range n.seats {
		if r := n.seats[i].router; r != nil && r.link == link && r.vrid == int(vrid) {
			return i
		}
	}
	return -1
}

// done ends what a node does at one moment: the checker looks, and the next deadline is noted.
func (n *node) done() {
	n.w.check.after(n)
	n.schedule()
}

// schedule makes sure that the engine is called at its deadline. A wake that comes too early does no harm, so that a later
// deadline needs no new one.
func (n *node) schedule() {
	deadline, armed := n.engine.Deadline()
	if !armed {
		return
	}
	at := max(deadline.Sub(epoch)+n.slept, n.w.now)
	if !n.rung && n.due <= at {
		return
	}
	n.due, n.bell, n.rung = at, at+n.w.upTo(n.w.lag), false
	n.w.queue.add(appointment{at: n.bell, kind: wake, node: n, life: n.life})
}

// ring is a wake that has come.
func (n *node) ring(a *appointment) {
	if n.engine == nil || a.life != n.life || n.rung || a.at != n.bell {
		return
	}
	n.rung = true
	if !n.awake() {
		return
	}
	if at, armed := n.engine.Deadline(); armed && !n.now().Before(at) {
		n.engine.Tick(n.now())
		n.done()
		return
	}
	n.schedule()
}
