package vrrp

import (
	"net/netip"
	"time"
)

// Snapshot is how an Instance stands: a plain value for listings, which shares nothing with the Instance but the text and the
// addresses of its Config.
type Snapshot struct {
	State      State
	Since      time.Time // when State was entered; zero in INIT
	Why        Why
	Held       bool // FAULT that nobody was told of: what it tracks is undecided
	Conditions Conditions
	Stats      Stats

	Due  time.Time     // MASTER: the next advert; BACKUP: when the master counts as lost; else zero
	Down time.Duration // silence after which the master counts as lost

	Heard        time.Time  // the last advert that counted; zero if there was none
	Peer         netip.Addr // its source
	PeerPriority uint8      // before a farewell, if that was the last one
}

// Snapshot tells how the Instance stands now.
func (in *Instance) Snapshot() Snapshot {
	s := Snapshot{
		State: in.state, Since: in.at, Why: in.why, Held: in.held, Conditions: in.cond, Stats: in.stats,
		Down: in.cfg.down(in.cond.Priority), Heard: in.heard, Peer: in.peer, PeerPriority: in.prio,
	}
	if in.zeroed {
		s.Down = in.cfg.skew(in.cond.Priority) // that is what a farewell leaves to wait for
	}
	switch in.state {
	case Master:
		s.Due = in.advert
	case Backup:
		s.Due = in.down
	case Init, Fault:
	}
	return s
}

// ClearStats starts every counter from zero.
func (in *Instance) ClearStats() { in.stats = Stats{} }
