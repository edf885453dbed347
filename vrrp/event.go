package vrrp

import "net/netip"

// An Event is something that happened to an Instance: Start, Adopt, Stop, Tick, Heard, Conditions, Relinked, Bereft, Reconfigure, or
// what its Group says: Released, Follow, Echo.
type Event interface{ event() }

// Start begins the protocol (RFC 3768 §6.4.1). Conditions should have been given before.
type Start struct{}

// Adopt begins it as MASTER: an earlier life of this very Instance held the addresses and died, and they are still there.
// A better master, if one took over meanwhile, will be heard soon enough.
type Adopt struct{}

// Reconfigure gives an Instance another Config with the same VRID. State, counters and timers go on.
type Reconfigure struct{ Config Config }

// Stop ends it: a master says farewell with priority 0 and gives its addresses up.
type Stop struct{}

// Tick says that the Deadline has come. A Tick before the deadline does nothing.
type Tick struct{}

// Heard is an advert for our virtual router. Err is what Parse found wrong, or nil. Of a packet with an authentication
// header, AH is that header, IP the one before it and Message the bytes behind it. Everything is used only during the call.
type Heard struct {
	From   netip.Addr
	TTL    uint8
	Advert *Advert
	Err    *PacketError

	IP, AH, Message []byte
}

// Conditions is the state of the world around the Instance, recomputed as a whole whenever anything in
// it changes, never counted up and down: nothing that comes, goes or is renamed can leave it stuck.
type Conditions struct {
	Faults   Faults
	Priority uint8      // effective priority
	Source   netip.Addr // where our adverts come from; decides between equal priorities
}

// Relinked says that the interface is another one than before, under the same name: what was not heard proves nothing.
type Relinked struct{}

// Bereft says that somebody else has removed an address of ours, and that a MASTER is to step down for that.
type Bereft struct{ Addr netip.Addr }

// Released lets a member of a Group become MASTER: all of them want to.
type Released struct{}

// Follow takes a MASTER to BACKUP because another member of its Group was outranked, for the same reason.
type Follow struct{ Why Why }

// Echo has a MASTER speak and announce its addresses because another member of its Group answered a lower advert.
type Echo struct{}

func (Adopt) event()       {}
func (Relinked) event()    {}
func (Bereft) event()      {}
func (Reconfigure) event() {}
func (Released) event()    {}
func (Follow) event()      {}
func (Echo) event()        {}
func (Start) event()       {}
func (Stop) event()        {}
func (Tick) event()        {}
func (Heard) event()       {}
func (Conditions) event()  {}

// Faults is a set of reasons why an Instance cannot take part.
type Faults uint16

// The members of Faults.
const (
	LinkMissing   Faults = 1 << iota // the interface does not exist
	LinkDown                         // the interface is not up and running
	NoAddress                        // the interface has no address to send from
	TrackedDown                      // a tracked interface, without weight, is down
	TrackedFailed                    // a tracked script, file, process or BFD session failed
	Misconfigured                    // the configuration cannot work (a duplicate VRID)
	SocketFailed                     // the adverts' sockets could not be opened
	MemberFaulted                    // another member of the Group has a fault
	Undecided                        // a tracked item has not said yet how it is: no fault, but nobody starts on it
)

var faultNames = []string{
	"interface absent", "interface down", "no address on interface", "tracked interface down",
	"tracked item failed", "configuration fault", "socket failed", "another member of the group has a fault",
	"waiting for a tracked item",
}

// String lists the reasons, most fundamental first, or gives "none".
func (f Faults) String() string {
	s := ""
	for i, name := range faultNames {
		if f&(1<<i) != 0 {
			if s != "" {
				s += ", "
			}
			s += name
		}
	}
	if s == "" {
		return "none"
	}
	return s
}
