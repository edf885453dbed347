package conf

import (
	"fmt"
	"strings"
	"time"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// instanceSetters decode the keywords of vrrp_instance. The rest of each row is in instanceKeywords.
var instanceSetters = map[string]wired{
	"state":             {1, 1, (*decoder).setState},
	"interface":         {1, 1, func(d *decoder, n *syntax.Node) { d.setIfname(n, &d.inst.Interface) }},
	"vrf":               {1, 1, (*decoder).setVRF},
	"virtual_router_id": {1, 1, (*decoder).setVRID},
	"priority":          {1, 1, (*decoder).setPriority},
	"version":           {1, 1, (*decoder).setVersion},
	"native_ipv6":       {0, 0, (*decoder).setNativeIPv6},
	"advert_int":        {1, 1, (*decoder).setAdvertInt},
	"authentication":    {0, 0, func(d *decoder, n *syntax.Node) { d.walk(n.Block, blockAuth) }},
	"auth_hmac":         {0, 0, (*decoder).setHMAC},

	"use_vmac":       {0, -1, (*decoder).setVMAC},
	"use_ipvlan":     {0, -1, (*decoder).setIPVLAN},
	"use_vmac_addr":  flag(func(in *Instance) *Value[bool] { return &in.VMACAddr }),
	"vmac_xmit_base": flag(func(in *Instance) *Value[bool] { return &in.XmitBase }),

	"mcast_src_ip":          {1, 1, (*decoder).setSource},
	"unicast_src_ip":        {1, 1, (*decoder).setSource},
	"mcast_dst_ip":          {1, 1, (*decoder).setGroupAddr},
	"track_src_ip":          flag(func(in *Instance) *Value[bool] { return &in.TrackSource }),
	"unicast_peer":          {0, 0, (*decoder).setPeers},
	"unicast_fault_no_peer": unicastFlag(func(in *Instance) *Value[bool] { return &in.FaultNoPeer }),
	"check_unicast_src":     unicastFlag(func(in *Instance) *Value[bool] { return &in.CheckUnicastSrc }),
	"unicast_ttl": number(0, 255, "(NAME): TTL 'WORD' not valid - must be between 0 & 255",
		func(in *Instance) *Value[uint8] { return &in.UnicastTTL }),
	"old_unicast_checksum": {0, 1, (*decoder).setOldChecksum},
	"v3_checksum_as_v2":    instanceBool(func(in *Instance) *Value[bool] { return &in.ChecksumAsV2 }),

	"virtual_ipaddress":          {0, 0, func(d *decoder, n *syntax.Node) { d.addresses(n, &d.inst.Addresses) }},
	"virtual_ipaddress_excluded": {0, 0, func(d *decoder, n *syntax.Node) { d.addresses(n, &d.inst.Excluded) }},
	"virtual_routes":             keep(wired{0, 0, (*decoder).setVirtualRoutes}),
	"virtual_rules":              keep(wired{0, 0, (*decoder).setVirtualRules}),
	"no_virtual_ipaddress":       flag(func(in *Instance) *Value[bool] { return &in.NoAddress }),
	"promote_secondaries":        flag(func(in *Instance) *Value[bool] { return &in.PromoteSecondaries }),

	"nopreempt":     flag(func(in *Instance) *Value[bool] { return &in.NoPreempt }),
	"preempt":       unflag(func(in *Instance) *Value[bool] { return &in.NoPreempt }),
	"preempt_delay": {1, 1, (*decoder).setPreemptDelay},
	"accept":        flag(func(in *Instance) *Value[bool] { return &in.Accept }),
	"no_accept":     unflag(func(in *Instance) *Value[bool] { return &in.Accept }),

	"dont_track_primary":   flag(func(in *Instance) *Value[bool] { return &in.DontTrackPrimary }),
	"linkbeat_use_polling": {0, 0, (*decoder).setLinkbeat},
	"track_interface":      {0, 0, func(d *decoder, n *syntax.Node) { d.trackInterfaces(n, d.inst.Name, &d.inst.TrackInterfaces) }},
	"track_script":         {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.inst.Name, &d.inst.TrackScripts) }},
	"track_file":           {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.inst.Name, &d.inst.TrackFiles) }},
	"track_process":        {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.inst.Name, &d.inst.TrackProcesses) }},
	"track_virtual_server": {0, 0, func(d *decoder, n *syntax.Node) { d.trackServices(n, &d.inst.TrackServices) }},
	"track_bfd":            {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.inst.Name, &d.inst.TrackBFDs) }},

	"garp_master_delay":          {1, 1, instanceGARP},
	"garp_master_repeat":         {1, 1, instanceGARP},
	"garp_master_refresh":        {1, 1, instanceGARP},
	"garp_master_refresh_repeat": {1, 1, instanceGARP},
	"garp_lower_prio_delay":      {1, 1, instanceGARP},
	"garp_lower_prio_repeat":     {1, 1, instanceGARP},
	"garp_extra_if":              {0, -1, (*decoder).setExtraIf},
	"vmac_garp_intvl":            {0, -1, (*decoder).setExtraIf},

	"down_timer_adverts": number(1, 100, "(NAME): Invalid down_timer_adverts [1:100] 'WORD'",
		func(in *Instance) *Value[int] { return &in.DownTimerAdverts }),
	"timer_expired_backup":    {0, 1, (*decoder).setTimerExpired},
	"thread_timer_expired":    {0, 1, (*decoder).setTimerExpired},
	"lower_prio_no_advert":    instanceBool(func(in *Instance) *Value[bool] { return &in.LowerPrioNoAdvert }),
	"higher_prio_send_advert": instanceBool(func(in *Instance) *Value[bool] { return &in.HigherPrioSendAdvert }),
	"owner_ignore_adverts":    instanceBool(func(in *Instance) *Value[bool] { return &in.OwnerIgnoreAdverts }),
	"vip_removal_step_down":   instanceBool(func(in *Instance) *Value[bool] { return &in.StepDown }),
	"strict_mode": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "("+d.inst.Name+") invalid strict_mode WORD specified"); ok {
			d.inst.Strict = v
			d.strictFilter(n, v)
		}
	}},
	"skip_check_adv_addr": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "("+d.inst.Name+") invalid skip_check_adv_addr WORD specified"); ok {
			// compat: any valid word turns it on, "off" too.
			v.V = true
			d.inst.SkipCheckAdvAddr = v
		}
	}},
	"kernel_rx_buf_size":        {0, -1, (*decoder).setRxBuf},
	"lvs_sync_daemon_interface": {0, 1, (*decoder).setLVSSync},
	"debug": number(0, 4, "(NAME) Debug value 'WORD' not valid; must be between 0-4",
		func(in *Instance) *Value[int] { return &in.Debug }),

	"smtp_alert": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid vrrp_instance smtp_alert parameter WORD"); ok {
			d.inst.SMTPAlert = v
		}
	}},
	"notify_priority_changes": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "("+d.inst.Name+") Invalid value 'WORD' for notify_priority_changes specified"); ok {
			d.inst.PriorityChanges = v
		}
	}},
	"notify_master":              instanceNotify(func(c *Notify) **Command { return &c.Master }),
	"notify_backup":              instanceNotify(func(c *Notify) **Command { return &c.Backup }),
	"notify_fault":               instanceNotify(func(c *Notify) **Command { return &c.Fault }),
	"notify_stop":                instanceNotify(func(c *Notify) **Command { return &c.Stop }),
	"notify":                     instanceNotify(func(c *Notify) **Command { return &c.Any }),
	"notify_master_rx_lower_pri": instanceNotify(func(c *Notify) **Command { return &c.MasterRxLowerPri }),
	"notify_deleted":             {0, -1, (*decoder).setNotifyDeleted},
}

// flag decodes a keyword that is on when it is there. Words behind it mean nothing.
func flag(at func(*Instance) *Value[bool]) wired {
	return wired{0, 0, func(d *decoder, n *syntax.Node) { *at(d.inst) = value(true, n.Keyword) }}
}

// unflag is flag for a keyword that takes another one back.
func unflag(at func(*Instance) *Value[bool]) wired {
	return wired{0, 0, func(d *decoder, n *syntax.Node) { *at(d.inst) = value(false, n.Keyword) }}
}

// unicastFlag is flag for a keyword that only unicast needs.
func unicastFlag(at func(*Instance) *Value[bool]) wired {
	return wired{0, 0, func(d *decoder, n *syntax.Node) {
		*at(d.inst) = value(true, n.Keyword)
		d.inst.UnicastAsked = value(true, n.Keyword)
	}}
}

// number decodes a keyword with a number between lo and hi. compat is keepalived's complaint, with NAME for the instance and
// WORD for the word.
func number[T uint8 | int](lo, hi uint64, compat string, at func(*Instance) *Value[T]) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, hi, strings.ReplaceAll(compat, "NAME", d.inst.Name)); ok {
			*at(d.inst) = value(T(v), n.Args[0])
		}
	}}
}

func instanceNotify(at func(*Notify) **Command) wired {
	return wired{1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "("+d.inst.Name+") ", at(&d.inst.Notify)) }}
}

var authSetters = map[string]wired{
	"auth_type": {1, 1, func(d *decoder, n *syntax.Node) {
		switch w := n.Args[0]; w.Text {
		case "PASS":
			d.inst.AuthType = value(AuthPass, w)
		case "AH":
			d.inst.AuthType = value(AuthAH, w)
		default:
			d.fault(n, w, "unknown-option", "authentication is PASS or AH, not '"+w.Text+"'",
				"("+d.inst.Name+") unknown authentication type '"+w.Text+"'", "no authentication")
		}
	}},
	"auth_pass": {1, 1, func(d *decoder, n *syntax.Node) {
		w := n.Args[0]
		if len(w.Text) > 8 {
			d.warn(n, w, "auth-pass-cut", "a password has at most 8 bytes", "Truncating auth_pass to 8 characters",
				"only \""+w.Text[:8]+"\" is used")
		}
		var pass [8]byte
		copy(pass[:], w.Text)
		d.inst.AuthPass = value(pass, w)
	}},
}

// strictFilter tells which part of strict mode nobody sees to.
func (d *decoder) strictFilter(n *syntax.Node, v Value[bool]) {
	if v.V {
		d.inactive(n, "strict mode", "strict mode does not filter packets to virtual addresses yet")
	}
}

func instanceGARP(d *decoder, n *syntax.Node) { d.setGARP(n, &d.inst.GARP, "("+d.inst.Name+"): ") }

// instanceBool decodes KEYWORD [BOOL].
func instanceBool(at func(*Instance) *Value[bool]) wired {
	return wired{0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "("+d.inst.Name+") invalid "+n.Keyword.Text+" WORD specified"); ok {
			*at(d.inst) = v
		}
	}}
}

// setInstance decodes one vrrp_instance block.
func (d *decoder) setInstance(n *syntax.Node) {
	w := n.Args[0]
	if len(n.Args) > 1 {
		d.fault(n, n.Args[1], "missing-name", "a vrrp_instance has one name", "vrrp_instance must have a name", "the block is ignored")
		return
	}
	if old, ok := d.instances[w.Text]; ok {
		d.duplicate(n, w, "vrrp instance "+w.Text+" already defined", old.At)
		return
	}
	d.inst = &Instance{Name: w.Text, At: w.At}
	d.instances[w.Text] = d.inst
	d.cfg.Instances = append(d.cfg.Instances, d.inst)
	d.walk(n.Block, blockInstance)
	d.unicastAtClose(n)
	d.inst = nil
}

// duplicate reports a block whose name is taken.
func (d *decoder) duplicate(n *syntax.Node, w syntax.Word, compat string, first diag.Span) {
	d.fault(n, w, "duplicate-name", n.Keyword.Text+" "+w.Text+" is defined already, at "+first.String(), compat, "this block is ignored")
}

func (d *decoder) setState(n *syntax.Node) {
	switch w := n.Args[0]; w.Text {
	case "MASTER":
		d.inst.State = value(StateMaster, w)
	case "BACKUP":
		if d.inst.State.V == StateMaster {
			// compat: BACKUP does not take an earlier MASTER back.
			d.fault(n, w, "duplicate-keyword", "the state is MASTER already, at "+d.inst.State.At.String(),
				"("+d.inst.Name+") state previously set as MASTER - ignoring BACKUP", "it stays MASTER")
			return
		}
		d.inst.State = value(StateBackup, w)
	default:
		dg := diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-option",
			Summary: "a state is MASTER or BACKUP, not '" + w.Text + "'",
			Compat:  "(" + d.inst.Name + ") unknown state '" + w.Text + "', defaulting to BACKUP",
			Effect:  "the instance starts as BACKUP",
		}
		if near := diag.Nearest(w.Text, []string{"MASTER", "BACKUP"}); near != "" {
			dg.Suggest = "did you mean " + near + "?"
		}
		d.report(n, w, dg)
	}
}

func (d *decoder) setVRID(n *syntax.Node) {
	w := n.Args[0]
	if v, ok := d.uintWord(n, w, 1, 255, "("+d.inst.Name+"): VRID 'WORD' not valid - must be between 1 & 255"); ok {
		d.inst.VRID = value(uint8(v), w)
	}
}

func (d *decoder) setPriority(n *syntax.Node) {
	w := n.Args[0]
	v, f := parseUint(w.Text, 1, 255)
	if f != "" {
		d.fault(n, w, "vrrp-priority", "a priority is a number from 1 to 255, not '"+w.Text+"'",
			lines(f, "("+d.inst.Name+") Priority not valid! must be between 1 & 255. Using default 100"),
			d.inst.Name+" runs at the default priority 100")
		v = defaultPriority
	}
	d.inst.Priority = value(uint8(v), w)
}

func (d *decoder) setAdvertInt(n *syntax.Node) {
	w := n.Args[0]
	if v, ok := d.microsWord(n, w, 10*time.Millisecond, 255*time.Second,
		"("+d.inst.Name+") Advert interval (WORD) not valid! Must be > 0 - ignoring"); ok {
		d.inst.AdvertInt = value(v, w)
	}
}

func (d *decoder) setPreemptDelay(n *syntax.Node) {
	w := n.Args[0]
	compat := fmt.Sprintf("(%s) Preempt_delay not valid! must be between 0-1000", d.inst.Name)
	if v, ok := d.microsWord(n, w, 0, 1000*time.Second, compat); ok {
		d.inst.PreemptDelay = value(v, w)
	}
}

func trimSign(s string) string {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:]
	}
	return s
}
