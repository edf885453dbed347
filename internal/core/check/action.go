package check

import (
	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// CheckerID names a checker. It stays the same over reloads that keep the checker; afterwards another one may get it.
type CheckerID uint32

// ServerID names a real server of a virtual server, with the same life as a CheckerID.
type ServerID uint32

// ActionKind says what an Action wants.
type ActionKind uint8

// The kinds of Action.
const (
	Probe  ActionKind = iota + 1 // make attempt number Attempt of Checker, with its url number URL, now
	Cancel                       // the attempt of Checker under way is no longer awaited
	Apply                        // carry out Ops
	Flush                        // remove everything from the kernel's table, also what is not ours
	Say                          // Report
	Run                          // start Script; it is not waited for
	Ask                          // count the connections of the services of Keys; Counted answers
)

// An Action is one thing to do. It is a plain value so that a Step that only probes allocates nothing.
type Action struct {
	Kind    ActionKind
	URL     uint16 // HTTP_GET and SSL_GET: index into URLs
	Checker CheckerID
	Attempt uint64        // counts up over all checkers
	Keys    []lvs.Key     // owned by the receiver
	Ops     []lvs.Op      // owned by the receiver
	Report  *Report       // owned by the receiver
	Script  *conf.Command // with its own user, or the default
}
