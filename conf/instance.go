package conf

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/conf/diag"
)

// State is the initial-state hint of a vrrp_instance.
type State uint8

// The values of the keyword "state".
const (
	StateBackup State = iota
	StateMaster
)

// AuthType is the legacy authentication of VRRP version 2 (RFC 2338 §5.3.6).
type AuthType uint8

// The values of the keyword "auth_type".
const (
	AuthNone AuthType = iota
	AuthPass
	AuthAH
)

// Instance is one vrrp_instance block, with defaults and globals resolved.
type Instance struct {
	Name string
	At   diag.Span // the name in its vrrp_instance line

	State     Value[State]
	Interface Value[string]
	VRF       Value[string]
	VRID      Value[uint8]
	Priority  Value[uint8] // 1–255; 100, or 255 for "state MASTER" without a priority
	Version   Value[uint8] // 2 or 3
	AdvertInt Value[time.Duration]

	AuthType Value[AuthType]
	AuthPass Value[[8]byte] // zero padded; longer words are cut at 8 bytes
	HMAC     *HMAC          // auth_hmac; nil without it

	VMAC       *VMAC       // use_vmac; nil without it
	IPVLAN     *IPVLAN     // use_ipvlan; nil without it
	VMACAddr   Value[bool] // use_vmac_addr: a macvlan for the addresses on other links too
	XmitBase   Value[bool] // vmac_xmit_base: adverts go out by the parent link
	NativeIPv6 Value[bool] // the family is IPv6 whatever the addresses

	McastGroup Value[netip.Addr] // 224.0.0.18, vrrp_mcast_group4, or mcast_dst_ip
	SourceIP   Value[netip.Addr] // mcast_src_ip or unicast_src_ip; zero = the interface's primary address

	TrackSource  Value[bool] // track_src_ip: a fault while the host lacks the source address
	UnicastPeers []Peer      // carried; adverts are multicast
	// UnicastAsked is set by every keyword that only unicast needs, whether there are peers or not.
	UnicastAsked    Value[bool]
	UnicastTTL      Value[uint8] // 255 without the keyword
	FaultNoPeer     Value[bool]  // unicast_fault_no_peer: without peers a fault, not multicast
	CheckUnicastSrc Value[bool]  // adverts must come from a peer; a TTL option of a peer sets it too
	OldChecksum     Value[OldChecksum]
	ChecksumAsV2    Value[bool] // v3_checksum_as_v2: no pseudo header over IPv4

	Addresses []Address   // virtual_ipaddress, in file order: the order on the wire
	Excluded  []Address   // virtual_ipaddress_excluded
	Routes    []Route     // virtual_routes
	Rules     []Rule      // virtual_rules
	NoAddress Value[bool] // no_virtual_ipaddress: to have none is meant

	NoPreempt    Value[bool]
	PreemptDelay Value[time.Duration]

	DontTrackPrimary Value[bool]
	TrackInterfaces  []TrackInterface
	AskedInterfaces  []TrackInterface // as they are written, if weights of TrackInterfaces do not count; keepalived lists them so
	TrackScripts     []TrackRef
	TrackFiles       []TrackRef
	TrackProcesses   []TrackRef
	TrackBFDs        []TrackRef
	TrackServices    []TrackService
	LinkbeatPolling  Value[bool]

	GARP      GARP
	ExtraGARP Value[ExtraGARP] // garp_extra_if; a period of 0: never

	DownTimerAdverts     Value[int]
	LowerPrioNoAdvert    Value[bool]
	HigherPrioSendAdvert Value[bool]
	StepDown             Value[bool] // when somebody else removes an address of ours, instead of putting it back
	SkipCheckAdvAddr     Value[bool]
	Strict               Value[bool]
	Accept               Value[bool]
	PromoteSecondaries   Value[bool]
	SMTPAlert            Value[bool]
	PriorityChanges      Value[bool]  // notify_priority_changes
	TimerExpired         Value[uint8] // timer_expired_backup: the priority after a stall; 0: off
	OwnerIgnoreAdverts   Value[bool]
	KernelRxBuf          Value[uint32] // bytes; 0: by what the adverts need
	LVSSyncInterface     Value[string] // lvs_sync_daemon_interface
	Debug                Value[int]

	Notify        Notify
	NotifyDeleted Value[bool] // report DELETED, not FAULT, when a reload removes the instance

	family addrFamily // what the first address said, of whatever kind it was
}

// addrFamily is an address family that is or is not known yet.
type addrFamily uint8

const (
	familyUnknown addrFamily = iota
	familyIPv4
	familyIPv6
)

func familyOf(a netip.Addr) addrFamily {
	if a.Is4() {
		return familyIPv4
	}
	return familyIPv6
}

// IPv6 reports whether the instance is of the IPv6 family. The first line of its block with an address to send from, to send
// to or to advertise decides; of an instance that was not read from a file the virtual addresses, else the source.
func (i *Instance) IPv6() bool {
	if i.family != familyUnknown {
		return i.family == familyIPv6
	}
	if len(i.Addresses) > 0 {
		return i.Addresses[0].Prefix.Addr().Is6()
	}
	return i.SourceIP.V.Is6()
}

// GARP is the announcement schedule of an instance. Zero delays mean "no second burst"; a zero
// Refresh means "no periodic announcement".
type GARP struct {
	MasterDelay         Value[time.Duration]
	MasterRepeat        Value[int]
	MasterRefresh       Value[time.Duration]
	MasterRefreshRepeat Value[int]
	LowerPrioDelay      Value[time.Duration]
	LowerPrioRepeat     Value[int]
}

// TrackInterface is one line of a track_interface block. Weight 0 makes the link's loss a fault.
type TrackInterface struct {
	Name    string
	Weight  int
	Reverse bool
	At      diag.Span
}

// TrackRef is one line of a track_script, track_file, track_process or track_bfd block. Without a
// weight in the line the tracked item's own weight holds.
type TrackRef struct {
	Name    string
	Weight  Value[int]
	Reverse bool
	Upright bool // "noreverse": the tracked item's own "reverse" does not hold
	At      diag.Span
}

// Reversed reports whether the reference turns the sign, given whether the tracked item says so itself.
func (r *TrackRef) Reversed(itself bool) bool { return r.Reverse || itself && !r.Upright }

// Address is one line of an address block.
type Address struct {
	Prefix       netip.Prefix // the address with its length; /32 and /128 when the line has none
	Dev          Value[string]
	Broadcast    netip.Addr // zero: none
	Label        Value[string]
	Scope        Value[uint8] // RT_SCOPE_*: global 0, site 200, link 253, host 254
	Peer         netip.Prefix // zero: none
	Home         bool
	NoDADWord    bool // "-nodad" was written: for keepalived that turns duplicate address detection ON
	MngTmpAddr   bool
	NoPrefixRout bool
	AutoJoin     bool
	NoTrack      bool
	UseVMAC      Value[bool]   // carried
	PreferredLft Value[uint32] // seconds; 4294967295 = forever
	TrackGroup   Value[string] // of a static address
	At           diag.Span
}

// Command is a script keyword's argument: the words to execute and the account to do it as.
type Command struct {
	Argv  []string // Argv[0] is the program
	User  string   // empty: script_user, else keepalived_script, else our own
	Group string
	At    diag.Span

	// NeedsStandard: of startup_script and shutdown_script, that it names nobody and that script security was on already when
	// nobody was named as script_user.
	NeedsStandard bool
}

// Notify holds the scripts that an instance or a group runs. A nil Command is "none".
type Notify struct {
	Master, Backup, Fault, Stop, Deleted, Any, MasterRxLowerPri *Command
}

// Commands lists those that are given.
func (n *Notify) Commands() []*Command {
	all := []*Command{n.Master, n.Backup, n.Fault, n.Stop, n.Deleted, n.Any, n.MasterRxLowerPri}
	return slices.DeleteFunc(all, func(c *Command) bool { return c == nil })
}
