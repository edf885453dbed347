package dump

import (
	"fmt"
	"net/netip"
	"strings"

	"holdfast/conf"
	"holdfast/internal/core/check"
)

func (t *text) service(cfg *conf.Config, s *check.ServiceCount, m *Machine) {
	vs := s.Conf
	t.add(" ------< Virtual server >------")
	switch {
	case vs.Group.Set():
		t.add(" VS GROUP = [%s]:%d", vs.Group.V, s.Ordinal)
	case vs.Mark.Set():
		t.add(" VS FWMARK = %d", vs.Mark.V)
	default:
		t.add(" VS VIP = %s, VPORT = %d", vs.Address.V.Addr(), vs.Address.V.Port())
	}
	t.when(vs.VirtualHost.Set(), "   VirtualHost = %s", vs.VirtualHost.V)
	t.when(vs.SNMPName.Set(), "   SNMP name = '%s'", vs.SNMPName.V)
	t.add("   Address family = %s", either(vs.Family.V == conf.FamilyIPv6, "inet6", "inet"))
	t.add("   connection timeout = %.6f", vs.Timing.ConnectTimeout.V.Seconds())
	t.add("   delay_loop = %.6f", vs.Timing.DelayLoop.V.Seconds())
	t.schedule(vs)
	t.add("   protocol = %s", either(vs.Mark.Set() || vs.Protocol.V == 0, "none", strings.ToUpper(protocol(vs))))
	t.add("   alpha is %s", onOff(vs.Alpha.V))
	t.add("   omega is %s", onOff(vs.Omega.V))
	t.retries(&vs.Timing)
	t.add("   Inhibit on failure is %s", onOff(vs.InhibitOnFailure.V))
	t.add("   quorum = %d, hysteresis = %d", vs.Quorum.V, vs.Hysteresis.V)
	t.script(m, "Quorum up notify", vs.QuorumUp)
	t.script(m, "Quorum down notify", vs.QuorumDown)
	t.when(vs.HASuspend.V, "   Using HA suspend")
	t.add("   Using smtp notification = %s", either(vs.SMTPAlert.V, "yes", "no"))
	t.forwarding("   default ", vs.Forward.V, vs.Tunnel)
	if vs.SorryServer.Set() {
		t.add("   sorry server = %s", member(vs.SorryServer.V, vs))
		t.forwarding("     ", vs.SorryForward.V, vs.SorryTunnel)
		t.add("     Inhibit on failure is %s", onOff(vs.SorryInhibit.V))
	}
	t.add("   alive = 1")
	t.add("   quorum_state_up = %s", bit(s.Up))
	t.add("   reloaded = %s", bit(m.Reloaded))
	for i := range s.Servers {
		t.server(cfg, vs, &s.Servers[i], m)
	}
}

func (t *text) schedule(vs *conf.VirtualServer) {
	t.add("   lvs_sched = %s", vs.Scheduler.V)
	t.add("   Hashed = disabled")
	enabled := func(v bool) string { return either(v, "enabled", "disabled") }
	switch name := vs.Scheduler.V; name {
	case "sh", "mh":
		t.add("   %s-port = %s", name, enabled(vs.Flag2.V))
		t.add("   %s-fallback = %s", name, enabled(vs.Flag1.V))
	default:
		t.add("   flag-1 = %s", enabled(vs.Flag1.V))
		t.add("   flag-2 = %s", enabled(vs.Flag2.V))
		t.add("   flag-3 = %s", enabled(vs.Flag3.V))
	}
	t.add("   One packet scheduling = %s", enabled(vs.OnePacket.V))
	t.when(vs.Persistence.V > 0, "   persistence timeout = %d", whole(vs.Persistence.V))
	t.when(vs.Granularity.Set(), "   persistence granularity = %s", vs.Granularity.V)
}

func (t *text) retries(g *conf.Timing) {
	t.when(g.Retry.Set(), "   Retry count = %d", g.Retry.V)
	t.when(g.DelayBeforeRetry.Set(), "   Retry delay = %.6f", g.DelayBeforeRetry.V.Seconds())
	t.when(g.Warmup.Set(), "   Warmup = %.6f", g.Warmup.V.Seconds())
}

// forwarding says how packets reach a server. compat: other tunnels than IPIP are not called a default, and not set in.
func (t *text) forwarding(lead string, how conf.Forward, tunnel *conf.Tunnel) {
	switch {
	case how == conf.ForwardNAT:
		t.add("%sforwarding method = NAT", lead)
	case how == conf.ForwardDR:
		t.add("%sforwarding method = DR", lead)
	case tunnel == nil || tunnel.Kind.V == conf.TunnelIPIP:
		t.add("%sforwarding method = TUN, type = IPIP", lead)
	default:
		kind, port := "GRE", ""
		if tunnel.Kind.V == conf.TunnelGUE {
			kind, port = "GUE", fmt.Sprintf(", port = %d", tunnel.Port.V)
		}
		sum := [...]string{conf.ChecksumNone: "no", conf.ChecksumFull: "", conf.ChecksumRemote: "remote"}[tunnel.Checksum.V]
		t.add("   forwarding method = TUN, type = %s%s, %s", kind, port, strings.TrimSpace(sum+" checksum"))
	}
}

// member is how a server behind vs is named.
func member(a netip.AddrPort, vs *conf.VirtualServer) string {
	return fmt.Sprintf("[%s]:%s:%d", a.Addr(), either(vs.Mark.Set(), "none", protocol(vs)), a.Port())
}

func (t *text) server(cfg *conf.Config, vs *conf.VirtualServer, s *check.ServerCount, m *Machine) {
	rs := s.Conf
	now := max(s.Weight, 0)
	t.add("   ------< Real server >------")
	t.add("   RIP = %s, RPORT = %d, WEIGHT = %d EFF WEIGHT = %d", rs.Address.V.Addr(), rs.Address.V.Port(), now, now)
	t.forwarding("   ", rs.Forward.V, rs.Tunnel)
	t.add("   Alpha is %s", onOff(rs.Alpha.V))
	t.add("   connection timeout = %.6f", rs.Timing.ConnectTimeout.V.Seconds())
	t.add("   connection limit range = %d -> %d", rs.LowerThreshold.V, rs.UpperThreshold.V)
	t.add("   Delay loop = %.6f", rs.Timing.DelayLoop.V.Seconds())
	t.retries(&rs.Timing)
	t.add("   Inhibit on failure is %s", onOff(rs.InhibitOnFailure.V))
	t.script(m, "  RS up notify", rs.NotifyUp)
	t.script(m, "  RS down notify", rs.NotifyDown)
	t.when(own(rs.VirtualHost, vs.VirtualHost), "    VirtualHost = '%s'", rs.VirtualHost.V)
	t.when(rs.SNMPName.Set(), "   SNMP name = %s", rs.SNMPName.V)
	t.add("   Using smtp notification = %s", either(rs.SMTPAlert.V, "yes", "no"))
	t.add("   initial weight = %d", rs.Weight.V)
	t.add("   effective weight = %d", s.Weight)
	before := int64(0)
	if m.Reloaded {
		before = s.Weight
	}
	t.add("   previous effective_weight = %d", before)
	t.add("   alive = %s", bit(s.Up))
	t.add("   num failed checkers = %d", s.Failing)
	t.add("   RS set = %s", bit(s.In))
	t.add("   reloaded = %s", bit(m.Reloaded))
	headed := false
	for i := range s.Checkers {
		if f := s.Checkers[i].Conf.File; f != nil {
			if !headed {
				t.add("   Tracked Files")
				headed = true
			}
			t.add("     %s, %s", f.TrackFile.V, weight(factor(cfg, f)))
		}
	}
}

// own reports whether a value is not inherited.
func own[T any](v, from conf.Value[T]) bool { return v.Set() && v.At != from.At }
