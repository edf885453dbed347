package conf

import (
	"net/netip"

	"holdfast/conf/diag"
)

// Rule is one line of static_rules or virtual_rules.
type Rule struct {
	At   diag.Span
	IPv6 bool
	Not  bool
	From Value[netip.Prefix]
	To   Value[netip.Prefix]

	Action Value[RuleAction]
	Table  Value[uint32] // for RuleTable
	Goto   Value[uint32] // for RuleGoto: a preference behind this one's

	Preference     Value[uint32] // without one: counted down from 16384, for each family
	TOS            Value[uint8]
	FwMark         Value[uint32]
	FwMask         Value[uint32]
	Realms         Value[Realms]
	SuppressLength Value[int]    // suppress_prefixlength
	SuppressGroup  Value[uint32] // suppress_ifgroup
	IIF            Value[string]
	OIF            Value[string]
	TunnelID       Value[uint64]
	UIDs           Value[Range32]
	Protocol       Value[uint8] // RTPROT_*; 18
	IPProto        Value[uint8] // IPPROTO_*
	SourcePorts    Value[Range16]
	DestPorts      Value[Range16]

	NoTrack    bool          // nobody minds when the rule goes
	TrackGroup Value[string] // static rules only
}

// RuleAction is what a rule does, as the kernel counts it (FR_ACT_*); RuleL3MDev asks the device for its table.
type RuleAction uint8

// The actions.
const (
	RuleTable       RuleAction = 1
	RuleGoto        RuleAction = 2
	RuleNop         RuleAction = 3
	RuleBlackhole   RuleAction = 6
	RuleUnreachable RuleAction = 7
	RuleProhibit    RuleAction = 8
	RuleL3MDev      RuleAction = 255
)

// Range32 is from Lo to Hi, both included; nobody has looked whether Lo is the lower one.
type Range32 struct{ Lo, Hi uint32 }

// Range16 is Range32 for ports.
type Range16 struct{ Lo, Hi uint16 }

// firstPreference is the preference of the first rule without one; the next ones count down.
const firstPreference = 16384

// Interfaces lists the devices that the rule names.
func (r *Rule) Interfaces() []Value[string] {
	var out []Value[string]
	for _, d := range []Value[string]{r.IIF, r.OIF} {
		if d.Set() {
			out = append(out, d)
		}
	}
	return out
}
