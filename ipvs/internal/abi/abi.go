// Package abi has the numbers of the kernel's IPVS interface over generic netlink, as linux/ip_vs.h of Linux 6.1 has them.
// They are written by hand: the header is small, and none of its numbers ever changes.
package abi

// Name and version of the generic-netlink family (IPVS_GENL_NAME, IPVS_GENL_VERSION).
const (
	Name    = "IPVS"
	Version = 1
)

// Commands: IPVS_CMD_*.
const (
	CmdNewService = iota + 1
	CmdSetService
	CmdDelService
	CmdGetService
	CmdNewDest
	CmdSetDest
	CmdDelDest
	CmdGetDest
	CmdNewDaemon
	CmdDelDaemon
	CmdGetDaemon
	CmdSetConfig
	CmdGetConfig
	CmdSetInfo // only in the answer to CmdGetInfo
	CmdGetInfo
	CmdZero
	CmdFlush
)

// Attributes of commands: IPVS_CMD_ATTR_*.
const (
	AttrService = iota + 1 // nested
	AttrDest               // nested
	AttrDaemon             // nested
	AttrTimeoutTCP
	AttrTimeoutTCPFin
	AttrTimeoutUDP
)

// Attributes of a service: IPVS_SVC_ATTR_*.
const (
	SvcAF       = iota + 1 // u16
	SvcProtocol            // u16
	SvcAddr                // 16 bytes; an IPv4 address is the first four
	SvcPort                // u16, big-endian
	SvcFWMark              // u32
	SvcSched               // string
	SvcFlags               // struct ip_vs_flags: flags u32, mask u32
	SvcTimeout             // u32, seconds
	SvcNetmask             // IPv4: u32, big-endian; IPv6: prefix length, u32 in host order
	SvcStats               // nested, counters of 32 bits
	SvcPE                  // string
	SvcStats64             // nested
)

// Attributes of a destination: IPVS_DEST_ATTR_*.
const (
	DestAddr         = iota + 1 // as SvcAddr
	DestPort                    // u16, big-endian
	DestFwdMethod               // u32
	DestWeight                  // u32 that holds an int
	DestUThresh                 // u32
	DestLThresh                 // u32
	DestActiveConns             // u32
	DestInactConns              // u32
	DestPersistConns            // u32
	DestStats                   // nested
	DestAddrFamily              // u16
	DestStats64                 // nested
	DestTunType                 // u8
	DestTunPort                 // u16, big-endian
	DestTunFlags                // u16
)

// Attributes of a sync daemon: IPVS_DAEMON_ATTR_*.
const (
	DaemonState      = iota + 1 // u32
	DaemonMcastIfn              // string
	DaemonSyncID                // u32
	DaemonSyncMaxlen            // u16
	DaemonGroup                 // 4 bytes
	DaemonGroup6                // 16 bytes
	DaemonPort                  // u16, host order, unlike the other ports
	DaemonTTL                   // u8
)

// Attributes of statistics: IPVS_STATS_ATTR_*. In SvcStats and DestStats all are u32 but the two counts of bytes; in
// SvcStats64 and DestStats64 all are u64.
const (
	StatsConns = iota + 1
	StatsInPkts
	StatsOutPkts
	StatsInBytes
	StatsOutBytes
	StatsCPS
	StatsInPPS
	StatsOutPPS
	StatsInBPS
	StatsOutBPS
	StatsPad
)

// Attributes of the answer to CmdGetInfo: IPVS_INFO_ATTR_*.
const (
	InfoVersion = iota + 1 // u32
	InfoConnTab            // u32
)

// SvcFHashed is IP_VS_SVC_F_HASHED, which the kernel sets in the flags of every service that it holds.
const SvcFHashed = 0x0002

// FwdMask is IP_VS_CONN_F_FWD_MASK.
const FwdMask = 0x7

// NameMax is the room for a name with its terminating zero: IP_VS_SCHEDNAME_MAXLEN, IP_VS_PENAME_MAXLEN, IP_VS_IFNAME_MAXLEN.
const NameMax = 16
