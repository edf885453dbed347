package check

import (
	"net/netip"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// An Event is something that happened to a Director: Start, Tick, Result, Counted, Present, File, Session, Instance, Reconfigure,
// Administer or Stop.
type Event interface{ event() }

// Start begins: the table is programmed and the checkers are activated. Present, File and Session before it say how the world
// is at that moment.
type Start struct {
	// Have is what the kernel holds of the services of Keys. Without Adopt it only spares operations.
	Have []lvs.Entry
	// Adopt says that an earlier life of ours crashed and Have is what it left. Entries that the configuration names are ours;
	// a real server that is absent or at weight 0 there was down, and is so until a check says otherwise.
	Adopt bool
}

// Tick says that the Deadline has come. A Tick before it does nothing.
type Tick struct {
	Most int // attempts that may begin; those left out stay due. 0: all
}

// Result is how an attempt ended; with share_checks others than the checker hear it too. Its words stay with whoever made the attempt.
type Result struct {
	Checker CheckerID
	Attempt uint64 // of the Probe
	Outcome Outcome
	// Status is what a MISC_CHECK exited with. 0 is OK, with misc_dynamic so is 2 and above; all else has Failed.
	Status int
}

// Outcome is what an attempt amounts to.
type Outcome uint8

// The outcomes.
const (
	Failed Outcome = iota + 1
	OK
	// Untried is an attempt that could not be made: no socket, an address that cannot be bound. It says nothing of the server:
	// the next attempt is after a delay_loop.
	Untried
)

// Counted answers an Ask.
type Counted struct {
	Counts  []lvs.Count // of the destinations that there are
	Unknown bool        // the kernel did not say
}

// Present says whether the host has an address, for ha_suspend. Nothing is present until said.
type Present struct {
	Addr netip.Addr
	Is   bool
}

// File is the value of a track_file; 0 until said.
type File struct {
	Name  string
	Value int64
}

// Session is the state of a bfd_instance.
type Session struct {
	Name string
	Up   bool
}

// Instance says whether a vrrp_instance is MASTER, for follow_vrrp.
type Instance struct {
	Name   string
	Master bool
}

// Reconfigure gives the Director another configuration. What is the same in both keeps its state and its timers.
type Reconfigure struct {
	Config *conf.Config
	Usable func(*conf.Checker) bool // as in Options; nil: as before
}

// Administer is an operator's order for one real server. It holds until the next one, also over reloads that keep the server.
type Administer struct {
	Server ServerID
	Order  Order
	Weight uint32 // OrderWeight
}

// Order is what an operator wants of a real server.
type Order uint8

// The orders. Each takes the place of the one before.
const (
	OrderEnable  Order = iota + 1 // as the checks say, at the configured weight
	OrderDisable                  // out, as if a check had failed; the checks go on
	OrderDrain                    // weight 0
	OrderWeight                   // this weight in place of the configured one and of what checkers add to it
)

// Stop ends it: no more probes, and the table is left as the configuration says.
type Stop struct{}

func (Start) event()       {}
func (Tick) event()        {}
func (Result) event()      {}
func (Counted) event()     {}
func (Present) event()     {}
func (File) event()        {}
func (Session) event()     {}
func (Instance) event()    {}
func (Reconfigure) event() {}
func (Administer) event()  {}
func (Stop) event()        {}
