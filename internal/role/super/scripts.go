package super

import (
	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/host/script"
)

// Scripts is what the checks say about every script that a configuration may run.
type Scripts struct {
	cfg     *conf.Config
	vetted  []vetted
	unknown error // script_user or script_group is not known
}

// vetted is one script with its verdict.
type vetted struct {
	command *conf.Command
	check   *conf.Script // nil for a notify script
	owner   string       // "vrrp_script NAME", "vrrp_instance NAME"
	who     script.Cred
	err     error // there is nobody to run it as
	verdict script.Verdict
}

// VetScripts finds for every script of cfg whom it runs as and whether it may.
func VetScripts(cfg *conf.Config, checker *script.Checker, users script.Users) *Scripts {
	s := &Scripts{cfg: cfg}
	g := &cfg.Global
	var standard script.Cred
	nobody := false
	if g.ScriptUser.Set() {
		standard, s.unknown = script.Lookup(users, g.ScriptUser.V, g.ScriptGroup.V, false)
		nobody = s.unknown != nil
	} else {
		var ok bool
		standard, _, ok = script.Default(users, g.EnableScriptSecurity.V)
		nobody = !ok
	}
	s.each(func(v vetted) {
		c := v.command
		switch {
		case c.User != "":
			v.who, v.err = script.Lookup(users, c.User, c.Group, false)
		case nobody:
			v.err = &script.UserError{Name: script.DefaultUser}
		default:
			v.who = standard
		}
		if v.err == nil {
			v.verdict = checker.Check(c.Argv, v.who)
		}
		s.vetted = append(s.vetted, v)
	})
	return s
}

// each visits every script, in the order of the configuration.
func (s *Scripts) each(f func(vetted)) {
	notify := func(n *conf.Notify, owner string) {
		for _, c := range []*conf.Command{n.Master, n.Backup, n.Fault, n.Stop, n.Deleted, n.Any, n.MasterRxLowerPri} {
			if c != nil && len(c.Argv) > 0 {
				f(vetted{command: c, owner: owner})
			}
		}
	}
	for _, c := range s.cfg.Scripts {
		if c.Command != nil && len(c.Command.Argv) > 0 {
			f(vetted{command: c.Command, check: c, owner: "vrrp_script " + c.Name})
		}
	}
	for _, g := range s.cfg.Groups {
		notify(&g.Notify, "vrrp_sync_group "+g.Name)
	}
	for _, in := range s.cfg.Instances {
		notify(&in.Notify, "vrrp_instance "+in.Name)
	}
}

// Findings says what a configuration test reports about the scripts.
func (s *Scripts) Findings() diag.List {
	var found diag.List
	if len(s.cfg.Instances) == 0 {
		return found // compat: nobody would run them, so nobody looks
	}
	if s.unknown != nil {
		found.Add(conf.ScriptUserUnknown(s.cfg.Global.ScriptUser))
	}
	present, insecure := false, false
	for i := range s.vetted {
		v := &s.vetted[i]
		found.Add(v.findings()...)
		present = present || v.verdict.Present
		insecure = insecure || v.verdict.Insecure
	}
	if present && !s.cfg.Global.EnableScriptSecurity.V {
		found.Add(conf.InsecureScripts(insecure))
	}
	return found
}

// findings words what is wrong with one script. keepalived says nothing about notify scripts under
// --config-test, so those findings change no exit status.
func (v *vetted) findings() []diag.Diagnostic {
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "script", At: v.command.At,
		In: []diag.Context{{What: v.owner, At: v.command.At}},
	}
	if v.check != nil {
		d.Severity, d.Class = diag.Error, diag.ClassConfig
	}
	if !v.verdict.Run {
		d.Effect = "the script will not be run"
	}
	switch {
	case v.err != nil:
		d.Summary = v.err.Error()
		if v.check != nil {
			d.Compat = "Unable to set uid/gid for script '" + v.command.Argv[0] + "'"
			if v.command.User == "" {
				d.Compat = "Unable to set default user for vrrp script " + v.check.Name + " - removing"
			}
		}
		return []diag.Diagnostic{d}
	case v.check != nil && !v.verdict.Run:
		d.Bare = true // compat: without its place
		d.Compat = "Disabling track script " + v.check.Name + " since not found/accessible"
		if v.verdict.Insecure {
			d.Compat = "Disabling track script " + v.check.Name + " due to insecure"
		}
	default:
		d.Severity, d.Class = diag.Warning, diag.ClassNone
	}
	var out []diag.Diagnostic
	for _, p := range v.verdict.Problems {
		d.Summary = p.Path + ": " + p.Why
		d.Suggest = p.Mend
		d.Code = "script-" + p.Kind.String()
		out = append(out, d)
		d.Compat = "" // said once
	}
	return out
}
