package vrrpd

import (
	"log/slog"

	"holdfast/conf"
	"holdfast/internal/host/script"
)

// prepare judges every notify and tracking script and returns those that may run, as whom and how. What is wrong is logged in
// keepalived's words, with the path component at fault and the command that mends it as attributes.
func prepare(cfg *conf.Config, log *slog.Logger) map[*conf.Command]script.Job {
	jobs := make(map[*conf.Command]script.Job)
	v := script.Vet(cfg, script.HostChecker(cfg.Global.EnableScriptSecurity.V, cfg.Global.UseSymlinkPaths.V), script.Accounts{})
	for _, l := range v.Told() {
		log.Info(l.Text, l.Attrs...)
	}
	for i := range v.Scripts {
		s := &v.Scripts[i]
		if job, ok := s.Job(); ok {
			jobs[s.Command] = job
		}
	}
	tellUnused(cfg, jobs, log)
	return jobs
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
