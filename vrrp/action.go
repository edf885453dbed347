package vrrp

import (
	"net/netip"
	"time"
)

// State is where an Instance is (RFC 3768 §6.4).
type State uint8

// The states. The numbers are keepalived's, as its JSON shows them.
const (
	Init State = iota
	Backup
	Master
	Fault
)

func (s State) String() string {
	switch s {
	case Init:
		return "INIT"
	case Backup:
		return "BACKUP"
	case Master:
		return "MASTER"
	case Fault:
		return "FAULT"
	}
	return "?"
}

// ActionKind says what an Action wants.
type ActionKind uint8

// The kinds of Action.
const (
	Send     ActionKind = iota + 1 // an advert with Priority, now
	Own                            // install the addresses
	Yield                          // remove the addresses
	Shout                          // announce every address Repeat times (gratuitous ARP)
	Became                         // State was entered, because of Why; From is the state before
	Observed                       // Note: something worth telling, nothing to do
	Ask                            // the Group whether to become MASTER
)

// An Action is one thing to do. It is a plain value so that a Step allocates nothing.
type Action struct {
	Kind     ActionKind
	Priority uint8 // Send
	Repeat   int   // Shout
	State    State // Became
	From     State // Became
	Why      Why   // Became
	Note     Note  // Observed
}

// Cause is why a state was entered.
type Cause uint8

// The causes.
const (
	Started       Cause = iota + 1
	Stopped             // asked to stop
	Silence             // no acceptable advert for Silent
	Farewell            // the master said priority 0
	Outranked           // an advert with a higher Priority from Peer
	OutrankedAddr       // an advert with the same Priority from a higher address
	Faulted             // Faults
	Recovered           // the last fault is gone
	Owner               // we own the addresses: priority 255
	Synced              // another member of the Group went there first
	Adopted             // an earlier life of ours was MASTER here
	AddrRemoved         // somebody else removed Addr
)

// Why is the reason of a transition, with its facts. Fields that the Cause does not name are zero.
type Why struct {
	Cause    Cause
	Peer     netip.Addr    // Outranked, OutrankedAddr; and the last master of Silence and Farewell
	Priority uint8         // the peer's
	Ours     uint8         // our effective priority at that moment
	Silent   time.Duration // Silence: since the last advert that counted; 0 if none was ever heard
	Faults   Faults        // Faulted
	Addr     netip.Addr    // AddrRemoved
}

// NoteKind says what was observed.
type NoteKind uint8

// The kinds of Note.
const (
	TimedOut         NoteKind = iota + 1 // the master-down timer expired
	DiscardedLower                       // BACKUP: a lower advert that we mean to preempt
	AnsweredLower                        // MASTER: a lower advert, answered with our own
	HeardLower                           // MASTER: a lower advert, left unanswered (lower_prio_no_advert)
	HeardHigher                          // MASTER: a higher advert
	HeardHigherAddr                      // MASTER: the same priority from a higher address
	HeardOwnAddr                         // the same priority from our own source address
	TwoOwners                            // MASTER with priority 255: another one says 255 as well
	HeardZero                            // BACKUP: the master's farewell
	MasterHeardZero                      // MASTER: another's farewell
	SentZero                             // our own farewell
	PriorityChanged                      // Old to New
	Rejected                             // an advert that was not believed, for Reason
	PreemptDelayed                       // the preemption delay began
	PreemptCancelled                     // and ended because a better master spoke
	PreemptDue                           // and ran out
)

// Note tells what was observed. Fields that the kind does not name are zero.
type Note struct {
	Kind   NoteKind
	Peer   netip.Addr
	Addr   netip.Addr // BadAddrs: ours that is missing
	Prio   uint8      // the peer's, or the old one
	Ours   uint8      // ours, or the new one
	Reason Reason
	Got    int // what the packet had: bytes, TTL, version, type, auth type, count, interval in seconds, sequence number
	Want   int // what we have
	Delay  time.Duration
}
