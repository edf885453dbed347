package conf

import (
	"time"

	"holdfast/conf/diag"
)

// SyncGroup is one vrrp_sync_group block.
type SyncGroup struct {
	Name    string
	At      diag.Span
	Members []Value[string]
	Notify  Notify

	TrackInterfaces []TrackInterface
	TrackScripts    []TrackRef
	TrackFiles      []TrackRef
	TrackProcesses  []TrackRef
	TrackBFDs       []TrackRef
	TrackServices   []TrackService
	SMTPAlert       Value[bool]
	PriorityChanges Value[bool] // notify_priority_changes
	TrackingWeight  Value[bool] // sync_group_tracking_weight

	hasList bool // a "group" block was read
}

// Script is one vrrp_script block.
type Script struct {
	Name     string
	At       diag.Span
	Command  *Command
	Interval Value[time.Duration]
	Timeout  Value[time.Duration]
	Weight   Value[int]
	Reverse  bool
	Rise     Value[int]
	Fall     Value[int]
	InitFail Value[bool]
	User     Value[string] // the keyword "user"; Command has its account
	Group    Value[string]
	End      diag.Span // the brace that ends the block

	refused string // keepalived's line if there is no such account
}

// Refused is keepalived's line about the keyword "user" if there is no such account.
// compat: it has the command only if that stands above.
func (s *Script) Refused() string { return s.refused }
