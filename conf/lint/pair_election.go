package lint

import (
	"fmt"
	"slices"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var pairElectionRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT110", Title: "one node sends its adverts elsewhere than the other listens",
			Means: "One node has unicast_peer and the other has not, or their multicast groups (vrrp_mcast_group4, vrrp_mcast_group6, mcast_dst_ip) differ.",
			Hurts: "The adverts do not arrive: both become MASTER.",
			Example: `# only on node A
global_defs {
    vrrp_mcast_group4 224.0.0.111
}`,
			Mend: "Use unicast on both nodes or on none, and the same group.",
		},
		two: castDiffers,
	},
	{
		Text: explain.Text{
			Code: "LINT111", Title: "unicast_peer does not name the other node",
			Means: "With unicast a node sends to the addresses in unicast_peer. The other node says in unicast_src_ip which address is its own, and it is not among them.",
			Hurts: "One node hears nothing and becomes MASTER beside the other, or the adverts come from an address that is not expected.",
			Example: `# node A: unicast_src_ip 192.0.2.1
# node B:
unicast_peer {
    192.0.2.3               # should be 192.0.2.1
}`,
			Mend: "List each node's unicast_src_ip in the other node's unicast_peer.",
		},
		two: peerUnknown,
	},
	{
		Text: explain.Text{
			Code: "LINT112", Title: "both nodes send from the same address",
			Means: "mcast_src_ip or unicast_src_ip is the same in both files.",
			Hurts: "A kernel drops packets that seem to come from an address of its own: the node that has the address does not hear the other one and becomes MASTER beside " +
				"it. Usually a file was copied and not changed.",
			Example: `# in both files
unicast_src_ip 192.0.2.1`,
			Mend: "Let each node name its own address.",
		},
		two: sameSource,
	},
	{
		Text: explain.Text{
			Code: "LINT113", Title: "both nodes have the same priority",
			Means: "Of nodes with the same priority the one with the higher address wins, and a BACKUP does not take over from a MASTER of the same priority.",
			Hurts: "Which node is MASTER depends on addresses and on who was first. With nopreempt on both nodes that can be intended.",
			Example: `# in both files
vrrp_instance VI_1 {
    priority 100
}`,
			Mend: "Give the node that shall be MASTER the higher priority.",
		},
		two: samePriority,
	},
	{
		Text: explain.Text{
			Code: "LINT114", Title: "both nodes say state MASTER",
			Means: "state is only a hint for the start: with a priority below 255 a node with state MASTER waits like a BACKUP. But it clears nopreempt and preempt_delay.",
			Hurts: "The file tells its reader something that cannot be. Where preemption was to be held back, it is not.",
			Example: `# in both files
vrrp_instance VI_1 {
    state MASTER
}`,
			Mend: "Say state MASTER on the node of higher priority only, or state BACKUP on both.",
		},
		two: twoMasters,
	},
	{
		Text: explain.Text{
			Code: "LINT115", Title: "state MASTER stands on the node of lower priority",
			Means: "One node says state MASTER and the other BACKUP, and the one that says BACKUP has the higher priority. The priority decides.",
			Hurts: "The node that the file calls BACKUP becomes MASTER.",
			Example: `# node A
vrrp_instance VI_1 {
    state MASTER
    priority 100
}
# node B
vrrp_instance VI_1 {
    state BACKUP
    priority 110
}`,
			Mend: "Give the node that shall be MASTER the higher priority.",
		},
		two: wrongMaster,
	},
	{
		Text: explain.Text{
			Code: "LINT116", Title: "the sync groups of the two nodes differ",
			Means: "What moves together on one node does not on the other.",
			Hurts: "After a failover of one instance its fellow stays on the other node: packets come in on one node and go out on the other.",
			Example: `# node A
vrrp_sync_group VG_1 {
    group {
        VI_out
        VI_in
    }
}
# node B has no sync group`,
			Mend: "Put the same instances into the same groups on both nodes.",
		},
		two: groupsDiffer,
	},
}

func castDiffers(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		ua, ub := len(a.UnicastPeers) > 0, len(b.UnicastPeers) > 0
		switch {
		case ua && !ub:
			say(castFinding(b, a, b.At, p.a))
		case ub && !ua:
			say(castFinding(b, a, b.UnicastPeers[0].At, p.a))
		case !ua && a.McastGroup.V != b.McastGroup.V && a.IPv6() == b.IPv6():
			say(finding{
				at: first(b.McastGroup.At, b.At), severity: diag.Error, in: within(b),
				summary: fmt.Sprintf("adverts go to %v, but to %v %s", b.McastGroup.V, a.McastGroup.V, p.a.at(a.McastGroup.At)),
				effect:  "neither node hears the other: both become MASTER",
				suggest: "use the same multicast group on both nodes",
			})
		}
	})
}

func castFinding(b, a *conf.Instance, at diag.Span, other *node) finding {
	f := finding{
		at: at, severity: diag.Error, in: within(b),
		summary: fmt.Sprintf("%s uses unicast here and multicast in %s", b.Name, other.name),
		effect:  "the adverts do not arrive: both become MASTER",
		suggest: "use unicast_peer on both nodes or on none",
	}
	if len(b.UnicastPeers) == 0 {
		f.summary = fmt.Sprintf("%s uses multicast here and unicast %s", b.Name, other.at(a.UnicastPeers[0].At))
	}
	return f
}

func peerUnknown(p *pair, say report) {
	look := func(in, other *conf.Instance, its *node) {
		if len(in.UnicastPeers) == 0 || len(other.UnicastPeers) == 0 || !other.SourceIP.Set() {
			return
		}
		src := other.SourceIP
		for _, peer := range in.UnicastPeers {
			if peer.V == src.V {
				return
			}
		}
		say(finding{
			at: in.UnicastPeers[0].At, severity: diag.Error, in: within(in),
			summary: fmt.Sprintf("unicast_peer does not name %v, the address of %s, %s", src.V, its.name, its.at(src.At)),
			effect:  its.name + " hears nothing of this node and becomes MASTER beside it",
			suggest: "add " + src.V.String(),
		})
	}
	p.eachTwin(func(a, b *conf.Instance) {
		look(a, b, p.b)
		look(b, a, p.a)
	})
}

func sameSource(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if !a.SourceIP.Set() || !b.SourceIP.Set() || a.SourceIP.V != b.SourceIP.V {
			return
		}
		say(finding{
			at: b.SourceIP.At, severity: diag.Error, in: within(b),
			summary: fmt.Sprintf("%v is the source address of %s too, %s", b.SourceIP.V, p.a.name, p.a.at(a.SourceIP.At)),
			effect:  "the node that has this address does not hear the other one, and becomes MASTER beside it",
			suggest: "let each node name its own address",
		})
	})
}

func samePriority(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if a.Priority.V != b.Priority.V {
			return
		}
		f := finding{
			at: first(b.Priority.At, b.At), severity: diag.Warning, in: within(b),
			summary: fmt.Sprintf("priority %d here and %s", b.Priority.V, p.a.at(a.Priority.At)),
			effect:  "the node with the higher address wins when both start; a BACKUP does not take over from an equal MASTER",
			suggest: "give the node that shall be MASTER the higher priority",
		}
		switch {
		case b.Priority.V == owner:
			f.severity, f.effect = diag.Error, "both own the addresses and both become MASTER at once"
		case a.NoPreempt.V && b.NoPreempt.V:
			f.severity = diag.Info
		}
		say(f)
	})
}

func twoMasters(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if a.State.V != conf.StateMaster || b.State.V != conf.StateMaster || !a.State.Set() || !b.State.Set() {
			return
		}
		say(finding{
			at: b.State.At, severity: diag.Warning, in: within(b),
			summary: "state MASTER here and " + p.a.at(a.State.At),
			effect:  "the priority decides who is MASTER; state MASTER only clears nopreempt and preempt_delay",
			suggest: "say state MASTER on the node of higher priority only, or state BACKUP on both",
		})
	})
}

func wrongMaster(p *pair, say report) {
	for _, t := range p.twins {
		s, ok := p.stand(t)
		if !ok || s.low.State.V != conf.StateMaster || !s.low.State.Set() || s.high.State.V == conf.StateMaster {
			continue
		}
		say(finding{
			at: s.low.State.At, severity: diag.Warning, in: within(s.low),
			summary: fmt.Sprintf("state MASTER, but %s in %s has the higher priority (%d to %d)", s.high.Name, s.highNode.name, s.highScore, s.lowScore),
			effect:  s.highNode.name + " becomes MASTER: state is a hint, the priority decides",
			suggest: "give the node that shall be MASTER the higher priority",
		})
	}
}

func groupsDiffer(p *pair, say report) {
	toB := map[string]string{}
	for _, t := range p.twins {
		toB[t.a.Name] = t.b.Name
	}
	told := map[*conf.SyncGroup]bool{}
	for _, t := range p.twins {
		ga, gb := p.a.group[t.a.Name], p.b.group[t.b.Name]
		var in []string // the members of ga by their names in b
		if ga != nil {
			for _, m := range p.a.members(ga) {
				in = append(in, toB[m.Name])
			}
		}
		var have []string
		if gb != nil {
			for _, m := range p.b.members(gb) {
				have = append(have, m.Name)
			}
		}
		slices.Sort(in)
		slices.Sort(have)
		if slices.Equal(in, have) || len(in) < 2 && len(have) < 2 || gb != nil && told[gb] || gb == nil && told[ga] {
			continue
		}
		f := finding{
			at: t.b.At, severity: diag.Warning,
			effect:  "what moves together on one node comes apart on the other",
			suggest: "put the same instances into the same sync groups on both nodes",
		}
		switch {
		case gb == nil:
			told[ga] = true
			f.summary = fmt.Sprintf("%s is in no sync group here, and in %s %s", t.b.Name, ga.Name, p.a.at(ga.At))
		case ga == nil:
			told[gb] = true
			f.at = gb.At
			f.summary = fmt.Sprintf("%s is in sync group %s here, and in none in %s", t.b.Name, gb.Name, p.a.name)
		default:
			told[gb], told[ga] = true, true
			f.at = gb.At
			f.summary = fmt.Sprintf("%s is made of %s; %s %s is made of %s", gb.Name, memberNames(p.b, gb), ga.Name, p.a.at(ga.At), memberNames(p.a, ga))
		}
		say(f)
	}
}

func memberNames(n *node, g *conf.SyncGroup) string {
	var list []string
	for _, m := range n.members(g) {
		list = append(list, m.Name)
	}
	return strings.Join(list, ", ")
}
