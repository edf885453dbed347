package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var serverRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT050", Title: "no check watches a real server",
			Means: "The real_server block has no checker (HTTP_GET, TCP_CHECK, MISC_CHECK, …).",
			Hurts: "It counts as up for ever: when it is down, its share of the clients is sent there all the same.",
			Example: `virtual_server 192.0.2.10 80 {
    real_server 192.0.2.21 80 {
        weight 1
    }
}`,
			Mend: "Add a checker, at least TCP_CHECK { connect_timeout 3 }.",
		},
		one: unchecked,
	},
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
			Code: "LINT054", Title: "a check may take longer than its period",
			Means: "connect_timeout is longer than delay_loop.",
			Hurts: "When a server hangs, its checks come at the pace of the timeout, and the failure is noticed later than delay_loop says.",
			Example: `virtual_server 192.0.2.10 80 {
    delay_loop 2
    real_server 192.0.2.21 80 {
        TCP_CHECK {
            connect_timeout 10
        }
    }
}`,
			Mend: "Choose a connect_timeout of at most delay_loop.",
		},
		one: slowCheck,
	},
	{
		Text: explain.Text{
			Code: "LINT055", Title: "checks run once a minute or less",
			Means: "delay_loop is the time between two checks; it is 60 seconds where nobody says otherwise. The first check after the start waits for up to as long (warmup).",
			Hurts: "A dead server gets its share of the clients for a minute and more.",
			Example: `virtual_server 192.0.2.10 80 {
    # no delay_loop: 60
    real_server 192.0.2.21 80 {
        TCP_CHECK {
        }
    }
}`,
			Mend: "Say delay_loop, for example 6.",
		},
		one: rareChecks,
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
	{
		Text: explain.Text{
			Code: "LINT057", Title: "a check connects to port 0",
			Means: "The real server is written without a port, and its checker has no connect_port. A check does not take the virtual server's port, not even " +
				"where the real server itself does.",
			Hurts: "Nothing listens on port 0: the check fails, and the server never gets a client. UDP_CHECK may succeed, whatever the server does. " +
				"keepalived says nothing about it.",
			Example: `virtual_server fwmark 5 {
    real_server 192.0.2.21 {
        TCP_CHECK {
            connect_timeout 3
        }
    }
}`,
			Mend: "Say connect_port in the checker, or write the port of the real server.",
		},
		one: portZero,
	},
}

func withinVirtual(vs *conf.VirtualServer) diag.Context {
	return diag.Context{What: "virtual_server " + vs.Name(), At: vs.At}
}

func withinReal(rs *conf.RealServer) diag.Context {
	return diag.Context{What: "real_server " + endpoint(rs.Address.V), At: rs.At}
}

func endpoint(a netip.AddrPort) string { return a.Addr().String() + " " + strconv.Itoa(int(a.Port())) }

func unchecked(n *node, say report) {
	carried := carriedCheckers(n.cfg)
	for _, vs := range n.cfg.VirtualServers {
		var bare []*conf.RealServer
		for _, rs := range vs.RealServers {
			if len(rs.Checkers) == 0 && !carried[rs.At] {
				bare = append(bare, rs)
			}
		}
		f := finding{
			severity: diag.Warning, in: withinVirtual(vs),
			effect: "it counts as up for ever", suggest: "add a checker, such as TCP_CHECK { connect_timeout 3 }",
		}
		if len(bare) == len(vs.RealServers) && len(bare) > 1 {
			f.at = first(vs.Address.At, vs.Mark.At, vs.Group.At, vs.At)
			f.in = diag.Context{}
			f.summary = fmt.Sprintf("no check watches the %d real servers of virtual_server %s", len(bare), vs.Name())
			f.effect = "they count as up for ever"
			say(f)
			continue
		}
		for _, rs := range bare {
			f.at = rs.Address.At
			f.summary = "no check watches real_server " + endpoint(rs.Address.V)
			say(f)
		}
	}
}

// carriedCheckers are the places of the real servers with a checker that is read and kept only as it was written.
func carriedCheckers(c *conf.Config) map[diag.Span]bool {
	out := map[diag.Span]bool{}
	for _, k := range c.Carried {
		word := k.Node.Keyword.Text
		if p := k.Node.Parent; p != nil && (word == "BFD_CHECK" || word == "FILE_CHECK") {
			out[p.Keyword.At] = true
		}
	}
	return out
}

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

func slowCheck(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		told := map[diag.Span]bool{}
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				t := &c.Timing
				if c.Kind == "MISC_CHECK" || !t.ConnectTimeout.Set() || t.ConnectTimeout.V <= t.DelayLoop.V || told[t.ConnectTimeout.At] {
					continue
				}
				told[t.ConnectTimeout.At] = true
				say(finding{
					at: t.ConnectTimeout.At, severity: diag.Warning, in: withinReal(rs),
					summary: fmt.Sprintf("a connect_timeout of %s is longer than the delay_loop of %s", span(t.ConnectTimeout.V), span(t.DelayLoop.V)),
					effect: fmt.Sprintf("a hanging server is given up after %s",
						span(t.ConnectTimeout.V*time.Duration(t.Retry.V+1)+t.DelayBeforeRetry.V*time.Duration(t.Retry.V))),
					suggest: "choose a connect_timeout of at most delay_loop, which is given " + n.at(t.DelayLoop.At),
				})
			}
		}
	}
}

func portZero(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				switch c.Kind {
				case "MISC_CHECK", "BFD_CHECK", "FILE_CHECK", "PING_CHECK":
					continue // they have no port
				}
				f := finding{
					at: c.At, severity: diag.Warning, in: withinReal(rs), summary: c.Kind + " connects to port 0",
					effect: "the check fails, and the server is never used", suggest: "say connect_port",
				}
				if c.UDP != nil {
					f.effect = "the check says nothing about the service"
				}
				if rs.CheckPort(&c.Connection) == 0 && (c.SMTP == nil || !c.SMTP.HostsOnly) {
					say(f)
				}
				if c.SMTP == nil {
					continue
				}
				for _, h := range c.SMTP.Hosts {
					if f.at = h.At; rs.CheckPort(&h.Connection) == 0 {
						say(f)
					}
				}
			}
		}
	}
}

// rare is a time between two checks that is long.
const rare = time.Minute

func rareChecks(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		told := map[diag.Span]bool{}
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				at := c.Timing.DelayLoop.At
				if c.Timing.DelayLoop.V < rare || told[at] {
					continue
				}
				told[at] = true
				f := finding{
					at: at, severity: diag.Warning, in: withinVirtual(vs),
					summary: fmt.Sprintf("checks run every %s", span(c.Timing.DelayLoop.V)),
					effect:  fmt.Sprintf("a dead server is noticed after up to %s", span(c.Timing.DelayLoop.V+c.Timing.ConnectTimeout.V)),
					suggest: "say delay_loop 6, or what the service can bear",
				}
				if at.IsZero() {
					f.at, f.severity, f.in = first(vs.Address.At, vs.Mark.At, vs.Group.At, vs.At), diag.Info, diag.Context{}
					f.summary = "without delay_loop checks run every " + span(c.Timing.DelayLoop.V)
				}
				say(f)
			}
		}
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
