package conf_test

import (
	"bufio"
	"fmt"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
	"holdfast/test/netns/need"
)

// dumpedSections runs keepalived and gives the lines of its dump by section, up to and with the line that last tells of.
func dumpedSections(t *testing.T, ns, file string, last func(line string) bool, flags ...string) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{
		"netns", "exec", ns, keepalived, "-n", "-l", "-d", "-f", file,
		"-p", filepath.Join(dir, "parent.pid"), "-r", filepath.Join(dir, "vrrp.pid"), "-b", filepath.Join(dir, "bfd.pid"),
	}, flags...)
	cmd := exec.Command("ip", args...)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	watchdog := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()

	all := map[string][]string{}
	section := ""
	for s := bufio.NewScanner(out); s.Scan(); {
		line := s.Text()
		if i := strings.Index(line, ": "); i > 0 && strings.Count(line[:i], ":") == 2 {
			line = line[i+2:] // behind the date
		}
		if rest, ok := strings.CutPrefix(line, "------< "); ok {
			section = strings.TrimSuffix(rest, " >------")
		} else if section != "" && strings.HasPrefix(line, " ") {
			all[section] = append(all[section], strings.TrimSpace(line))
		}
		if last(line) {
			return all
		}
	}
	t.Fatal("keepalived ended before its dump was complete")
	return nil
}

func atInterfaces(line string) bool { return strings.HasPrefix(line, "------< Interfaces") }

// settings makes a map of "Key = Value" lines. Of keys that come again the values are joined.
func settings(lines []string) map[string]string {
	m := map[string]string{}
	for _, l := range lines {
		k, v, ok := strings.Cut(l, " = ")
		if !ok {
			k, v = l, ""
		}
		if old, again := m[k]; again {
			v = old + " | " + v
		}
		m[k] = strings.TrimSpace(accountPart.ReplaceAllString(v, ""))
	}
	return m
}

// TestTypedGlobals compares the settings of global_defs.
func TestTypedGlobals(t *testing.T) {
	ns := need.Namespace(t, "hfconf")
	have := settings(dumpedSections(t, ns, "testdata/typed/globals.conf", atInterfaces, "-P")["Global definitions"])
	cfg, _ := conf.Load(dirSource{"testdata/typed"}, "globals.conf", conf.Options{CPUs: 2})
	got := describeGlobal(&cfg.Global)
	want := map[string]string{}
	for k := range got {
		if v, ok := have[k]; ok {
			want[k] = v
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-keepalived +we:\n%s", d)
	}
}

// describeGlobal words the settings as keepalived's dump does.
func describeGlobal(g *conf.Global) map[string]string {
	secs := func(v conf.Value[time.Duration]) string { return strconv.FormatInt(int64(v.V/time.Second), 10) }
	bit := func(v conf.Value[bool]) string { return map[bool]string{true: "1", false: "0"}[v.V] }
	onOff := func(v conf.Value[bool]) string { return map[bool]string{true: "on", false: "off"}[v.V] }
	m := map[string]string{
		"Router ID": g.RouterID.V, "VRRP process name": g.VRRPProcessName.V,
		"LVS process name": g.CheckerProcess.Name.V, "BFD process name": g.BFDProcess.Name.V,
		"Smtp server": g.SMTPServer.V, "Smtp server port": fmt.Sprint(g.SMTPServerPort.V), "Smtp HELO name": g.SMTPHeloName.V,
		"Smtp server connection timeout": secs(g.SMTPConnectTimeout), "Email notification from": g.NotificationEmailFrom.V,
		"Default smtp_alert": onOff(g.SMTPAlert), "Default smtp_alert_vrrp": onOff(g.SMTPAlertVRRP),
		"Default smtp_alert_checker": onOff(g.SMTPAlertChecker), "Checkers log all failures": fmt.Sprint(g.CheckerLogAll.V),
		"Send emails for fault transitions": map[bool]string{true: "off", false: "on"}[g.NoEmailFaults.V],
		"Reload time file":                  g.TimeFile.V + map[bool]string{true: " (repeat)"}[g.Repeat.V], "Reload_file": g.MarkFile.V,
		"Dynamic interfaces": fmt.Sprint(g.DynamicInterfaces.V), "Allow interface changes": fmt.Sprint(g.AllowIfChanges.V),
		// keepalived has one key for two timeouts.
		"LVS TCP timeout":     strings.Join([]string{g.Timeouts.V.Words()[1], g.Timeouts.V.Words()[5]}, " | "),
		"LVS TCP FIN timeout": g.Timeouts.V.Words()[3],
		"LVS syncd interface": g.SyncDaemon.V.Interface.V, "LVS syncd syncid": fmt.Sprint(g.SyncDaemon.V.ID.V),
		"LVS syncd maxlen": fmt.Sprint(g.SyncDaemon.V.MaxLen.V), "LVS mcast group " + g.SyncDaemon.V.Group.V.String(): "",
		"LVS syncd mcast port": fmt.Sprint(g.SyncDaemon.V.Port.V), "LVS syncd mcast ttl": fmt.Sprint(g.SyncDaemon.V.TTL.V),
		"LVS flush":         fmt.Sprint(g.LVSFlush.V),
		"LVS flush on stop": map[conf.FlushOnStop]string{conf.FlushNothing: "disabled", conf.FlushAll: "enabled", conf.FlushVirtualServers: "VS"}[g.LVSFlushOnStop.V],

		"Global notify fifo": g.NotifyFIFO.Path.V, "VRRP notify fifo": g.VRRPNotifyFIFO.Path.V, "LVS notify fifo": g.LVSNotifyFIFO.Path.V,
		"FIFO write vrrp states on reload": fmt.Sprint(g.FIFOOnReload.V), "VRRP notify priority changes": fmt.Sprint(g.NotifyPriority.V),
		"Disable local IGMP":    map[bool]string{true: "yes", false: "no"}[g.DisableLocalIGMP.V],
		"VRRP IPv4 mcast group": g.McastGroup4.V.String(), "VRRP IPv6 mcast group": g.McastGroup6.V.String(),
		"Gratuitous ARP delay": secs(g.GARP.MasterDelay), "Gratuitous ARP repeat": fmt.Sprint(g.GARP.MasterRepeat.V),
		"Gratuitous ARP refresh timer": secs(g.GARP.MasterRefresh), "Gratuitous ARP refresh repeat": fmt.Sprint(g.GARP.MasterRefreshRepeat.V),
		"Gratuitous ARP lower priority delay":              secs(g.GARP.LowerPrioDelay),
		"Gratuitous ARP lower priority repeat":             fmt.Sprint(g.GARP.LowerPrioRepeat.V),
		"Num adverts before down":                          fmt.Sprint(g.DownTimerAdv.V),
		"Gratuitous ARP for each secondary i/f":            g.GARPExtra.V.Words()[1] + "s",
		"Send advert after receive lower priority advert":  fmt.Sprint(!g.LowerPrioNoAd.V),
		"Send advert after receive higher priority advert": fmt.Sprint(g.HigherPrioAd.V),
		"Gratuitous ARP interval":                          fmt.Sprintf("%.6f", g.GARPInterval.V.Seconds()),
		"Gratuitous NA interval":                           fmt.Sprintf("%.6f", g.GNAInterval.V.Seconds()),
		"VRRP default protocol version":                    fmt.Sprint(g.Version.V),
		"nftables table name":                              g.NFTables.V, "nftables base chain priority": fmt.Sprint(g.NFTablesPriority.V),
		"VRRP check unicast_src":           fmt.Sprint(g.CheckUnicastSrc.V),
		"VRRP skip check advert addresses": fmt.Sprint(g.SkipCheckAdvAddr.V),
		"Max auto priority":                fmt.Sprint(g.MaxAutoPriority.V), "Min auto priority delay": fmt.Sprint(g.MinAutoPriorityDelay.V) + " usecs",
		"VRRP process priority": fmt.Sprint(g.VRRPPriority.V), "VRRP don't swap": fmt.Sprint(g.VRRPNoSwap.V),
		"VRRP realtime priority": fmt.Sprint(g.VRRPRTPriority.V), "VRRP realtime limit": fmt.Sprint(g.VRRPRTLimit.V),
		"SNMP socket": g.SNMPSocket.V, "DBus service name": g.DBusServiceName.V,
		"rs_init_notifies": bit(g.RSInitNotifies), "no_checker_emails": bit(g.NoCheckerEmails),
		"rx_bufs_policy": map[bool]string{true: "ADVERT"}[g.RxPolicy.V.Advert], "rx_bufs_multiples": fmt.Sprint(g.RxMultiplier.V),
		"umask": fmt.Sprintf("0%o", g.Umask.V), "vrrp_startup_delay": fmt.Sprint(g.StartupDelay.V.Seconds()),
		"VMAC prefix": g.VMACPrefix.V, "VMAC address prefix": g.VMACAddrPrefix.V,
	}
	for who, p := range map[string]*conf.Process{"Checker": &g.CheckerProcess, "BFD": &g.BFDProcess} {
		m[who+" process priority"], m[who+" don't swap"] = fmt.Sprint(p.Priority.V), fmt.Sprint(p.NoSwap.V)
		m[who+" realtime priority"], m[who+" realtime limit"] = fmt.Sprint(p.RTPriority.V), fmt.Sprint(p.RTLimit.V)
	}
	for name, b := range map[string]*conf.SocketBuffer{
		"vrrp_netlink_cmd_rcv_bufs": &g.VRRPCmdBuffer, "vrrp_netlink_monitor_rcv_bufs": &g.VRRPWatchBuffer,
		"lvs_netlink_cmd_rcv_bufs": &g.LVSCmdBuffer, "lvs_netlink_monitor_rcv_bufs": &g.LVSWatchBuffer,
		"process_monitor_rcv_bufs": &g.ProcessesBuffer,
	} {
		m[name], m[name+"_force"] = fmt.Sprint(b.Bytes.V), bit(b.Force)
	}
	for line, on := range map[string]bool{
		"nftables with counters": g.NFTablesCounters.V, "nftables force use ifindex for link local IPv6": g.NFTablesIfindex.V,
		"log_unknown_vrids": g.LogUnknownVRIDs.V, "Use instance name in data dumps": g.DataUseInstance.V,
	} {
		if on {
			m[line] = ""
		}
	}
	for _, a := range g.NotificationEmail {
		m[a.V] = ""
	}
	return m
}

// TestTypedBFD compares BFD sessions.
func TestTypedBFD(t *testing.T) {
	ns := need.Namespace(t, "hfconf")
	ends := 0
	lines := dumpedSections(t, ns, "testdata/typed/bfd.conf", func(line string) bool {
		if strings.Contains(line, "send event to checker") {
			ends++
		}
		return ends == 3
	})["BFD Topology"]
	cfg, _ := conf.Load(dirSource{"testdata/typed"}, "bfd.conf", conf.Options{})
	var got []string
	yes := func(v bool) string { return map[bool]string{true: "Yes", false: "No"}[v] }
	for _, b := range cfg.Static.BFDs {
		ttl := "TTL"
		if b.Neighbor.V.Is6() {
			ttl = "hoplimit"
		}
		got = append(got, "BFD Instance = "+b.Name, "Neighbor IP = "+b.Neighbor.V.String())
		if b.Source.Set() {
			got = append(got, "Source IP = "+b.Source.V.String())
		}
		got = append(got, fmt.Sprintf("Required min RX interval = %d us", b.MinRx.V.Microseconds()),
			fmt.Sprintf("Desired min TX interval = %d us", b.MinTx.V.Microseconds()),
			fmt.Sprintf("Desired idle TX interval = %d us", b.IdleTx.V.Microseconds()),
			fmt.Sprintf("Detection multiplier = %d", b.Multiplier.V), fmt.Sprintf("%s = %d", ttl, b.TTL.V),
			fmt.Sprintf("max_hops = %d", b.MaxHops.V), fmt.Sprintf("passive = %t", b.Passive.V),
			"send event to VRRP process = "+yes(b.VRRP.V), "send event to checker process = "+yes(b.Checker.V))
	}
	if d := cmp.Diff(lines, got); d != "" {
		t.Errorf("-keepalived +we:\n%s", d)
	}
}

// optional gives word and v behind it when v is set.
func optional[T any](word string, v conf.Value[T]) string {
	if !v.Set() {
		return ""
	}
	return " " + word + " " + fmt.Sprint(v.V)
}

func written(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}
