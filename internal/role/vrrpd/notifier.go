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
}

// state runs what an instance's new state calls for: the script of that state with its own arguments, then the general
// one with four more (INSTANCE, name, state, effective priority). The second does not wait for the first.
func (n *notifier) state(p *Plan, r *Report) {
	var specific *conf.Command
	list := &p.Conf.Notify
	word := r.Action.State.String()
	switch r.Action.State {
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
	n.run(list.Any, "INSTANCE", p.VRRP.Name, word, strconv.Itoa(int(r.Prio)))
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

// commands lists every script that an instance names.
func commands(list *conf.Notify) []*conf.Command {
	var out []*conf.Command
	for _, c := range []*conf.Command{
		list.Master, list.Backup, list.Fault, list.Stop, list.Deleted, list.Any, list.MasterRxLowerPri,
	} {
		if c != nil {
			out = append(out, c)
		}
	}
	return out
}
