package conf

import (
	"math"
	"time"

	"holdfast/conf/syntax"
)

var mailGlobals = map[string]wired{
	"notification_email":      {0, 0, (*decoder).setEmails},
	"notification_email_from": globalText(func(g *Global) *Value[string] { return &g.NotificationEmailFrom }),
	"smtp_server":             {1, 2, (*decoder).setSMTPServer},
	"smtp_helo_name": {0, 1, func(d *decoder, n *syntax.Node) {
		if len(n.Args) > 0 {
			d.cfg.Global.SMTPHeloName = value(n.Args[0].Text, n.Args[0])
		}
	}},
	"smtp_connect_timeout": {1, 1, (*decoder).setSMTPTimeout},
	"smtp_tls":             {1, 1, (*decoder).setSMTPTLS},
	"smtp_ca":              globalText(func(g *Global) *Value[string] { return &g.SMTPCA }),
	"smtp_auth":            {2, 2, (*decoder).setSMTPAuth},
	"smtp_alert":           globalBool(func(g *Global) *Value[bool] { return &g.SMTPAlert }, invalidGlobal),
	"smtp_alert_vrrp":      globalBool(func(g *Global) *Value[bool] { return &g.SMTPAlertVRRP }, invalidGlobal),
	"smtp_alert_checker":   globalBool(func(g *Global) *Value[bool] { return &g.SMTPAlertChecker }, invalidGlobal),
	"no_email_faults":      globalFlag(func(g *Global) *Value[bool] { return &g.NoEmailFaults }),
	"no_checker_emails":    globalBool(func(g *Global) *Value[bool] { return &g.NoCheckerEmails }, invalidGlobal),
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
	if len(n.Block) == 0 {
		d.atClose(n, "empty-list", "the block has no addresses", "Warning - empty notification_email block", "nobody gets mail")
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

var firewallGlobals = map[string]wired{
	"vrrp_iptables": {0, 2, (*decoder).setIPTables},
	"vrrp_ipsets": {0, 6, func(d *decoder, n *syntax.Node) {
		sets := Value[[]string]{At: n.Keyword.At}
		for _, w := range n.Args {
			sets.V, sets.At = append(sets.V, w.Text), n.Args[0].At
		}
		d.cfg.Global.IPSets = sets
	}},
	"nftables": {0, 1, func(d *decoder, n *syntax.Node) { d.setTable(n, &d.cfg.Global.NFTables, "keepalived", "") }},
	"nftables_ipvs": {0, 1, func(d *decoder, n *syntax.Node) {
		d.setTable(n, &d.cfg.Global.NFTablesIPVS, "keepalived_ipvs", "ipvs ")
	}},
	"nftables_priority": globalInt(func(g *Global) *Value[int] { return &g.NFTablesPriority }, math.MinInt32, math.MaxInt32,
		"invalid nftables chain priority 'WORD'"),
	"nftables_ipvs_priority": globalInt(func(g *Global) *Value[int] { return &g.NFTablesIPVSPriority }, math.MinInt32, math.MaxInt32,
		"invalid ipvs nftables chain priority 'WORD'"),
	"nftables_ipvs_start_fwmark": globalUint(func(g *Global) *Value[uint32] { return &g.NFTablesIPVSStart }, 1, math.MaxUint32,
		"invalid ipvs nftables start_fwmark priority 'WORD'"),
	"nftables_counters": globalFlag(func(g *Global) *Value[bool] { return &g.NFTablesCounters }),
	"nftables_ifindex":  globalFlag(func(g *Global) *Value[bool] { return &g.NFTablesIfindex }),
}

// maxTableName is the longest name of an nftables table.
const maxTableName = 255

// setTable reads the name of an nftables table; the first line holds.
func (d *decoder) setTable(n *syntax.Node, to *Value[string], def, what string) {
	w := syntax.NewWord(def, n.Keyword.At, n.Keyword.Via())
	if len(n.Args) > 0 {
		w = n.Args[0]
	}
	if !to.Set() && len(w.Text) > maxTableName {
		d.fault(n, w, "long-name", "a table's name has at most 255 characters", what+"nftables table name too long - ignoring", "the line is ignored")
		return
	}
	d.setOnce(n, to, w, what+"nftables already specified - ignoring")
}

// setIPTables reads the chains; keepalived as Debian builds it uses nftables whatever the line says.
func (d *decoder) setIPTables(n *syntax.Node) {
	g := &d.cfg.Global
	g.IPTablesIn, g.IPTablesOut = value("INPUT", n.Keyword), value("OUTPUT", n.Keyword)
	for i, to := range []*Value[string]{&g.IPTablesIn, &g.IPTablesOut} {
		if i < len(n.Args) {
			*to = value(n.Args[i].Text, n.Args[i])
		}
	}
	d.warn(n, n.Keyword, "deprecated", "iptables is not used; nftables is", "iptables not supported, using nftables instead. "+
		"Please replace 'vrrp_iptables and 'vrrp_ipsets' with 'nftables' config option", "the chains are ignored")
}

var observedGlobals = map[string]wired{
	"snmp_socket":                   orMissing("SNMP error : snmp socket name missing", wired{1, -1, (*decoder).setSNMPSocket}),
	"enable_snmp_vrrp":              globalFlag(func(g *Global) *Value[bool] { return &g.SNMPVRRP }),
	"enable_snmp_keepalived":        globalFlag(func(g *Global) *Value[bool] { return &g.SNMPVRRP }),
	"enable_snmp_checker":           globalFlag(func(g *Global) *Value[bool] { return &g.SNMPChecker }),
	"enable_snmp_rfcv2":             globalFlag(func(g *Global) *Value[bool] { return &g.SNMPRFCv2 }),
	"enable_snmp_rfcv3":             globalFlag(func(g *Global) *Value[bool] { return &g.SNMPRFCv3 }),
	"enable_traps":                  globalFlag(func(g *Global) *Value[bool] { return &g.SNMPTraps }),
	"snmp_vs_stats_update_interval": globalMicros(func(g *Global) *Value[time.Duration] { return &g.SNMPVSInterval }, time.Millisecond, 30*time.Second),
	"snmp_rs_stats_update_interval": globalMicros(func(g *Global) *Value[time.Duration] { return &g.SNMPRSInterval }, time.Millisecond, 30*time.Second),
	"enable_snmp_rfc": {0, 0, func(d *decoder, n *syntax.Node) {
		d.cfg.Global.SNMPRFCv2, d.cfg.Global.SNMPRFCv3 = value(true, n.Keyword), value(true, n.Keyword)
	}},
	"enable_dbus":            globalFlag(func(g *Global) *Value[bool] { return &g.DBus }),
	"dbus_service_name":      orMissing("dbus_service_name missing - ignoring", globalText(func(g *Global) *Value[string] { return &g.DBusServiceName })),
	"dbus_no_interface_name": orMissing("dbus_no_interface_name missing - ignoring", globalText(func(g *Global) *Value[string] { return &g.DBusNoInterface })),
	// compat: keepalived's own spelling of the keyword.
	"data_use_instance": globalBool(func(g *Global) *Value[bool] { return &g.DataUseInstance }, "Invalid value 'WORD' for global date_use_instance specified"),
	"state_dump_file":   globalText(func(g *Global) *Value[string] { return &g.StateDumpFile }),
	"stats_dump_file":   globalText(func(g *Global) *Value[string] { return &g.StatsDumpFile }),
	"json_dump_file":    globalText(func(g *Global) *Value[string] { return &g.JSONDumpFile }),
	"json_version":      globalInt(func(g *Global) *Value[int] { return &g.JSONVersion }, 1, 2, "Invalid json_version 'WORD'"),
}

func (d *decoder) setSNMPSocket(n *syntax.Node) {
	if len(n.Args) > 1 {
		d.fault(n, n.Args[1], "extra-words", "snmp_socket takes one word", "Too many parameters specified for snmp_socket - ignoring", "the line is ignored")
		return
	}
	s := &d.cfg.Global.SNMPSocket
	d.setOnce(n, s, n.Args[0], "SNMP socket already set to "+s.V+" - ignoring")
}

var reloadGlobals = map[string]wired{
	"config_save_dir": globalText(func(g *Global) *Value[string] { return &g.ConfigSaveDir }),
	"reload_check_config": {0, 1, func(d *decoder, n *syntax.Node) {
		d.cfg.Global.CheckConfig = value(true, n.Keyword)
		if len(n.Args) > 0 {
			d.cfg.Global.CheckLog = value(n.Args[0].Text, n.Args[0])
		}
	}},
	"reload_time_file": {0, -1, func(d *decoder, n *syntax.Node) {
		if len(n.Args) != 1 {
			d.fault(n, n.Keyword, "bad-arguments", "reload_time_file takes one path", "reload_time_file invalid", "the line is ignored")
			return
		}
		d.cfg.Global.TimeFile = value(n.Args[0].Text, n.Args[0])
	}},
	"reload_repeat": globalFlag(func(g *Global) *Value[bool] { return &g.Repeat }),
	"reload_file":   globalWord(func(g *Global) *Value[string] { return &g.MarkFile }),
	"include_check": {0, -1, (*decoder).setIncludeCheck},
}

// setIncludeCheck reads the checks of included files. The checks themselves are the expander's.
func (d *decoder) setIncludeCheck(n *syntax.Node) {
	g := &d.cfg.Global
	if len(n.Args) == 0 {
		g.IncludeChecks = value([]string{"+match", "+wildcard_match", "+brace_match"}, n.Keyword)
		return
	}
	for i, w := range n.Args {
		name := w.Text
		sign := name != "" && (name[0] == '+' || name[0] == '-')
		if sign {
			name = name[1:]
		}
		switch {
		case i > 0 && !sign:
			// compat: behind the first check keepalived takes only those with a sign.
			d.fault(n, w, "duplicate-option", "further checks need a sign: +"+name+" or -"+name,
				"Duplicate include_check '"+name+"' specified - ignoring", "the check is ignored")
		case name != "match" && name != "wildcard_match" && name != "brace_match":
			// the expander has said so
		default:
			g.IncludeChecks = value(append(g.IncludeChecks.V, w.Text), w)
		}
	}
}

func (d *decoder) setSMTPTimeout(n *syntax.Node) {
	w := n.Args[0]
	v, ok := d.uintWord(n, w, 0, 4294, "smtp_connect_timeout 'WORD' must be in [0, 4294] - ignoring")
	if !ok {
		return
	}
	if v == 0 {
		d.warn(n, w, "zero-time", "the timeout must be greater than 0", "smtp_conect_timeout must be greater than 0, setting to 1", "1 second is used")
		v = 1
	}
	d.cfg.Global.SMTPConnectTimeout = value(wholeSeconds(v), w)
}

func (d *decoder) setSMTPTLS(n *syntax.Node) {
	w := n.Args[0]
	switch w.Text {
	case "off", "starttls", "implicit":
		d.cfg.Global.SMTPTLS = value(w.Text, w)
	default:
		d.fault(n, w, "unknown-option", "'"+w.Text+"' is none of off, starttls and implicit",
			"Invalid smtp_tls '"+w.Text+"'", "the line is ignored")
	}
}

func (d *decoder) setSMTPAuth(n *syntax.Node) {
	g := &d.cfg.Global
	g.SMTPUser, g.SMTPPasswordFile = value(n.Args[0].Text, n.Args[0]), value(n.Args[1].Text, n.Args[1])
}
