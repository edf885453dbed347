package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var serverRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT051", Title: "only all real servers together make the quorum",
			Means: "quorum is a sum of weights, not a number of servers. Here it is the sum of all configured weights, or above it, in which case keepalived " +
				"reduces it to that sum.",
			Hurts: "One failure counts as the failure of all: the sorry server takes every client, though other servers are up.",
			Example: `virtual_server 192.0.2.10 80 {
    quorum 3
    sorry_server 192.0.2.99 80
    real_server 192.0.2.21 80 {
        weight 1
    }
    real_server 192.0.2.22 80 {
        weight 1
    }
}`,
			Mend: "Choose a quorum of the weights that are enough for the service.",
		},
		one: quorumTooLarge,
	},
	{
		Text: explain.Text{
			Code: "LINT052", Title: "the quorum has no consequence",
			Means: "When the quorum is lost, keepalived puts in the sorry server and runs quorum_down. This virtual server has neither.",
			Hurts: "Below the quorum everything goes on as above it; only a line in the log tells.",
			Example: `virtual_server 192.0.2.10 80 {
    quorum 2
}`,
			Mend: "Add sorry_server or quorum_down, or leave quorum out.",
		},
		one: quorumInVain,
	},
	{
		Text: explain.Text{
			Code: "LINT053", Title: "a real server behind DR is on another network than the virtual server",
			Means: "With direct routing the director only changes the destination MAC address: it must reach the real server on a LAN of its own, without a router between. " +
				"By the prefix lengths in this file the real server is not on the network of the virtual address or of any other address named here.",
			Hurts: "The director asks for the real server's MAC address through a router, or has no route at all: connections hang, while checks, which are routed, succeed.",
			Example: `vrrp_instance VI_1 {
    virtual_ipaddress {
        192.0.2.10/24
    }
}
virtual_server 192.0.2.10 80 {
    lb_kind DR
    real_server 198.51.100.21 80 {
        weight 1
    }
}`,
			Mend: "Use NAT or TUN for servers behind a router. If the director has another interface on that network, which the file does not show, all is well.",
		},
		one: routedDR,
	},
	{
		Text: explain.Text{
			Code: "LINT056", Title: "a virtual server whose address no instance has",
			Means: "The file has VRRP instances, and the address of a virtual server is not among their virtual addresses.",
			Hurts: "If this is a misspelt address, the service is set up and no packet ever reaches it.",
			Example: `vrrp_instance VI_1 {
    virtual_ipaddress {
        192.0.2.10
    }
}
virtual_server 192.0.2.11 80 {
}`,
			Mend: "Correct the address, or add it to virtual_ipaddress. If something else moves the address, all is well.",
		},
		one: foreignService,
	},
}

func withinVirtual(vs *conf.VirtualServer) diag.Context {
	return diag.Context{What: "virtual_server " + vs.Name(), At: vs.At}
}

func withinReal(rs *conf.RealServer) diag.Context {
	return diag.Context{What: "real_server " + endpoint(rs.Address.V), At: rs.At}
}

func endpoint(a netip.AddrPort) string { return a.Addr().String() + " " + strconv.Itoa(int(a.Port())) }

// weights is the sum of a virtual server's weights.
func weights(vs *conf.VirtualServer) uint64 {
	var sum uint64
	for _, rs := range vs.RealServers {
		sum += uint64(max(rs.Weight.V, 0))
	}
	return sum
}

func quorumTooLarge(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		// compat: what is above the sum may have been reduced to it already.
		all := weights(vs)
		if !vs.Quorum.Set() || uint64(vs.Quorum.V) < all || len(vs.RealServers) < 2 || n.inVain(vs) {
			continue
		}
		say(finding{
			at: vs.Quorum.At, severity: diag.Warning, in: withinVirtual(vs),
			summary: fmt.Sprintf("only all real servers together make the quorum: they weigh %d", all),
			effect:  "the quorum is lost as soon as one server is down",
			suggest: "quorum is a sum of weights: choose what is enough for the service",
		})
	}
}

// inVain reports whether nothing happens when the quorum is lost.
func (n *node) inVain(vs *conf.VirtualServer) bool {
	return !vs.SorryServer.Set() && vs.QuorumDown == nil && vs.QuorumUp == nil && !n.mails(vs)
}

func quorumInVain(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		if !vs.Quorum.Set() || vs.Quorum.V <= 1 || !n.inVain(vs) {
			continue
		}
		say(finding{
			at: vs.Quorum.At, severity: diag.Info, in: withinVirtual(vs),
			summary: fmt.Sprintf("a quorum of %d without sorry_server or quorum_down", vs.Quorum.V),
			effect:  "below it everything goes on as above it",
			suggest: "add sorry_server or quorum_down, or leave quorum out",
		})
	}
}

func (n *node) mails(vs *conf.VirtualServer) bool {
	g := &n.cfg.Global
	return vs.SMTPAlert.V || !vs.SMTPAlert.Set() && (g.SMTPAlertChecker.V || g.SMTPAlert.V)
}

// networks lists what the file shows of the networks that the node is on.
func (n *node) networks() []netip.Prefix {
	var out []netip.Prefix
	have := map[netip.Prefix]bool{}
	for _, in := range n.cfg.Instances {
		for _, a := range slices.Concat(in.Addresses, in.Excluded) {
			if p := a.Prefix.Masked(); !p.IsSingleIP() && !have[p] {
				have[p] = true
				out = append(out, p)
			}
		}
	}
	for _, a := range n.cfg.Static.Addresses {
		if p := a.Prefix.Masked(); !p.IsSingleIP() && !have[p] {
			have[p] = true
			out = append(out, p)
		}
	}
	return out
}

func routedDR(n *node, say report) {
	nets := n.networks()
	for _, vs := range n.cfg.VirtualServers {
		i := slices.IndexFunc(nets, func(p netip.Prefix) bool { return p.Contains(vs.Address.V.Addr()) })
		if !vs.Address.Set() || i < 0 {
			continue // the file does not show the virtual server's network
		}
		var away []*conf.RealServer
		for _, rs := range vs.RealServers {
			a := rs.Address.V.Addr()
			if rs.Forward.V == conf.ForwardDR && !a.IsLoopback() && !slices.ContainsFunc(nets, func(p netip.Prefix) bool { return p.Contains(a) }) {
				away = append(away, rs)
			}
		}
		if len(away) == 0 {
			continue
		}
		who := away[0].Address.V.Addr().String() + " is"
		if more := len(away) - 1; more > 0 {
			who = fmt.Sprintf("%v and %d more are", away[0].Address.V.Addr(), more)
		}
		say(finding{
			at: away[0].Address.At, severity: diag.Warning, in: withinVirtual(vs),
			summary: fmt.Sprintf("%s not in %v, and DR does not pass a router", who, nets[i]),
			effect:  "connections sent there hang, unless this machine has an interface on their network, which the file does not show",
			suggest: "use lb_kind NAT or TUN, or check the prefix length of the virtual address",
		})
	}
}

func foreignService(n *node, say report) {
	have := map[netip.Addr]bool{}
	var texts []string // the first ones, to find what a misspelt address may have meant
	for _, in := range n.cfg.Instances {
		for _, a := range slices.Concat(addresses(in.Addresses), addresses(in.Excluded)) {
			have[a] = true
			if len(texts) < 500 {
				texts = append(texts, a.String())
			}
		}
	}
	if len(have) == 0 {
		return
	}
	for _, a := range addresses(n.cfg.Static.Addresses) {
		have[a] = true
	}
	for _, vs := range n.cfg.VirtualServers {
		if !vs.Address.Set() || have[vs.Address.V.Addr()] {
			continue
		}
		f := finding{
			at: vs.Address.At, severity: diag.Warning,
			summary: vs.Address.V.Addr().String() + " is no virtual address of this file",
			effect:  "unless something else moves the address, no packet reaches this service",
			suggest: "add it to a virtual_ipaddress block",
		}
		if near := diag.Nearest(vs.Address.V.Addr().String(), texts); near != "" {
			f.suggest = "did you mean " + near + "? Otherwise " + f.suggest
		}
		say(f)
	}
}
