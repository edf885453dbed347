package conf

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"holdfast/conf/syntax"
)

func (l *routeLine) src(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	a, ok := l.address(w, "invalid route src address WORD")
	if ok && l.join(w, a.Is6(), "") {
		l.r.Src = value(a, w)
	}
}

func (l *routeLine) from(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	p, ok := l.prefix(w, "invalid route from address WORD")
	switch {
	case !ok:
	case p.Addr().Is4():
		l.bad(w, "wrong-family", "only IPv6 routes have a source prefix", "route from address only supported with IPv6 (WORD)")
	case l.join(w, true, ""):
		l.r.From = value(p, w)
	}
}

// hop reads [inet|inet6] ADDR behind via.
func (l *wordLine) hop() (w syntax.Word, fam int, ok bool) {
	if w, ok = l.next(); !ok {
		return w, 0, false
	}
	switch w.Text {
	case "inet":
		fam = 4
	case "inet6":
		fam = 6
	default:
		return w, 0, true
	}
	w, ok = l.next()
	return w, fam, ok
}

func (l *routeLine) via(kw syntax.Word) {
	if kw.Text == "gw" {
		l.warn(kw, "deprecated", "gw is an old word for via", `"gw" for routes is deprecated. Please use "via"`, "read as via")
	}
	w, fam, ok := l.hop()
	if !ok || fam != 0 && !l.join(w, fam == 6, "") {
		return
	}
	a, ok := l.address(w, "invalid route via address WORD")
	if ok && l.join(w, a.Is6(), "") {
		l.r.Via = value(a, w)
	}
}

// or reads a second next hop, the old way.
func (l *routeLine) or(kw syntax.Word) {
	l.warn(kw, "deprecated", "or is an old word for nexthop", `"or" for routes is deprecated. Please use "nexthop"`, "read as a second next hop")
	w, ok := l.next()
	if !ok {
		return
	}
	if a, ok := l.address(w, `Invalid "or" address WORD`); ok {
		l.r.Or = value(a, w)
	}
}

func (l *routeLine) dev(syntax.Word) {
	if w, ok := l.next(); ok {
		l.r.Dev = value(w.Text, w)
	}
}

func (l *routeLine) setTOS(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.tos(w); ok {
		l.r.TOS = value(v, w)
	} else {
		l.bad(w, "bad-number", "'"+w.Text+"' is not a type of service", "TOS value WORD is invalid")
	}
}

func (l *routeLine) setTable(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.table(w); ok {
		l.r.Table = value(v, w)
	} else {
		l.bad(w, "unknown-name", "there is no routing table "+w.Text, "Routing table WORD not found for route")
	}
}

func (l *routeLine) protocol(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.d.opt.Names.named(w.Text, protocolNames, math.MaxUint8); ok {
		l.r.Protocol = value(uint8(v), w)
	} else {
		l.bad(w, "unknown-name", "there is no routing protocol "+w.Text, "Protocol WORD not found or invalid for route")
	}
}

func (l *routeLine) scope(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.d.opt.Names.named(w.Text, scopeNames, math.MaxUint8); ok {
		l.r.Scope = value(uint8(v), w)
	} else {
		l.bad(w, "unknown-name", "there is no scope "+w.Text, "Scope WORD not found or invalid for route")
	}
}

func (l *routeLine) metric(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.number(w, 0, math.MaxUint32, "Invalid metric WORD specified for route"); ok {
		l.r.Metric = value(v, w)
	}
}

func (l *wordLine) setRealms(h *NextHop, fatal bool) {
	w, ok := l.next()
	if !ok {
		return
	}
	r, ok := l.realms(w)
	if ok {
		h.Realms = value(r, w)
		return
	}
	l.mind(w, "unknown-name", "'"+w.Text+"' are not realms", "Invalid realms WORD for route", "the option is ignored")
	l.drop = l.drop || fatal
}

// routeTime reads a time: a number of milliseconds, or one with "ms" or "s". top is its bound in seconds, least what it
// is raised to, in milliseconds.
func routeTime(at func(*Route) *RouteMetric, top, least int, compat string) func(*routeLine, syntax.Word) {
	return func(l *routeLine, kw syntax.Word) {
		w, ok := l.next()
		lock := ok && w.Text == "lock"
		if lock {
			w, ok = l.next()
		}
		if !ok {
			return
		}
		text, places, unit := w.Text, 0, 1
		if t, ok := strings.CutSuffix(text, "ms"); ok {
			text = t
		} else if t, ok := strings.CutSuffix(text, "s"); ok {
			text, places, unit = t, 3, 1000
		}
		v, f, ok := parseDecimal(text, 0, uint64(top*1000), places, unit == 1)
		if text == "" && w.Text != "" {
			f, ok = "", false
		}
		if !ok {
			l.bad(w, "bad-number", kw.Text+" is a time up to "+strconv.Itoa(top)+" s, not '"+w.Text+"'", lines(f, compat))
			return
		}
		if f != "" {
			l.mind(w, "too-exact", f, f, "rounded to milliseconds")
		}
		if int(v) < least {
			l.d.tell(l.n, w, "clamped", kw.Text+" is at least "+strconv.Itoa(least)+" ms", "", strconv.Itoa(least)+" ms are used")
			v = uint64(least)
		}
		*at(&l.r) = RouteMetric{value(uint32(v), w), lock}
	}
}

func (l *routeLine) expires(kw syntax.Word) {
	if l.fam == 4 {
		l.bad(kw, "wrong-family", "only IPv6 routes expire", "expires is only valid for IPv6")
		return
	}
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.number(w, 0, math.MaxUint32, "Invalid expires time WORD specified for route"); ok {
		l.fam, l.r.Expires = 6, value(v, w)
	}
}

func (l *routeLine) features(syntax.Word) {
	w, ok := l.next()
	switch {
	case !ok:
	case w.Text == "ecn":
		l.r.ECN = value(true, w)
	default:
		l.mind(w, "unknown-option", "'"+w.Text+"' is not a feature of a route; ecn is", "feature WORD not supported", "the feature is ignored")
	}
}

func (l *routeLine) congctl(syntax.Word) {
	w, ok := l.next()
	lock := ok && w.Text == "lock"
	if lock {
		w, ok = l.next()
	}
	if ok {
		l.r.CongCtl, l.r.CongCtlLock = value(w.Text, w), lock
	}
}

func (l *routeLine) pref(kw syntax.Word) {
	if l.fam == 4 {
		l.bad(kw, "wrong-family", "only IPv6 routes have a preference", "pref is only valid for IPv6")
		return
	}
	w, ok := l.next()
	if !ok {
		return
	}
	prefs := map[string]RoutePref{"low": PrefLow, "medium": PrefMedium, "high": PrefHigh}
	v, known := prefs[w.Text]
	if known {
		l.fam, l.r.Pref = 6, value(v, w)
	} else if v, ok := l.number(w, 0, math.MaxUint8, "Invalid pref value WORD specified for route"); ok {
		l.fam, l.r.Pref = 6, value(RoutePref(v), w)
	}
}

func (l *routeLine) ttlPropagate(syntax.Word) {
	w, ok := l.next()
	switch {
	case !ok:
	case w.Text == "enabled", w.Text == "disabled":
		l.r.TTLPropagate = value(w.Text == "enabled", w)
	default:
		l.mind(w, "unknown-option", "ttl-propagate is enabled or disabled", "ttl-propagate value WORD not recognised", "the option is ignored")
	}
}

func (l *routeLine) vrf(syntax.Word) {
	if w, ok := l.next(); ok {
		l.r.VRF = value(w.Text, w)
	}
}

// as reads "as [to] [inet|inet6] ADDR", which only MPLS routes have.
func (l *routeLine) as(kw syntax.Word) {
	l.mind(kw, "unknown-option", "only MPLS routes have as", `"as to" for MPLS only - ignoring`, "the option is ignored")
	if l.peek() == "to" {
		l.i++
	}
	w, ok := l.next()
	if !ok || w.Text != "inet6" && w.Text != "inet" {
		return
	}
	if a, err := netip.ParseAddr(l.peek()); err == nil && l.fam != 0 && a.Is6() != (l.fam == 6) {
		w, _ = l.next()
		l.mixed(w, " (WORD)")
	}
}
