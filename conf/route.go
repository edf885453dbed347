package conf

import (
	"net/netip"

	"holdfast/conf/diag"
)

// Route is one line of static_routes or virtual_routes.
type Route struct {
	At      diag.Span
	Written string // the destination as the line has it
	Type    Value[uint8]
	To      netip.Prefix // default: 0.0.0.0/0 or ::/0
	IPv6    bool

	NextHop                    // via, dev, onlink, realms, encap of the route itself
	Or       Value[netip.Addr] // "or": a second next hop without a device
	NextHops []NextHop         // nexthop …, in file order

	Src  Value[netip.Addr]
	From Value[netip.Prefix] // IPv6 only

	Order    Value[RouteOrder]
	TOS      Value[uint8]
	Table    Value[uint32]
	Protocol Value[uint8] // RTPROT_*; 18
	Scope    Value[uint8] // RT_SCOPE_*
	Metric   Value[uint32]
	Expires  Value[uint32] // seconds; IPv6 only
	VRF      Value[string] // a link of that kind; its table is used
	Pref     Value[RoutePref]

	MTU              RouteMetric
	HopLimit         RouteMetric // 0–255
	AdvMSS           RouteMetric
	RTT              RouteMetric // milliseconds, at least 200
	RTTVar           RouteMetric // milliseconds, at least 200
	RTOMin           RouteMetric // milliseconds
	Reordering       RouteMetric
	Window           RouteMetric
	Cwnd             RouteMetric
	SSThresh         RouteMetric
	InitCwnd         RouteMetric
	InitRwnd         RouteMetric
	QuickAck         RouteMetric // 0 or 1
	FastOpenNoCookie RouteMetric // 0 or 1
	CongCtl          Value[string]
	CongCtlLock      bool
	ECN              Value[bool] // "features ecn"
	TTLPropagate     Value[bool]

	NoTrack    bool          // nobody minds when the route goes
	TrackGroup Value[string] // static routes only
}

// NextHop is where packets of a route go.
type NextHop struct {
	At     diag.Span
	Via    Value[netip.Addr]
	Dev    Value[string]
	Weight Value[int] // 1–256
	OnLink Value[bool]
	Realms Value[Realms]
	Encap  *Encap
}

// RouteMetric is one of a route's numbers for TCP or for packets. With Lock the kernel does not learn a better one.
type RouteMetric struct {
	Value[uint32]
	Lock bool
}

// Realms are the classes (0–255) that traffic comes from and goes to; 0: none.
type Realms struct{ From, To uint8 }

// RouteOrder is where a route goes among those to the same destination.
type RouteOrder uint8

// The words for it.
const (
	RoutePrepend RouteOrder = iota
	RouteAdd
	RouteAppend
)

// RoutePref is the preference of RFC 4191, as the kernel counts it.
type RoutePref uint8

// The values of "pref".
const (
	PrefMedium RoutePref = 0
	PrefHigh   RoutePref = 1
	PrefLow    RoutePref = 3
)

// Encap is how packets are wrapped on the way to a next hop.
type Encap struct {
	Kind     Value[string] // mpls, ip, ip6, ila
	Labels   []uint32      // mpls, outermost first; 20 bits each
	Locator  uint64        // ila
	ID       Value[uint64]
	Dst, Src Value[netip.Addr]
	TOS      Value[uint8] // tos, or tc
	TTL      Value[uint8] // ttl, or hoplimit
	Flags    Value[uint16]
}

// TrackProtocol is RTPROT_KEEPALIVED: what the routes and rules that are tracked are marked with.
const TrackProtocol = 18

// routeTypes are the RTN_* types by name. Any number up to 255 is taken too.
var routeTypes = map[string]uint32{
	"unicast": 1, "local": 2, "broadcast": 3, "anycast": 4, "multicast": 5, "blackhole": 6,
	"unreachable": 7, "prohibit": 8, "throw": 9, "nat": 10, "xresolve": 11,
}

// Interfaces lists the devices that the route names.
func (r *Route) Interfaces() []Value[string] {
	var out []Value[string]
	for _, h := range append([]NextHop{r.NextHop}, r.NextHops...) {
		if h.Dev.Set() {
			out = append(out, h.Dev)
		}
	}
	return out
}
