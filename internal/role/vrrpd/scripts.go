package vrrpd

import (
	"log/slog"

	"holdfast/conf"
	"holdfast/internal/host/script"
)

// prepare judges every notify and tracking script and returns those that may run, as whom and how. What is wrong is logged in
// keepalived's words, with the path component at fault and the command that mends it as attributes.
func prepare(cfg *conf.Config, log *slog.Logger) map[*conf.Command]script.Job {
	p := preparer{
		log: log, users: script.Accounts{}, jobs: make(map[*conf.Command]script.Job),
		check: script.HostChecker(cfg.Global.EnableScriptSecurity.V, false),
	}
	var all []*conf.Command
	for _, in := range cfg.Instances {
		all = append(all, commands(&in.Notify)...)
	}
	for _, g := range cfg.Groups {
		all = append(all, commands(&g.Notify)...)
	}
	if len(all)+len(cfg.Scripts) == 0 {
		return p.jobs
	}
	p.chooseDefault(&cfg.Global)
	for _, s := range cfg.Scripts {
		p.addTracked(s)
	}
	for _, c := range all {
		p.add(c)
	}
	if p.present && !cfg.Global.EnableScriptSecurity.V {
		log.Info(script.Violation(p.insecure))
	}
	p.tellUnused(cfg)
	return p.jobs
}

// addTracked judges a vrrp_script. compat: of one that may not be executed nothing more is said.
func (p *preparer) addTracked(s *conf.Script) {
	if s.Command == nil {
		return
	}
	v := p.add(s.Command)
	switch {
	case v.Run, len(v.Problems) == 0, v.Problems[len(v.Problems)-1].Kind == script.NotExecutable:
	case v.Insecure:
		p.log.Info("Disabling track script "+s.Name+" due to insecure", "script", s.Name)
	default:
		p.log.Info("Disabling track script "+s.Name+" since not found/accessible", "script", s.Name)
	}
}

// tellUnused names what two track at the same time, and the scripts that nobody tracks.
func (p *preparer) tellUnused(cfg *conf.Config) {
	for _, line := range twice(cfg) {
		p.log.Info(line)
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
		if _, runs := p.jobs[s.Command]; runs && !used[s.Name] {
			p.log.Info("Warning - script "+s.Name+" is not used", "script", s.Name)
		}
	}
}

type preparer struct {
	log   *slog.Logger
	users script.Users
	check *script.Checker
	jobs  map[*conf.Command]script.Job

	user              script.Cred // of scripts without one of their own
	userOK            bool
	present, insecure bool
}

func (p *preparer) chooseDefault(g *conf.Global) {
	if g.ScriptUser.Set() {
		c, err := script.Lookup(p.users, g.ScriptUser.V, g.ScriptGroup.V, false)
		if err == nil {
			p.user, p.userOK = c, true
			return
		}
		p.log.Info(err.Error())
	}
	var note string
	p.user, note, p.userOK = script.Default(p.users, g.EnableScriptSecurity.V)
	if note != "" {
		p.log.Info(note)
	}
}

func (p *preparer) add(c *conf.Command) (v script.Verdict) {
	who, ok := p.user, p.userOK
	if c.User != "" {
		cred, err := script.Lookup(p.users, c.User, c.Group, false)
		if err != nil {
			p.log.Info(err.Error() + " - disabling script " + first(c.Argv))
			return v
		}
		who, ok = cred, true
	}
	if !ok {
		p.log.Info("no user to run script " + first(c.Argv) + " as - disabling")
		return v
	}
	v = p.check.Check(c.Argv, who)
	p.present, p.insecure = p.present || v.Present, p.insecure || v.Insecure
	last := ""
	for _, problem := range v.Problems {
		if problem.Compat != last {
			p.log.Info(problem.Compat, "path", problem.Path, "why", problem.String(), "mend", problem.Mend)
		}
		last = problem.Compat
	}
	if !v.Run {
		return v
	}
	job := script.Job{Name: first(c.Argv), Argv: v.Argv, Shell: v.Shell}
	if self := script.Self(); who.UID != self.UID || who.GID != self.GID {
		job.User = &who
	}
	p.jobs[c] = job
	return v
}

func first(argv []string) string {
	if len(argv) == 0 {
		return ""
	}
	return argv[0]
}
