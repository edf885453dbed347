package check

import (
	"net/netip"
	"time"

	"holdfast/conf"
)

// ReportKind says what a Report tells.
type ReportKind uint8

// The kinds of Report. Those that keepalived logs are named by its line.
const (
	Activating         ReportKind = iota + 1 // "Activating healthchecker for service RS for VS VS"
	Deactivating                             // at the start, with ha_suspend: the address is absent
	Suspending                               // ha_suspend: the address went
	Succeeded                                // a checker that had failed, or ran for the first time: "TCP connection to RS success."
	URLSucceeded                             // one url of a checker that has failed: "HTTP status code success to RS url(URL)"
	CheckFailed                              // a checker went down: "TCP_CHECK on service RS failed after N retries."
	CheckRetrying                            // a failure after which there is retry number Try of Retries, told with log_all_failures
	CheckFailedAgain                         // a failure of a checker that is down, told with log_all_failures
	Adding                                   // "Adding service RS to VS VS"
	Removing                                 // "Removing service RS from VS VS"; Inhibit: "Removing (inhibited) service"
	Enabling                                 // "Enabling service RS of VS VS": inhibit_on_failure
	Disabling                                // "Disabling service RS of VS VS"
	ChangingWeight                           // "Changing weight from From to To for (in)active service RS of VS VS"
	GainedQuorum                             // "Gained quorum Quorum+Hysteresis=Threshold <= Weight for VS VS"
	LostQuorum                               // "Lost quorum Quorum-Hysteresis=Threshold > Weight for VS VS"
	StartingQuorumDown                       // "Starting with quorum down Quorum-Hysteresis=Threshold > Weight for VS VS"
	AddingSorry                              // "Adding sorry server SS to VS VS"; Inhibit: "Enabling …"
	RemovingSorry                            // "Removing sorry server SS from VS VS"; Inhibit: "Disabling …"
	AddingAlive                              // "Adding alive servers to the pool for VS VS"
	RemovingAlive                            // "Removing alive servers from the pool for VS VS"
	ServerGone                               // a reload: "service RS no longer exist"
	VirtualGone                              // a reload: "Removing Virtual Server VS", "Removing Virtual Server Group [NAME]"
	EntryGone                                // a reload: "VS [ENTRY] in group NAME no longer exists"
	EntryAdded                               // a reload: "VS [ENTRY] added into group NAME"
	ShuttingDown                             // the end: "Shutting down service RS from VS VS"; Inhibit: "Shutting down (inhibited) service"
	TooManyServices                          // a group names more addresses than a table is filled with; the rest is left out
	Draining                                 // drain_timeout: a server stays with weight 0 for as long as it has connections
	Drained                                  // the end of it; Cut: it had connections
	SlowStarting                             // slow_start: a server that has come up has weight To after Most only
	Panicking                                // panic_threshold: Failed of Of servers have failed, and all stay in
	PanicOver                                // not so many any more
	Arrived                                  // follow_vrrp: its instance is MASTER, so it is in the table
	Left                                     // its instance is not, so it is out

	// No log lines: these go to the FIFOs and into mails. Their scripts are Run actions of their own.
	ServerUp
	ServerDown
	QuorumUp
	QuorumDown
)

// Leaving is why a server or a quorum is gone that nothing is wrong with.
type Leaving uint8

// Reasons to leave.
const (
	Removed Leaving = iota + 1 // a reload has removed it
	Ending                     // everything ends
)

// Report tells what happened. What a kind does not name is zero.
type Report struct {
	Kind    ReportKind
	Virtual *conf.VirtualServer
	Ordinal int              // of a virtual server that names a group: how many name the same one before it
	Real    *conf.RealServer // nil: it is about the virtual server, or its sorry server
	Addr    netip.AddrPort   // of Real, or of the sorry server
	Entry   *conf.GroupEntry // EntryGone, EntryAdded

	Checker CheckerID      // the cause, when Check is not nil
	Check   *conf.Checker  // nil: no checker was the cause
	Host    *conf.SMTPHost // of Check
	URL     int            // URLSucceeded, CheckFailed: index into Check.HTTP.URLs

	Retries int     // CheckFailed, CheckRetrying: how many retries the checker has; before the first result they are not made
	Try     int     // CheckRetrying: 1 to Retries
	All     bool    // CheckFailed: log_all_failures is on, so what is said of each failure is said of this one too
	First   bool    // Succeeded, CheckFailed, CheckFailedAgain: it is the first result
	Changed bool    // Succeeded, CheckFailed: the checker counted as the other before
	Turned  bool    // Succeeded, CheckFailed: the server goes up or down by it
	Inhibit bool    // the destination stays, or stayed, in the table at weight 0
	Active  bool    // ChangingWeight: the server is up; Succeeded, CheckFailed: it is when this is counted
	Opening bool    // QuorumUp, QuorumDown: the service begins with it
	Leaving Leaving // ServerDown, QuorumDown: why nothing failed

	Most       time.Duration // Draining, Drained: drain_timeout; SlowStarting: slow_start
	Failed, Of int           // Panicking, PanicOver

	Cut bool // Drained: the time was over

	From, To   int64 // ChangingWeight
	Quorum     uint32
	Hysteresis uint32
	Threshold  int64 // what Weight is compared with
	Weight     int64 // sum of the weights of servers that are up
}
