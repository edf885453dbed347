package conf

import (
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

var virtualSetters = map[string]wired{
	"lb_algo":     {1, -1, (*decoder).setScheduler},
	"lvs_sched":   {1, -1, (*decoder).setScheduler},
	"lb_kind":     {1, -1, func(d *decoder, n *syntax.Node) { d.setForward(n, &d.vs.Forward) }},
	"lvs_method":  {1, -1, func(d *decoder, n *syntax.Node) { d.setForward(n, &d.vs.Forward) }},
	"protocol":    {1, 1, (*decoder).setProtocol},
	"virtualhost": {1, 1, func(d *decoder, n *syntax.Node) { d.vs.VirtualHost = value(n.Args[0].Text, n.Args[0]) }},

	"persistence_timeout": {0, 1, (*decoder).setPersistence},
	"sorry_server":        {1, 2, (*decoder).setSorry},
	"sorry_server_inhibit": {0, 0, func(d *decoder, n *syntax.Node) {
		d.vs.SorryInhibit = value(true, n.Keyword)
	}},

	"quorum": {1, 1, func(d *decoder, n *syntax.Node) {
		v, ok := d.uintWord(n, n.Args[0], 1, math.MaxUint32, "Quorum WORD must be in [1, 4294967295]. Setting to 1.")
		if !ok {
			v = 1
		}
		d.vs.Quorum = value(uint32(v), n.Args[0])
	}},
	"hysteresis": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 0, math.MaxUint32, "Hysteresis WORD must be in [0, 4294967295] - ignoring"); ok {
			d.vs.Hysteresis = value(uint32(v), n.Args[0])
		}
	}},
	"quorum_up":   {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "", &d.vs.QuorumUp) }},
	"quorum_down": {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "", &d.vs.QuorumDown) }},

	// compat: at this level keepalived ignores what follows the word.
	"alpha":              {0, -1, func(d *decoder, n *syntax.Node) { d.vs.Alpha = value(true, n.Keyword) }},
	"inhibit_on_failure": {0, -1, func(d *decoder, n *syntax.Node) { d.vs.InhibitOnFailure = value(true, n.Keyword) }},
	"omega":              {0, 0, func(d *decoder, n *syntax.Node) { d.vs.Omega = value(true, n.Keyword) }},
	"ops":                {0, 0, func(d *decoder, n *syntax.Node) { d.vs.OnePacket = value(true, n.Keyword) }},
	"smtp_alert": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid virtual_server smtp_alert parameter WORD"); ok {
			d.vs.SMTPAlert = v
		}
	}},
	"weight": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 1, math.MaxInt32, "Virtual server weight WORD is outside range 1-2147483647"); ok {
			d.vs.Weight = value(int(v), n.Args[0])
		}
	}},

	"connect_timeout":    {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.vs.Timing, "virtual server ") }},
	"delay_loop":         {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.vs.Timing, "virtual server ") }},
	"delay_before_retry": {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.vs.Timing, "virtual server ") }},
	"warmup":             {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.vs.Timing, "virtual server ") }},
	"retry":              {1, 1, func(d *decoder, n *syntax.Node) { d.setRetry(n, &d.vs.Timing) }},

	"real_server": {1, 2, (*decoder).setReal},
}

// setVirtual decodes one virtual_server block.
func (d *decoder) setVirtual(n *syntax.Node) {
	d.vs = &VirtualServer{At: n.Keyword.At}
	defer func() { d.vs = nil }()
	switch w := n.Args[0]; {
	case w.Text == "fwmark" && len(n.Args) > 1:
		v, ok := d.uintWord(n, n.Args[1], 0, math.MaxUint32, "")
		if !ok {
			return
		}
		d.vs.Mark = value(uint32(v), n.Args[1])
	case w.Text == "group" && len(n.Args) > 1:
		d.vs.Group = value(n.Args[1].Text, n.Args[1])
	default:
		a, ok := d.endpoint(n, n.Args, func(ip, port string) string {
			return "Invalid virtual server IP address/port " + ip + "/" + port + " - skipping"
		})
		if !ok {
			return
		}
		d.vs.Address = a
	}
	d.cfg.VirtualServers = append(d.cfg.VirtualServers, d.vs)
	d.walk(n.Block, blockVirtual)
}

// endpoint reads ADDR [PORT].
func (d *decoder) endpoint(n *syntax.Node, args []syntax.Word, compat func(ip, port string) string) (Value[netip.AddrPort], bool) {
	w, port, portText, f := args[0], uint64(0), "", ""
	if len(args) > 1 && (args[1].Quoted || !foreignWord(args[1].Text)) {
		portText = args[1].Text
		port, f = parseUint(portText, 1, math.MaxUint16)
	}
	ip, err := netip.ParseAddr(w.Text)
	if err != nil || f != "" {
		at, what := w, "'"+w.Text+"' is not an IP address"
		if err == nil {
			at, what = args[1], "'"+portText+"' is not a port"
		}
		d.fault(n, at, "bad-address", what, lines(f, compat(w.Text, portText)), n.Keyword.Text+" is ignored")
		return Value[netip.AddrPort]{}, false
	}
	return value(netip.AddrPortFrom(ip, uint16(port)), w), true
}

var schedulers = []string{"rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos"}

func (d *decoder) setScheduler(n *syntax.Node) {
	w := n.Args[0]
	if !slices.Contains(schedulers, w.Text) {
		d.fault(n, w, "unknown-option", "'"+w.Text+"' is not a scheduler",
			"Invalid lvs_scheduler '"+w.Text+"' - ignoring", "the line is ignored")
		return
	}
	d.vs.Scheduler = value(w.Text, w)
}

func (d *decoder) setForward(n *syntax.Node, to *Value[Forward]) {
	w := n.Args[0]
	switch w.Text {
	case "NAT":
		*to = value(ForwardNAT, w)
	case "DR":
		*to = value(ForwardDR, w)
	case "TUN":
		*to = value(ForwardTUN, w)
	default:
		d.fault(n, w, "unknown-option", "packets are forwarded by NAT, DR or TUN, not '"+w.Text+"'",
			"PARSER : unknown ["+w.Text+"] routing method for "+strings.ReplaceAll(n.Parent.Keyword.Text, "_", " ")+".", "NAT is used")
	}
}

func (d *decoder) setProtocol(n *syntax.Node) {
	w := n.Args[0]
	switch strings.ToUpper(w.Text) {
	case "TCP":
		d.vs.Protocol = value(ProtocolTCP, w)
	case "UDP":
		d.vs.Protocol = value(ProtocolUDP, w)
	case "SCTP":
		d.vs.Protocol = value(ProtocolSCTP, w)
	default:
		d.fault(n, w, "unknown-option", "a protocol is TCP, UDP or SCTP, not '"+w.Text+"'",
			"Unknown protocol "+w.Text+" - ignoring", "the line is ignored")
	}
}

func (d *decoder) setPersistence(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.vs.Persistence = value(360*time.Second, n.Keyword)
		return
	}
	if v, ok := d.uintWord(n, n.Args[0], 1, 2678400, "persistence_timeout invalid"); ok {
		d.vs.Persistence = value(wholeSeconds(v), n.Args[0])
	}
}

func (d *decoder) setSorry(n *syntax.Node) {
	if a, ok := d.endpoint(n, n.Args, func(ip, _ string) string {
		return "Invalid sorry server IP address " + ip + " - skipping"
	}); ok {
		d.vs.SorryServer = a
	}
}

// longest is the longest period that keepalived takes for a delay_loop.
const longest = math.MaxInt64 / 1000 * time.Microsecond

// setTiming decodes the timing keywords of virtual servers, real servers and checkers.
func (d *decoder) setTiming(n *syntax.Node, t *Timing, who string) {
	w := n.Args[0]
	switch n.Keyword.Text {
	case "connect_timeout":
		if v, ok := d.microsWord(n, w, time.Microsecond, maxMicros, who+"connect_timeout WORD invalid - ignoring"); ok {
			t.ConnectTimeout = value(v, w)
		}
	case "delay_loop":
		v, f, ok := parseMicros(w.Text, time.Microsecond, longest)
		if ok && f == "" {
			t.DelayLoop = value(v, w)
			return
		}
		// compat: keepalived counts in unsigned 64-bit microseconds and says so.
		f = strings.Replace(f, seconds6(longest), "18446744073709.551614", 1)
		d.badNumber(n, w, f, who+"delay loop 'WORD' invalid - ignoring")
	case "delay_before_retry":
		if v, ok := d.microsWord(n, w, 0, maxMicros, ""); ok {
			t.DelayBeforeRetry = value(v, w)
		}
	case "warmup":
		if v, ok := d.microsWord(n, w, 0, maxMicros, ""); ok {
			t.Warmup = value(v, w)
		}
	}
}

func (d *decoder) setRetry(n *syntax.Node, t *Timing) {
	w := n.Args[0]
	if v, ok := d.uintWord(n, w, 1, math.MaxUint32, "retry value invalid - WORD"); ok {
		t.Retry = value(int(min(v, math.MaxInt32)), w)
	}
}
