package lint

import (
	"fmt"
	"net/netip"
	"slices"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var pairServiceRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT120", Title: "a virtual server is on one node only",
			Means: "The other file has no virtual_server with this address and protocol (or mark, or group), though it has virtual servers.",
			Hurts: "After a failover the service is not there.",
			Example: `# only on node A
virtual_server 192.0.2.10 443 {
}`,
			Mend: "Keep the virtual servers of both nodes the same; an included file that both share is a good place.",
		},
		two: servicesDiffer,
	},
	{
		Text: explain.Text{
			Code: "LINT121", Title: "the real servers of a virtual server differ",
			Means: "Both nodes have the virtual server, with different sets of real servers.",
			Hurts: "After a failover the load goes elsewhere: to servers that were taken out, or to fewer of them.",
			Example: `# only on node A, within virtual_server 192.0.2.10 80
real_server 192.0.2.23 80 {
}`,
			Mend: "Keep the real servers of both nodes the same.",
		},
		two: realsDiffer,
	},
	{
		Text: explain.Text{
			Code: "LINT122", Title: "a script is tracked on one node only",
			Means: "An instance tracks a script, its counterpart tracks others and not this one.",
			Hurts: "The node without it does not notice the failure; it goes on, or takes over, with the service down.",
			Example: `# only on node A
track_script {
    chk_nginx
}`,
			Mend: "Track the same on both nodes.",
		},
		two: trackingDiffers,
	},
}

// service tells virtual servers apart.
func service(vs *conf.VirtualServer) string {
	return fmt.Sprintf("%s/%d", vs.Name(), vs.Protocol.V)
}

func services(n *node) map[string]*conf.VirtualServer {
	out := map[string]*conf.VirtualServer{}
	for _, vs := range n.cfg.VirtualServers {
		out[service(vs)] = vs
	}
	return out
}

func servicesDiffer(p *pair, say report) {
	a, b := services(p.a), services(p.b)
	if len(a) == 0 || len(b) == 0 {
		return // the services of one node are kept elsewhere
	}
	tell := func(n, other *node, have map[string]*conf.VirtualServer) {
		for _, vs := range n.cfg.VirtualServers {
			if have[service(vs)] != nil {
				continue
			}
			say(finding{
				at: first(vs.Address.At, vs.Mark.At, vs.Group.At, vs.At), severity: diag.Warning,
				summary: fmt.Sprintf("virtual_server %s is not in %s", vs.Name(), other.name),
				effect:  "the service is not there when " + other.name + " is MASTER",
				suggest: "keep the virtual servers of both nodes the same",
			})
		}
	}
	tell(p.a, p.b, b)
	tell(p.b, p.a, a)
}

func realsDiffer(p *pair, say report) {
	other := services(p.b)
	for _, x := range p.a.cfg.VirtualServers {
		y := other[service(x)]
		if y == nil {
			continue
		}
		tell := func(vs, its *conf.VirtualServer, where *node) {
			have := map[netip.AddrPort]bool{}
			for _, rs := range its.RealServers {
				have[rs.Address.V] = true
			}
			for _, rs := range vs.RealServers {
				if have[rs.Address.V] {
					continue
				}
				say(finding{
					at: rs.Address.At, severity: diag.Warning, in: withinVirtual(vs),
					summary: fmt.Sprintf("real_server %s is not in %s", endpoint(rs.Address.V), where.name),
					effect:  "the load goes elsewhere when the other node is MASTER",
					suggest: "keep the real servers of both nodes the same; " + where.name + " has the virtual server at " + its.At.String(),
				})
			}
		}
		tell(x, y, p.b)
		tell(y, x, p.a)
	}
}

func trackingDiffers(p *pair, say report) {
	// commands are compared besides names: the nodes may call a script differently.
	tracked := func(n *node, in *conf.Instance) (refs []conf.TrackRef, has func(conf.TrackRef, *node) bool) {
		refs = in.TrackScripts
		if g := n.group[in.Name]; g != nil {
			refs = slices.Concat(g.TrackScripts, refs)
		}
		return refs, func(t conf.TrackRef, of *node) bool {
			return slices.ContainsFunc(refs, func(o conf.TrackRef) bool {
				return o.Name == t.Name || sameCommand(of.scripts[t.Name], n.scripts[o.Name])
			})
		}
	}
	p.eachTwin(func(a, b *conf.Instance) {
		ra, hasA := tracked(p.a, a)
		rb, hasB := tracked(p.b, b)
		tell := func(refs []conf.TrackRef, mine, other *node, in, its *conf.Instance, has func(conf.TrackRef, *node) bool) {
			for _, t := range refs {
				if has(t, mine) {
					continue
				}
				say(finding{
					at: t.At, severity: diag.Info, in: within(in),
					summary: fmt.Sprintf("%s is not tracked by %s in %s", t.Name, its.Name, other.name),
					effect:  other.name + " does not notice when it fails there",
					suggest: "track the same on both nodes",
				})
			}
		}
		tell(ra, p.a, p.b, a, b, hasB)
		tell(rb, p.b, p.a, b, a, hasA)
	})
}

func sameCommand(x, y *conf.Script) bool {
	return x != nil && y != nil && x.Command != nil && y.Command != nil && slices.Equal(x.Command.Argv, y.Command.Argv)
}
