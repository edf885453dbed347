package check

import (
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// Options are what a Director is told besides the configuration.
type Options struct {
	// Random gives a duration from 0 up to, not including, n, for warm-up.
	Random func(n time.Duration) time.Duration
	// KeepTable leaves the kernel's table as it is at Stop (-I, --dont-release-ipvs).
	KeepTable bool
}

// Director owns everything that is decided about virtual servers. It is not safe for concurrent use.
type Director struct{}

// New returns a Director for a configuration that was loaded without fatal faults. It changes nothing in cfg.
func New(cfg *conf.Config, opt Options) *Director { return &Director{} }

// Step tells the Director what happened and appends what is to be done about it, in order. now does not run backwards.
func (d *Director) Step(now time.Time, ev Event, acts []Action) []Action { return acts }

// Deadline returns when Step wants a Tick; armed is false if it waits for events only.
func (d *Director) Deadline() (at time.Time, armed bool) { return }

// Plan returns what a Probe's attempt needs to know. What it points to belongs to the configuration.
func (d *Director) Plan(id CheckerID) Plan { return Plan{} }

// Keys appends the services that the configuration names, each once, in its order.
func (d *Director) Keys(to []lvs.Key) []lvs.Key { return to }

// Wanted appends the whole table as it is to be now: what all Apply actions so far lead to.
func (d *Director) Wanted(to []lvs.Entry) []lvs.Entry { return to }

// Servers calls f for each real server, in the order of the configuration, until it returns false.
func (d *Director) Servers(f func(ServerID, *conf.VirtualServer, *conf.RealServer, Status) bool) {}
