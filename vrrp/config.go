package vrrp

import (
	"net/netip"
	"time"
)

// PriorityOwner is the priority of the router that owns the addresses (RFC 3768 §5.3.4).
const PriorityOwner = 255

// Config is what an Instance is told once. Durations are exact; counts are at least 1 unless noted.
type Config struct {
	Name     string
	VRID     uint8
	Priority uint8         // base priority, 1–255
	Eager    bool          // an address owner that is MASTER from the start
	Interval time.Duration // whole seconds, 1–255
	Addrs    []netip.Addr  // advertised, in this order
	AuthType AuthType
	Auth     [8]byte

	Grouped bool // a member of a Group: becomes MASTER only when Released

	NoPreempt    bool
	PreemptDelay time.Duration

	DownAdverts          int  // silent intervals before taking over; 0 means 3
	LowerPrioNoAdvert    bool // a master leaves lower adverts unanswered
	HigherPrioSendAdvert bool // a master says one last word before yielding
	SkipAddrCheck        bool // do not compare the address list of adverts heard as BACKUP

	Announce Announce
}

// Announce is when and how often the addresses are announced (gratuitous ARP). Zero delays mean never.
type Announce struct {
	Repeat        int           // frames per address on becoming master
	Delay         time.Duration // second burst after this
	Refresh       time.Duration // periodic bursts while master
	RefreshRepeat int
	LowerRepeat   int           // frames per address after a lower-priority advert
	LowerDelay    time.Duration // and a second burst after this
}

// skew is the handicap that orders backups by priority (RFC 3768 §6.1): (256 − priority)/256 s.
// compat: an address owner always counts as 255, even while its effective priority is lower.
func (c *Config) skew(effective uint8) time.Duration {
	p := effective
	if c.Priority == PriorityOwner {
		p = PriorityOwner
	}
	return time.Duration(256-int(p)) * time.Second / 256
}

// down is the master-down interval (RFC 3768 §6.1).
func (c *Config) down(effective uint8) time.Duration {
	n := c.DownAdverts
	if n == 0 {
		n = 3
	}
	return time.Duration(n)*c.Interval + c.skew(effective)
}
