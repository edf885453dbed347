package realserver

import (
	"fmt"
	"net/netip"
	"slices"

	"holdfast/internal/core/table"
)

// Method is how packets come from the director.
type Method string

// The methods.
const (
	Direct Method = "direct" // as the client sent them, to the hardware address of the real server
	IPIP   Method = "ipip"   // in IP packets of the same family (RFC 2003, RFC 2473)
	GRE    Method = "gre"    // in GRE (RFC 2784) in IP packets of the same family
	GUE    Method = "gue"    // as IPIP, in generic UDP encapsulation besides, to a port
)

// Methods are all of them.
var Methods = []Method{Direct, IPIP, GRE, GUE}

// Tunnel is a link that takes packets out of a tunnel.
type Tunnel struct {
	Name string
	Type string // as ip(8) and the kernel call it
}

// Port is a UDP port of this host.
type Port struct {
	Number uint16 `json:"port"`
	Six    bool   `json:"ipv6"`
}

// words name the port for ip-fou(8).
func (p Port) words() string {
	if p.Six {
		return fmt.Sprintf("port %d -6", p.Number)
	}
	return fmt.Sprintf("port %d", p.Number)
}

// String names the port.
func (p Port) String() string {
	if p.Six {
		return fmt.Sprintf("port %d of IPv6", p.Number)
	}
	return fmt.Sprintf("port %d", p.Number)
}

// port is where the packets for an address come out of UDP.
func (v VIP) port() Port { return Port{v.Port, v.Addr.Is6()} }

// closed says whether the port for an address is not open, or for something else.
func closed(p *Picture, v VIP) (Finding, bool) {
	port := v.port()
	gue, open := p.Ports[port]
	if open && gue {
		return Finding{}, false
	}
	f := Finding{
		Code: CodePort, VIPs: []netip.Addr{v.Addr}, Links: []string{}, Summary: fmt.Sprintf("UDP %v is not open for GUE", port),
		Effect: "what the director sends there is refused", Mend: commands([]Step{{Kind: OpenPort, Port: port}}),
	}
	if open {
		f.Summary = fmt.Sprintf("UDP %v is open for other packets than GUE", port)
		f.Mend = commands([]Step{{Kind: ClosePort, Port: port}, {Kind: OpenPort, Port: port}})
	}
	return f, true
}

// tunnel is the link that takes out the packets for a virtual address, whoever sent them. The usual ones are those that the kernel
// makes together with the module: a second one for packets from anywhere it refuses.
func (v VIP) tunnel() Tunnel {
	t := Tunnel{"tunl0", "ipip"}
	switch {
	case v.Method == GRE && v.Addr.Is6():
		t = Tunnel{"ip6gre0", "ip6gre"}
	case v.Method == GRE:
		t = Tunnel{"gre0", "gre"}
	case v.Addr.Is6():
		t = Tunnel{"ip6tnl0", "ip6tnl"}
	}
	if v.Dev != "" {
		t.Name = v.Dev
	}
	return t
}

// addressed reports whether a link has an address of IPv4, or will have one of these.
func (p *Picture) addressed(link string, more []Address) bool {
	l, _ := p.named(link)
	return slices.ContainsFunc(p.Addrs, func(a table.Addr) bool { return a.Link == l.Index && a.Prefix.Addr().Is4() }) ||
		slices.ContainsFunc(more, func(a Address) bool { return a.Link == link && a.Prefix.Addr().Is4() })
}

// passes reports whether the source check lets packets through that come out of a tunnel. Their clients are reached over another
// link, which the strict check (1) refuses. The loose one (2) refuses them as well, as long as the link has no address of its own.
func passes(value int, addressed bool) bool { return value == 0 || value != 1 && addressed }

// relax sets what lets the packets out of a tunnel pass. possible is false if the value for all links does not let it.
func relax(p *Picture, link string, addressed bool) (steps []Step, possible bool) {
	if passes(p.inForce(link, rpFilter), addressed) {
		return nil, true
	}
	want := 0
	if addressed {
		want = 2
	}
	if !passes(max(p.Settings[path("all", rpFilter)], want), addressed) {
		return nil, false
	}
	return []Step{{Kind: Set, Path: path(link, rpFilter), Value: want, Before: p.own(link, rpFilter)}}, true
}

// tunnels says what is wrong with the links that take packets out of tunnels.
func tunnels(p *Picture, vips []VIP) (found []Finding) {
	told, asked := map[string]bool{}, map[Port]bool{}
	for _, v := range vips {
		if v.Method == GUE && !asked[v.port()] {
			asked[v.port()] = true
			if f, bad := closed(p, v); bad {
				found = append(found, f)
			}
		}
		t := v.tunnel()
		if v.Method == Direct || told[t.Name] {
			continue
		}
		told[t.Name] = true
		var served []netip.Addr
		var coming []Address
		for _, w := range vips {
			if w.Method != Direct && w.tunnel() == t {
				served = append(served, w.Addr)
				if len(p.places(w.Addr)) == 0 { // it will be put there
					coming = append(coming, Address{Prefix: whole(w.Addr), Link: t.Name})
				}
			}
		}
		f := Finding{VIPs: served, Links: []string{t.Name}}
		if g, bad := unfit(p, t, f); bad {
			found = append(found, g)
		}
		if v.Addr.Is4() {
			if g, bad := strict(p, t, f, coming); bad {
				found = append(found, g)
			}
		}
	}
	return found
}

// unfit says whether a link is not there, is of another type, or is down.
func unfit(p *Picture, t Tunnel, f Finding) (Finding, bool) {
	l, ok := p.named(t.Name)
	add := []Step{{Kind: AddLink, Link: t.Name, Type: t.Type}, {Kind: Raise, Link: t.Name}}
	f.Effect = "what the director sends here through the tunnel is refused"
	switch {
	case !ok:
		f.Code, f.Summary, f.Mend = CodeNoTunnel, fmt.Sprintf("there is no interface %s (%s)", t.Name, t.Type), commands(add)
	case l.Kind != t.Type:
		f.Code, f.Summary = CodeNoTunnel, fmt.Sprintf("interface %s is not of the type %s", t.Name, t.Type)
		away := "ip link set " + quoted(t.Name)
		f.Mend = append([]string{away + " down", away + " name " + quoted(shortened(t.Name)+"-old")}, commands(add)...)
	case l.Flags&flagUp == 0:
		f.Code, f.Summary, f.Mend = CodeDown, fmt.Sprintf("interface %s is down", t.Name), commands(add[1:])
	default:
		return f, false
	}
	return f, true
}

func shortened(name string) string { return name[:min(len(name), 11)] }

// strict says whether the source check refuses what comes out of a tunnel.
func strict(p *Picture, t Tunnel, f Finding, coming []Address) (Finding, bool) {
	addressed := p.addressed(t.Name, coming)
	steps, possible := relax(p, t.Name, addressed)
	if possible && len(steps) == 0 {
		return f, false
	}
	f.Code = CodeFilter
	f.Summary = fmt.Sprintf("%s checks the source of packets (rp_filter %d)", t.Name, p.inForce(t.Name, rpFilter))
	f.Effect = "clients are not reached over " + t.Name + ": their packets, which come out of the tunnel there, are dropped"
	if !addressed && p.inForce(t.Name, rpFilter) != 1 {
		f.Summary += ", and has no address"
	}
	f.Mend = commands(steps)
	if !possible { // with an address of its own the loose check lets them pass
		move := []Step{{Kind: Set, Path: path(t.Name, rpFilter), Value: 2}}
		for _, at := range p.places(f.VIPs[0]) {
			move = append(move, Step{Kind: DelAddr, Link: at.on.Name, Prefix: at.Prefix})
		}
		f.Mend = commands(append(move, Step{Kind: AddAddr, Link: t.Name, Prefix: whole(f.VIPs[0])}))
	}
	return f, true
}
