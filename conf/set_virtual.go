package conf

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// vsTiming are the timing keywords of a virtual server.
var vsTiming = timingOptions(func(d *decoder) *Timing { return &d.vs.Timing }, timingText{
	connect: "virtual server connect_timeout WORD invalid - ignoring",
	delay:   "virtual server delay loop 'WORD' invalid - ignoring",
	pause:   "virtual server delay before retry 'WORD' invalid - ignoring",
	warmup:  "virtual server warmup 'WORD' invalid - ignoring",
	retry:   "retry value invalid - WORD", fewest: 1,
})

var virtualSetters = merged(vsTiming, map[string]wired{
	"ip_family":   {1, 1, (*decoder).setFamily},
	"lb_algo":     {1, 1, (*decoder).setScheduler},
	"lvs_sched":   {1, 1, (*decoder).setScheduler},
	"lb_kind":     {1, -1, func(d *decoder, n *syntax.Node) { d.setForward(n, &d.vs.Forward, &d.vs.Tunnel, "virtual server") }},
	"lvs_method":  {1, -1, func(d *decoder, n *syntax.Node) { d.setForward(n, &d.vs.Forward, &d.vs.Tunnel, "virtual server") }},
	"protocol":    {1, 1, (*decoder).setProtocol},
	"virtualhost": textOpt(func(d *decoder) *Value[string] { return &d.vs.VirtualHost }, "virtual server virtualhost missing"),
	"snmp_name":   onlyWordOpt(func(d *decoder) *Value[string] { return &d.vs.SNMPName }, "virtual server snmp_name missing or extra parameters"),

	"ops":         flagOpt(func(d *decoder) *Value[bool] { return &d.vs.OnePacket }),
	"flag-1":      flagOpt(func(d *decoder) *Value[bool] { return &d.vs.Flag1 }),
	"flag-2":      flagOpt(func(d *decoder) *Value[bool] { return &d.vs.Flag2 }),
	"flag-3":      flagOpt(func(d *decoder) *Value[bool] { return &d.vs.Flag3 }),
	"hashed":      hashOpt(nil),
	"sh-port":     hashOpt(func(d *decoder) *Value[bool] { return &d.vs.Flag2 }),
	"sh-fallback": hashOpt(func(d *decoder) *Value[bool] { return &d.vs.Flag1 }),
	"mh-port":     hashOpt(func(d *decoder) *Value[bool] { return &d.vs.Flag2 }),
	"mh-fallback": hashOpt(func(d *decoder) *Value[bool] { return &d.vs.Flag1 }),

	"persistence_engine":      {1, 1, (*decoder).setEngine},
	"persistence_timeout":     {0, 1, (*decoder).setPersistence},
	"persistence_granularity": {1, 1, (*decoder).setGranularity},

	"sorry_server":         {1, 2, (*decoder).setSorry},
	"sorry_server_inhibit": {0, 0, (*decoder).setSorryInhibit},
	// compat: keepalived looks for the sorry server before it looks for the word.
	"sorry_server_lvs_method": {0, -1, (*decoder).setSorryForward},

	"quorum": {1, 1, func(d *decoder, n *syntax.Node) {
		w := n.Args[0]
		v, f := parseUint(w.Text, 1, math.MaxUint32)
		if f != "" {
			v = 1
			d.fault(n, w, "bad-number", "quorum: "+f,
				lines(f, "Quorum "+w.Text+" must be in [1, 4294967295]. Setting to 1."), "quorum 1 is used")
		}
		d.vs.Quorum = value(uint32(v), w)
	}},
	"hysteresis": uintOpt(func(d *decoder) *Value[uint32] { return &d.vs.Hysteresis }, 0, math.MaxUint32,
		"Hysteresis WORD must be in [0, 4294967295] - ignoring"),
	"quorum_up":   {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, nobody, &d.vs.QuorumUp) }},
	"quorum_down": {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, nobody, &d.vs.QuorumDown) }},

	// compat: at this level keepalived ignores what follows the word.
	"alpha":              flagOpt(func(d *decoder) *Value[bool] { return &d.vs.Alpha }),
	"inhibit_on_failure": flagOpt(func(d *decoder) *Value[bool] { return &d.vs.InhibitOnFailure }),
	"omega":              flagOpt(func(d *decoder) *Value[bool] { return &d.vs.Omega }),
	"ha_suspend":         flagOpt(func(d *decoder) *Value[bool] { return &d.vs.HASuspend }),
	"smtp_alert": boolOpt(func(d *decoder) *Value[bool] { return &d.vs.SMTPAlert },
		"Invalid virtual_server smtp_alert parameter WORD"),
	"follow_vrrp": {1, 1, func(d *decoder, n *syntax.Node) {
		d.vs.Follow = value(n.Args[0].Text, n.Args[0])
		d.cfg.Followed = append(d.cfg.Followed, n.Args[0].Text)
	}},
	"drain_timeout":   secondsOpt(func(d *decoder) *Value[time.Duration] { return &d.vs.DrainTimeout }, 0, maxDrain, ""),
	"slow_start":      secondsOpt(func(d *decoder) *Value[time.Duration] { return &d.vs.SlowStart }, 0, maxSlowStart, ""),
	"panic_threshold": uintOpt(func(d *decoder) *Value[int] { return &d.vs.PanicThreshold }, 0, 99, ""),
	"weight": uintOpt(func(d *decoder) *Value[int] { return &d.vs.Weight }, 1, math.MaxInt32,
		"Virtual server weight WORD is outside range 1-2147483647"),

	"real_server": {1, 2, (*decoder).setReal},
})

// maxDrain is the longest drain_timeout, in seconds: a day.
const maxDrain = 86400

// maxSlowStart is the longest slow_start, in seconds: an hour.
const maxSlowStart = 3600

// nobody is how keepalived begins a line about a script that belongs to no instance.
const nobody = "((null)) "

// setVirtual decodes one virtual_server block.
func (d *decoder) setVirtual(n *syntax.Node) {
	d.vs = &VirtualServer{At: n.Keyword.At}
	defer func() { d.vs = nil }()
	if !d.virtualName(n) {
		return
	}
	d.cfg.VirtualServers = append(d.cfg.VirtualServers, d.vs)
	d.walk(n.Block, blockVirtual)
	d.sorryFamily(n)
}

// virtualName reads what a virtual server is for: ADDR [PORT], fwmark N or group NAME.
func (d *decoder) virtualName(n *syntax.Node) bool {
	w := n.Args[0]
	if w.Text == "fwmark" || w.Text == "group" {
		if len(n.Args) < 2 {
			// keepalived crashes on it.
			d.fault(n, w, "missing-argument", "virtual_server "+w.Text+" needs a word more", "", "the block is ignored")
			return false
		}
		if n.Args[0].Text == "group" {
			d.vs.Group = value(n.Args[1].Text, n.Args[1])
			return true
		}
		w = n.Args[1]
		v, f := parseUint(w.Text, 0, math.MaxUint32)
		switch {
		case f != "":
			d.fault(n, w, "bad-number", "a firewall mark is a number, not '"+w.Text+"'",
				lines(f, "virtual server fwmark '"+w.Text+"' must be in [0, 4294967295] - ignoring"), "the block is ignored")
			return false
		case v == 0:
			// keepalived takes it for an address and fills in what its memory holds.
			d.fault(n, w, "bad-number", "firewall mark 0 stands for packets without a mark", "", "the block is ignored")
			return false
		}
		d.vs.Mark = value(uint32(v), w)
		return true
	}
	a, ok := d.endpoint(n, n.Args, func(ip, port string) string {
		return "Invalid virtual server IP address/port " + ip + "/" + port + " - skipping"
	})
	d.vs.Address = a
	if ok {
		d.vs.Family.V = lvsFamily(a.V.Addr())
	}
	return ok
}

func (d *decoder) setFamily(n *syntax.Node) {
	w := n.Args[0]
	f, ok := families[w.Text]
	switch {
	case !ok:
		d.fault(n, w, "unknown-option", "a family is inet or inet6, not '"+w.Text+"'", "unknown address family "+w.Text, "the line is ignored")
	case d.vs.Family.V != FamilyUnknown && d.vs.Family.V != f:
		d.fault(n, w, "family", "the virtual server's family is another one already",
			"Virtual server specified family "+w.Text+" conflicts with server family", "the line is ignored")
	default:
		d.vs.Family = value(f, w)
	}
}

var families = map[string]Family{"inet": FamilyIPv4, "inet6": FamilyIPv6}

var schedulers = []string{"rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos"}

func (d *decoder) setScheduler(n *syntax.Node) {
	w := n.Args[0]
	if !slices.Contains(schedulers, w.Text) {
		d.report(n, w, faulty("unknown-option", "'"+w.Text+"' is not a scheduler",
			"Invalid lvs_scheduler '"+w.Text+"' - ignoring", near(w.Text, schedulers)))
		return
	}
	d.vs.Scheduler = value(w.Text, w)
}

// hashOpt is a flag of the schedulers sh and mh, one of which must have been chosen above.
func hashOpt(to place[bool]) wired {
	return wired{0, 0, func(d *decoder, n *syntax.Node) {
		kw := n.Keyword.Text
		switch {
		case d.vs.Scheduler.V != "sh" && d.vs.Scheduler.V != "mh":
			// compat: keepalived names sh only.
			d.fault(n, n.Keyword, "scheduler-flag", kw+" is for the schedulers sh and mh, chosen above it",
				kw+" only applies to sh scheduler - ignoring", "the line is ignored")
		case to != nil:
			*to(d) = value(true, n.Keyword)
		}
	}}
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

// maxEngine is how long the kernel lets the name of a persistence engine be.
const maxEngine = 15

func (d *decoder) setEngine(n *syntax.Node) {
	w := n.Args[0]
	d.vs.Engine = value(w.Text, w)
	if len(w.Text) > maxEngine {
		d.vs.Engine.V = w.Text[:maxEngine]
		// compat: keepalived finds fault from 17 characters on.
		if len(w.Text) > maxEngine+1 {
			d.warn(n, w, "long-name", "the name of an engine has at most 15 characters",
				"persistence_name too long, truncating - "+w.Text, "read as "+strconv.Quote(d.vs.Engine.V))
		}
	}
}

// defaultPersistence is what persistence lasts when nobody says how long.
const defaultPersistence = 360 * time.Second

func (d *decoder) setPersistence(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.vs.Persistence = value(defaultPersistence, n.Keyword)
		return
	}
	if v, ok := d.uintWord(n, n.Args[0], 1, 2678400, "persistence_timeout invalid"); ok {
		d.vs.Persistence = value(wholeSeconds(v), n.Args[0])
	}
}

// setGranularity reads a netmask for IPv4, the length of a prefix for IPv6. Where the family is not known yet, the
// word decides: a netmask has dots.
func (d *decoder) setGranularity(n *syntax.Node) {
	w := n.Args[0]
	four := d.vs.Family.V == FamilyIPv4 || d.vs.Family.V == FamilyUnknown && strings.Contains(w.Text, ".")
	var g Granularity
	if four {
		m, ok := parseMask(w.Text)
		if !ok {
			d.fault(n, w, "bad-mask", "'"+w.Text+"' is not a netmask",
				"Invalid IPv4 persistence_granularity specified - "+w.Text, "the line is ignored")
			return
		}
		g.Mask = m
		if !contiguous(m) {
			// compat: keepalived hands it to the kernel as it is, "24" as 0.0.0.24.
			d.doubt(n, w, "odd-mask", "the netmask "+m.String()+" has holes", "clients with unlike addresses count as one",
				"write a netmask as 255.255.255.0")
		}
	} else {
		v, f := parseUint(w.Text, 1, 128)
		if f != "" {
			d.fault(n, w, "bad-mask", "the length of a prefix is a number from 1 to 128, not '"+w.Text+"'",
				lines(f, "Invalid IPv6 persistence_granularity specified - "+w.Text), "the line is ignored")
			return
		}
		g.Bits = uint8(v)
	}
	d.vs.Granularity = value(g, w)
	if d.vs.Family.V == FamilyUnknown {
		d.vs.Family.V = FamilyIPv6
		if four {
			d.vs.Family.V = FamilyIPv4
		}
	}
}

// parseMask reads an IPv4 address as inet_aton does: up to four numbers, decimal, octal or hexadecimal, the last of which
// fills what is left.
func parseMask(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var v uint64
	for i, p := range parts {
		room := uint64(math.MaxUint8)
		if i == len(parts)-1 {
			room = 1<<(8*(5-len(parts))) - 1
		}
		x, err := strconv.ParseUint(p, 0, 32)
		if err != nil || x > room || strings.ContainsAny(p, "_oO") || strings.HasPrefix(strings.ToLower(p), "0b") {
			return netip.Addr{}, false
		}
		if i == len(parts)-1 {
			v |= x
		} else {
			v |= x << (24 - 8*i)
		}
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), true
}

func contiguous(m netip.Addr) bool {
	b := m.As4()
	v := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	return ^v&(^v+1) == 0
}
