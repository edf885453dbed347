package conf

import (
	"math"
	"net/netip"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

var lvsGlobals = map[string]wired{
	"lvs_sync_daemon":          orMissing("lvs_sync_daemon requires interface", wired{1, -1, (*decoder).setSyncDaemon}),
	"ipvs_sysctl":              {0, 0, (*decoder).setSysctls},
	"lvs_timeouts":             {0, -1, (*decoder).setLVSTimeouts},
	"lvs_flush":                globalFlag(func(g *Global) *Value[bool] { return &g.LVSFlush }),
	"lvs_flush_on_stop":        {0, 1, (*decoder).setFlushOnStop},
	"lvs_flush_onstop":         {0, 1, (*decoder).setFlushOnStop}, // the old spelling
	"share_checks":             globalBool(func(g *Global) *Value[bool] { return &g.ShareChecks }, "Invalid value for share_checks specified"),
	"checker_log_all_failures": globalBool(func(g *Global) *Value[bool] { return &g.CheckerLogAll }, "Invalid value for checker_log_all_failures specified"),
}

func (d *decoder) setFlushOnStop(n *syntax.Node) {
	to := &d.cfg.Global.LVSFlushOnStop
	switch {
	case len(n.Args) == 0:
		*to = value(FlushAll, n.Keyword)
	case n.Args[0].Text == "VS":
		*to = value(FlushVirtualServers, n.Args[0])
	default:
		w := n.Args[0]
		d.fault(n, w, "unknown-option", n.Keyword.Text+" takes VS or nothing", "Unknown lvs_flush_on_stop type "+w.Text, "the line is ignored")
	}
}

// setLVSTimeouts reads pairs of a protocol and seconds.
func (d *decoder) setLVSTimeouts(n *syntax.Node) {
	if len(n.Args) < 2 {
		d.fault(n, n.Keyword, "missing-argument", "lvs_timeouts needs tcp, tcpfin or udp and a time",
			"lvs_timeouts requires at least one option", "the line is ignored")
		return
	}
	t := &d.cfg.Global.Timeouts
	fields := map[string]*time.Duration{"tcp": &t.V.TCP, "tcpfin": &t.V.TCPFin, "udp": &t.V.UDP}
	for i := 0; i < len(n.Args); i++ {
		kw := n.Args[i]
		to, ok := fields[kw.Text]
		switch {
		case !ok:
			d.fault(n, kw, "unknown-option", "'"+kw.Text+"' is neither tcp, tcpfin nor udp",
				"Unknown option "+kw.Text+" specified for lvs_timeouts", "the word is ignored")
			continue
		case i+1 == len(n.Args):
			d.fault(n, kw, "missing-argument", kw.Text+" needs a time", "No value specified for lvs_timeout "+kw.Text+" - ignoring", "the word is ignored")
			continue
		}
		i++
		if v, ok := d.uintWord(n, n.Args[i], 0, 31*24*3600, "Invalid lvs_timeout "+kw.Text+" (WORD) - ignoring"); ok {
			*to, t.At = wholeSeconds(v), n.Args[i].At
		}
	}
}

// setSyncDaemon reads IF [[inst] INSTANCE] and options; the first line holds.
func (d *decoder) setSyncDaemon(n *syntax.Node) {
	w := n.Args[0]
	switch old := d.cfg.Global.SyncDaemon.V; {
	case d.cfg.Global.SyncDaemon.Set():
		d.fault(n, w, "duplicate-keyword", "lvs_sync_daemon is given already, at "+old.Interface.At.String(),
			"lvs_sync_daemon has already been specified as "+old.Interface.V+" "+old.Instance.V+" - ignoring", "the line is ignored")
		return
	case len(w.Text) > maxIfname:
		d.fault(n, w, "long-name", "an interface name has at most 15 characters",
			"lvs_sync_daemon interface name '"+w.Text+"' too long - ignoring", "the line is ignored")
		return
	}
	l := newWordLine(d, n)
	d.cfg.Global.SyncDaemon = value(SyncDaemon{Interface: value(w.Text, w)}, w)
	s := &d.cfg.Global.SyncDaemon.V
	l.i = 2
	named := len(l.words) > 2 && !syncOptions[l.words[2].Text]
	if named {
		s.Instance = value(l.words[2].Text, l.words[2])
		l.i++
		if l.i < len(l.words) && !syncOptions[l.words[l.i].Text] {
			l.syncBareID(s)
		}
	}
	for l.i < len(l.words) && !l.drop {
		kw := l.words[l.i]
		l.i++
		if !syncOptions[kw.Text] {
			l.mind(kw, "unknown-option", "'"+kw.Text+"' is not an option of lvs_sync_daemon", "Unknown option WORD specified for lvs_sync_daemon", "the word is ignored")
			continue
		}
		l.syncOption(s, kw)
	}
	if l.drop {
		d.cfg.Global.SyncDaemon = Value[SyncDaemon]{}
	}
}

var syncOptions = map[string]bool{"inst": true, "id": true, "maxlen": true, "port": true, "ttl": true, "group": true}

// syncBareID reads a number behind the instance, the old way to give an id.
func (l *wordLine) syncBareID(s *SyncDaemon) {
	w := l.words[l.i]
	l.i++
	v, f := parseUint(w.Text, 0, math.MaxUint8)
	if f != "" {
		l.mind(w, "bad-number", "'"+w.Text+"' is not an id: "+f, lines(f, "Invalid syncid (WORD) - defaulting to vrid"), "the instance's VRID is used")
		return
	}
	l.warn(w, "deprecated", "say id before the number", `Please use keyword "id" before lvs_sync_daemon SYNCID`, "read as id "+w.Text)
	s.ID = value(uint8(v), w)
}

func (l *wordLine) syncOption(s *SyncDaemon, kw syntax.Word) {
	if kw.Text == "inst" {
		w, ok := l.next()
		if ok {
			l.d.setOnce(l.n, &s.Instance, w, "lvs_sync_daemon vrrp instance has already been specified as "+s.Instance.V+" - ignoring")
		}
		return
	}
	if l.i == len(l.words) {
		compat := "No value specified for lvs_sync_daemon WORD - ignoring"
		if kw.Text == "id" {
			compat = "No value specified for lvs_sync_daemon id, defaulting to vrid"
		}
		l.mind(kw, "missing-argument", kw.Text+" needs a value", compat, "the word is ignored")
		return
	}
	w, _ := l.next()
	number := func(lo, hi uint64) (uint64, bool) {
		v, f := parseUint(w.Text, lo, hi)
		if f != "" {
			compat := "Invalid lvs_sync_daemon " + kw.Text + " (WORD) - ignoring"
			if kw.Text == "id" {
				compat = "Invalid syncid (WORD) - defaulting to vrid"
			}
			l.mind(w, "bad-number", f, lines(f, compat), "the option is ignored")
		}
		return v, f == ""
	}
	switch kw.Text {
	case "id":
		if v, ok := number(0, math.MaxUint8); ok {
			s.ID = value(uint8(v), w)
		}
	case "maxlen":
		if v, ok := number(1, math.MaxUint16-28); ok { // what a datagram can carry
			s.MaxLen = value(uint16(v), w)
		}
	case "port":
		if v, ok := number(1, math.MaxUint16); ok {
			s.Port = value(uint16(v), w)
		}
	case "ttl":
		if v, ok := number(1, math.MaxUint8); ok {
			s.TTL = value(uint8(v), w)
		}
	case "group":
		l.syncGroup(s, w)
	}
}

func (l *wordLine) syncGroup(s *SyncDaemon, w syntax.Word) {
	a, err := netip.ParseAddr(strings.TrimSpace(w.Text))
	switch {
	case err != nil || a.Zone() != "":
		l.mind(w, "bad-address", "'"+w.Text+"' is not an IP address", "Invalid lvs_sync_daemon group (WORD) - ignoring", "224.0.0.81 is used")
	case !a.IsMulticast():
		l.mind(w, "not-multicast", w.Text+" is not a multicast address", "lvs_sync_daemon group address WORD is not multicast - ignoring", "224.0.0.81 is used")
	default:
		s.Group = value(a, w)
	}
}
