package checkd

import (
	"log/slog"

	"holdfast/conf"
	"holdfast/internal/host/script"
)

// jobs are the scripts that passed the security checks, ready to run.
type jobs struct {
	notify map[*conf.Command]script.Job
	misc   map[*conf.MiscCheck]script.Job
}

// usable reports whether a checker can run at all.
func (j *jobs) usable(c *conf.Checker) bool {
	if c.Misc == nil {
		return true
	}
	_, ok := j.misc[c.Misc]
	return ok
}

// prepare judges every script of virtual servers and returns those that may run, as whom and how. What is wrong is logged in
// keepalived's words.
func prepare(cfg *conf.Config, log *slog.Logger) *jobs {
	j := &jobs{notify: make(map[*conf.Command]script.Job), misc: make(map[*conf.MiscCheck]script.Job)}
	v := script.VetServers(cfg, script.HostChecker(cfg.Global.EnableScriptSecurity.V, cfg.Global.UseSymlinkPaths.V), script.Accounts{})
	for _, l := range v.Told() {
		log.Info(l.Text, l.Attrs...)
	}
	for i := range v.Scripts {
		s := &v.Scripts[i]
		job, ok := s.Job()
		switch {
		case !ok:
		case s.Misc != nil:
			j.misc[s.Misc] = job
		default:
			j.notify[s.Command] = job
		}
	}
	return j
}
