package conf

import (
	"net/netip"
	"time"
)

// Global is global_defs and the top-level keywords. Only what acts or is carried is named here;
// see docs/keywords.md for each keyword's status.
type Global struct {
	RouterID Value[string]

	NotificationEmail     []Value[string]
	NotificationEmailFrom Value[string]
	SMTPServer            Value[string]
	SMTPServerPort        Value[uint16]
	SMTPHeloName          Value[string]
	SMTPConnectTimeout    Value[time.Duration]
	SMTPAlert             Value[bool]
	SMTPAlertVRRP         Value[bool]
	SMTPAlertChecker      Value[bool]

	McastGroup4 Value[netip.Addr]
	McastGroup6 Value[netip.Addr]

	GARP          GARP // vrrp_garp_*: defaults for every instance
	GARPInterval  Value[time.Duration]
	GNAInterval   Value[time.Duration]
	DownTimerAdv  Value[int]
	LowerPrioNoAd Value[bool]
	HigherPrioAd  Value[bool]
	StepDown      Value[bool] // see Instance.StepDown
	MinGARP       Value[bool]

	Version          Value[uint8]
	Strict           Value[bool]
	SkipCheckAdvAddr Value[bool]
	LogUnknownVRIDs  Value[bool]

	DefaultInterface  Value[string]
	DynamicInterfaces Value[bool]
	AllowIfChanges    Value[bool] // "dynamic_interfaces allow_if_changes"
	NetNamespace      Value[string]
	InstanceName      Value[string]
	UsePIDDir         Value[bool]
	ChildWaitTime     Value[time.Duration]

	ScriptUser           Value[string]
	ScriptGroup          Value[string]
	EnableScriptSecurity Value[bool]
	UseSymlinkPaths      Value[bool] // run scripts by the paths as written

	VRRPPriority    Value[int]
	VRRPRTPriority  Value[int]
	VRRPNoSwap      Value[bool]
	VRRPCPUAffinity Value[[]int]
	MaxAutoPriority Value[int]
	Umask           Value[uint32]
	StartupDelay    Value[time.Duration]
	ProcessName     Value[string]
	VRRPProcessName Value[string]
}
