package conf

import (
	"fmt"
	"net/netip"
	"time"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

var instanceSetters = map[string]wired{
	"state":             {1, 1, (*decoder).setState},
	"interface":         {1, 1, func(d *decoder, n *syntax.Node) { d.setIfname(n, &d.inst.Interface) }},
	"virtual_router_id": {1, 1, (*decoder).setVRID},
	"priority":          {1, 1, (*decoder).setPriority},
	"version":           {1, 1, (*decoder).setVersion},
	"advert_int":        {1, 1, (*decoder).setAdvertInt},
	"authentication":    {0, 0, func(d *decoder, n *syntax.Node) { d.walk(n.Block, blockAuth) }},

	"mcast_src_ip":   {1, 1, (*decoder).setSource},
	"unicast_src_ip": {1, 1, (*decoder).setSource},
	"mcast_dst_ip":   {1, 1, (*decoder).setGroupAddr},
	"unicast_peer":   {0, 0, (*decoder).setPeers},

	"virtual_ipaddress":          {0, 0, func(d *decoder, n *syntax.Node) { d.addresses(n, &d.inst.Addresses) }},
	"virtual_ipaddress_excluded": {0, 0, func(d *decoder, n *syntax.Node) { d.addresses(n, &d.inst.Excluded) }},

	"nopreempt":     {0, 0, func(d *decoder, n *syntax.Node) { d.inst.NoPreempt = value(true, n.Keyword) }},
	"preempt":       {0, 0, func(d *decoder, n *syntax.Node) { d.inst.NoPreempt = value(false, n.Keyword) }},
	"preempt_delay": {1, 1, (*decoder).setPreemptDelay},

	"dont_track_primary": {0, 0, func(d *decoder, n *syntax.Node) { d.inst.DontTrackPrimary = value(true, n.Keyword) }},
	"track_interface":    {0, 0, func(d *decoder, n *syntax.Node) { d.trackInterfaces(n, d.inst.Name, &d.inst.TrackInterfaces) }},
	"track_script":       {0, 0, func(d *decoder, n *syntax.Node) { d.trackScripts(n, d.inst.Name, &d.inst.TrackScripts) }},

	"garp_master_delay":          {1, 1, instanceGARP},
	"garp_master_repeat":         {1, 1, instanceGARP},
	"garp_master_refresh":        {1, 1, instanceGARP},
	"garp_master_refresh_repeat": {1, 1, instanceGARP},
	"garp_lower_prio_delay":      {1, 1, instanceGARP},
	"garp_lower_prio_repeat":     {1, 1, instanceGARP},

	"down_timer_adverts": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 1, 100, "("+d.inst.Name+"): Invalid down_timer_adverts [1:100] 'WORD'"); ok {
			d.inst.DownTimerAdverts = value(int(v), n.Args[0])
		}
	}},
	"lower_prio_no_advert":    instanceBool(func(i *Instance) *Value[bool] { return &i.LowerPrioNoAdvert }),
	"higher_prio_send_advert": instanceBool(func(i *Instance) *Value[bool] { return &i.HigherPrioSendAdvert }),
	"vip_removal_step_down":   instanceBool(func(i *Instance) *Value[bool] { return &i.StepDown }),
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
	"accept":              {0, 0, func(d *decoder, n *syntax.Node) { d.inst.Accept = value(true, n.Keyword) }},
	"no_accept":           {0, 0, func(d *decoder, n *syntax.Node) { d.inst.Accept = value(false, n.Keyword) }},
	"promote_secondaries": {0, 0, func(d *decoder, n *syntax.Node) { d.inst.PromoteSecondaries = value(true, n.Keyword) }},
	"smtp_alert": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid vrrp_instance smtp_alert parameter WORD"); ok {
			d.inst.SMTPAlert = v
		}
	}},
	"debug": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 0, 4, "("+d.inst.Name+") Debug value 'WORD' not valid; must be between 0-4"); ok {
			d.inst.Debug = value(int(v), n.Args[0])
		}
	}},

	"notify_master":              {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "("+d.inst.Name+") ", &d.inst.Notify.Master) }},
	"notify_backup":              {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "("+d.inst.Name+") ", &d.inst.Notify.Backup) }},
	"notify_fault":               {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "("+d.inst.Name+") ", &d.inst.Notify.Fault) }},
	"notify_stop":                {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "("+d.inst.Name+") ", &d.inst.Notify.Stop) }},
	"notify":                     {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "("+d.inst.Name+") ", &d.inst.Notify.Any) }},
	"notify_master_rx_lower_pri": {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "("+d.inst.Name+") ", &d.inst.Notify.MasterRxLowerPri) }},
	"notify_deleted":             {0, -1, (*decoder).setNotifyDeleted},
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
	if old, ok := d.instances[w.Text]; ok {
		d.duplicate(n, w, "vrrp instance "+w.Text+" already defined", old.At)
		return
	}
	d.inst = &Instance{Name: w.Text, At: w.At}
	d.instances[w.Text] = d.inst
	d.cfg.Instances = append(d.cfg.Instances, d.inst)
	d.walk(n.Block, blockInstance)
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
			d.tell(n, w, "duplicate-keyword", "the state is MASTER already, at "+d.inst.State.At.String(), "", "it stays MASTER")
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

func (d *decoder) setVersion(n *syntax.Node) {
	w := n.Args[0]
	v, ok := d.uintWord(n, w, 2, 3, "("+d.inst.Name+"): Version must be either 2 or 3")
	if !ok {
		return
	}
	d.inst.Version = value(uint8(v), w)
	if v == 3 {
		d.inactive(n, "version 3", "VRRP version 3 is loaded but not active yet")
	}
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
	if _, _, valid := micros(trimSign(w.Text)); !valid {
		compat = "" // compat: keepalived has nothing to add to "invalid number"
	}
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

func (d *decoder) setSource(n *syntax.Node) {
	w := n.Args[0]
	a, err := netip.ParseAddr(w.Text)
	if err != nil {
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"Configuration error: VRRP instance["+d.inst.Name+"] malformed src address["+w.Text+"]. Skipping...", "the line is ignored")
		return
	}
	d.inst.SourceIP = value(a, w)
}

func (d *decoder) setGroupAddr(n *syntax.Node) {
	w := n.Args[0]
	a, err := netip.ParseAddr(w.Text)
	switch {
	case err != nil:
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"("+d.inst.Name+") malformed mcast dest address "+w.Text+". Skipping...", "the line is ignored")
	case !a.IsMulticast():
		d.fault(n, w, "not-multicast", w.Text+" is not a multicast address",
			"("+d.inst.Name+") mcast_dst_ip "+w.Text+" not multicast. Skipping...", "the line is ignored")
	default:
		d.inst.McastGroup = value(a, w)
	}
}

func (d *decoder) setPeers(n *syntax.Node) {
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockPeers)
			continue
		}
		if a, err := netip.ParseAddr(e.Keyword.Text); err == nil {
			d.inst.UnicastPeers = append(d.inst.UnicastPeers, value(a, e.Keyword))
		}
	}
}
