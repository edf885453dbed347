package vrrpd

import (
	"sync/atomic"
	"time"
)

// generation is one setup together with the cells through which the parts speak about its routers. Slots and cells outlive
// the generation, so that the parts may change over one after the other.
type generation struct {
	setup *Setup
	hand  []*handCell                // what the loop wants of the hand
	inbox []*atomic.Pointer[verdict] // what the world tells the loop

	garpInterval time.Duration // vrrp_garp_interval
}

func newGeneration(s *Setup, before *generation) *generation {
	g := &generation{setup: s}
	if before != nil {
		g.hand = append(g.hand, before.hand...)
		g.inbox = append(g.inbox, before.inbox...)
	}
	for len(g.hand) < len(s.Plans) {
		g.hand = append(g.hand, &handCell{})
		g.inbox = append(g.inbox, &atomic.Pointer[verdict]{})
	}
	return g
}
