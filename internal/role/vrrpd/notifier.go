package vrrpd

import (
	"log/slog"
	"strconv"

	"holdfast/conf"
	"holdfast/internal/host/script"
	"holdfast/vrrp"
)

// notifier runs the scripts of state changes.
type notifier struct {
	runner Runner
	log    *slog.Logger
	jobs   map[*conf.Command]script.Job // only those that may run

	farewell bool // only the end is told
}

// state runs what an instance's new state calls for: the script of that state with its own arguments, then the general
// one with four more (INSTANCE, name, state, effective priority). The second does not wait for the first.
func (n *notifier) state(p *Plan, r *Report) {
	n.both(&p.Conf.Notify, r.Action.State, "INSTANCE", p.VRRP.Name, int(r.Prio))
}

// group does the same for a sync group, whose priority is always given as 0.
func (n *notifier) group(g *GroupPlan, s vrrp.State) { n.both(g.Notify, s, "GROUP", g.Name, 0) }

func (n *notifier) both(list *conf.Notify, s vrrp.State, kind, name string, prio int) {
	if n.farewell && s != vrrp.Init {
		return
	}
	var specific *conf.Command
	word := s.String()
	switch s {
	case vrrp.Master:
		specific = list.Master
	case vrrp.Backup:
		specific = list.Backup
	case vrrp.Fault:
		specific = list.Fault
	case vrrp.Init:
		specific, word = list.Stop, "STOP"
	}
	n.run(specific)
	n.run(list.Any, kind, name, word, strconv.Itoa(prio))
}

func (n *notifier) run(c *conf.Command, more ...string) {
	job, ok := n.jobs[c]
	if c == nil || !ok {
		return
	}
	job.Argv = append(job.Argv[:len(job.Argv):len(job.Argv)], more...)
	if _, err := n.runner.Start(job); err != nil {
		n.log.Info("cannot run notify script: " + err.Error())
	}
}
