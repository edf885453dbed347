package vrrpd

import (
	"net/netip"
	"runtime"
	"sync/atomic"

	"holdfast/vrrp"
)

// inbox is how the world talks to the urgent loop. Each router has one cell that holds the latest word about it, so
// that a storm of link events can neither fill a queue nor be served twice; the ring only says which cells and which
// wires to look at.
type inbox struct {
	cells []atomic.Pointer[verdict]
	ring  *ring[message]
	wake  func()
}

// verdict is a router's conditions and its interface's index.
type verdict struct {
	link int
	cond vrrp.Conditions
}

// message is a router whose cell has news, or a wire that came or went.
type message struct {
	router int // -1: a wire
	lan    lan
	wire   Wire // nil: the wire of lan is to be closed
}

// lan is where adverts travel: a link, a group on it, and the IP protocol (VRRP, or AH before it).
type lan struct {
	link  int
	group netip.Addr
	proto uint8
}

// wiresInFlight is how many wires can be announced before the loop has to look.
const wiresInFlight = 256

func newInbox(routers int, wake func()) *inbox {
	return &inbox{
		cells: make([]atomic.Pointer[verdict], routers),
		ring:  newRing[message](routers + wiresInFlight),
		wake:  wake,
	}
}

// judge says how a router stands. Producer only.
func (b *inbox) judge(router int, v verdict) {
	if b.cells[router].Swap(&v) == nil {
		b.put(message{router: router})
	}
}

// attach gives the loop the wire of a lan, or takes it away with nil. Producer only.
func (b *inbox) attach(at lan, w Wire) { b.put(message{router: -1, lan: at, wire: w}) }

// put waits if the ring is full: the world may wait for the loop, never the other way round.
func (b *inbox) put(m message) {
	for !b.ring.push(m, 0) {
		b.wake()
		runtime.Gosched()
	}
	b.wake()
}

// take returns the next message, and for a router its latest verdict. Consumer only.
func (b *inbox) take() (m message, v *verdict, ok bool) {
	m, ok = b.ring.pop()
	if ok && m.router >= 0 {
		v = b.cells[m.router].Swap(nil)
	}
	return m, v, ok
}
