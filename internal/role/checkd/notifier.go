package checkd

import (
	"log/slog"

	"holdfast/conf"
	"holdfast/internal/core/check"
)

// notifier runs the scripts of servers and quorums.
type notifier struct {
	runner Runner
	log    *slog.Logger
	jobs   *jobs
}

func (n *notifier) change(s *scene) { n.jobs = s.jobs }

func (n *notifier) run(c *conf.Command) {
	job, ok := n.jobs.notify[c]
	if !ok {
		return
	}
	if _, err := n.runner.Start(job); err != nil {
		n.log.Info("cannot run notify script: " + err.Error())
	}
}

func (n *notifier) announce(*check.Report) {}
