package script

import (
	"slices"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// Vetting is what this host says about every script that a configuration may run.
type Vetting struct {
	Standard
	Scripts []Vetted // readers of FIFOs, then those of vrrp_script, then the others

	global  *conf.Global
	violate func(insecure bool) diag.Diagnostic // what is said if they run without script security
	idle    bool                                // nobody will run them
	parent  bool                                // those of global_defs; the parent runs no reader of a FIFO
}

// Standard is whom scripts run as that name no user.
type Standard struct {
	Who     Cred
	Err     error  // nobody, because of that
	Note    string // for the log; "" if there is nothing to say
	Unknown bool   // script_user or its group does not exist
}

// Vetted is one script.
type Vetted struct {
	Command *conf.Command
	Check   *conf.Script    // of vrrp_script
	Misc    *conf.MiscCheck // of MISC_CHECK
	Start   string          // "startup" or "shutdown"
	FIFO    string          // "notify_fifo" or another that it reads; all unset: a notify script
	Owner   string          // "vrrp_script NAME", "vrrp_sync_group NAME", "vrrp_instance NAME", "virtual_server", "global_defs"
	Who     Cred
	Err     error // there is nobody to run it as
	Verdict Verdict
}

// Vet finds for every script of VRRP whom it runs as and whether it may.
func Vet(cfg *conf.Config, checker *Checker, users Users) *Vetting {
	v := &Vetting{global: &cfg.Global, violate: conf.InsecureScripts, idle: len(cfg.Instances) == 0}
	v.readers(notifyFIFO(v.global), vrrpFIFO(v.global))
	v.list(cfg)
	return v.vet(cfg, checker, users)
}

// VetServers is Vet for the scripts of virtual servers.
func VetServers(cfg *conf.Config, checker *Checker, users Users) *Vetting {
	v := &Vetting{global: &cfg.Global, violate: conf.InsecureCheckScripts, idle: len(cfg.VirtualServers) == 0}
	v.readers(notifyFIFO(v.global), lvsFIFO(v.global))
	v.listServers(cfg)
	return v.vet(cfg, checker, users)
}

// VetStart is Vet for the scripts of global_defs: startup_script, shutdown_script and all readers of FIFOs.
func VetStart(cfg *conf.Config, checker *Checker, users Users) *Vetting {
	v := &Vetting{global: &cfg.Global, violate: conf.InsecureStartScripts, parent: true}
	add := func(c *conf.Command, what string) {
		if c != nil && len(c.Argv) > 0 {
			v.Scripts = append(v.Scripts, Vetted{Command: c, Start: what, Owner: "global_defs"})
		}
	}
	add(cfg.Global.StartupScript, "startup")
	add(cfg.Global.ShutdownScript, "shutdown")
	v.readers(notifyFIFO(v.global), vrrpFIFO(v.global), lvsFIFO(v.global))
	return v.vet(cfg, checker, users)
}

// Judge is what a configuration test says about all scripts of a configuration on this host.
func Judge(cfg *conf.Config) diag.List {
	checker := HostChecker(cfg.Global.EnableScriptSecurity.V, cfg.Global.UseSymlinkPaths.V)
	return judge(cfg, checker, Accounts{})
}

// JudgeStart is what the daemon's parent says: about startup_script, shutdown_script and the FIFOs. What the VRRP process finds when it vets
// its own scripts is left to that.
func JudgeStart(cfg *conf.Config, checker *Checker, users Users) diag.List {
	v := VetStart(cfg, checker, users)
	var found diag.List
	if len(cfg.Instances) > 0 {
		v.Scripts = slices.DeleteFunc(v.Scripts, func(s Vetted) bool { return s.FIFO == "notify_fifo" || s.FIFO == "vrrp_notify_fifo" })
	} else if d, is := v.Lacking(); is {
		found.Add(d)
	}
	found.Join(v.faults())
	found.Add(owners(&cfg.Global, users)...)
	return found
}

func judge(cfg *conf.Config, checker *Checker, users Users) diag.List {
	vrrp := Vet(cfg, checker, users)
	if len(cfg.VirtualServers) > 0 {
		vrrp.dropReader()
	}
	var found diag.List
	lacking := false
	for _, v := range []*Vetting{VetStart(cfg, checker, users), VetServers(cfg, checker, users), vrrp} {
		if d, is := v.Lacking(); is && !lacking {
			found.Add(d)
			lacking = true // compat: told by who looks first
		}
		found.Join(v.faults())
	}
	found.Add(owners(&cfg.Global, users)...)
	found.Sort()
	return found
}

func (v *Vetting) vet(cfg *conf.Config, checker *Checker, users Users) *Vetting {
	_, heir := heir(v.global)
	if len(v.Scripts) == 0 && !cfg.Global.ScriptUser.Set() && !(v.parent && heir) {
		return v
	}
	v.Standard = StandardUser(&cfg.Global, users)
	for i := range v.Scripts {
		s := &v.Scripts[i]
		s.Who, s.Err = v.Who, v.Err
		switch c := s.Command; {
		case c.User != "":
			s.Who, s.Err = Lookup(users, c.User, c.Group, false)
		case c.NeedsStandard:
			// compat: what is said further down about script_user comes too late.
			if who, _, ok := Default(users, true); ok {
				s.Who, s.Err = who, nil
			} else {
				s.Err = &UserError{Name: DefaultUser}
			}
		case s.Start != "" && !cfg.Global.ScriptUser.Set():
			s.Who, _, _ = Default(users, false)
			s.Err = nil
		}
		if s.Err == nil {
			s.Verdict = checker.Check(s.Command.Argv, s.Who)
		}
	}
	return v
}

// list collects the scripts in the order of the configuration.
func (v *Vetting) list(cfg *conf.Config) {
	add := func(c *conf.Command, check *conf.Script, owner string) {
		if c != nil && len(c.Argv) > 0 {
			v.Scripts = append(v.Scripts, Vetted{Command: c, Check: check, Owner: owner})
		}
	}
	for _, s := range cfg.Scripts {
		add(s.Command, s, "vrrp_script "+s.Name)
	}
	for _, g := range cfg.Groups {
		for _, c := range g.Notify.Commands() {
			add(c, nil, "vrrp_sync_group "+g.Name)
		}
	}
	for _, in := range cfg.Instances {
		for _, c := range in.Notify.Commands() {
			add(c, nil, "vrrp_instance "+in.Name)
		}
	}
}

// listServers collects the scripts of virtual servers in the order of the configuration.
func (v *Vetting) listServers(cfg *conf.Config) {
	add := func(c *conf.Command, misc *conf.MiscCheck) {
		if c != nil && len(c.Argv) > 0 {
			v.Scripts = append(v.Scripts, Vetted{Command: c, Misc: misc, Owner: "virtual_server"})
		}
	}
	for _, vs := range cfg.VirtualServers {
		add(vs.QuorumUp, nil)
		add(vs.QuorumDown, nil)
		for _, rs := range vs.RealServers {
			add(rs.NotifyUp, nil)
			add(rs.NotifyDown, nil)
			for _, c := range rs.Checkers {
				if c.Misc != nil {
					command := *c.Misc.Command
					command.User, command.Group = c.Misc.User.V, c.Misc.Group.V
					add(&command, c.Misc)
				}
			}
		}
	}
}

// StandardUser finds whom scripts run as that name no user.
// compat: where script_user names an account that does not exist, nobody, rather than somebody else.
func StandardUser(g *conf.Global, users Users) (s Standard) {
	if g.ScriptUser.Set() {
		if s.Who, s.Err = Lookup(users, g.ScriptUser.V, g.ScriptGroup.V, false); s.Err != nil {
			s.Note, s.Unknown = s.Err.Error(), true
		}
		return s
	}
	var ok bool
	if s.Who, s.Note, ok = Default(users, g.EnableScriptSecurity.V); !ok {
		s.Err = &UserError{Name: DefaultUser}
	}
	return s
}

// Violation returns the finding that scripts run without script security, if they do.
func (v *Vetting) Violation() (d diag.Diagnostic, is bool) {
	present, insecure := false, false
	for i := range v.Scripts {
		if s := &v.Scripts[i]; s.FIFO == "" || !v.parent {
			present = present || s.Verdict.Present
			insecure = insecure || s.Verdict.Insecure
		}
	}
	if !present || v.idle || v.global.EnableScriptSecurity.V {
		return d, false
	}
	return v.violate(insecure), true
}

// Job returns how to run the script; ok is false if it may not be run.
func (s *Vetted) Job() (job Job, ok bool) {
	if !s.Verdict.Run {
		return job, false
	}
	job = Job{Name: s.Command.Argv[0], Argv: s.Verdict.Argv, Shell: s.Verdict.Shell}
	if self := Self(); s.Who.UID != self.UID || s.Who.GID != self.GID {
		who := s.Who
		job.User = &who
	}
	return job, true
}
