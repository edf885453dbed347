package lint

import (
	"fmt"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var groupRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT040", Title: "members of a sync group have different priorities",
			Means: "A sync group becomes MASTER only as a whole, but each member is elected by its own priority. (When the files of both nodes are given, the " +
				"two are compared instead: LINT012.)",
			Hurts: "If the other node has the priorities the other way round, or lies between them, each node wins one member and loses another, and the group goes " +
				"back and forth.",
			Example: `vrrp_sync_group VG_1 {
    group {
        VI_out              # priority 150
        VI_in               # priority 100
    }
}`,
			Mend: "Give all members of a group the same priority on a node.",
		},
		one: groupPriorities,
	},
	{
		Text: explain.Text{
			Code: "LINT041", Title: "members of a sync group preempt differently",
			Means: "One member has nopreempt or a preempt_delay that another member lacks.",
			Hurts: "The member without it takes over, the group has to follow or to hold it back: what nopreempt or the delay was to prevent happens all the same.",
			Example: `vrrp_instance VI_out {
    nopreempt
}
vrrp_instance VI_in {
    # preempts
}
vrrp_sync_group VG_1 {
    group {
        VI_out
        VI_in
    }
}`,
			Mend: "Give all members of a group the same nopreempt and preempt_delay.",
		},
		one: groupPreempt,
	},
	{
		Text: explain.Text{
			Code: "LINT042", Title: "members of a sync group start in different states",
			Means: "One member says state MASTER and another BACKUP.",
			Hurts: "A sync group has one state. The file tells its reader two, and the settings that depend on state (nopreempt, preempt_delay) hold for some members only.",
			Example: `vrrp_instance VI_out {
    state MASTER
}
vrrp_instance VI_in {
    state BACKUP
}
vrrp_sync_group VG_1 {
    group {
        VI_out
        VI_in
    }
}`,
			Mend: "Say the same state in all members of a group.",
		},
		one: groupStates,
	},
	{
		Text: explain.Text{
			Code: "LINT043", Title: "members of a sync group advertise at different intervals",
			Means: "advert_int or down_timer_adverts differs between members of one sync group, so that each notices the loss of the other node at another time.",
			Hurts: "The group takes over only when the slowest member has noticed; the quicker ones wait and start anew.",
			Example: `vrrp_instance VI_out {
    advert_int 1
}
vrrp_instance VI_in {
    advert_int 5
}
vrrp_sync_group VG_1 {
    group {
        VI_out
        VI_in
    }
}`,
			Mend: "Give all members of a group the same advert_int and down_timer_adverts.",
		},
		one: groupIntervals,
	},
}

// eachOdd visits the first member of each group that differs from the group's first member.
func (n *node) eachOdd(differ func(x, y *conf.Instance) bool, visit func(g *conf.SyncGroup, x, y *conf.Instance)) {
	for _, g := range n.cfg.Groups {
		all := n.members(g)
		for _, y := range all[min(1, len(all)):] {
			if differ(all[0], y) {
				visit(g, all[0], y)
				break
			}
		}
	}
}

func groupPriorities(n *node, say report) {
	if n.paired {
		return
	}
	n.eachOdd(func(x, y *conf.Instance) bool { return x.Priority.V != y.Priority.V },
		func(g *conf.SyncGroup, x, y *conf.Instance) {
			say(finding{
				at: first(y.Priority.At, y.At), severity: diag.Warning, in: within(y),
				summary: fmt.Sprintf("priority %d, while %s of the same sync group %s has %d", y.Priority.V, x.Name, g.Name, x.Priority.V),
				effect:  "the other node may win one member and lose the other; the group moves only as a whole",
				suggest: "give the members of a group the same priority",
			})
		})
}

func groupPreempt(n *node, say report) {
	n.eachOdd(func(x, y *conf.Instance) bool {
		return x.NoPreempt.V != y.NoPreempt.V || x.PreemptDelay.V != y.PreemptDelay.V
	}, func(g *conf.SyncGroup, x, y *conf.Instance) {
		at := first(y.NoPreempt.At, y.PreemptDelay.At, x.NoPreempt.At, x.PreemptDelay.At)
		if x.NoPreempt.V == y.NoPreempt.V {
			at = first(y.PreemptDelay.At, x.PreemptDelay.At)
		}
		say(finding{
			at: at, severity: diag.Warning, in: withinGroup(g),
			summary: fmt.Sprintf("%s %s, and %s of the same sync group %s", y.Name, preemption(y), x.Name, preemption(x)),
			effect:  "the group moves only as a whole: one of the two does not get what it asks for",
			suggest: "give the members of a group the same nopreempt and preempt_delay",
		})
	})
}

func preemption(in *conf.Instance) string {
	switch {
	case in.NoPreempt.V:
		return "does not preempt"
	case in.PreemptDelay.V > 0:
		return "preempts after " + span(in.PreemptDelay.V)
	}
	return "preempts at once"
}

func groupStates(n *node, say report) {
	n.eachOdd(func(x, y *conf.Instance) bool { return x.State.V != y.State.V && x.State.Set() && y.State.Set() },
		func(g *conf.SyncGroup, x, y *conf.Instance) {
			say(finding{
				at: y.State.At, severity: diag.Warning, in: within(y),
				summary: fmt.Sprintf("another state than %s of the same sync group %s has, at %s", x.Name, g.Name, x.State.At),
				effect:  "the group has one state; nopreempt and preempt_delay hold only where state is BACKUP",
				suggest: "say the same state in all members",
			})
		})
}

func groupIntervals(n *node, say report) {
	n.eachOdd(func(x, y *conf.Instance) bool {
		return x.AdvertInt.V != y.AdvertInt.V || x.DownTimerAdverts.V != y.DownTimerAdverts.V
	}, func(g *conf.SyncGroup, x, y *conf.Instance) {
		at := first(y.AdvertInt.At, x.AdvertInt.At)
		if x.AdvertInt.V == y.AdvertInt.V {
			at = first(y.DownTimerAdverts.At, x.DownTimerAdverts.At)
		}
		say(finding{
			at: first(at, y.At), severity: diag.Warning, in: withinGroup(g),
			summary: fmt.Sprintf("%s notices the loss of the other node after %d adverts of %s, %s after %d of %s",
				y.Name, y.DownTimerAdverts.V, span(y.AdvertInt.V), x.Name, x.DownTimerAdverts.V, span(x.AdvertInt.V)),
			effect:  "the group takes over when the slowest member has noticed",
			suggest: "give the members of a group the same advert_int and down_timer_adverts",
		})
	})
}
