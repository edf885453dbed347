package conf_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
	"holdfast/test/netns/need"
)

// TestTypedStatic compares static addresses, routes and rules, and what is tracked.
func TestTypedStatic(t *testing.T) {
	ns := need.Namespace(t, "hfconf")
	sections := dumpedSections(t, ns, "testdata/typed/static.conf", atInterfaces, "-P")
	cfg, _ := conf.Load(dirSource{"testdata/typed"}, "static.conf", conf.Options{})
	got := map[string][]string{}
	add := func(section, format string, args ...any) {
		got[section] = append(got[section], fmt.Sprintf(format, args...))
	}
	s := &cfg.Static
	for i := range s.Addresses {
		a := &s.Addresses[i]
		dev := cfg.Global.DefaultInterface.V
		if a.Dev.Set() {
			dev = a.Dev.V
		}
		lifetime := ""
		if a.Prefix.Addr().Is6() {
			lifetime = " preferred_lft forever"
		}
		add("Static Addresses", "%s dev %s scope global%s%s", a.Written(), dev, lifetime, optional("track_group", a.TrackGroup))
	}
	for i := range s.Routes {
		add("Static Routes", "%s", routeText(&s.Routes[i]))
	}
	for i := range s.Rules {
		add("Static Rules", "%s", ruleText(&s.Rules[i]))
	}
	for _, g := range s.TrackGroups {
		add("Static Track groups", "Static Track Group = %s", g.Name)
		add("Static Track groups", "VRRP member instances :")
		for _, m := range g.Members {
			add("Static Track groups", "%s", m.V)
		}
	}
	describeTracked(s, add)
	for name, want := range sections {
		if _, ours := got[name]; !ours {
			continue
		}
		if d := cmp.Diff(keptLines(want), got[name]); d != "" {
			t.Errorf("%s: -keepalived +we:\n%s", name, d)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("keepalived has no section %s", name)
	}
}

// keptLines leaves out what is not of the configuration: states, and whether a route has been set.
func keptLines(lines []string) []string {
	var out []string
	for _, l := range lines {
		l, _, _ = strings.Cut(strings.TrimSuffix(l, " set"), " [installed")
		k, _, _ := strings.Cut(l, " =")
		if !slices.Contains([]string{"Status", "Current processes", "Have quorum", "GARP next time"}, k) &&
			!strings.HasPrefix(l, "Tracking ") && !strings.HasPrefix(l, "A, weight") {
			out = append(out, l)
		}
	}
	return out
}

func describeTracked(s *conf.Static, add func(section, format string, args ...any)) {
	reverse := func(v bool) string { return map[bool]string{true: " reverse"}[v] }
	for _, f := range s.TrackFiles {
		const section = "VRRP Track files"
		add(section, "Track file = %s", f.Name)
		add(section, "File = %s", f.Path.V)
		add(section, "Weight = %d%s", f.Weight.V, reverse(f.Reverse))
	}
	for _, p := range s.TrackProcesses {
		const section = "VRRP Track processes"
		add(section, "VRRP Track process = %s", p.Name)
		add(section, "Process = %s", p.Process.V)
		if len(p.Params) > 0 {
			add(section, "Parameters = %s", strings.Join(p.Params, " "))
		}
		switch {
		case p.ParamMatch.V == conf.MatchInitial:
			add(section, "Param match = initial")
		case p.ParamMatch.V == conf.MatchPartial:
			add(section, "Param match = partial")
		case p.ParamMatch.Set():
			add(section, "Param match")
		}
		add(section, "Min processes = %d", p.Quorum.V)
		if p.QuorumMax.Set() {
			add(section, "Max processes = %d", p.QuorumMax.V)
		}
		add(section, "Weight = %d%s", p.Weight.V, reverse(p.Reverse))
		add(section, "Terminate delay = %.6fs", p.TerminateDelay.V.Seconds())
		add(section, "Fork delay = %.6fs", p.ForkDelay.V.Seconds())
		add(section, "Full command = %t", p.FullCommand.V)
	}
}

// routeText words a route as keepalived's dump does.
func routeText(r *conf.Route) string {
	var b strings.Builder
	b.WriteString(map[conf.RouteOrder]string{conf.RoutePrepend: "prepend ", conf.RouteAdd: "add ", conf.RouteAppend: "append "}[r.Order.V])
	fmt.Fprintf(&b, "%s%s", written(r.To), encapText(r.Encap))
	if r.From.Set() {
		fmt.Fprintf(&b, " from %s", written(r.From.V))
	}
	b.WriteString(optional("src", r.Src))
	if r.Via.Set() && !r.Or.Set() {
		b.WriteString(viaText(&r.NextHop))
	}
	fmt.Fprintf(&b, "%s%s%s", optional("tos", r.TOS), optional("dev", r.Dev), optional("table", r.Table))
	b.WriteString(" proto 18" + optional("scope", r.Scope) + optional("metric", r.Metric))
	if r.Expires.Set() {
		fmt.Fprintf(&b, " expires %dsec", r.Expires.V)
	}
	if r.OnLink.V {
		b.WriteString(" onlink")
	}
	if r.Realms.Set() {
		fmt.Fprintf(&b, " realms %d/%d", r.Realms.V.From, r.Realms.V.To)
	}
	for _, m := range []struct {
		name string
		v    conf.RouteMetric
	}{{"rtt", r.RTT}, {"rttvar", r.RTTVar}, {"rto_min", r.RTOMin}} {
		if m.v.Set() {
			fmt.Fprintf(&b, " %s %s", m.name, strings.Replace((time.Duration(m.v.V)*time.Millisecond).String(), "m0s", "m", 1))
		}
	}
	if r.ECN.V {
		b.WriteString(" features ecn")
	}
	for _, m := range []struct {
		name string
		v    conf.RouteMetric
	}{
		{"mtu", r.MTU},
		{"window", r.Window},
		{"ssthresh", r.SSThresh},
		{"cwnd", r.Cwnd},
		{"advmss", r.AdvMSS},
		{"reordering", r.Reordering},
		{"hoplimit", r.HopLimit},
		{"initcwnd", r.InitCwnd},
		{"initrwnd", r.InitRwnd},
		{"quickack", r.QuickAck},
	} {
		if m.v.Set() {
			fmt.Fprintf(&b, " %s %s%d", m.name, map[bool]string{true: "lock "}[m.v.Lock], m.v.V)
		}
	}
	if r.Pref.Set() {
		b.WriteString(" pref " + map[conf.RoutePref]string{conf.PrefLow: "low", conf.PrefMedium: "medium", conf.PrefHigh: "high"}[r.Pref.V])
	}
	hops := r.NextHops
	if r.Or.Set() {
		hops = []conf.NextHop{{Via: r.Via}, {Via: r.Or}}
	}
	for i := range hops {
		h := &hops[i]
		b.WriteString(" nexthop" + viaText(h) + optional("dev", h.Dev) + optional("weight", h.Weight))
		if h.OnLink.V {
			b.WriteString(" onlink")
		}
	}
	if r.NoTrack {
		b.WriteString(" no_track")
	}
	return b.String() + optional("track_group", r.TrackGroup)
}

func viaText(h *conf.NextHop) string {
	if h.Via.V.Is6() {
		return optional("via inet6", h.Via)
	}
	return optional("via inet", h.Via)
}

func encapText(e *conf.Encap) string {
	if e == nil {
		return ""
	}
	tos, ttl := "tos", "ttl"
	if e.Kind.V == "ip6" {
		tos, ttl = "tc", "hoplimit"
	}
	return " encap " + e.Kind.V + optional("id", e.ID) + optional("dst", e.Dst) + optional("src", e.Src) + optional(tos, e.TOS) +
		optional(ttl, e.TTL) + fmt.Sprintf(" flags %#x", e.Flags.V)
}

// ruleText words a rule as keepalived's dump does.
func ruleText(r *conf.Rule) string {
	var b strings.Builder
	if r.IPv6 && !r.From.Set() && !r.To.Set() {
		b.WriteString("inet6 ")
	}
	if r.Not {
		b.WriteString("not ")
	}
	b.WriteString("from ")
	if r.From.Set() {
		b.WriteString(written(r.From.V))
	} else {
		b.WriteString("all")
	}
	if r.To.Set() {
		b.WriteString(" to " + written(r.To.V))
	}
	fmt.Fprintf(&b, " priority %d tos %#x", r.Preference.V, r.TOS.V)
	if r.FwMark.Set() {
		fmt.Fprintf(&b, " fwmark %#x", r.FwMark.V)
	}
	if r.FwMask.Set() {
		fmt.Fprintf(&b, "/%#x", r.FwMask.V)
	}
	b.WriteString(optional("iif", r.IIF) + optional("oif", r.OIF) + optional("suppress_prefixlen", r.SuppressLength) +
		optional("suppress_ifgroup", r.SuppressGroup) + optional("tunnel-id", r.TunnelID))
	if r.UIDs.Set() {
		fmt.Fprintf(&b, " uidrange %d-%d", r.UIDs.V.Lo, r.UIDs.V.Hi)
	}
	if r.Action.V == conf.RuleL3MDev {
		b.WriteString(" l3mdev")
	}
	protocol := uint8(conf.TrackProtocol)
	if r.Protocol.Set() {
		protocol = r.Protocol.V
	}
	fmt.Fprintf(&b, " protocol %d%s", protocol, optional("ipproto", r.IPProto))
	if r.SourcePorts.Set() {
		fmt.Fprintf(&b, " sport %d-%d", r.SourcePorts.V.Lo, r.SourcePorts.V.Hi)
	}
	if r.DestPorts.Set() {
		fmt.Fprintf(&b, " dport %d-%d", r.DestPorts.V.Lo, r.DestPorts.V.Hi)
	}
	if r.Realms.Set() {
		fmt.Fprintf(&b, " realms %d/%d", r.Realms.V.From, r.Realms.V.To)
	}
	switch r.Action.V {
	case conf.RuleTable, conf.RuleL3MDev:
		fmt.Fprintf(&b, " lookup %d", r.Table.V)
	case conf.RuleGoto:
		fmt.Fprintf(&b, " goto %d", r.Goto.V)
	case conf.RuleNop:
		b.WriteString(" nop")
	default:
		b.WriteString(" type " + map[conf.RuleAction]string{conf.RuleBlackhole: "blackhole", conf.RuleUnreachable: "unreachable", conf.RuleProhibit: "prohibit"}[r.Action.V])
	}
	if r.NoTrack {
		b.WriteString(" no_track")
	}
	return b.String() + optional("track_group", r.TrackGroup)
}
