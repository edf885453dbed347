package conf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
	"holdfast/conf/diag"
)

const hostConf = `vrrp_script chk {
    script "/nonexistent/chk"
}
global_defs {
    script_user nobody-here
}
vrrp_instance A {
    interface eth7
    virtual_router_id 1
    track_interface {
        eth8
    }
    virtual_ipaddress {
        192.0.2.1 dev eth9
    }
}
vrrp_instance B {
    interface lo
    virtual_router_id 2
    virtual_ipaddress {
        192.0.2.2
    }
}
`

// TestHostFindings shows what depends on the host: on one that has eth0 and lo only, without the script and its account.
func TestHostFindings(t *testing.T) {
	src := mapSource{"main.conf": hostConf}
	cfg, _ := conf.Load(src, "main.conf", conf.Options{})
	list, fatal := conf.CheckInterfaces(cfg, map[string]bool{"eth0": false, "lo": true})
	if !fatal {
		t.Error("keepalived does not run without eth7")
	}
	list.Add(conf.InaccessibleScript(cfg.Scripts[0]), conf.ScriptUserUnknown(cfg.Global.ScriptUser),
		conf.NoDefaultScriptUser("keepalived_script", cfg.Scripts[0].Command.At), conf.InsecureScripts(true))
	const want = `main.conf:8:15: error: interface eth7 does not exist [missing-interface]
    8 |     interface eth7
      |               ^^^^
      = in vrrp_instance A (main.conf:7)
      = effect: vrrp_instance A cannot run
      = help: create the interface, or say dynamic_interfaces in global_defs if it comes later
main.conf:11:9: error: interface eth8 does not exist [missing-interface]
   11 |         eth8
      |         ^^^^
      = in vrrp_instance A (main.conf:7)
      = effect: nothing is tracked by this line
main.conf:14:23: error: interface eth9 does not exist [missing-interface]
   14 |         192.0.2.1 dev eth9
      |                       ^^^^
      = in vrrp_instance A (main.conf:7)
      = effect: the address cannot be set
main.conf:18:15: error: lo is a loopback interface [loopback-interface]
   18 |     interface lo
      |               ^^
      = in vrrp_instance B (main.conf:17)
      = effect: vrrp_instance B cannot run
main.conf:17:15: error: vrrp_instance B has no interface [missing-interface-keyword]
   17 | vrrp_instance B {
      |               ^
      = in vrrp_instance B (main.conf:17)
      = effect: the instance does not run
      = help: add: interface NAME
error: the configuration names interfaces that do not exist [missing-interfaces]
main.conf:2:12: warning: the program of vrrp_script chk is not there or cannot be run [inaccessible-script]
    2 |     script "/nonexistent/chk"
      |            ^^^^^^^^^^^^^^^^^^
      = effect: nothing is tracked by it
main.conf:5:17: error: there is no account nobody-here [unknown-user]
    5 |     script_user nobody-here
      |                 ^^^^^^^^^^^
      = effect: scripts that name no user of their own are not run
main.conf:2:12: error: there is no account keepalived_script, which scripts run as with enable_script_security [unknown-user]
    2 |     script "/nonexistent/chk"
      |            ^^^^^^^^^^^^^^^^^^
      = effect: scripts that name no user of their own are not run
      = help: say script_user USER in global_defs, or make the account: useradd -r -s /usr/sbin/nologin keepalived_script
warning: scripts run as root without enable_script_security [script-security]
      = help: say enable_script_security and script_user in global_defs
`
	if d := cmp.Diff(want, string(rich(t, src, &list))); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

const globalsConf = `global_defs {
    smtp_server mail.invalid 26
    notify_fifo /run/events no-reader
    vrrp_notify_fifo /run/vrrp root no-group
}
vrrp_instance A {
    interface eth0
    virtual_router_id 1
    virtual_ipaddress {
        192.0.2.1
    }
}
vrrp_instance B {
    interface eth0
    virtual_router_id 2
    unicast_peer {
        192.0.2.7
    }
    virtual_ipaddress {
        192.0.2.2
    }
}
`

// TestHostFindingsOfGlobals shows what a host has against names of other hosts and accounts, and against multicast.
func TestHostFindingsOfGlobals(t *testing.T) {
	src := mapSource{"main.conf": globalsConf}
	cfg, _ := conf.Load(src, "main.conf", conf.Options{})
	g := &cfg.Global
	list := conf.CheckMulticast(cfg, map[string]bool{"eth0": true, "eth1": true})
	list.Add(conf.UnresolvedMailServer(g, "no such host", nil), conf.InsecureStartScripts(true),
		conf.UnknownFIFOOwner(&g.NotifyFIFO, g.NotifyFIFO.User, "account"), conf.UnknownFIFOOwner(&g.VRRPNotifyFIFO, g.VRRPNotifyFIFO.Group, "group"))
	const want = `main.conf:7:15: error: interface eth0 cannot send multicast [no-multicast]
    7 |     interface eth0
      |               ^^^^
      = in vrrp_instance A (main.conf:6)
      = effect: vrrp_instance A cannot run
      = help: name the other routers in unicast_peer, or turn it on: ip link set eth0 multicast on
main.conf:2:17: error: no address was found for mail.invalid: no such host [unresolved-host]
    2 |     smtp_server mail.invalid 26
      |                 ^^^^^^^^^^^^
      = effect: no mail is sent
      = help: correct the name, or write the address of the mail server
warning: scripts run as root without enable_script_security [script-security]
      = help: say enable_script_security and script_user in global_defs
main.conf:3:29: warning: there is no account no-reader, which /run/events would belong to [unknown-user]
    3 |     notify_fifo /run/events no-reader
      |                             ^^^^^^^^^
      = effect: the FIFO is not made, and nobody hears of events by it
main.conf:4:37: warning: there is no group no-group, which /run/vrrp would belong to [unknown-user]
    4 |     vrrp_notify_fifo /run/vrrp root no-group
      |                                     ^^^^^^^^
      = effect: the FIFO is not made, and nobody hears of events by it
`
	if d := cmp.Diff(want, string(rich(t, src, &list))); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got := conf.UnresolvedMailServer(g, "", nil).Compat; got != "Invalid smtp server mail.invalid 26" {
		t.Errorf("keepalived's words are %q", got)
	}
	var doubt diag.List
	doubt.Add(conf.UnresolvedMailServer(g, "no such host", []string{"nis", "resolve"}))
	if text := string(rich(t, src, &doubt)); doubt.ExitClass() != diag.ClassNone ||
		!strings.Contains(text, "warning: no address") || !strings.Contains(text, "unless it is found by nis or resolve (/etc/nsswitch.conf)") {
		t.Errorf("where others may know it: %s", text)
	}
}

// TestTooManyAddresses points at the first address that an advert cannot name.
func TestTooManyAddresses(t *testing.T) {
	var b strings.Builder
	b.WriteString("vrrp_instance A {\n    interface eth0\n    virtual_router_id 1\n    virtual_ipaddress {\n")
	for i := range 256 {
		fmt.Fprintf(&b, "        10.0.%d.%d\n", i/200, i%200+1)
	}
	b.WriteString("    }\n}\n")
	src := mapSource{"main.conf": b.String()}
	_, list := conf.Load(src, "main.conf", conf.Options{})
	const want = `main.conf:260:9: warning: an advert names at most 255 addresses; here are 256 [too-many-addresses]
  260 |         10.0.1.56
      |         ^^^^^^^^^
      = in vrrp_instance A (main.conf:1)
      = effect: the others are set and not advertised, as if they stood in virtual_ipaddress_excluded
`
	if d := cmp.Diff(want, string(rich(t, src, &list))); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
