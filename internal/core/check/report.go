package check

import (
	"net/netip"

	"holdfast/conf"
)

// ReportKind says what a Report tells.
type ReportKind uint8

// The kinds of Report. Those that keepalived logs are named by its line.
const (
	Activating        ReportKind = iota + 1 // "Activating healthchecker for service RS for VS VS"
	Suspending                              // ha_suspend: the address went
	Succeeded                               // a checker that had failed, or an alpha one: "TCP connection to RS success."
	CheckFailed                             // a checker went down: "TCP_CHECK on service RS failed after N retries."
	CheckFailedRetry                        // a failure that changes nothing, told with log_all_failures
	Adding                                  // "Adding service RS to VS VS"
	Removing                                // "Removing service RS from VS VS"
	Enabling                                // "Enabling service RS of VS VS": inhibit_on_failure
	Disabling                               // "Disabling service RS of VS VS"
	ChangingWeight                          // "Changing weight from From to To for (in)active service RS of VS VS"
	GainedQuorum                            // "Gained quorum Quorum+Hysteresis=… <= Weight for VS VS"
	LostQuorum                              // "Lost quorum Quorum-Hysteresis=… > Weight for VS VS"
	AddingSorry                             // "Adding sorry server SS to VS VS"; Inhibit: enabling it
	RemovingSorry                           // "Removing sorry server SS from VS VS"; Inhibit: disabling it
	AddingAlive                             // "Adding alive servers to the pool for VS VS"
	RemovingAlive                           // "Removing alive servers from the pool for VS VS"
	ShuttingDown                            // "Shutting down service RS from VS VS": at the end, or a server that the file no longer has
	ShuttingDownSorry                       // the same of the sorry server

	// No log lines: these go to the FIFOs and into mails.
	ServerUp
	ServerDown
	QuorumUp
	QuorumDown
)

// Report tells what happened. What a kind does not name is zero.
type Report struct {
	Kind    ReportKind
	Virtual *conf.VirtualServer
	Ordinal int              // of a virtual server that names a group: its place among those that do
	Real    *conf.RealServer // nil: it is about the virtual server, or its sorry server
	Addr    netip.AddrPort   // of Real, or of the sorry server
	Check   *conf.Checker    // the checker that was the cause; nil: none was
	Host    *conf.SMTPHost   // of Check
	URL     int              // index into Check.HTTP.URLs

	Retries int  // CheckFailed: attempts that were made after the first
	First   bool // the first result decided, or it is how the service starts
	Inhibit bool // the destination stays in the table at weight 0
	Active  bool // ChangingWeight: the server is up

	From, To           int64  // ChangingWeight
	Quorum, Hysteresis uint32 // GainedQuorum, LostQuorum, QuorumUp, QuorumDown
	Weight             int64  // … sum of the weights of servers that are up
}
