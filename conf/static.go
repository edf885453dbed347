package conf

import (
	"net/netip"
	"time"

	"holdfast/conf/diag"
)

// Static is what the blocks outside of instances and servers say: what belongs on the host whoever is master, and what
// instances and checkers can track.
type Static struct {
	Addresses []Address // static_ipaddress
	Routes    []Route   // static_routes
	Rules     []Rule    // static_rules

	TrackGroups    []*TrackGroup
	TrackFiles     []*TrackFile
	TrackProcesses []*TrackProcess
	BFDs           []*BFD

	LinkPolls  []LinkPoll  // linkbeat_interfaces
	LinkDelays []LinkDelay // interface_up_down_delays
	GARPGroups []*GARPGroup
}

// TrackGroup is one track_group block: the instances that mind when a static address, route or rule goes.
type TrackGroup struct {
	Name    string
	At      diag.Span
	Members []Value[string]

	hasList bool // a "group" block was read
}

// TrackFile is one track_file block.
type TrackFile struct {
	Name      string
	At        diag.Span
	Path      Value[string] // as written; relative to where the daemon was started
	Weight    Value[int]    // 1; -254 to 254
	Reverse   bool
	Init      Value[int] // written at start if the file is absent
	Overwrite bool       // … and if it is there
	End       diag.Span  // the brace that ends the block
}

// ParamMatch is how a process's parameters are compared.
type ParamMatch uint8

// The values of the keyword param_match. Without the keyword and without parameters these are not looked at.
const (
	MatchExact   ParamMatch = iota
	MatchInitial            // the last one may go on
	MatchPartial            // more may follow
)

// TrackProcess is one vrrp_track_process block.
type TrackProcess struct {
	Name    string
	At      diag.Span
	Process Value[string]
	Params  []string

	ParamMatch     Value[ParamMatch]
	FullCommand    Value[bool] // compare the command line; parameters and param_match imply it
	Weight         Value[int]  // 0; -254 to 254
	Reverse        bool
	Quorum         Value[int] // 1
	QuorumMax      Value[int] // unlimited unless set
	ForkDelay      Value[time.Duration]
	TerminateDelay Value[time.Duration]
}

// BFD is one bfd_instance block, with defaults.
type BFD struct {
	Name     string
	At       diag.Span
	Neighbor Value[netip.Addr]
	Source   Value[netip.Addr]

	MinRx      Value[time.Duration] // 10 ms
	MinTx      Value[time.Duration] // 10 ms
	IdleTx     Value[time.Duration] // 1 s
	Multiplier Value[int]           // 5
	Passive    Value[bool]
	TTL        Value[int] // 255; IPv6: 64
	MaxHops    Value[int] // 0; 255 (or -1) looks at no TTL
	Multihop   Value[bool]
	Weight     Value[int]
	Reverse    bool
	VRRP       Value[bool] // events go to VRRP …
	Checker    Value[bool] // … and to the checkers; to both when neither is said

	badNeighbor bool // a neighbor_ip was no address
}

// LinkPoll is one line of linkbeat_interfaces.
type LinkPoll struct {
	Interface Value[string]
	Method    Value[string] // MII, ETHTOOL or IOCTL; the first that works when not said
}

// LinkDelay is one line of interface_up_down_delays: how long a link's change must last.
type LinkDelay struct {
	Interface Value[string]
	Down, Up  Value[time.Duration] // 0
}

// GARPGroup is one garp_group block: links that share the pace of announcements.
type GARPGroup struct {
	At           diag.Span
	GARPInterval Value[time.Duration]
	GNAInterval  Value[time.Duration]
	Interfaces   []Value[string]

	told  []int // for each interface, the line where keepalived speaks of it
	paced bool  // by a word that is no number
}
