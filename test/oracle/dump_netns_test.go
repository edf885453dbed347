package oracle

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// Lines of the dump that need not be the same, each for a reason.
var undumped = regexp.MustCompile(strings.Join([]string{
	`^ libnftnl version `,                        // a library that ours does not have
	`^   Reset promote_secondaries counter [01]`, // ours leaves the setting of the link alone
}, "|"))

// Random hardware addresses, and the IPv6 addresses that are made of them.
var madeUp = regexp.MustCompile(`([0-9a-f]{2}:){5}[0-9a-f]{2}|fe80:[0-9a-f:]+`)

// dumped gives the dump in a log, and where the first state was told, so that its place is compared too.
func dumped(t *testing.T, d *lab.Daemon) (list []string) {
	t.Helper()
	started := false
	for _, l := range d.Lines() {
		text := l.Text
		switch {
		case undumped.MatchString(text):
		case strings.Contains(text, "ff:ff:ff:ff:ff:ff"):
			list = append(list, text)
		case strings.HasPrefix(text, " ") && !strings.HasPrefix(text, "             "), // not the second line of a command line
			strings.HasPrefix(text, "------<"):
			list = append(list, madeUp.ReplaceAllString(text, "[MADE UP]"))
		case !started && strings.Contains(text, ") Entering "):
			started = true
			list = append(list, "[the first state]")
		}
	}
	if len(list) == 0 {
		t.Error("nothing was dumped")
	}
	return list
}

// What -d tells of a configuration, and when.
func TestDump(t *testing.T) {
	for name, config := range map[string]string{
		"plain": lab.Config(nil, instance()),
		"options": lab.Config(nil, lab.VI{
			State: "BACKUP", Prio: 150, Interval: "2", Pass: "longpassword", VIPs: []string{vip + "/24"},
			Extra: []string{
				"nopreempt", "mcast_src_ip 10.9.0.1", "garp_master_delay 7", "garp_master_repeat 3", "garp_lower_prio_delay 2",
				"garp_lower_prio_repeat 1", "garp_master_refresh 60", "garp_master_refresh_repeat 2", "promote_secondaries",
				"lower_prio_no_advert", "higher_prio_send_advert", "down_timer_adverts 5", "smtp_alert", "debug 2",
				"track_interface {", "eth1", "eth2 weight -5 reverse", "}",
			},
		}, lab.VI{
			Name: "DELAYED", Dev: "eth1", VRID: 52, VIPs: []string{"10.9.1.60"},
			Extra: []string{"preempt_delay 7.25", "skip_check_adv_addr", "dont_track_primary"},
		}, lab.VI{
			Name: "OWNER", Dev: "eth1", VRID: 53, Prio: 255, State: "MASTER", VIPs: []string{"10.9.1.61", "10.9.1.62"},
			Extra: []string{"notify_deleted", "mcast_dst_ip 224.0.0.77", "track_interface {", "eth2 weight 3", "eth0", "}"},
		}),
		"addresses": lab.Config(nil, lab.VI{
			VIPs: []string{
				vip + "/24 brd + dev eth0 label eth0:1", "10.9.0.51 scope link", "10.9.0.52 scope host", "10.9.0.57/24 brd -",
				"10.9.0.53 peer 10.9.0.54", "10.9.0.60 dev eth1 no_track", "10.9.0.61 dev eth1 scope nowhere",
				"10.9.0.62 dev eth2 preferred_lft 5", "10.9.0.64 dev eth1 scope 77 label eth1:1 no_track peer 10.9.0.71 home -nodad mngtmpaddr noprefixroute autojoin",
			},
			Extra: []string{
				"virtual_ipaddress_excluded {", "10.9.0.70 dev eth2", "fd09::50/64 -nodad mngtmpaddr", "fd09::51/64 autojoin preferred_lft 30",
				"fd09::52/64 preferred_lft 0", "fd09::53", "}",
			},
		}),
		"scripts": lab.Config(nil, instance(
			`notify_master "`+lab.Recorder+` 'a b' c"`, `notify_backup "/usr/bin/true b" nobody`, `notify_fault "/usr/bin/true f"`,
			`notify_stop "/usr/bin/true s"`, `notify "/usr/bin/true n"`, `notify_master_rx_lower_pri "/usr/bin/true l"`,
			`notify_deleted "/usr/bin/true d"`,
		)),
		"tracking": "vrrp_script a {\n script \"/usr/bin/true x\"\n interval 3\n timeout 2\n weight -10 reverse\n rise 2\n fall 3\n user nobody\n}\n" +
			"vrrp_script b {\n script /usr/bin/true\n init_fail\n}\nvrrp_script unused {\n script /usr/bin/true\n}\n" +
			"vrrp_sync_group G {\n group {\n C\n D\n }\n track_script {\n a\n }\n}\n" +
			lab.Config(nil, instance("track_script {", "a weight 5", "b", "}"),
				lab.VI{Name: "N", Dev: "eth1", VRID: 52, VIPs: []string{"10.9.1.50"}, Extra: []string{"track_script {", "a weight 5 noreverse", "}"}},
				lab.VI{Name: "C", VRID: 53, VIPs: []string{"10.9.0.53"}, Extra: []string{"track_script {", "b", "}"}},
				lab.VI{Name: "D", Dev: "eth1", VRID: 54, VIPs: []string{"10.9.1.53"}},
			),
		"globals": lab.Config([]string{
			"vrrp_garp_interval 0.001", "vrrp_gna_interval 0.25", "vrrp_garp_master_refresh 30", "script_user nobody",
			"enable_script_security", "dynamic_interfaces allow_if_changes", "default_interface eth1", "vrrp_skip_check_adv_addr",
			"vrrp_priority -5", "vrrp_lower_prio_no_advert", "vrrp_higher_prio_send_advert", "vrrp_min_garp", "smtp_helo_name helo",
			"smtp_server 127.0.0.1 2525", "smtp_alert", "smtp_alert_vrrp off", "notification_email {", "a@b", "c@d", "}",
			"notification_email_from x@y", "umask 0077", "process_name foo", "vrrp_process_name bar", "log_unknown_vrids",
			"vrrp_mcast_group4 224.0.0.55", "vrrp_no_swap", "vrrp_cpu_affinity 0 1", "max_auto_priority -1", "vrrp_down_timer_adverts 4",
		}, instance("virtual_ipaddress_excluded {", "10.9.0.70 dev eth2", "}")),
		"groups": "vrrp_sync_group G {\n group {\n A\n B\n }\n notify_master \"/usr/bin/true gm x\"\n notify \"/usr/bin/true g\" nobody\n" +
			" smtp_alert\n track_interface {\n eth2\n }\n}\nvrrp_sync_group H {\n group {\n C\n D\n }\n}\n" +
			lab.Config(nil,
				lab.VI{Name: "A", VIPs: []string{"10.9.0.50"}, Extra: []string{"track_interface {", "eth1 weight 5", "}"}},
				lab.VI{Name: "B", Dev: "eth1", VRID: 52, State: "MASTER", Prio: 90, VIPs: []string{"10.9.1.50"}},
				lab.VI{Name: "C", VRID: 53, State: "MASTER", Prio: 255, VIPs: []string{"10.9.0.53"}},
				lab.VI{Name: "D", Dev: "eth1", VRID: 54, State: "MASTER", Prio: 255, VIPs: []string{"10.9.1.53"}},
			),
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				return s.dump(t, config, "-n", "-l", "-D", "-d")
			})
		})
	}
	t.Run("no detail", func(t *testing.T) {
		same(t, func(t *testing.T, s *stage) []string {
			return s.dump(t, lab.Config(nil, instance()), "-n", "-l", "-d")
		})
	})
	t.Run("link down", func(t *testing.T) {
		same(t, func(t *testing.T, s *stage) []string {
			s.a.Unplug("eth0")
			return s.dump(t, lab.Config(nil, instance()), "-n", "-l", "-d")
		})
	})
}

// dump runs the daemon with those flags until its dump is complete.
func (s *stage) dump(t *testing.T, config string, flags ...string) []string {
	t.Helper()
	s.a.Link("eth1", "br1", "10.9.1.1/24", "10.9.1.9/24").Link("eth2", "br2")
	s.d = s.a.Start(s.seat, config, lab.Flags(flags...))
	s.Until("it has dumped", 10*time.Second, func() bool {
		return s.d.Said("------< Interfaces >------") && (s.d.Said("Entering") || s.d.Said("entering"))
	})
	s.d.Stop()
	return dumped(t, s.d)
}
