package dump

import (
	"strconv"
	"strings"
	"time"

	"holdfast/conf"
)

// Global gives the section on global_defs and, if announcements are paced, the one on that.
func Global(cfg *conf.Config, m *Machine) []string {
	g := &cfg.Global
	var t text
	t.header("Global definitions")
	t.identity(g, m)
	t.mail(g)
	t.add(" Checkers log all failures = %t", g.CheckerLogAll.V)
	t.add(" No test config before reload")
	t.add(" Dynamic interfaces = %t", g.DynamicInterfaces.V)
	t.when(g.DynamicInterfaces.V, " Allow interface changes = %t", g.AllowIfChanges.V)
	t.lvs(g)
	t.when(!m.Checks, " Default interface = eth0") // compat: whatever default_interface says
	t.add(" Disable local IGMP = no")
	t.sync(g, m)
	t.add(" FIFO write vrrp states on reload = false")
	t.add(" VRRP notify priority changes = false")
	t.protocol(g, m)
	t.scheduling(g)
	t.absent()
	t.add(" Script security %s", either(g.EnableScriptSecurity.V, "enabled", "disabled"))
	t.when(!m.Nobody, " Default script uid:gid %d:%d", m.UID, m.GID)
	t.buffers(g)
	t.add(" umask = 0%o", m.Umask)
	t.when(g.StartupDelay.V > 0, " vrrp_startup_delay = %s", shortest(g.StartupDelay.V))
	t.when(g.LogUnknownVRIDs.V, " log_unknown_vrids")
	t.pacing(cfg)
	return t
}

func (t *text) identity(g *conf.Global, m *Machine) {
	t.add(" Network namespace = %s", either(m.Namespace == "", "(default)", m.Namespace))
	t.add(" Network namespace ipvs = (main namespace)")
	t.when(g.InstanceName.Set(), " Instance name = %s", g.InstanceName.V)
	t.when(g.ProcessName.Set(), " Parent process name = %s", g.ProcessName.V)
	t.when(g.VRRPProcessName.Set(), " VRRP process name = %s", g.VRRPProcessName.V)
	t.add(" Router ID = %s", either(g.RouterID.Set(), g.RouterID.V, m.Name))
}

func (t *text) mail(g *conf.Global) {
	t.when(g.SMTPServer.Set(), " Smtp server = %s", g.SMTPServer.V)
	t.when(g.SMTPServer.Set(), " Smtp server port = %d", g.SMTPServerPort.V)
	t.when(g.SMTPHeloName.Set(), " Smtp HELO name = %s", g.SMTPHeloName.V)
	t.when(g.SMTPServer.Set() || g.SMTPConnectTimeout.Set(),
		" Smtp server connection timeout = %d", whole(g.SMTPConnectTimeout.V))
	t.when(g.NotificationEmailFrom.Set(), " Email notification from = %s", g.NotificationEmailFrom.V)
	t.when(len(g.NotificationEmail) > 0, " Email notification to:")
	for _, to := range g.NotificationEmail {
		t.add("   %s", to.V)
	}
	for _, alert := range []struct {
		name string
		v    conf.Value[bool]
	}{
		{"smtp_alert", g.SMTPAlert}, {"smtp_alert_vrrp", g.SMTPAlertVRRP}, {"smtp_alert_checker", g.SMTPAlertChecker},
	} {
		t.add(" Default %s = %s", alert.name, either(!alert.v.Set(), "unset", either(alert.v.V, "on", "off")))
	}
}

func (t *text) protocol(g *conf.Global, m *Machine) {
	t.add(" VRRP IPv4 mcast group = %s", g.McastGroup4.V)
	t.add(" VRRP IPv6 mcast group = %s", g.McastGroup6.V)
	t.add(" Gratuitous ARP delay = %d", whole(g.GARP.MasterDelay.V))
	t.add(" Gratuitous ARP repeat = %d", g.GARP.MasterRepeat.V)
	t.add(" Gratuitous ARP refresh timer = %d", whole(g.GARP.MasterRefresh.V))
	t.add(" Gratuitous ARP refresh repeat = %d", g.GARP.MasterRefreshRepeat.V)
	if m.Checks { // compat: it has not filled in these two
		t.add(" Gratuitous ARP lower priority delay = 4294967295")
		t.add(" Gratuitous ARP lower priority repeat = 4294967295")
	} else {
		t.add(" Gratuitous ARP lower priority delay = %d", whole(g.GARP.LowerPrioDelay.V))
		t.add(" Gratuitous ARP lower priority repeat = %d", g.GARP.LowerPrioRepeat.V)
	}
	t.add(" Num adverts before down = %d", g.DownTimerAdv.V)
	t.add(" Gratuitous ARP for each secondary VMAC = 0s")
	t.add(" Send advert after receive lower priority advert = %t", !g.LowerPrioNoAd.V)
	t.add(" Send advert after receive higher priority advert = %t", g.HigherPrioAd.V)
	t.add(" Gratuitous ARP interval = %.6f", g.GARPInterval.V.Seconds())
	t.add(" Gratuitous NA interval = %.6f", g.GNAInterval.V.Seconds())
	t.add(" VRRP default protocol version = %d", g.Version.V)
	t.add(" nftables without counters")
	t.add(" VRRP check unicast_src = false")
	t.add(" VRRP skip check advert addresses = %t", g.SkipCheckAdvAddr.V)
	t.add(" VRRP strict mode = %t", g.Strict.V)
	t.add(" Max auto priority = %s", either(g.MaxAutoPriority.V < 0, "Disabled", strconv.Itoa(g.MaxAutoPriority.V)))
	t.add(" Min auto priority delay = 1000000 usecs")
}

func (t *text) scheduling(g *conf.Global) {
	t.add(" VRRP process priority = %d", g.VRRPPriority.V)
	t.add(" VRRP don't swap = %t", g.VRRPNoSwap.V)
	t.add(" VRRP realtime priority = %d", g.VRRPRTPriority.V)
	if cpus := g.VRRPCPUAffinity.V; len(cpus) > 0 {
		t.add(" VRRP CPU Affinity = %s", processors(cpus))
	}
	t.add(" VRRP realtime limit = 10000")
	t.process("Checker", &g.CheckerProcess)
	t.process("BFD", &conf.Process{}) // there is none
}

func (t *text) process(name string, p *conf.Process) {
	t.add(" %s process priority = %d", name, p.Priority.V)
	t.add(" %s don't swap = %t", name, p.NoSwap.V)
	t.add(" %s realtime priority = %d", name, p.RTPriority.V)
	if cpus := p.CPUAffinity.V; len(cpus) > 0 {
		t.add(" %s CPU Affinity = %s", name, processors(cpus))
	}
	t.add(" %s realtime limit = 10000", name)
}

// processors lists processors. compat: number 0 is an empty word.
func processors(cpus []int) string {
	var b strings.Builder
	for _, n := range cpus {
		if n > 0 {
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// absent tells of interfaces to other programs, none of which is there.
func (t *text) absent() {
	for _, what := range []string{"SNMP vrrp", "SNMP checker", "SNMP RFCv2", "SNMP RFCv3", "SNMP traps"} {
		t.add(" %s disabled", what)
	}
	t.add(" SNMP socket = default (unix:/var/agentx/master)")
	t.add(" DBus disabled")
	t.add(" DBus service name = ")
}

func (t *text) buffers(g *conf.Global) {
	for _, what := range []string{
		"vrrp_netlink_cmd", "vrrp_netlink_monitor", "process_monitor", "lvs_netlink_cmd", "lvs_netlink_monitor",
	} {
		t.add(" %s_rcv_bufs = 0", what)
		t.add(" %s_rcv_bufs_force = 0", what)
	}
	t.add(" rs_init_notifies = %s", bit(g.RSInitNotifies.V))
	t.add(" no_checker_emails = %s", bit(g.NoCheckerEmails.V))
	t.add(" rx_bufs_multiples = 3")
}

// pacing lists the interfaces that have a gap between announcements, each as a group of its own.
func (t *text) pacing(cfg *conf.Config) {
	arp, na := cfg.Global.GARPInterval.V, cfg.Global.GNAInterval.V
	if arp == 0 && na == 0 {
		return
	}
	t.header("Gratuitous ARP delays")
	for _, name := range announced(cfg) {
		t.header("GARP delay group 0")
		for _, gap := range []struct {
			what string
			on   bool
			secs string
		}{{"GARP", arp > 0, shortest(arp)}, {"GNA", na > 0, shortest(na)}} {
			t.when(gap.on, " %s interval = %s", gap.what, gap.secs)
			t.when(gap.on, " %s next time 0.000000 (Thu Jan  1 00:00:00.000000)", gap.what)
		}
		t.add(" Interfaces")
		t.add("  %s", name)
	}
}

// announced lists the interfaces that addresses are announced on, in the order in which they are named.
func announced(cfg *conf.Config) (names []string) {
	seen := map[string]bool{}
	add := func(name string) {
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, in := range cfg.Instances {
		add(in.Interface.V)
		for _, list := range [][]conf.Address{in.Addresses, in.Excluded} {
			for i := range list {
				add(list[i].Dev.V)
			}
		}
	}
	return names
}

// millis is a duration in whole milliseconds.
func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) + "ms" }
