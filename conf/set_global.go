package conf

import (
	"math"
	"net/netip"
	"time"

	"holdfast/conf/syntax"
)

// maxMicros is the longest time that keepalived counts in a 32-bit number of microseconds.
const maxMicros = math.MaxUint32 * time.Microsecond

var globalSetters = map[string]wired{
	"router_id": {1, 1, func(d *decoder, n *syntax.Node) { d.cfg.Global.RouterID = value(n.Args[0].Text, n.Args[0]) }},

	"notification_email": {0, 0, (*decoder).setEmails},
	"notification_email_from": {1, 1, func(d *decoder, n *syntax.Node) {
		d.cfg.Global.NotificationEmailFrom = value(n.Args[0].Text, n.Args[0])
	}},
	"smtp_server": {1, 2, (*decoder).setSMTPServer},
	"smtp_helo_name": {1, 1, func(d *decoder, n *syntax.Node) {
		d.cfg.Global.SMTPHeloName = value(n.Args[0].Text, n.Args[0])
	}},
	"smtp_connect_timeout": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 0, 4294, "smtp_connect_timeout 'WORD' must be in [0, 4294] - ignoring"); ok {
			d.cfg.Global.SMTPConnectTimeout = value(wholeSeconds(v), n.Args[0])
		}
	}},
	"use_symlink_paths":  globalBool(func(g *Global) *Value[bool] { return &g.UseSymlinkPaths }, "Invalid value for use_symlink_paths specified"),
	"smtp_alert":         globalBool(func(g *Global) *Value[bool] { return &g.SMTPAlert }, "Invalid value 'WORD' for global smtp_alert specified"),
	"smtp_alert_vrrp":    globalBool(func(g *Global) *Value[bool] { return &g.SMTPAlertVRRP }, "Invalid value 'WORD' for global smtp_alert_vrrp specified"),
	"smtp_alert_checker": globalBool(func(g *Global) *Value[bool] { return &g.SMTPAlertChecker }, "Invalid value 'WORD' for global smtp_alert_checker specified"),

	"vrrp_mcast_group4": {1, 1, func(d *decoder, n *syntax.Node) { d.setMcast(n, &d.cfg.Global.McastGroup4, false) }},
	"vrrp_mcast_group6": {1, 1, func(d *decoder, n *syntax.Node) { d.setMcast(n, &d.cfg.Global.McastGroup6, true) }},

	"vrrp_garp_master_delay":          {1, 1, globalGARP},
	"vrrp_garp_master_repeat":         {1, 1, globalGARP},
	"vrrp_garp_master_refresh":        {1, 1, globalGARP},
	"vrrp_garp_master_refresh_repeat": {1, 1, globalGARP},
	"vrrp_garp_lower_prio_delay":      {1, 1, globalGARP},
	"vrrp_garp_lower_prio_repeat":     {1, 1, globalGARP},
	"vrrp_garp_interval":              globalMicros(func(g *Global) *Value[time.Duration] { return &g.GARPInterval }, time.Microsecond),
	"vrrp_gna_interval":               globalMicros(func(g *Global) *Value[time.Duration] { return &g.GNAInterval }, time.Microsecond),
	"vrrp_min_garp":                   globalBool(func(g *Global) *Value[bool] { return &g.MinGARP }, "Invalid value for vrrp_min_garp specified"),

	"vrrp_down_timer_adverts": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 1, 100, "Invalid vrrp_down_timer_adverts [1:100] 'WORD'"); ok {
			d.cfg.Global.DownTimerAdv = value(int(v), n.Args[0])
		}
	}},
	"vrrp_lower_prio_no_advert":    globalBool(func(g *Global) *Value[bool] { return &g.LowerPrioNoAd }, "Invalid value for vrrp_lower_prio_no_advert specified"),
	"vrrp_higher_prio_send_advert": globalBool(func(g *Global) *Value[bool] { return &g.HigherPrioAd }, "Invalid value for vrrp_higher_prio_send_advert specified"),
	"vrrp_vip_removal_step_down":   globalBool(func(g *Global) *Value[bool] { return &g.StepDown }, "Invalid value for vrrp_vip_removal_step_down specified"),
	"vrrp_version": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 2, 3, "VRRP Error: Version must be either 2 or 3"); ok {
			d.cfg.Global.Version = value(uint8(v), n.Args[0])
		}
	}},
	"vrrp_strict": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, ""); ok {
			d.cfg.Global.Strict = v
			d.strictFilter(n, v)
		}
	}},
	"vrrp_skip_check_adv_addr": globalBool(func(g *Global) *Value[bool] { return &g.SkipCheckAdvAddr }, ""),
	"log_unknown_vrids":        {0, 0, func(d *decoder, n *syntax.Node) { d.cfg.Global.LogUnknownVRIDs = value(true, n.Keyword) }},

	"default_interface": {1, 1, func(d *decoder, n *syntax.Node) { d.setIfname(n, &d.cfg.Global.DefaultInterface) }},
	"dynamic_interfaces": {0, 1, func(d *decoder, n *syntax.Node) {
		d.cfg.Global.DynamicInterfaces = value(true, n.Keyword)
		if len(n.Args) > 0 {
			if w := n.Args[0]; w.Text == "allow_if_changes" {
				d.cfg.Global.AllowIfChanges = value(true, w)
			} else {
				d.warn(n, w, "unknown-option", "unknown option '"+w.Text+"'", "Unknown dynamic_interfaces option '"+w.Text+"'", "the word is ignored")
			}
		}
	}},

	"script_user":            {1, 2, (*decoder).setScriptUser},
	"enable_script_security": {0, 0, func(d *decoder, n *syntax.Node) { d.cfg.Global.EnableScriptSecurity = value(true, n.Keyword) }},

	"vrrp_priority": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.intWord(n, n.Args[0], -20, 19, "Invalid vrrp process priority specified"); ok {
			d.cfg.Global.VRRPPriority = value(int(v), n.Args[0])
		}
	}},
	"vrrp_rt_priority":  {1, 1, (*decoder).setRTPriority},
	"vrrp_no_swap":      {0, 0, func(d *decoder, n *syntax.Node) { d.cfg.Global.VRRPNoSwap = value(true, n.Keyword) }},
	"vrrp_cpu_affinity": {1, -1, (*decoder).setAffinity},
	"max_auto_priority": {0, 1, (*decoder).setMaxAutoPriority},
	"umask":             {1, -1, (*decoder).setUmask},
	"vrrp_startup_delay": globalMicros(
		func(g *Global) *Value[time.Duration] { return &g.StartupDelay }, time.Millisecond),
	"process_name":      {0, 1, func(d *decoder, n *syntax.Node) { d.setName(n, &d.cfg.Global.ProcessName) }},
	"vrrp_process_name": {0, 1, func(d *decoder, n *syntax.Node) { d.setName(n, &d.cfg.Global.VRRPProcessName) }},
}

func globalGARP(d *decoder, n *syntax.Node) { d.setGARP(n, &d.cfg.Global.GARP, "") }

func globalBool(at func(*Global) *Value[bool], compat string) wired {
	return wired{0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, compat); ok {
			*at(&d.cfg.Global) = v
		}
	}}
}

func globalMicros(at func(*Global) *Value[time.Duration], lo time.Duration) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.microsWord(n, n.Args[0], lo, maxMicros, n.Keyword.Text+" 'WORD' is invalid"); ok {
			*at(&d.cfg.Global) = value(v, n.Args[0])
		}
	}}
}

func (d *decoder) setName(n *syntax.Node, to *Value[string]) {
	if len(n.Args) > 0 {
		*to = value(n.Args[0].Text, n.Args[0])
	}
}

func (d *decoder) setEmails(n *syntax.Node) {
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockEmail)
			continue
		}
		for _, w := range append([]syntax.Word{e.Keyword}, e.Args...) {
			d.cfg.Global.NotificationEmail = append(d.cfg.Global.NotificationEmail, value(w.Text, w))
		}
	}
}

func (d *decoder) setSMTPServer(n *syntax.Node) {
	w := n.Args[0]
	port := value(uint16(25), w)
	if len(n.Args) > 1 && foreignWord(n.Args[1].Text) {
		d.extra(n, 1)
	}
	if len(n.Args) > 1 {
		v, ok := d.uintWord(n, n.Args[1], 1, math.MaxUint16, "Invalid smtp server "+w.Text+" WORD")
		if !ok {
			return
		}
		port = value(uint16(v), n.Args[1])
	}
	d.cfg.Global.SMTPServer, d.cfg.Global.SMTPServerPort = value(w.Text, w), port
}

func (d *decoder) setMcast(n *syntax.Node, to *Value[netip.Addr], six bool) {
	w := n.Args[0]
	a, err := netip.ParseAddr(w.Text)
	switch {
	case err != nil || a.Is6() != six || a.Zone() != "":
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an address of the right family",
			"Can't parse "+n.Keyword.Text+" ["+w.Text+"]. Skipping", "the line is ignored")
	case !a.IsMulticast():
		d.fault(n, w, "not-multicast", w.Text+" is not a multicast address",
			n.Keyword.Text+" ["+w.Text+"] is not multicast. Skipping", "the line is ignored")
	default:
		*to = value(a, w)
	}
}

// maxIfname is IFNAMSIZ without the terminating zero.
const maxIfname = 15

func (d *decoder) setIfname(n *syntax.Node, to *Value[string]) {
	w := n.Args[0]
	if len(w.Text) > maxIfname {
		d.fault(n, w, "long-name", "an interface name has at most 15 characters",
			"Interface name '"+w.Text+"' too long - ignoring", "the line is ignored")
		return
	}
	*to = value(w.Text, w)
}

func (d *decoder) setScriptUser(n *syntax.Node) {
	d.cfg.Global.ScriptUser = value(n.Args[0].Text, n.Args[0])
	d.cfg.Global.ScriptGroup = Value[string]{}
	if len(n.Args) > 1 {
		d.cfg.Global.ScriptGroup = value(n.Args[1].Text, n.Args[1])
	}
}
