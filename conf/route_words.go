package conf

import (
	"fmt"
	"strconv"
	"strings"
)

// lineWords collects the words of a line.
type lineWords []string

// add appends words and values if on.
func (l *lineWords) add(on bool, words ...any) {
	if !on {
		return
	}
	for _, w := range words {
		*l = append(*l, fmt.Sprint(w))
	}
}

// lineValue appends word and a value that a file said.
func lineValue[T any](l *lineWords, word string, v Value[T]) { l.add(v.Set(), word, v.V) }

// Words gives the route as static_routes and virtual_routes have it.
func (r *Route) Words() []string {
	var l lineWords
	l.add(r.Type.Set(), r.Type.V)
	switch {
	case r.To.Bits() == 0 && r.IPv6:
		l.add(true, "default6")
	case r.To.Bits() == 0:
		l.add(true, "default")
	default:
		l.add(true, r.To)
	}
	lineValue(&l, "src", r.Src)
	lineValue(&l, "from", r.From)
	r.NextHop.words(&l)
	lineValue(&l, "or", r.Or)
	lineValue(&l, "tos", r.TOS)
	lineValue(&l, "table", r.Table)
	lineValue(&l, "protocol", r.Protocol)
	lineValue(&l, "scope", r.Scope)
	lineValue(&l, "metric", r.Metric)
	lineValue(&l, "expires", r.Expires)
	for _, m := range routeNumbers {
		m.at(r).words(&l, m.name)
	}
	r.RTT.words(&l, "rtt")
	r.RTTVar.words(&l, "rttvar")
	r.RTOMin.words(&l, "rto_min")
	l.add(r.ECN.V, "features", "ecn")
	l.add(r.CongCtl.Set() && r.CongCtlLock, "congctl", "lock", r.CongCtl.V)
	l.add(r.CongCtl.Set() && !r.CongCtlLock, "congctl", r.CongCtl.V)
	l.add(r.Pref.Set(), "pref", uint8(r.Pref.V))
	if name, ok := map[RoutePref]string{PrefLow: "low", PrefMedium: "medium", PrefHigh: "high"}[r.Pref.V]; ok && r.Pref.Set() {
		l[len(l)-1] = name
	}
	l.add(r.TTLPropagate.Set(), "ttl-propagate", map[bool]string{true: "enabled", false: "disabled"}[r.TTLPropagate.V])
	lineValue(&l, "vrf", r.VRF)
	l.add(r.Order.Set(), map[RouteOrder]string{RoutePrepend: "prepend", RouteAdd: "add", RouteAppend: "append"}[r.Order.V])
	l.add(r.NoTrack, "no_track")
	lineValue(&l, "track_group", r.TrackGroup)
	for i := range r.NextHops {
		l.add(true, "nexthop")
		r.NextHops[i].words(&l)
	}
	return l
}

func (h *NextHop) words(l *lineWords) {
	lineValue(l, "via", h.Via)
	lineValue(l, "dev", h.Dev)
	lineValue(l, "weight", h.Weight)
	l.add(h.OnLink.V, "onlink")
	l.add(h.Realms.Set(), "realms", h.Realms.V)
	if e := h.Encap; e != nil {
		e.words(l)
	}
}

// String gives the realms as FROM/TO.
func (r Realms) String() string { return strconv.Itoa(int(r.From)) + "/" + strconv.Itoa(int(r.To)) }

func (m *RouteMetric) words(l *lineWords, name string) {
	l.add(m.Set() && m.Lock, name, "lock", m.V)
	l.add(m.Set() && !m.Lock, name, m.V)
}

func (e *Encap) words(l *lineWords) {
	l.add(true, "encap", e.Kind.V)
	if len(e.Labels) > 0 {
		labels := make([]string, 0, len(e.Labels))
		for _, v := range e.Labels {
			labels = append(labels, strconv.FormatUint(uint64(v), 10))
		}
		l.add(true, strings.Join(labels, "/"))
	}
	if e.Kind.V == "ila" {
		v := e.Locator
		l.add(true, fmt.Sprintf("%x:%x:%x:%x", v>>48, v>>32&0xffff, v>>16&0xffff, v&0xffff))
	}
	tos, ttl := "tos", "ttl"
	if e.Kind.V == "ip6" {
		tos, ttl = "tc", "hoplimit"
	}
	lineValue(l, "id", e.ID)
	lineValue(l, "dst", e.Dst)
	lineValue(l, "src", e.Src)
	lineValue(l, tos, e.TOS)
	lineValue(l, ttl, e.TTL)
	lineValue(l, "flags", e.Flags)
}

// Words gives the rule as static_rules and virtual_rules have it.
func (r *Rule) Words() []string {
	var l lineWords
	l.add(r.IPv6 && !r.From.Set() && !r.To.Set(), "inet6", "inet6") // compat: the second word is stepped over
	l.add(r.Not, "not")
	lineValue(&l, "from", r.From)
	lineValue(&l, "to", r.To)
	switch r.Action.V {
	case RuleTable:
		l.add(true, "table", r.Table.V)
	case RuleGoto:
		l.add(true, "goto", r.Goto.V)
	case RuleNop:
		l.add(true, "nop")
	case RuleL3MDev:
		l.add(true, "l3mdev")
	case RuleBlackhole, RuleUnreachable, RuleProhibit:
		l.add(true, map[RuleAction]string{RuleBlackhole: "blackhole", RuleUnreachable: "unreachable", RuleProhibit: "prohibit"}[r.Action.V])
	}
	lineValue(&l, "preference", r.Preference)
	lineValue(&l, "tos", r.TOS)
	l.add(r.FwMark.Set() && !r.FwMask.Set(), "fwmark", r.FwMark.V)
	l.add(r.FwMask.Set(), "fwmark", fmt.Sprintf("%d/%d", r.FwMark.V, r.FwMask.V))
	lineValue(&l, "realms", r.Realms)
	lineValue(&l, "suppress_prefixlength", r.SuppressLength)
	lineValue(&l, "suppress_ifgroup", r.SuppressGroup)
	lineValue(&l, "iif", r.IIF)
	lineValue(&l, "oif", r.OIF)
	lineValue(&l, "tunnel-id", r.TunnelID)
	l.add(r.UIDs.Set(), "uidrange", fmt.Sprintf("%d-%d", r.UIDs.V.Lo, r.UIDs.V.Hi))
	lineValue(&l, "protocol", r.Protocol)
	lineValue(&l, "ipproto", r.IPProto)
	l.add(r.SourcePorts.Set(), "sport", fmt.Sprintf("%d-%d", r.SourcePorts.V.Lo, r.SourcePorts.V.Hi))
	l.add(r.DestPorts.Set(), "dport", fmt.Sprintf("%d-%d", r.DestPorts.V.Lo, r.DestPorts.V.Hi))
	l.add(r.NoTrack, "no_track")
	lineValue(&l, "track_group", r.TrackGroup)
	return l
}
