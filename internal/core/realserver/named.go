package realserver

import (
	"fmt"
	"net/netip"
	"slices"

	"holdfast/conf"
)

// most is how many virtual addresses of a configuration are looked at. A group's line may have as many as IPv6 has.
const most = 1 << 12

// Named returns the virtual addresses of a configuration for which a host is a real server or the sorry server, and how their packets
// come: own are the host's addresses. What a configuration cannot tell is in notes. any is false if none of the servers is this host.
func Named(cfg *conf.Config, own []netip.Addr) (vips []VIP, notes []string, any bool) {
	n := naming{own: own, groups: make(map[string]*conf.ServerGroup, len(cfg.ServerGroups)), known: map[VIP]bool{}, noted: map[string]bool{}}
	for _, g := range cfg.ServerGroups {
		if n.groups[g.Name] == nil { // the first of a name counts
			n.groups[g.Name] = g
		}
	}
	for _, vs := range cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			n.server(vs, rs.Address.V.Addr(), rs.Forward.V, rs.Tunnel)
		}
		if vs.SorryServer.Set() {
			n.server(vs, vs.SorryServer.V.Addr(), vs.SorryForward.V, vs.SorryTunnel)
		}
	}
	return n.vips, n.notes, n.any
}

type naming struct {
	own    []netip.Addr
	groups map[string]*conf.ServerGroup
	vips   []VIP
	known  map[VIP]bool
	notes  []string
	noted  map[string]bool
	any    bool
}

func (n *naming) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !n.noted[text] {
		n.noted[text] = true
		n.notes = append(n.notes, text)
	}
}

// server takes in one server of a virtual server.
func (n *naming) server(vs *conf.VirtualServer, server netip.Addr, forward conf.Forward, tunnel *conf.Tunnel) {
	if server.IsLoopback() || !slices.Contains(n.own, server) {
		return
	}
	n.any = true
	addrs := n.addresses(vs)
	if len(addrs) == 0 {
		return
	}
	which := addrs[0].String()
	if vs.Group.Set() {
		which = "group " + vs.Group.V
	}
	method, port := Direct, uint16(0)
	switch forward {
	case conf.ForwardNAT:
		n.note("%s comes by NAT: this host needs nothing but its way back through the director", which)
		return
	case conf.ForwardTUN:
		method, port = tunnelled(tunnel)
	case conf.ForwardDR:
	}
	for _, a := range addrs {
		if method != Direct && a.Is4() != server.Is4() {
			n.note("%s comes through tunnels of the other family: not looked at", which)
			continue
		}
		if len(n.vips) == most {
			n.note("only the first %d virtual addresses are looked at", most)
			return
		}
		if v := (VIP{Addr: a, Method: method, Port: port}); !n.known[v] {
			n.known[v] = true
			n.vips = append(n.vips, v)
		}
	}
}

func tunnelled(t *conf.Tunnel) (Method, uint16) {
	if t == nil {
		return IPIP, 0
	}
	switch t.Kind.V {
	case conf.TunnelGRE:
		return GRE, 0
	case conf.TunnelGUE:
		return GUE, t.Port.V
	case conf.TunnelIPIP:
	}
	return IPIP, 0
}

// addresses are those of a virtual server.
func (n *naming) addresses(vs *conf.VirtualServer) (all []netip.Addr) {
	switch {
	case vs.Mark.Set():
		n.note("fwmark %d: which addresses that is about is not in the file", vs.Mark.V)
	case vs.Address.Set():
		all = append(all, vs.Address.V.Addr())
	case n.groups[vs.Group.V] != nil:
		for _, e := range n.groups[vs.Group.V].Entries {
			if e.IsMark() {
				n.note("fwmark %d: which addresses that is about is not in the file", e.Mark)
				continue
			}
			// One more than is looked at, so that it is said.
			for a := e.First; a.IsValid() && a.Compare(e.Last) <= 0 && len(all) <= most; a = a.Next() {
				all = append(all, a)
			}
		}
	}
	return slices.DeleteFunc(all, func(a netip.Addr) bool { return Fault(a) != "" })
}
