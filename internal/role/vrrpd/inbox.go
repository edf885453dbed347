package vrrpd

import (
	"net/netip"
	"runtime"
	"sync/atomic"

	"holdfast/internal/core/reason"
	"holdfast/vrrp"
)

// inbox is how the world talks to the urgent loop. Each router has one cell that holds the latest word about it, so
// that a storm of link events can neither fill a queue nor be served twice; the ring only says which cells and which
// wires to look at.
type inbox struct {
	cells []*atomic.Pointer[verdict] // the producer's
	ring  *ring[message]
	wake  func()
}

// verdict is a router's conditions and its interface's index.
type verdict struct {
	link    int
	cond    vrrp.Conditions
	grounds *reason.Grounds // what the conditions rest on
}

func (v *verdict) equal(o *verdict) bool {
	return v.link == o.link && v.cond == o.cond && v.grounds.Equal(o.grounds)
}

// message is a router whose cell has news, a wire that came or went, or a new generation.
type message struct {
	router int // -1: something else
	lan    lan
	wire   Wire // nil: the wire of lan is to be closed

	removed netip.Addr // of router, if valid

	next  *generation
	taken chan struct{} // closed once next is in force

	census *census // to be answered
}

// lan is where adverts travel: a link, a group on it, and the IP protocol (VRRP, or AH before it).
type lan struct {
	link  int
	group netip.Addr
	proto uint8
}

// inboxLen is how many messages may wait. If there are more, the world waits for the loop.
const inboxLen = 1 << 12

// maxRouters is how many routers fit into the rings in which each is at most once.
const maxRouters = 1 << 16

func newInbox(g *generation, wake func()) *inbox {
	return &inbox{cells: g.inbox, ring: newRing[message](inboxLen), wake: wake}
}

// judge says how a router stands. Producer only.
func (b *inbox) judge(router int, v verdict) {
	if b.cells[router].Swap(&v) == nil {
		b.put(message{router: router})
	}
}

// bereft says that an address of a router was removed, and that it is to step down for that. Producer only.
func (b *inbox) bereft(router int, addr netip.Addr) { b.put(message{router: router, removed: addr}) }

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

// reload announces a generation. What is said about its routers afterwards finds the loop prepared. Producer only.
func (b *inbox) reload(g *generation) (taken chan struct{}) {
	b.cells = g.inbox
	taken = make(chan struct{})
	b.put(message{router: -1, next: g, taken: taken})
	return taken
}

// take returns the next message. Consumer only.
func (b *inbox) take() (m message, ok bool) { return b.ring.pop() }
