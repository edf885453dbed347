package checkd

import (
	"log/slog"

	"holdfast/conf"
	"holdfast/conf/diag"
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
	if v.Note != "" {
		log.Info(v.Note)
	}
	if d, is := v.Lacking(); is {
		logFinding(log, d)
	}
	for i := range v.Scripts {
		s := &v.Scripts[i]
		logVerdict(log, s)
		job, ok := s.Job()
		switch {
		case !ok:
		case s.Misc != nil:
			j.misc[s.Misc] = job
		default:
			j.notify[s.Command] = job
		}
	}
	if d, is := v.Violation(); is {
		logFinding(log, d)
	}
	return j
}

func logFinding(log *slog.Logger, d diag.Diagnostic) {
	var one diag.List
	one.Add(d)
	for _, line := range diag.CompatLines(&one) {
		log.Info(line, "code", d.Code)
	}
}

// logVerdict tells what is wrong with one script.
func logVerdict(log *slog.Logger, s *script.Vetted) {
	if s.Err != nil {
		if s.Command.User != "" {
			log.Info(s.Err.Error())
		}
		log.Info(s.Refusal())
		return
	}
	for _, p := range s.Verdict.Told() {
		log.Info(p.Compat, "path", p.Path, "why", p.String(), "mend", p.Mend)
	}
	if s.Misc != nil && !s.Verdict.Run {
		why := "since not found/accessible"
		if s.Verdict.Insecure {
			why = "due to insecure"
		}
		log.Info("Disabling misc script " + s.Misc.Quoted() + " " + why)
	}
}
