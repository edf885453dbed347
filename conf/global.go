package conf

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// Global is global_defs and the top-level keywords, with defaults where a file says nothing. See docs/keywords.md for
// what each keyword means and whether something acts on it.
type Global struct {
	RouterID Value[string]

	Mail
	Scripting
	Processes
	Firewall
	LVS
	Observed
	Reload

	McastGroup4 Value[netip.Addr]
	McastGroup6 Value[netip.Addr]

	GARP          GARP // vrrp_garp_*: defaults for every instance
	GARPInterval  Value[time.Duration]
	GNAInterval   Value[time.Duration]
	GARPExtra     Value[ExtraGARP] // vrrp_garp_extra_if
	DownTimerAdv  Value[int]
	LowerPrioNoAd Value[bool]
	HigherPrioAd  Value[bool]
	StepDown      Value[bool] // see Instance.StepDown
	MinGARP       Value[bool]

	Version           Value[uint8]
	ChecksumV2        Value[bool] // v3_checksum_as_v2
	Strict            Value[bool]
	SkipCheckAdvAddr  Value[bool]
	CheckUnicastSrc   Value[bool]
	OwnerIgnores      Value[bool] // vrrp_owner_ignore_adverts
	NotifyPriority    Value[bool] // vrrp_notify_priority_changes
	LogUnknownVRIDs   Value[bool]
	DisableLocalIGMP  Value[bool]
	VMACPrefix        Value[string]
	VMACAddrPrefix    Value[string]
	StartupDelay      Value[time.Duration]
	DelayAfterBoot    Value[time.Duration]
	RxPolicy          Value[RxPolicy] // vrrp_rx_bufs_policy
	RxMultiplier      Value[uint32]
	DefaultInterface  Value[string]
	DynamicInterfaces Value[bool]
	AllowIfChanges    Value[bool] // "dynamic_interfaces allow_if_changes"

	NetNamespace     Value[string]
	NetNamespaceIPVS Value[string] // set and empty: the namespace that keepalived was started in
	NamespaceIPSets  Value[bool]
	LinkbeatPolling  Value[bool] // linkbeat_use_polling
	InstanceName     Value[string]
	UsePIDDir        Value[bool]
	ChildWaitTime    Value[time.Duration]
	RandomSeed       Value[uint32]
	TmpConfigDir     Value[string]
	IprouteUsrDir    Value[string]
	IprouteEtcDir    Value[string]
	Umask            Value[uint32]
}

// Mail is how alerts are mailed.
type Mail struct {
	NotificationEmail     []Value[string]
	NotificationEmailFrom Value[string]
	SMTPServer            Value[string]
	SMTPServerPort        Value[uint16] // 25
	SMTPHeloName          Value[string]
	SMTPConnectTimeout    Value[time.Duration]
	SMTPTLS               Value[string] // off, starttls or implicit
	SMTPCA                Value[string] // file
	SMTPUser              Value[string] // smtp_auth
	SMTPPasswordFile      Value[string]
	SMTPAlert             Value[bool]
	SMTPAlertVRRP         Value[bool]
	SMTPAlertChecker      Value[bool]
	NoEmailFaults         Value[bool]
	NoCheckerEmails       Value[bool]
}

// Scripting is who runs scripts, and the scripts and pipes that belong to no instance.
type Scripting struct {
	ScriptUser           Value[string]
	ScriptGroup          Value[string]
	EnableScriptSecurity Value[bool]
	UseSymlinkPaths      Value[bool] // run scripts by the paths as written
	SupplementaryGroups  Value[bool] // set_supplementary_groups

	StartupScript   *Command
	StartupTimeout  Value[time.Duration]
	ShutdownScript  *Command
	ShutdownTimeout Value[time.Duration]

	NotifyFIFO     FIFO // all events
	VRRPNotifyFIFO FIFO
	LVSNotifyFIFO  FIFO
	FIFOOnReload   Value[bool] // fifo_write_vrrp_states_on_reload
	RSInitNotifies Value[bool]
}

// FIFO is a named pipe for events and the script that reads it.
type FIFO struct {
	Path        Value[string]
	User, Group Value[string]
	Script      *Command
}

// Processes is how the processes run.
type Processes struct {
	ProcessNames    Value[bool] // give each process its standard name
	ProcessName     Value[string]
	VRRPProcessName Value[string]

	VRRPPriority    Value[int]
	VRRPRTPriority  Value[int]
	VRRPNoSwap      Value[bool]
	VRRPCPUAffinity Value[[]int]
	VRRPRTLimit     Value[uint32] // microseconds; 10000
	CheckerProcess  Process
	BFDProcess      Process

	MaxAutoPriority      Value[int]
	MinAutoPriorityDelay Value[uint32] // microseconds; 1000000

	VRRPCmdBuffer   SocketBuffer // vrrp_netlink_cmd_rcv_bufs
	VRRPWatchBuffer SocketBuffer // vrrp_netlink_monitor_rcv_bufs
	LVSCmdBuffer    SocketBuffer
	LVSWatchBuffer  SocketBuffer
	ProcessesBuffer SocketBuffer // process_monitor_rcv_bufs
}

// Process is how one of the processes runs.
type Process struct {
	Name        Value[string]
	Priority    Value[int]
	RTPriority  Value[int]
	NoSwap      Value[bool]
	CPUAffinity Value[[]int]
	RTLimit     Value[uint32] // microseconds; 10000
}

// SocketBuffer is the size of a socket's receive buffer; 0: the kernel's.
type SocketBuffer struct {
	Bytes Value[uint32]
	Force Value[bool] // beyond what the host allows
}

// RxPolicy is how large the receive buffers of adverts are. At most one is set.
type RxPolicy struct {
	MTU, Advert bool
	Bytes       uint32
}

// Firewall is how packets are kept from addresses that are not ours to use.
type Firewall struct {
	IPTablesIn, IPTablesOut Value[string]   // chains
	IPSets                  Value[[]string] // set and empty: none
	NFTables                Value[string]   // table
	NFTablesPriority        Value[int]      // -1
	NFTablesCounters        Value[bool]
	NFTablesIfindex         Value[bool]
	NFTablesIPVS            Value[string] // table
	NFTablesIPVSPriority    Value[int]
	NFTablesIPVSStart       Value[uint32] // first mark; 1000
}

// LVS is what concerns all virtual servers.
type LVS struct {
	SyncDaemon     Value[SyncDaemon]
	Timeouts       Value[LVSTimeouts] // lvs_timeouts
	LVSFlush       Value[bool]
	LVSFlushOnStop Value[FlushOnStop]
	CheckerLogAll  Value[bool] // checker_log_all_failures
	ShareChecks    Value[bool]
	IPVSSysctl     []Sysctl
}

// FlushOnStop is what of the kernel's table goes when the checkers stop.
type FlushOnStop uint8

// The values of lvs_flush_on_stop.
const (
	FlushNothing FlushOnStop = iota
	FlushAll
	FlushVirtualServers // each of ours
)

// SyncDaemon is lvs_sync_daemon: the kernel's thread that tells other directors of connections.
type SyncDaemon struct {
	Interface Value[string]
	Instance  Value[string] // runs as master where this vrrp_instance does
	ID        Value[uint8]  // the instance's VRID when not set
	MaxLen    Value[uint16]
	Port      Value[uint16] // 8848
	TTL       Value[uint8]
	Group     Value[netip.Addr] // 224.0.0.81
}

// Observed is SNMP, D-Bus and the files that signals ask for.
type Observed struct {
	SNMPSocket      Value[string]
	SNMPVRRP        Value[bool]
	SNMPChecker     Value[bool]
	SNMPRFCv2       Value[bool]
	SNMPRFCv3       Value[bool]
	SNMPTraps       Value[bool]
	SNMPVSInterval  Value[time.Duration]
	SNMPRSInterval  Value[time.Duration]
	DBus            Value[bool]
	DBusServiceName Value[string]
	DBusNoInterface Value[string]
	DataUseInstance Value[bool]
	StateDumpFile   Value[string]
	StatsDumpFile   Value[string]
	JSONDumpFile    Value[string]
	JSONVersion     Value[int]
}

// Reload is how and when the configuration is read again.
type Reload struct {
	CheckConfig   Value[bool]   // reload_check_config
	CheckLog      Value[string] // … and the log of it
	TimeFile      Value[string]
	Repeat        Value[bool]
	MarkFile      Value[string] // reload_file; set and empty: keepalived.reload beside the pid files
	ConfigSaveDir Value[string]
	IncludeChecks Value[[]string] // include_check, as written; with a bare line +match +wildcard_match +brace_match
}

// LVSTimeouts are how long IPVS remembers connections that are idle; 0: as the kernel has it.
type LVSTimeouts struct{ TCP, TCPFin, UDP time.Duration }

// Words gives the timeouts as lvs_timeouts has them.
func (t LVSTimeouts) Words() []string {
	var out []string
	for i, v := range []time.Duration{t.TCP, t.TCPFin, t.UDP} {
		if v > 0 {
			out = append(out, []string{"tcp", "tcpfin", "udp"}[i], strconv.FormatInt(int64(v/time.Second), 10))
		}
	}
	return out
}

// Words gives the daemon as lvs_sync_daemon has it.
func (s SyncDaemon) Words() []string {
	out := []string{s.Interface.V}
	add := func(set bool, word string, v any) {
		if set {
			out = append(out, word, fmt.Sprint(v))
		}
	}
	add(s.Instance.Set(), "inst", s.Instance.V)
	add(s.ID.Set(), "id", s.ID.V)
	add(s.MaxLen.Set(), "maxlen", s.MaxLen.V)
	add(s.Port.Set(), "port", s.Port.V)
	add(s.TTL.Set(), "ttl", s.TTL.V)
	add(s.Group.Set(), "group", s.Group.V)
	return out
}

// Words gives the policy as vrrp_rx_bufs_policy has it.
func (p RxPolicy) Words() []string {
	switch {
	case p.MTU:
		return []string{"MTU"}
	case p.Advert:
		return []string{"ADVERT"}
	}
	return []string{strconv.FormatUint(uint64(p.Bytes), 10)}
}

// ExtraGARP is how often addresses are announced on interfaces other than their instance's: those of VMACs, or all.
type ExtraGARP struct {
	Period time.Duration
	All    bool
}

// Words gives the period as vrrp_garp_extra_if has it.
func (e ExtraGARP) Words() []string {
	words := []string{strconv.FormatInt(int64(e.Period/time.Second), 10)}
	if e.All {
		words = append([]string{"all"}, words...)
	}
	return words
}
