package conf

import (
	"math"
	"net/netip"

	"holdfast/conf/syntax"
)

// routeLine is one line of static_routes or virtual_routes while it is read.
type routeLine struct {
	wordLine
	r      Route
	fam    int  // 4 or 6; 0 as long as nothing has decided
	static bool // the line may name a track_group
	rest   bool // what follows is no option
	bust   bool // an option of a next hop was faulty
}

// route decodes one line of static_routes or virtual_routes; false drops the line. The route's Dev may be on no host:
// whoever looks at the host reports that.
func (d *decoder) route(n *syntax.Node, static bool) (Route, bool) {
	l := &routeLine{wordLine: newWordLine(d, n), static: static}
	l.r.At = n.Keyword.At
	for l.i < len(l.words) && !l.drop && !l.rest {
		w := l.words[l.i]
		l.i++
		switch option, ok := routeOptions[w.Text]; {
		case w.Text == "nexthop":
			l.i--
			l.nextHops()
		case w.Text == "track_group" && static:
			l.rest = l.trackGroup(&l.r.TrackGroup)
		case ok:
			option(l, w)
		default:
			l.destination(w)
		}
	}
	if l.drop {
		return Route{}, false
	}
	return l.r, l.finish()
}

// routeOptions are the words that are neither a type nor a destination.
var routeOptions = newRouteOptions()

func newRouteOptions() map[string]func(*routeLine, syntax.Word) {
	options := map[string]func(*routeLine, syntax.Word){
		"inet": func(l *routeLine, w syntax.Word) { l.force(w, 4) }, "inet6": func(l *routeLine, w syntax.Word) { l.force(w, 6) },
		"src": (*routeLine).src, "from": (*routeLine).from, "via": (*routeLine).via, "gw": (*routeLine).via, "or": (*routeLine).or,
		"dev": (*routeLine).dev, "oif": (*routeLine).dev,
		"tos": (*routeLine).setTOS, "dsfield": (*routeLine).setTOS, "table": (*routeLine).setTable,
		"protocol": (*routeLine).protocol, "scope": (*routeLine).scope,
		"metric": (*routeLine).metric, "priority": (*routeLine).metric, "preference": (*routeLine).metric,
		"onlink": func(l *routeLine, w syntax.Word) { l.r.OnLink = value(true, w) },
		"encap":  func(l *routeLine, w syntax.Word) { l.r.Encap = l.encap(w, true) },
		"realms": func(l *routeLine, _ syntax.Word) { l.setRealms(&l.r.NextHop, true) },
		"rtt":    routeTime(func(r *Route) *RouteMetric { return &r.RTT }, 960, 200, "Invalid rtt WORD for route"),
		"rttvar": routeTime(func(r *Route) *RouteMetric { return &r.RTTVar }, 480, 200, "Invalid rttvar WORD for route"),
		"rto_min": routeTime(func(r *Route) *RouteMetric { return &r.RTOMin }, 120, 0,
			"Invalid rto_min value WORD specified for route"),
		"expires": (*routeLine).expires, "features": (*routeLine).features, "congctl": (*routeLine).congctl, "pref": (*routeLine).pref,
		"ttl-propagate": (*routeLine).ttlPropagate, "vrf": (*routeLine).vrf, "as": (*routeLine).as,
		"add":      func(l *routeLine, w syntax.Word) { l.r.Order = value(RouteAdd, w) },
		"prepend":  func(l *routeLine, w syntax.Word) { l.r.Order = value(RoutePrepend, w) },
		"append":   func(l *routeLine, w syntax.Word) { l.r.Order = value(RouteAppend, w) },
		"no_track": func(l *routeLine, _ syntax.Word) { l.r.NoTrack = true },
	}
	for _, m := range routeNumbers {
		options[m.name] = func(l *routeLine, _ syntax.Word) { l.setNumber(&m) }
	}
	return options
}

// routeNumber is a metric that is a plain number.
type routeNumber struct {
	name   string
	at     func(*Route) *RouteMetric
	hi     uint64
	lock   bool // takes "lock"
	compat string
}

var routeNumbers = []routeNumber{
	{"mtu", func(r *Route) *RouteMetric { return &r.MTU }, math.MaxUint32, true, "Invalid MTU WORD specified for route"},
	{"hoplimit", func(r *Route) *RouteMetric { return &r.HopLimit }, math.MaxUint8, false, "Invalid hoplimit WORD specified for route"},
	{"advmss", func(r *Route) *RouteMetric { return &r.AdvMSS }, math.MaxUint32, true, "Invalid advmss WORD specified for route"},
	{"reordering", func(r *Route) *RouteMetric { return &r.Reordering }, math.MaxUint32, true, "Invalid reordering value WORD specified for route"},
	{"window", func(r *Route) *RouteMetric { return &r.Window }, math.MaxUint32, false, "Invalid window value WORD specified for route"},
	{"cwnd", func(r *Route) *RouteMetric { return &r.Cwnd }, math.MaxUint32, true, "Invalid cwnd value WORD specified for route"},
	{"ssthresh", func(r *Route) *RouteMetric { return &r.SSThresh }, math.MaxUint32, true, "Invalid ssthresh value WORD specified for route"},
	{"initcwnd", func(r *Route) *RouteMetric { return &r.InitCwnd }, math.MaxUint32, false, "Invalid initcwnd value WORD specified for route"},
	{"initrwnd", func(r *Route) *RouteMetric { return &r.InitRwnd }, math.MaxUint32, false, "Invalid initrwnd value WORD specified for route"},
	{"quickack", func(r *Route) *RouteMetric { return &r.QuickAck }, 1, false, "Invalid quickack value WORD specified for route"},
	{
		"fastopen_no_cookie", func(r *Route) *RouteMetric { return &r.FastOpenNoCookie }, 1, false,
		"Invalid fastopen_no_cookie value WORD specified for route",
	},
}

func (l *routeLine) setNumber(m *routeNumber) {
	w, ok := l.next()
	lock := ok && m.lock && w.Text == "lock"
	if lock {
		w, ok = l.next()
	}
	if !ok {
		return
	}
	if v, ok := l.number(w, 0, m.hi, m.compat); ok {
		*m.at(&l.r) = RouteMetric{value(v, w), lock}
	}
}

// destination reads [TYPE] [to] DST.
func (l *routeLine) destination(w syntax.Word) {
	if t, ok := exactly(w.Text, routeTypes, math.MaxUint8); ok {
		l.r.Type = value(uint8(t), w)
		if w, ok = l.next(); !ok {
			return
		}
	} else if w.Text == "to" {
		if w, ok = l.next(); !ok {
			return
		}
	}
	l.r.Written = w.Text
	switch w.Text {
	case "default", "any", "all":
		if l.fam == 6 {
			l.mixed(w, " (WORD)")
			return
		}
		l.r.To = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		return
	case "default6":
		if l.join(w, true, " (WORD)") {
			l.d.tell(l.n, w, "deprecated", "default6 is deprecated", "", "read as: inet6 default")
			l.r.To = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
		return
	}
	p, ok := l.prefix(w, "unknown route keyword WORD")
	if ok && l.join(w, p.Addr().Is6(), " (WORD)") {
		l.r.To = p
	}
}

// join makes the line one of a family; false drops it for it is of the other one. where ends keepalived's line.
func (l *routeLine) join(w syntax.Word, six bool, where string) bool {
	if l.fam != 0 && l.fam != family(six) {
		l.mixed(w, where)
		return false
	}
	l.fam = family(six)
	return true
}

func (l *routeLine) mixed(w syntax.Word, where string) {
	l.bad(w, "wrong-family", "a route is of one address family", "Cannot mix IPv4 and IPv6 addresses for route"+where)
}

// force reads inet or inet6.
//
// compat: keepalived steps over the word behind it too.
func (l *routeLine) force(w syntax.Word, fam int) {
	if l.fam != 0 && l.fam != fam {
		l.bad(w, "wrong-family", "a route is of one address family", "WORD specified for "+familyName(l.fam)+" route")
		return
	}
	l.fam = fam
	l.swallow(w)
}

// swallow drops the word behind w, as keepalived does.
func (l *wordLine) swallow(w syntax.Word) {
	if l.i < len(l.words) {
		l.d.tell(l.n, l.words[l.i], "swallowed-word", "keepalived ignores the word behind "+w.Text, "", "the word is ignored")
		l.i++
	}
}

func familyName(fam int) string {
	if fam == 6 {
		return "IPv6"
	}
	return "IPv4"
}

// finish judges the whole line; false drops it.
func (l *routeLine) finish() bool {
	r := &l.r
	first := l.words[0]
	if l.rest && l.i < len(l.words) {
		w := l.words[l.i]
		what := "Route has trailing nonsense - WORD"
		if len(r.NextHops) > 0 && !r.Or.Set() {
			what = "Route has trailing nonsense after nexthops - WORD"
		}
		l.mind(w, "extra-words", "'"+w.Text+"' cannot stand here", what, "ignored from here to the end of the line")
	}
	if !r.To.IsValid() {
		l.bad(first, "missing-destination", "the route has no destination", "Route must have a destination")
		return false
	}
	if l.fam == 6 && r.To.Addr().Is4() {
		r.To = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	r.IPv6 = l.fam == 6
	if !r.NoTrack && r.Protocol.Set() && r.Protocol.V != TrackProtocol {
		l.d.warn(l.n, first, "untrackable", "only routes of protocol 18 (keepalived) can be tracked",
			"Route cannot be tracked if protocol is not RTPROT_KEEPALIVED(18), resetting protocol", "protocol 18 is used; say no_track to keep yours")
		r.Protocol.V = TrackProtocol
	}
	if !r.NoTrack && !r.Dev.Set() {
		l.d.warn(l.n, first, "untrackable", "a route without dev cannot be tracked",
			"Warning - cannot track route "+r.Written+" with no interface specified, not tracking", "nobody minds when the route goes")
		r.NoTrack = true
	}
	if r.TrackGroup.Set() && !r.Dev.Set() {
		l.d.fault(l.n, first, "untrackable", "a route with track_group needs a dev",
			"Static route cannot have track group if no oif specified", "the track_group is ignored")
		r.TrackGroup = Value[string]{}
	}
	return true
}
