package conf

import (
	"math"
	"net/netip"
	"time"

	"holdfast/conf/syntax"
)

// maxMicros is the longest time that keepalived counts in a 32-bit number of microseconds.
const maxMicros = math.MaxUint32 * time.Microsecond

// globalSetters decode global_defs, by area.
var globalSetters = joined(generalGlobals, vrrpGlobals, mailGlobals, scriptGlobals, processGlobals, firewallGlobals, lvsGlobals, observedGlobals, reloadGlobals)

func joined(areas ...map[string]wired) map[string]wired {
	all := map[string]wired{}
	for _, a := range areas {
		for name, w := range a {
			all[name] = w
		}
	}
	return all
}

var generalGlobals = map[string]wired{
	"router_id":            globalText(func(g *Global) *Value[string] { return &g.RouterID }),
	"default_interface":    orMissing("default_interface requires interface name", globalText(func(g *Global) *Value[string] { return &g.DefaultInterface })),
	"dynamic_interfaces":   {0, 1, (*decoder).setDynamicInterfaces},
	"tmp_config_directory": orMissing("tmp_config_directory missing directory name", globalOnce(func(g *Global) *Value[string] { return &g.TmpConfigDir }, "tmp_config_directory already specified - ignoring")),
	"random_seed":          globalUint(func(g *Global) *Value[uint32] { return &g.RandomSeed }, 0, math.MaxUint32, "random_seed WORD invalid"),
	"iproute_usr_dir":      globalText(func(g *Global) *Value[string] { return &g.IprouteUsrDir }),
	"iproute_etc_dir":      globalText(func(g *Global) *Value[string] { return &g.IprouteEtcDir }),
	"umask":                {1, -1, (*decoder).setUmask},
}

var vrrpGlobals = map[string]wired{
	"vrrp_mcast_group4": {1, 1, func(d *decoder, n *syntax.Node) { d.setMcast(n, &d.cfg.Global.McastGroup4, false) }},
	"vrrp_mcast_group6": {1, 1, func(d *decoder, n *syntax.Node) { d.setMcast(n, &d.cfg.Global.McastGroup6, true) }},

	"vrrp_garp_master_delay":          {1, 1, globalGARP},
	"vrrp_garp_master_repeat":         {1, 1, globalGARP},
	"vrrp_garp_master_refresh":        {1, 1, globalGARP},
	"vrrp_garp_master_refresh_repeat": {1, 1, globalGARP},
	"vrrp_garp_lower_prio_delay":      {1, 1, globalGARP},
	"vrrp_garp_lower_prio_repeat":     {1, 1, globalGARP},
	"vrrp_garp_interval":              globalMicros(func(g *Global) *Value[time.Duration] { return &g.GARPInterval }, time.Microsecond, maxMicros),
	"vrrp_gna_interval":               globalMicros(func(g *Global) *Value[time.Duration] { return &g.GNAInterval }, time.Microsecond, maxMicros),
	"vrrp_min_garp":                   globalBool(func(g *Global) *Value[bool] { return &g.MinGARP }, "Invalid value for vrrp_min_garp specified"),
	"vrrp_garp_extra_if":              {0, -1, (*decoder).setGARPExtra},
	"vrrp_vmac_garp_intvl":            {0, -1, (*decoder).setGARPExtra},

	"vrrp_down_timer_adverts":      globalCount(func(g *Global) *Value[int] { return &g.DownTimerAdv }, 1, 100, "Invalid vrrp_down_timer_adverts [1:100] 'WORD'"),
	"vrrp_lower_prio_no_advert":    globalBool(func(g *Global) *Value[bool] { return &g.LowerPrioNoAd }, "Invalid value for vrrp_lower_prio_no_advert specified"),
	"vrrp_higher_prio_send_advert": globalBool(func(g *Global) *Value[bool] { return &g.HigherPrioAd }, "Invalid value for vrrp_higher_prio_send_advert specified"),
	"vrrp_vip_removal_step_down":   globalBool(func(g *Global) *Value[bool] { return &g.StepDown }, "Invalid value for vrrp_vip_removal_step_down specified"),
	"vrrp_owner_ignore_adverts":    globalBool(func(g *Global) *Value[bool] { return &g.OwnerIgnores }, "Invalid value for vrrp_owner_ignore_adverts specified"),
	"vrrp_version": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 2, 3, "VRRP Error: Version must be either 2 or 3"); ok {
			d.cfg.Global.Version = value(uint8(v), n.Args[0])
		}
	}},
	"v3_checksum_as_v2": globalBool(func(g *Global) *Value[bool] { return &g.ChecksumV2 }, "Invalid value for v3_checksum_as_v2 specified"),
	"vrrp_strict": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, ""); ok {
			d.cfg.Global.Strict = v
			d.strictFilter(n, v)
		}
	}},
	"vrrp_skip_check_adv_addr":     globalBool(func(g *Global) *Value[bool] { return &g.SkipCheckAdvAddr }, ""),
	"vrrp_check_unicast_src":       globalFlag(func(g *Global) *Value[bool] { return &g.CheckUnicastSrc }),
	"vrrp_notify_priority_changes": globalBool(func(g *Global) *Value[bool] { return &g.NotifyPriority }, invalidGlobal),
	"log_unknown_vrids":            globalFlag(func(g *Global) *Value[bool] { return &g.LogUnknownVRIDs }),
	"disable_local_igmp":           globalFlag(func(g *Global) *Value[bool] { return &g.DisableLocalIGMP }),
	"vmac_prefix":                  globalOnce(func(g *Global) *Value[string] { return &g.VMACPrefix }, "vmac prefix has already been specified - ignoring WORD"),
	"vmac_addr_prefix":             globalOnce(func(g *Global) *Value[string] { return &g.VMACAddrPrefix }, "vmac_addr prefix has already been specified - ignoring WORD"),
	"vrrp_startup_delay":           globalMicros(func(g *Global) *Value[time.Duration] { return &g.StartupDelay }, time.Millisecond, maxMicros),
	"vrrp_delay_after_boot":        globalMicros(func(g *Global) *Value[time.Duration] { return &g.DelayAfterBoot }, time.Millisecond, maxMicros),
	"vrrp_rx_bufs_policy":          orMissing("vrrp_rx_bufs_policy missing", wired{1, -1, (*decoder).setRxPolicy}),
	"vrrp_rx_bufs_multiplier": alone("Invalid vrrp_rx_bufs_multiplier",
		globalUint(func(g *Global) *Value[uint32] { return &g.RxMultiplier }, 1, math.MaxUint32, "Invalid vrrp_rx_bufs_multiplier WORD")),
}

func globalGARP(d *decoder, n *syntax.Node) { d.setGARP(n, &d.cfg.Global.GARP, "") }

func (d *decoder) setMcast(n *syntax.Node, to *Value[netip.Addr], six bool) {
	w := n.Args[0]
	a, ok := parseEnd(w.Text)
	switch {
	case !ok:
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"Can't parse "+n.Keyword.Text+" ["+w.Text+"]. Skipping", "the line is ignored")
	case a.Is6() != six:
		version := map[bool]string{false: "IPv4", true: "IPv6"}[six]
		d.fault(n, w, "wrong-family", w.Text+" is not an "+version+" address",
			n.Keyword.Text+" ["+w.Text+"] is not "+version+". Skipping", "the line is ignored")
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

func (d *decoder) setDynamicInterfaces(n *syntax.Node) {
	d.cfg.Global.DynamicInterfaces = value(true, n.Keyword)
	if len(n.Args) == 0 {
		return
	}
	if w := n.Args[0]; w.Text == "allow_if_changes" {
		d.cfg.Global.AllowIfChanges = value(true, w)
	} else {
		d.warn(n, w, "unknown-option", "unknown option '"+w.Text+"'", "Unknown dynamic_interfaces option '"+w.Text+"'", "the word is ignored")
	}
}

// setGARPExtra reads [all] SECS, in any order.
func (d *decoder) setGARPExtra(n *syntax.Node) {
	kw := n.Keyword
	if kw.Text == "vrrp_vmac_garp_intvl" {
		d.deprecated(n, "vrrp_garp_extra_if")
	}
	var extra Value[ExtraGARP]
	for _, w := range n.Args {
		if w.Text == "all" {
			extra.V.All = true
			continue
		}
		v, ok := d.uintWord(n, w, 1, 86400, kw.Text+" 'WORD' invalid - ignoring")
		if !ok {
			return
		}
		extra.V.Period, extra.At = wholeSeconds(v), w.At
	}
	if !extra.Set() {
		d.fault(n, kw, "missing-argument", kw.Text+" needs a time", kw.Text+" specified without time - ignoring", "the line is ignored")
		return
	}
	d.cfg.Global.GARPExtra = extra
}

// deprecated reports an old spelling that keepalived counts as a fault.
func (d *decoder) deprecated(n *syntax.Node, use string) {
	kw := n.Keyword.Text
	d.warn(n, n.Keyword, "deprecated", kw+" is an old spelling of "+use,
		"Keyword \""+kw+"\" is deprecated - please use \""+use+"\"", "read as "+use)
}

// setRxPolicy reads MTU, ADVERT or a number of bytes.
//
// compat: for each word that is no policy the first word is read as the number; the complaint names the other one.
func (d *decoder) setRxPolicy(n *syntax.Node) {
	p := &d.cfg.Global.RxPolicy
	w := n.Args[0]
	policy, sized := p.V, p.Set() && !p.V.MTU && !p.V.Advert
	for _, a := range n.Args {
		switch {
		case equalFold(a.Text, "MTU"):
			policy.MTU = true
		case equalFold(a.Text, "ADVERT"):
			policy.Advert = true
		default:
			v, f := parseUint(w.Text, 0, math.MaxUint32)
			if f != "" {
				d.fault(n, a, "bad-number", "vrrp_rx_bufs_policy is MTU, ADVERT or a number of bytes, not '"+a.Text+"'",
					lines(f, "Invalid vrrp_rx_bufs_policy "+a.Text), "the word is ignored")
				continue
			}
			policy.Bytes, sized = uint32(v), true
		}
	}
	switch {
	case sized && (policy.MTU || policy.Advert):
		d.fault(n, w, "conflict", "the buffers have a size, or that of adverts or packets, not both",
			"Cannot set vrrp_rx_bufs_policy size and policy, ignoring policy", "the size holds")
		policy.MTU, policy.Advert = false, false
	case policy.MTU && policy.Advert:
		d.fault(n, w, "conflict", "the buffers are as large as adverts or as packets, not both",
			"Cannot set both vrrp_rx_bufs_policy MTU and ADVERT, ignoring ADVERT", "MTU holds")
		policy.Advert = false
	case !sized && !policy.MTU && !policy.Advert:
		return // no word was of use
	}
	*p = value(policy, w)
}
