package vrrpd

import (
	"fmt"
	"log/slog"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/host/script"
)

// prepare judges every notify and tracking script and returns those that may run, as whom and how. What is wrong is logged in
// keepalived's words, with the path component at fault and the command that mends it as attributes.
func prepare(cfg *conf.Config, log *slog.Logger) map[*conf.Command]script.Job {
	jobs := make(map[*conf.Command]script.Job)
	v := script.Vet(cfg, script.HostChecker(cfg.Global.EnableScriptSecurity.V, cfg.Global.UseSymlinkPaths.V), script.Accounts{})
	if v.Note != "" {
		log.Info(v.Note)
	}
	if d, is := v.Lacking(); is {
		logFinding(log, d)
	}
	for i := range v.Scripts {
		s := &v.Scripts[i]
		logVerdict(log, s)
		if job, ok := s.Job(); ok {
			jobs[s.Command] = job
		}
	}
	if d, is := v.Violation(); is {
		logFinding(log, d)
	}
	tellUnused(cfg, jobs, log)
	return jobs
}

func logFinding(log *slog.Logger, d diag.Diagnostic) {
	var one diag.List
	one.Add(d)
	for _, line := range diag.CompatLines(&one) {
		log.Info(line, "code", d.Code)
	}
}

// logVerdict tells what is wrong with one script. compat: of a tracking script that may not be executed nothing more is said
// than that.
func logVerdict(log *slog.Logger, s *script.Vetted) {
	if s.Err != nil {
		line := s.Refusal()
		if s.Command.User != "" {
			log.Info(s.Err.Error())
		}
		if c := s.Check; c != nil {
			at := c.End
			if c.User.Set() {
				at = c.User.At
			}
			line = fmt.Sprintf("(%s: Line %d) %s", at.File(), at.Line(), line)
		}
		log.Info(line)
		return
	}
	for _, p := range s.Verdict.Told() {
		log.Info(p.Compat, "path", p.Path, "why", p.String(), "mend", p.Mend)
	}
	if line := s.Refusal(); line != "" {
		log.Info(line, "script", s.Check.Name)
	}
}

// tellUnused names what two track at the same time, and the scripts that nobody tracks.
func tellUnused(cfg *conf.Config, jobs map[*conf.Command]script.Job, log *slog.Logger) {
	for _, line := range twice(cfg) {
		log.Info(line)
	}
	used := make(map[string]bool)
	for _, in := range cfg.Instances {
		for _, r := range in.TrackScripts {
			used[r.Name] = true
		}
	}
	for _, g := range cfg.Groups {
		for _, r := range g.TrackScripts {
			used[r.Name] = true
		}
	}
	for _, s := range cfg.Scripts {
		if _, runs := jobs[s.Command]; runs && !used[s.Name] {
			log.Info("Warning - script "+s.Name+" is not used", "script", s.Name)
		}
	}
}
