package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var preemptRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT010", Title: "state MASTER cancels nopreempt",
			Means: "nopreempt works only in an instance whose state is BACKUP; with state MASTER it is cleared. state is a hint for the start and " +
				"nothing else: the priority decides who becomes MASTER.",
			Hurts: "After a failure the returning node takes its addresses back at once, which nopreempt was meant to prevent: a second interruption, " +
				"at a moment when the node may not be ready.",
			Example: `vrrp_instance VI_1 {
    state MASTER
    priority 150
    nopreempt
}`,
			Mend: "Say state BACKUP on all nodes; the priorities still choose the first master.",
		},
		one: masterNoPreempt,
	},
	{
		Text: explain.Text{
			Code: "LINT011", Title: "nopreempt stands on the node that has nothing to preempt",
			Means: "nopreempt keeps a node from taking over from a master of lower priority. By the priorities of this pair only the other node would " +
				"ever do that, and it has no nopreempt.",
			Hurts: "When the node of higher priority comes back, it takes the addresses at once. Whoever wrote nopreempt expects that it does not.",
			Example: `# node A: priority 150, no nopreempt
# node B:
vrrp_instance VI_1 {
    priority 100
    nopreempt
}`,
			Mend: "Put nopreempt (and state BACKUP) on the node of higher priority, or on both.",
		},
		two: noPreemptOnLower,
	},
	{
		Text: explain.Text{
			Code: "LINT012", Title: "the members of a sync group are won by different nodes",
			Means: "A sync group becomes MASTER only as a whole. Here one node has the higher priority for one member and the other node for another.",
			Hurts: "Each node gives the group up to the other because of one member and wants it because of another: mastership goes back and forth, " +
				"or nobody takes it.",
			Example: `# node A: VI_out priority 150, VI_in priority 100
# node B: VI_out priority 100, VI_in priority 150
vrrp_sync_group VG_1 {
    group {
        VI_out
        VI_in
    }
}`,
			Mend: "Give all members of a group the same priority on each node.",
		},
		two: groupLoop,
	},
	{
		Text: explain.Text{
			Code: "LINT013", Title: "a notify script stops what a tracked script checks",
			Means: "notify_backup or notify_fault stops a service, and the same instance tracks a script that looks for this service.",
			Hurts: "As soon as the node becomes BACKUP the check fails by design. With a weight the node competes at its lowered priority; without one it " +
				"goes to FAULT, notify_fault stops the service again, and the node never comes back by itself: there is no backup any more.",
			Example: `vrrp_script chk_nginx {
    script "/usr/bin/pgrep nginx"
}
vrrp_instance VI_1 {
    track_script {
        chk_nginx
    }
    notify_backup "/usr/bin/systemctl stop nginx"
}`,
			Mend: "Leave the service running on all nodes, or track something that is well while the node waits.",
		},
		one: stopsWhatItTracks,
	},
	{
		Text: explain.Text{
			Code: "LINT014", Title: "preempt_delay delays a failover by weight",
			Means: "preempt_delay begins when a node first hears a master of lower priority than its own. That is so when the better node comes back, for which " +
				"it is meant, and just as well when a failing check lowers the master's priority.",
			Hurts: "The service is down for the whole delay before the other node takes over.",
			Example: `# node A: priority 150, chk_nginx weight -60
# node B:
vrrp_instance VI_1 {
    state BACKUP
    priority 100
    preempt_delay 300       # five minutes without the service
}`,
			Mend: "Put preempt_delay only on the node of higher priority, or leave the weight out so that a failing check is a FAULT.",
		},
		two: delayedByWeight,
	},
}

func masterNoPreempt(n *node, say report) {
	for _, in := range n.cfg.Instances {
		if !in.NoPreempt.Set() || in.NoPreempt.V || in.Priority.V == owner {
			continue
		}
		// The reader has cleared it; "preempt" stands for itself.
		if in.State.V != conf.StateMaster || in.NoPreempt.At.Len() != len("nopreempt") {
			continue
		}
		say(finding{
			at: in.NoPreempt.At, severity: diag.Warning, in: within(in),
			summary: "nopreempt is cleared by state MASTER at " + in.State.At.String(),
			effect:  in.Name + " takes its addresses back as soon as it returns",
			suggest: "say state BACKUP: the priority decides who is master",
		})
	}
}

func noPreemptOnLower(p *pair, say report) {
	for _, t := range p.twins {
		s, ok := p.stand(t)
		if !ok || !s.low.NoPreempt.V || s.high.NoPreempt.Set() {
			continue
		}
		say(finding{
			at: s.low.NoPreempt.At, severity: diag.Warning, in: within(s.low),
			summary: fmt.Sprintf("nopreempt has nothing to do here: %s has the higher priority in %s (%d to %d)",
				s.high.Name, s.highNode.name, s.highScore, s.lowScore),
			effect:  s.highNode.name + " takes the addresses back as soon as it returns",
			suggest: "say nopreempt and state BACKUP in " + s.highNode.name,
		})
	}
}

func groupLoop(p *pair, say report) {
	other := map[*conf.Instance]twin{}
	for _, t := range p.twins {
		other[t.b] = t
	}
	for _, g := range p.b.cfg.Groups {
		var mine, theirs *conf.Instance
		at := g.At
		for _, m := range g.Members {
			t, ok := other[p.b.byName[m.V]]
			if !ok || p.a.group[t.a.Name] == nil {
				continue
			}
			switch s, ranked := p.stand(t); {
			case !ranked:
			case s.high == t.b && mine == nil:
				mine, at = t.b, m.At
			case s.high == t.a && theirs == nil:
				theirs, at = t.b, m.At
			}
		}
		if mine == nil || theirs == nil {
			continue
		}
		say(finding{
			at: at, severity: diag.Error, in: withinGroup(g),
			summary: fmt.Sprintf("the priorities let %s be won by %s and %s by %s", mine.Name, p.b.name, theirs.Name, p.a.name),
			effect:  "the group is MASTER only as a whole: the nodes contend for it without end",
			suggest: "give the members the same priority on each node",
		})
	}
}

func stopsWhatItTracks(n *node, say report) {
	for _, in := range n.cfg.Instances {
		for _, c := range []*conf.Command{in.Notify.Backup, in.Notify.Fault} {
			if c == nil {
				continue
			}
			service := stopped(c.Argv)
			if service == "" {
				continue
			}
			for i := range in.TrackScripts {
				s := n.scripts[in.TrackScripts[i].Name]
				if s == nil || s.Command == nil || !slices.Contains(s.Command.Argv, service) {
					continue
				}
				say(finding{
					at: c.At, severity: diag.Warning, in: within(in),
					summary: fmt.Sprintf("this stops %s, which %s at %s checks for", service, s.Name, s.Command.At),
					effect:  "the check fails as long as " + in.Name + " is not MASTER, and so it may never become MASTER again",
					suggest: "leave " + service + " running on all nodes",
				})
			}
		}
	}
}

// stopped is the service that a command stops: "systemctl stop X", "service X stop", "/etc/init.d/X stop"; "" if none.
func stopped(argv []string) string {
	if len(argv) == 1 { // a line within the quotes
		argv = strings.Fields(argv[0])
	}
	switch {
	case len(argv) == 3 && path.Base(argv[0]) == "systemctl" && argv[1] == "stop":
		return strings.TrimSuffix(argv[2], ".service")
	case len(argv) == 3 && path.Base(argv[0]) == "service" && argv[2] == "stop":
		return argv[1]
	case len(argv) == 2 && strings.HasPrefix(argv[0], "/etc/init.d/") && argv[1] == "stop":
		return path.Base(argv[0])
	}
	return ""
}

func delayedByWeight(p *pair, say report) {
	for _, t := range p.twins {
		s, ok := p.stand(t)
		if !ok || s.low.PreemptDelay.V == 0 {
			continue
		}
		var moving []item // those whose failure lets the other node win
		for i, it := range s.highItems {
			if score(s.high, s.highItems, only(i)) < s.lowScore {
				moving = append(moving, it)
			}
		}
		if len(moving) == 0 {
			continue
		}
		say(finding{
			at: s.low.PreemptDelay.At, severity: diag.Warning, in: within(s.low),
			summary: fmt.Sprintf("preempt_delay holds %s back for %s when %s fails on %s", s.low.Name, span(s.low.PreemptDelay.V), names(moving), s.highNode.name),
			effect:  fmt.Sprintf("%s goes on as MASTER with its lowered priority for %s", s.high.Name, span(s.low.PreemptDelay.V)),
			suggest: "say preempt_delay only in " + s.highNode.name + ", the node of higher priority",
		})
	}
}
