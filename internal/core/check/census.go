package check

import (
	"time"

	"holdfast/conf"
)

// A Census is how everything stands, in the order of the configuration. What it points to belongs to the configuration.
type Census []ServiceCount

// ServiceCount is one virtual server.
type ServiceCount struct {
	Conf    *conf.VirtualServer
	Ordinal int  // of one that names a group: how many name the same one before it
	Up      bool // the quorum is there
	Servers []ServerCount
}

// ServerCount is one real server.
type ServerCount struct {
	Conf *conf.RealServer
	Status
	Checkers []CheckerCount
}

// CheckerCount is one checker.
type CheckerCount struct {
	Conf    *conf.Checker
	Host    *conf.SMTPHost // of an SMTP_CHECK with host blocks; else nil
	Plan    Plan
	Enabled bool // its service is not suspended
	Failed  bool
	Ran     bool
	Tries   int       // retries made since the last success
	URL     int       // the one that is next, or has failed
	Adds    int64     // to the server's weight
	Exit    int       // MISC_CHECK: the last exit status
	Started time.Time // when the last attempt began; zero: there was none
	Value   int64     // FILE_CHECK: the number in the file
}

// Census takes one.
func (d *Director) Census() Census {
	all := make(Census, 0, len(d.services))
	for _, s := range d.services {
		sc := ServiceCount{Conf: s.conf, Ordinal: s.ordinal, Up: s.up, Servers: make([]ServerCount, 0, len(s.servers))}
		for _, r := range s.servers {
			rc := ServerCount{Conf: r.conf, Status: r.status(), Checkers: make([]CheckerCount, 0, len(r.checkers))}
			for _, c := range r.checkers {
				rc.Checkers = append(rc.Checkers, CheckerCount{
					Conf: c.conf, Host: c.host, Plan: c.plan(), Enabled: !s.suspended || !c.probes(), Failed: c.failed,
					Ran: c.ran || !c.probes(), Tries: c.tries, URL: c.url, Adds: c.contribution(), Exit: c.exit, Started: c.started, Value: c.value,
				})
			}
			sc.Servers = append(sc.Servers, rc)
		}
		all = append(all, sc)
	}
	return all
}
