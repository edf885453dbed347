package check

import (
	"net/netip"
	"time"

	"holdfast/conf"
)

// Plan is what an attempt needs to know about its checker.
type Plan struct {
	Virtual *conf.VirtualServer
	Real    *conf.RealServer
	Check   *conf.Checker
	Host    *conf.SMTPHost // of an SMTP_CHECK with host blocks; else nil
	Server  ServerID

	Connection conf.Connection // the checker's, or that of Host
	Target     netip.AddrPort  // whom to connect to: Connection's address and port, else the real server's as the file has them
	Timeout    time.Duration   // of connecting, and of each silence; of MISC_CHECK, of the script's life
}

// Status is how a real server stands.
type Status struct {
	Up      bool // no checker has failed, and it is not disabled
	In      bool // in the kernel's table, if only at weight 0
	Order   Order
	Weight  int64 // effective, when up
	Now     int64 // of Weight, what slow_start lets it have by now
	Failing int   // checkers that have failed
}
