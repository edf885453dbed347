package play

import (
	"time"

	"holdfast/internal/lab/record"
)

// Verb is what the lab can do to a router, and Start and Crash to a web server.
type Verb uint8

// The verbs.
const (
	Start    Verb = iota + 1 // start its daemon, and its service if that is down; of a machine that is off: turn it on first
	Crash                    // SIGKILL for the daemon's every process; the service goes with them
	Stop                     // SIGTERM for the daemon
	Unplug                   // take the carrier from its interface
	Plug                     // give it back
	PowerOff                 // end everything on it, its links and what its kernel knows included
)

var verbs = map[Verb]string{
	Start: "start", Crash: "SIGKILL", Stop: "SIGTERM", Unplug: "unplug", Plug: "plug in", PowerOff: "power off",
}

// Act is one thing done to a router.
type Act struct {
	Verb Verb
	Node string
	Link string // Unplug and Plug
}

func (a Act) String() string {
	s := verbs[a.Verb] + " " + a.Node
	if a.Link != "" {
		s += " " + a.Link
	}
	return s
}

// Goal is what a step waits for. Span begins with the step and ends now.
type Goal struct {
	Text string
	Met  func(*record.Tape, record.Span) bool
}

// Verdict is what came of a check.
type Verdict struct {
	Got string
	OK  bool
}

// Check is one expectation of a step, judged when its goals are met.
type Check struct {
	Want  string
	Judge func(*record.Tape, record.Span) Verdict
}

// Step is a part of a scenario: do something, wait for its end, judge. All goals must be met at the same
// time, before Limit has passed.
type Step struct {
	Name   string
	Story  string
	Acts   []Act
	Goals  []Goal
	Limit  time.Duration
	Checks []Check
}

// Row is one line of the final table.
type Row struct {
	Step string `json:"step"`
	Want string `json:"expected"`
	Got  string `json:"measured"`
	OK   bool   `json:"ok"`
}
