package conf_test

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
)

// TestTypedServers holds what virtual servers, real servers and checkers come to against what keepalived 2.2.7 has made of
// the same file: testdata/typed/servers.dump is what "keepalived -n -l -d -C" wrote on a kernel with IPVS, without what
// changes while it runs and what says nothing about the file (dates, states, default flags).
func TestTypedServers(t *testing.T) {
	recorded, err := os.ReadFile("testdata/typed/servers.dump")
	if err != nil {
		t.Fatal(err)
	}
	cfg, _ := conf.Load(dirSource{"testdata/typed"}, "servers.conf", conf.Options{})
	var d serverDump
	d.groups(cfg)
	for _, vs := range cfg.VirtualServers {
		d.virtual(vs)
	}
	d.line("------< Health checkers >------")
	d.checkers(cfg)
	if diff := cmp.Diff(string(recorded), d.String()); diff != "" {
		t.Errorf("(-keepalived +we):\n%s", diff)
	}
}

// serverDump words a configuration as keepalived's dump does.
type serverDump struct{ strings.Builder }

func (d *serverDump) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// opt writes the line if something is there to write.
func (d *serverDump) opt(there bool, format string, args ...any) {
	if there {
		d.line(format, args...)
	}
}

func word(v bool, yes, no string) string {
	if v {
		return yes
	}
	return no
}

func (d *serverDump) groups(cfg *conf.Config) {
	for _, g := range cfg.ServerGroups {
		d.line("------< Virtual server group >------")
		d.line("Virtual Server Group = %s, IPv4 = yes, IPv6 = no", g.Name)
		for i := range g.Entries {
			switch e := &g.Entries[i]; {
			case e.IsMark():
				d.line("FWMARK = %d IPv%d", e.Mark, e.Family)
			case e.First == e.Last:
				d.line("VIP = %s, VPORT = %d", e.First, e.Port)
			default:
				d.line("VIP Range = %s-%s, VPORT = %d", e.First, e.Last, e.Port)
			}
		}
	}
}

func (d *serverDump) virtual(vs *conf.VirtualServer) {
	d.line("------< Virtual server >------")
	switch {
	case vs.Mark.Set():
		d.line("VS FWMARK = %d", vs.Mark.V)
	case vs.Group.Set():
		d.line("VS GROUP = [%s]:0", vs.Group.V)
	default:
		d.line("VS VIP = %s, VPORT = %d", vs.Address.V.Addr(), vs.Address.V.Port())
	}
	d.opt(vs.VirtualHost.Set(), "VirtualHost = %s", vs.VirtualHost.V)
	d.opt(vs.SNMPName.Set(), "SNMP name = '%s'", vs.SNMPName.V)
	d.line("Address family = %s", map[conf.Family]string{conf.FamilyIPv4: "inet", conf.FamilyIPv6: "inet6"}[vs.Family.V])
	d.line("connection timeout = %f", vs.Timing.ConnectTimeout.V.Seconds())
	d.line("delay_loop = %f", vs.Timing.DelayLoop.V.Seconds())
	d.line("lvs_sched = %s", vs.Scheduler.V)
	switch s := vs.Scheduler.V; s {
	case "sh", "mh":
		d.opt(vs.Flag2.V, "%s-port = enabled", s)
		d.opt(vs.Flag1.V, "%s-fallback = enabled", s)
	default:
		d.opt(vs.Flag1.V, "flag-1 = enabled")
		d.opt(vs.Flag2.V, "flag-2 = enabled")
		d.opt(vs.Flag3.V, "flag-3 = enabled")
	}
	d.line("One packet scheduling = %s", word(vs.OnePacket.V, "enabled", "disabled"))
	d.opt(vs.Persistence.V > 0, "persistence timeout = %d", vs.Persistence.V/time.Second)
	if g := vs.Granularity; g.V.Mask.IsValid() {
		d.line("persistence granularity = %s", g.V.Mask)
	} else if g.Set() {
		d.line("persistence granularity = %d", g.V.Bits)
	}
	d.line("protocol = %s", map[conf.Protocol]string{0: "none", conf.ProtocolTCP: "TCP", conf.ProtocolUDP: "UDP", conf.ProtocolSCTP: "SCTP"}[vs.Protocol.V])
	d.line("alpha is %s", word(vs.Alpha.V, "ON", "OFF"))
	d.line("omega is %s", word(vs.Omega.V, "ON", "OFF"))
	d.timing(vs.Timing)
	d.line("Inhibit on failure is %s", word(vs.InhibitOnFailure.V, "ON", "OFF"))
	d.line("quorum = %d, hysteresis = %d", vs.Quorum.V, vs.Hysteresis.V)
	d.opt(vs.HASuspend.V, "Using HA suspend")
	d.line("Using smtp notification = %s", word(vs.SMTPAlert.V, "yes", "no"))
	d.line("default forwarding method = %s", forwardText(vs.Forward.V, vs.Tunnel))
	if vs.SorryServer.Set() {
		d.line("sorry server = %s", serverText(vs, vs.SorryServer.V))
		d.line("forwarding method = %s", forwardText(vs.SorryForward.V, vs.SorryTunnel))
		d.line("Inhibit on failure is %s", word(vs.SorryInhibit.V, "ON", "OFF"))
	}
	for _, rs := range vs.RealServers {
		d.real(vs, rs)
	}
}

func (d *serverDump) real(vs *conf.VirtualServer, rs *conf.RealServer) {
	d.line("------< Real server >------")
	d.line("RIP = %s, RPORT = %d, WEIGHT = %d", rs.Address.V.Addr(), rs.Address.V.Port(), rs.Weight.V)
	d.line("forwarding method = %s", forwardText(rs.Forward.V, rs.Tunnel))
	d.line("Alpha is %s", word(rs.Alpha.V, "ON", "OFF"))
	d.line("connection timeout = %f", rs.Timing.ConnectTimeout.V.Seconds())
	d.line("connection limit range = %d -> %d", rs.LowerThreshold.V, rs.UpperThreshold.V)
	d.line("Delay loop = %f", rs.Timing.DelayLoop.V.Seconds())
	d.timing(rs.Timing)
	d.line("Inhibit on failure is %s", word(rs.InhibitOnFailure.V, "ON", "OFF"))
	d.opt(rs.VirtualHost.Set() && rs.VirtualHost.At != vs.VirtualHost.At, "VirtualHost = '%s'", rs.VirtualHost.V)
	d.opt(rs.SNMPName.Set(), "SNMP name = %s", rs.SNMPName.V)
	d.line("Using smtp notification = %s", word(rs.SMTPAlert.V, "yes", "no"))
	first := true
	for _, c := range rs.Checkers {
		if c.File == nil {
			continue
		}
		weight := 3 // the track_file's
		if c.File.Weight.Set() {
			weight = c.File.Weight.V
		}
		d.opt(first, "Tracked Files")
		d.line("%s, weight %d%s", c.File.TrackFile.V, weight, word(c.File.Reverse.V, " reverse", ""))
		first = false
	}
}

func (d *serverDump) timing(t conf.Timing) {
	d.opt(t.Retry.Set(), "Retry count = %d", t.Retry.V)
	d.opt(t.DelayBeforeRetry.Set(), "Retry delay = %f", t.DelayBeforeRetry.V.Seconds())
	d.opt(t.Warmup.Set(), "Warmup = %f", t.Warmup.V.Seconds())
}

func forwardText(f conf.Forward, t *conf.Tunnel) string {
	switch f {
	case conf.ForwardNAT:
		return "NAT"
	case conf.ForwardDR:
		return "DR"
	}
	if t == nil {
		t = &conf.Tunnel{}
	}
	s := "TUN, type = " + [...]string{"IPIP", "GUE", "GRE"}[t.Kind.V]
	if t.Port.Set() {
		s += fmt.Sprintf(", port = %d", t.Port.V)
	}
	return s + [...]string{"", ", checksum", ", remote checksum"}[t.Checksum.V]
}

func serverText(vs *conf.VirtualServer, a netip.AddrPort) string {
	proto := map[conf.Protocol]string{0: "none", conf.ProtocolTCP: "tcp", conf.ProtocolUDP: "udp", conf.ProtocolSCTP: "sctp"}[vs.Protocol.V]
	return fmt.Sprintf("[%s]:%s:%d", a.Addr(), proto, a.Port())
}

// checkers writes the checkers; those of files come last.
func (d *serverDump) checkers(cfg *conf.Config) {
	for _, files := range []bool{false, true} {
		for _, vs := range cfg.VirtualServers {
			for _, rs := range vs.RealServers {
				for _, c := range rs.Checkers {
					if (c.File != nil) == files {
						d.checker(vs, rs, c)
					}
				}
			}
		}
	}
}

func (d *serverDump) checker(vs *conf.VirtualServer, rs *conf.RealServer, c *conf.Checker) {
	head := serverText(vs, vs.Address.V) + " -> " + serverText(vs, rs.Address.V)
	if c.File != nil {
		d.line("%s", head)
		d.line("Keepalive method = FILE_CHECK\nTracked file = %s", c.File.TrackFile.V)
		return
	}
	if c.SMTP == nil || !c.SMTP.HostsOnly {
		d.line("%s", head)
		d.schedule(c)
		if c.Misc == nil && c.BFD == nil {
			d.connection(rs, &c.Connection, c.Timing.ConnectTimeout.V)
		}
		d.method(c)
	}
	if c.SMTP == nil {
		return
	}
	for _, h := range c.SMTP.Hosts {
		d.line("%s", head)
		d.schedule(c)
		timeout := h.ConnectTimeout.V
		if h.ConnectTimeout.At == c.Timing.ConnectTimeout.At {
			timeout = 0 // keepalived hands none down to a host block, see docs/compat.md
		}
		d.connection(rs, &h.Connection, timeout)
		d.method(c)
	}
}

func (d *serverDump) schedule(c *conf.Checker) {
	d.line("Alpha = %s", word(c.Alpha.V, "yes", "no"))
	if c.BFD != nil {
		return // follows without a schedule
	}
	d.line("Delay loop = %d us", c.Timing.DelayLoop.V.Microseconds())
	d.line("Warmup = %d us", c.Timing.Warmup.V.Microseconds())
	d.line("Retries = %d", c.Timing.Retry.V)
	d.opt(c.Timing.Retry.V > 0, "Delay before retry = %d us", c.Timing.DelayBeforeRetry.V.Microseconds())
	d.opt(c.LogAll.V, "Log all failures = yes")
}

func (d *serverDump) connection(rs *conf.RealServer, n *conf.Connection, timeout time.Duration) {
	ip := rs.Address.V.Addr()
	if n.ConnectIP.Set() {
		ip = n.ConnectIP.V
	}
	d.line("Connection\nDest = [%s]:%d", ip, rs.CheckPort(n))
	d.opt(n.BindTo.Set(), "Bind to = [%s]:%d", n.BindTo.V, n.BindPort.V)
	d.opt(n.BindIf.Set(), "Bind i/f = %s", n.BindIf.V)
	d.opt(n.Mark.V > 0, "Mark = %d", n.Mark.V)
	d.line("Timeout = %f", timeout.Seconds())
}

// method writes what only one kind of checker has.
func (d *serverDump) method(c *conf.Checker) {
	head := "Keepalive method = " + c.Kind
	switch {
	case c.HTTP != nil:
		d.line("%s, http protocol %s", head, c.HTTP.Protocol.V)
		d.http(c.HTTP)
	case c.SMTP != nil:
		d.line("%s\nhelo = %s", head, c.SMTP.HELO.V)
	case c.DNS != nil:
		d.line("%s\nType = %s\n%s", head, c.DNS.Type.V, strings.TrimSpace("Name = "+strings.TrimSuffix(c.DNS.Name.V, ".")))
	case c.Misc != nil:
		// keepalived resolves links
		d.line("%s\nscript = '/usr%s'", head, strings.Join(c.Misc.Command.Argv, "' '"))
		timeout := 0
		if c.Misc.Timeout.Set() {
			timeout = int(c.Misc.Timeout.V / time.Second)
		}
		d.line("timeout = %d\ndynamic = %s", timeout, word(c.Misc.Dynamic.V, "YES", "NO"))
	case c.BFD != nil:
		d.line("%s\nName = %s\nAlpha is %s", head, c.BFD.Name.V, word(c.Alpha.V, "ON", "OFF"))
	case c.UDP != nil:
		d.line("%s", head)
		d.udp(c.UDP)
	default:
		d.line("%s", head)
	}
}

func (d *serverDump) udp(u *conf.UDPCheck) {
	if u.Payload.Set() {
		d.line("Payload len = %d", len(u.Payload.V))
	} else {
		d.line("Payload specified = no")
	}
	d.line("Require reply = %s", word(u.RequireReply.V, "yes", "no"))
	if !u.RequireReply.V {
		return
	}
	d.line("Min reply length = %d\nMax reply length = %d\nReply data len = %d", u.MinReply.V, u.MaxReply.V, len(u.Reply))
	for _, b := range u.Reply {
		if b.Mask != 0xff {
			d.line("Reply data mask = yes")
			break
		}
	}
}

func (d *serverDump) http(h *conf.HTTPCheck) {
	own := h.VirtualHost.Set() && strings.HasPrefix(h.VirtualHost.V, "check.") // an inherited one is not dumped
	d.opt(own, "Virtualhost = %s", h.VirtualHost.V)
	d.line("Enable SNI %s", word(h.EnableSNI.V, "set", "unset"))
	d.line("Fast recovery %s", word(h.FastRecovery.V, "set", "unset"))
	for _, u := range h.URLs {
		d.line("Checked url = %s", u.Path.V)
		d.opt(u.Digest.Set(), "digest = %x", u.Digest.V)
		d.line("HTTP Status Code(s)")
		for _, s := range u.Status {
			if s.From == s.To {
				d.line("%d", s.From)
			} else {
				d.line("%d-%d", s.From, s.To)
			}
		}
		d.opt(len(u.Status) == 0, "200-299")
		d.opt(u.VirtualHost.Set() && u.VirtualHost.At != h.VirtualHost.At, "Virtual host = %s", u.VirtualHost.V)
		if r := u.Regex; r.Pattern.Set() {
			d.line("Regex = \"%s\"", r.Pattern.V)
			d.opt(r.NoMatch.V, "Regex no match")
			d.opt(r.MinOffset.Set(), "Regex min offset = %d, max_offset = %d", r.MinOffset.V, r.MaxOffset.V)
		}
	}
}
