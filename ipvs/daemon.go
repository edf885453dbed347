package ipvs

import (
	"net/netip"
	"strconv"
	"time"
)

// Timeouts are how long idle connections are kept, in whole seconds. They hold for the network namespace.
type Timeouts struct {
	TCP    time.Duration // established
	TCPFin time.Duration // after a FIN
	UDP    time.Duration
}

// DaemonState is what a sync daemon does.
type DaemonState uint32

// The kinds of sync daemon. At most one of each runs in a network namespace.
const (
	Master DaemonState = 1 // sends this host's connections
	Backup DaemonState = 2 // takes those of others
)

func (s DaemonState) String() string {
	switch s {
	case Master:
		return "master"
	case Backup:
		return "backup"
	}
	return "state " + strconv.Itoa(int(s))
}

// Daemon is a sync daemon, a thread of the kernel that copies connections between hosts by multicast. It is comparable. Zero
// values of the last four mean the kernel's defaults; what Daemons returns has them filled in.
//
// The protocol cannot carry an IPv6 server of an IPv4 service or the reverse: while there is a sync daemon such destinations
// are refused with EINVAL, and while there are such destinations a sync daemon is.
type Daemon struct {
	State     DaemonState
	Interface string // at most 15 bytes
	SyncID    uint8  // 0 receives all

	MaxLen uint16     // bytes of payload in a datagram, of a backup at least 1024; by default what the interface's MTU allows
	Group  netip.Addr // a multicast group; 224.0.0.81
	Port   uint16     // UDP port, of the first thread where there are several; 8848
	TTL    uint8      // 1
}
