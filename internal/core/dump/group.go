package dump

import (
	"time"

	"holdfast/conf"
)

// memberships gives the sync group of each instance that is in one.
func memberships(cfg *conf.Config) map[string]*conf.SyncGroup {
	of := make(map[string]*conf.SyncGroup)
	for _, g := range cfg.Groups {
		for _, name := range g.Members {
			of[name.V] = g
		}
	}
	return of
}

// members lists the instances of a group in the order of the group.
func members(cfg *conf.Config, g *conf.SyncGroup) (list []*conf.Instance) {
	for _, name := range g.Members {
		for _, in := range cfg.Instances {
			if in.Name == name.V {
				list = append(list, in)
			}
		}
	}
	return list
}

func (t *text) groups(cfg *conf.Config, m *Machine) {
	if len(cfg.Groups) > 0 {
		t.header("VRRP Sync groups")
	}
	for _, g := range cfg.Groups {
		state, fault, waiting := standing(cfg, g, m)
		t.add(" VRRP Sync Group = %s, %s", g.Name, state)
		t.add("   Num member fault %d, num member init %d", fault, waiting)
		t.add("   VRRP member instances :")
		for _, name := range g.Members {
			t.add("     %s", name.V)
		}
		t.add("   Using smtp notification = %s", either(alerts(cfg, g), "yes", "no"))
		t.when(len(g.TrackInterfaces) > 0, "   Tracked interfaces :")
		for _, l := range g.TrackInterfaces {
			t.add("     %s %s", l.Name, weight(l.Weight, l.Reverse))
		}
		t.trackedScripts(cfg, g.TrackScripts)
		t.notify(m, &g.Notify)
	}
}

// standing is the state that a group starts in: members that cannot work come first, then those that wait for a
// script's first result.
func standing(cfg *conf.Config, g *conf.SyncGroup, m *Machine) (state string, fault, waiting int) {
	masters := true
	for _, in := range members(cfg, g) {
		switch {
		case m.Faulty != nil && m.Faulty(in):
			fault++
		case len(g.TrackScripts)+len(in.TrackScripts) > 0:
			waiting++
		}
		masters = masters && in.Priority.V == owner
	}
	switch {
	case fault > 0:
		return "FAULT", fault, waiting
	case waiting > 0:
		return "INIT", fault, waiting
	}
	return either(masters, "MASTER", "BACKUP"), fault, waiting
}

func alerts(cfg *conf.Config, g *conf.SyncGroup) bool {
	for _, v := range []conf.Value[bool]{g.SMTPAlert, cfg.Global.SMTPAlertVRRP, cfg.Global.SMTPAlert} {
		if v.Set() {
			return v.V
		}
	}
	return false
}

// scripts gives the section on the scripts that somebody tracks.
func (t *text) scripts(cfg *conf.Config, m *Machine) {
	headed := false
	for _, s := range cfg.Scripts {
		who := followers(cfg, s)
		if len(who) == 0 || s.Command == nil {
			continue
		}
		if !headed {
			t.header("VRRP Scripts")
			headed = true
		}
		p := Program{Argv: s.Command.Argv, UID: m.UID, GID: m.GID}
		if m.Program != nil {
			if found, ok := m.Program(s.Command); ok {
				p = found
			}
		}
		t.checkScript(s, p)
		t.add("   VRRP instances :")
		t.add("   Tracking instances :")
		*t = append(*t, who...)
		t.add("   State = idle")
	}
}

func (t *text) checkScript(s *conf.Script, p Program) {
	limit := time.Duration(0) // compat: a timeout that nobody set is none, though the interval is one
	if s.Timeout.Set() && s.Timeout.At != s.Interval.At {
		limit = s.Timeout.V
	}
	t.add(" VRRP Script = %s", s.Name)
	t.add("   Command = %s", quoted(p.Argv))
	t.add("   Interval = %s sec", shortest(s.Interval.V))
	t.add("   Timeout = %s sec", shortest(limit))
	t.add("   Weight = %d%s", s.Weight.V, either(s.Reverse, " reverse", ""))
	t.add("   Rise = %d", s.Rise.V)
	t.add("   Fall = %d", s.Fall.V)
	t.add("   Result = 0")
	t.add("   Insecure = no")
	t.add("   Init state = INIT")
	t.add("   Status = BAD") // compat: of every script that has not run yet
	t.add("   Script uid:gid = %d:%d", p.UID, p.GID)
}

// followers lists who tracks a script: instances, then members of groups that do.
func followers(cfg *conf.Config, s *conf.Script) (list text) {
	add := func(in *conf.Instance, refs []conf.TrackRef) {
		for _, r := range refs {
			if r.Name != s.Name {
				continue
			}
			list.add("     %s, %s", in.Name, weighed(s, r))
		}
	}
	for _, in := range cfg.Instances {
		add(in, in.TrackScripts)
	}
	for _, g := range cfg.Groups {
		for _, in := range members(cfg, g) {
			add(in, g.TrackScripts)
		}
	}
	return list
}

func (t *text) trackedScripts(cfg *conf.Config, refs []conf.TrackRef) {
	t.when(len(refs) > 0, "   Tracked scripts :")
	for _, r := range refs {
		for _, s := range cfg.Scripts {
			if s.Name == r.Name {
				t.add("     %s %s", r.Name, weighed(s, r))
			}
		}
	}
}

// weighed is what a script weighs for who tracks it. compat: a weight of its own does not undo the script's reverse.
func weighed(s *conf.Script, r conf.TrackRef) string {
	w := s.Weight.V
	if r.Weight.Set() {
		w = r.Weight.V
	}
	return weight(w, s.Reverse || r.Reverse)
}
