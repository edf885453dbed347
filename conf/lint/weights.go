package lint

import (
	"fmt"
	"slices"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var weightRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT001", Title: "a weight is too small to move the virtual addresses",
			Means: "What is tracked with a weight only changes the priority. The other node takes over when its own priority is higher than " +
				"what is left; with an equal one it does not. Here, although the check fails, the node still has at least as much as the other.",
			Hurts: "The service is down, its check says so, and the virtual addresses stay where it is down. It is found out on the day it counts.",
			Example: `# node A: priority 101        node B: priority 98
vrrp_script chk_nginx {
    script "/usr/bin/pgrep nginx"
    weight -2               # 101 - 2 = 99 still beats 98
}`,
			Mend: "Make the weight larger than the distance of the two priorities, or leave the weight out: then the check's failure is a FAULT and the " +
				"node gives its addresses up whatever the priorities are.",
		},
		two: weightTooSmall,
	},
	{
		Text: explain.Text{
			Code: "LINT002", Title: "a weight changes nothing",
			Means: "An effective priority lies between 1 and 254, whatever the weights sum up to. Here the sum is beyond that end with and without the " +
				"tracked item, so that its weight never counts.",
			Hurts: "The check runs, and its failure has no consequence on this node or any other.",
			Example: `vrrp_instance VI_1 {
    priority 254
    track_script {
        chk_nginx weight 20     # 254 + 20 is held at 254
    }
}`,
			Mend: "Choose a priority that leaves room for the weights (for example 100 to 200), or leave the weight out to make the failure a FAULT.",
		},
		one: weightWithoutEffect,
	},
	{
		Text: explain.Text{
			Code: "LINT003", Title: "nopreempt keeps weights from moving the addresses",
			Means: "With nopreempt a BACKUP accepts the adverts of a master of lower priority. A weight only lowers the master's priority; the master " +
				"goes on sending adverts and the BACKUP goes on accepting them.",
			Hurts: "A failing check lowers the priority and nothing moves: the service stays down until the whole node does.",
			Example: `vrrp_instance VI_1 {
    state BACKUP
    nopreempt
    track_script {
        chk_nginx               # weight -30
    }
}`,
			Mend: "Leave the weight out, so that a failing check is a FAULT: then the node falls silent and a BACKUP with nopreempt takes over. Or do " +
				"without nopreempt.",
		},
		one: noPreemptWeightsOne, two: noPreemptWeights,
	},
	{
		Text: explain.Text{
			Code: "LINT004", Title: "a script counts by weight in one place and as a fault in another",
			Means: "A script tracked without a weight is a condition: when it fails, the instance goes to FAULT. With a weight it only changes the " +
				"priority. Here one script is used in both ways.",
			Hurts: "When it fails, one instance gives its addresses up at once and the other may keep them: what belongs together comes apart.",
			Example: `vrrp_instance VI_1 {
    track_script {
        chk_nginx
    }
}
vrrp_instance VI_2 {
    track_script {
        chk_nginx weight -20
    }
}`,
			Mend: "Use the script in the same way everywhere, or put the instances into a sync group if their addresses have to stay together.",
		},
		one: mixedWeights,
	},
	{
		Text: explain.Text{
			Code: "LINT005", Title: "reverse without a weight makes being well a fault",
			Means: "Without a weight what is tracked is a condition. With reverse the condition is turned: the instance is in FAULT as long as the script " +
				"succeeds or the link is up.",
			Hurts: "While everything is well the node cannot become MASTER. When it breaks, the node becomes one.",
			Example: `vrrp_instance VI_1 {
    track_interface {
        eth1 weight 0 reverse
    }
}`,
			Mend: "Leave reverse out, or give a weight. Where something is tracked that ought to be absent, such as a file that says maintenance, all is well.",
		},
		one: reversedFault,
	},
}

func reversedFault(n *node, say report) {
	tell := func(name, good string, at diag.Span, ctx diag.Context) {
		say(finding{
			at: at, severity: diag.Warning, in: ctx,
			summary: name + " is tracked in reverse and without a weight",
			effect:  "FAULT as long as it " + good,
			suggest: "leave reverse out, or give a weight",
		})
	}
	scripts := func(list []conf.TrackRef, ctx diag.Context) {
		for i := range list {
			t := &list[i]
			if s := n.scripts[t.Name]; s != nil && weightOf(t, s) == 0 && t.Reversed(s.Reverse) {
				tell(t.Name, "succeeds", t.At, ctx)
			}
		}
	}
	links := func(list []conf.TrackInterface, ctx diag.Context) {
		for _, t := range list {
			if t.Reverse && t.Weight == 0 {
				tell(t.Name, "is up", t.At, ctx)
			}
		}
	}
	for _, g := range n.cfg.Groups {
		scripts(g.TrackScripts, withinGroup(g))
		links(g.TrackInterfaces, withinGroup(g))
	}
	for _, in := range n.cfg.Instances {
		scripts(in.TrackScripts, within(in))
		links(in.TrackInterfaces, within(in))
	}
}

func weightTooSmall(p *pair, say report) {
	for _, t := range p.twins {
		s, ok := p.stand(t)
		if !ok || s.high.Priority.V == owner {
			continue
		}
		all := score(s.high, s.highItems, every(s.highItems))
		for i, it := range s.highItems {
			if it.drop() <= 0 {
				continue
			}
			left := score(s.high, s.highItems, only(i))
			if left < s.lowScore {
				continue
			}
			f := finding{
				at: it.at, severity: diag.Warning, in: within(s.high),
				summary: fmt.Sprintf("when %s fails, the virtual addresses of %s do not move", it.name, s.high.Name),
				effect: fmt.Sprintf("%s stays MASTER although %s fails: %s still %s %d, the priority of %s in %s",
					s.high.Name, it.name, sum(s.high, s.highItems, only(i)), beats(left, s.lowScore), s.lowScore, s.low.Name, s.lowNode.name),
				suggest: fmt.Sprintf("a weight below %d moves them; without a weight a failure is a FAULT, which always does", s.lowScore-left+it.down),
			}
			if s.lowScore == 1 || s.lowScore-left+it.down <= -253 {
				f.suggest = "no weight moves them; without a weight a failure is a FAULT, which always does"
			}
			if all < s.lowScore {
				f.severity = diag.Info
				f.summary = fmt.Sprintf("when %s alone fails, the virtual addresses of %s do not move", it.name, s.high.Name)
				f.effect += "; only together with what else is tracked it does"
			}
			say(f)
		}
	}
}

func beats(left, other int) string {
	if left == other {
		return "holds its ground against"
	}
	return "beats"
}

func weightWithoutEffect(n *node, say report) {
	for _, in := range n.cfg.Instances {
		if in.Priority.V == owner {
			continue // the reader has told and taken them away
		}
		items := n.items(in)
		worse := every(items)
		for i, it := range items {
			// It counts if its failure changes anything when all others are well, or when all others have failed.
			others := func(k int) bool { return k != i && worse(k) }
			if score(in, items, none) != score(in, items, only(i)) || score(in, items, others) != score(in, items, worse) {
				continue
			}
			say(finding{
				at: it.at, severity: diag.Warning, in: within(in),
				summary: fmt.Sprintf("the weight %+d of %s never counts", it.weight, it.name),
				effect: fmt.Sprintf("the priority of %s is %d whether %s is well or not: priorities end at 1 and 254",
					in.Name, score(in, items, none), it.name),
				suggest: "choose a priority that leaves room for the weight",
			})
		}
	}
}

// dropping are the items whose failure lowers the priority.
func dropping(items []item) []item {
	return slices.DeleteFunc(slices.Clone(items), func(t item) bool { return t.drop() <= 0 })
}

func names(items []item) string {
	list := make([]string, len(items))
	for i := range items {
		list[i] = items[i].name
	}
	return strings.Join(list, ", ")
}

func noPreemptWeightsOne(n *node, say report) {
	if n.paired {
		return // the other file shows whether its node heeds the weights
	}
	for _, in := range n.cfg.Instances {
		items := dropping(n.items(in))
		if !in.NoPreempt.V || len(items) == 0 {
			continue
		}
		say(finding{
			at: in.NoPreempt.At, severity: diag.Warning, in: within(in),
			summary: "nopreempt, and " + names(items) + " only lowers the priority",
			effect: "a node with nopreempt does not take over from a master whose priority fell: if the other node is set up like this one, " +
				"a failing check moves nothing",
			suggest: "leave the weight out, so that a failure is a FAULT",
		})
	}
}

func noPreemptWeights(p *pair, say report) {
	for _, t := range p.twins {
		noPreemptAgainst(t.a, p.a, t.b, p.b, say)
		noPreemptAgainst(t.b, p.b, t.a, p.a, say)
	}
}

// noPreemptAgainst tells of a waiting node with nopreempt while the other one lowers its priority.
func noPreemptAgainst(waiting *conf.Instance, at *node, master *conf.Instance, other *node, say report) {
	items := dropping(other.items(master))
	if !waiting.NoPreempt.V || len(items) == 0 {
		return
	}
	say(finding{
		at: waiting.NoPreempt.At, severity: diag.Warning, in: within(waiting),
		summary: fmt.Sprintf("with nopreempt %s does not take over when %s fails on the other node", waiting.Name, names(items)),
		effect: fmt.Sprintf("%s in %s goes on as MASTER with the lower priority, and %s in %s accepts that",
			master.Name, other.name, waiting.Name, at.name),
		suggest: "leave the weight out in " + other.name + ", so that a failure is a FAULT; or leave nopreempt out here",
	})
}

func mixedWeights(n *node, say report) {
	type use struct {
		owner string
		at    diag.Span
		ctx   diag.Context
	}
	fault, weighted := map[string]use{}, map[string]use{}
	look := func(list []conf.TrackRef, who string, ctx diag.Context) {
		for i := range list {
			t := &list[i]
			s := n.scripts[t.Name]
			if s == nil {
				continue
			}
			mine, other := fault, weighted
			how, meant := "as a fault", "by weight"
			if weightOf(t, s) != 0 {
				mine, other = weighted, fault
				how, meant = meant, how
			}
			u := use{who, t.At, ctx}
			if _, seen := mine[t.Name]; seen {
				continue
			}
			mine[t.Name] = u
			if o, mixed := other[t.Name]; mixed {
				say(finding{
					at: t.At, severity: diag.Warning, in: ctx,
					summary: fmt.Sprintf("%s counts %s for %s and %s for %s", t.Name, how, who, meant, o.owner),
					effect:  fmt.Sprintf("when %s fails, only one of %s and %s is sure to give up its addresses", t.Name, o.owner, who),
					suggest: "use it in the same way as at " + o.at.String(),
				})
			}
		}
	}
	for _, g := range n.cfg.Groups {
		look(g.TrackScripts, g.Name, withinGroup(g))
	}
	for _, in := range n.cfg.Instances {
		look(in.TrackScripts, in.Name, within(in))
	}
}
