package record

import (
	"net/netip"
	"time"
)

// Kind says what an Event is.
type Kind uint8

// The kinds of Event.
const (
	Advert      Kind = iota + 1 // Node's bridge port on Link carried a VRRP advertisement: VRID, Prio
	Announced                   // Node announced IP as its own on Link (gratuitous ARP, RFC 5227 §3)
	AddrUp                      // IP appeared on one of Node's interfaces
	AddrDown                    // IP left Node
	CarrierUp                   // Node's interface Text can send
	CarrierDown                 // Node's interface Text lost its carrier
	Notified                    // Node's daemon ran its notify script with the arguments Text
	Line                        // Node's daemon logged Text
	Started                     // Node's daemon was started
	Exited                      // Node's daemon is gone; Text says how
	Acted                       // the lab did Text
	Sent                        // the client sent probe Seq to IP
	Answered                    // Node answered probe Seq sent to IP
	Served                      // the client's request Seq to IP is over after Took: Node has answered it, or nobody ("") and Text says why
	Tabled                      // Node's table of virtual services is Table
)

// Event is one thing seen. At is the time since the lab's start, from the kernel's own stamp for packets.
// The tags are of a bench that is elsewhere.
type Event struct {
	At    time.Duration
	Kind  Kind
	Node  string        `json:",omitempty"`
	Link  string        `json:",omitempty"` // the segment, by the name of its interfaces
	VRID  uint8         `json:",omitempty"`
	Prio  uint8         `json:",omitempty"`
	Seq   int           `json:",omitempty"` // of a probe or request; the process id of a notify script
	IP    netip.Addr    `json:",omitzero"`
	Text  string        `json:",omitempty"`
	Took  time.Duration `json:",omitempty"`
	Table []Service     `json:",omitempty"`
}

// VR names a virtual router: VRIDs are counted anew on each segment (RFC 3768 §1.4, RFC 9568 §1.5).
type VR struct {
	Link string
	VRID uint8
}

// VR is the virtual router that an Advert speaks for.
func (ev Event) VR() VR { return VR{ev.Link, ev.VRID} }

// Span is a stretch of the lab's time, ends included.
type Span struct{ From, To time.Duration }

// Has reports whether at lies in the span.
func (s Span) Has(at time.Duration) bool { return at >= s.From && at <= s.To }
