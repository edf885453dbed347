package dump

import (
	"time"

	"holdfast/conf"
)

// parties is who belongs together.
type parties struct {
	cfg     *conf.Config
	scripts []*conf.Script                       // that are run
	members map[*conf.SyncGroup][]*conf.Instance // in the order of the group
	group   map[*conf.Instance]*conf.SyncGroup
	owners  map[*conf.SyncGroup]bool // every member has the addresses by right
}

func partiesOf(cfg *conf.Config, m *Machine) *parties {
	p := &parties{
		cfg: cfg, members: make(map[*conf.SyncGroup][]*conf.Instance),
		group: make(map[*conf.Instance]*conf.SyncGroup), owners: make(map[*conf.SyncGroup]bool),
	}
	for _, s := range cfg.Scripts {
		if _, ok := m.program(s.Command); ok {
			p.scripts = append(p.scripts, s)
		}
	}
	named := make(map[string]*conf.Instance, len(cfg.Instances))
	for _, in := range cfg.Instances {
		named[in.Name] = in
	}
	for _, g := range cfg.Groups {
		p.owners[g] = true
		for _, name := range g.Members {
			in, ok := named[name.V]
			if !ok {
				continue
			}
			p.members[g] = append(p.members[g], in)
			p.group[in] = g
			p.owners[g] = p.owners[g] && in.Priority.V == owner
		}
	}
	return p
}

// unweighed reports whether an instance's weights do not count: its group says so.
func (p *parties) unweighed(in *conf.Instance) bool {
	g := p.group[in]
	return g != nil && !g.TrackingWeight.V
}

// ignores reports whether an instance does not follow a script that it tracks: one with a weight that does not count.
func (p *parties) ignores(in *conf.Instance, s *conf.Script, r conf.TrackRef) bool {
	return weightOf(s, r) != 0 && (p.unweighed(in) || in.Priority.V == owner)
}

func (t *text) groups(p *parties, m *Machine) {
	cfg := p.cfg
	if len(cfg.Groups) > 0 {
		t.header("VRRP Sync groups")
	}
	for _, g := range cfg.Groups {
		state, fault, waiting := p.standing(g, m)
		t.add(" VRRP Sync Group = %s, %s", g.Name, state)
		t.add("   Num member fault %d, num member init %d", fault, waiting)
		t.add("   VRRP member instances :")
		for _, name := range g.Members {
			t.add("     %s", name.V)
		}
		t.when(g.TrackingWeight.V, "   sync group tracking weight set")
		t.add("   Using smtp notification = %s", either(g.SMTPAlert.V, "yes", "no"))
		t.when(len(g.TrackInterfaces) > 0, "   Tracked interfaces :")
		for _, l := range g.TrackInterfaces {
			t.add("     %s %s", l.Name, weight(l.Weight, l.Reverse))
		}
		t.trackedScripts(p, g.TrackScripts)
		t.notify(m, &g.Notify)
	}
}

// standing is the state that a group starts in: members that cannot work come first, then those that wait for a
// script's first result.
func (p *parties) standing(g *conf.SyncGroup, m *Machine) (state string, fault, waiting int) {
	if m.Live != nil {
		return p.livingGroup(g, m)
	}
	for _, in := range p.members[g] {
		switch {
		case m.Faulty != nil && m.Faulty(in):
			fault++
		case p.awaits(g.TrackScripts) || p.awaits(p.followed(in)):
			waiting++
		}
	}
	switch {
	case fault > 0:
		return "FAULT", fault, waiting
	case waiting > 0:
		return "INIT", fault, waiting
	}
	return either(p.owners[g], "MASTER", "BACKUP"), fault, waiting
}

// awaits reports whether one of the scripts decides by itself. What is weighed is not waited for.
func (p *parties) awaits(refs []conf.TrackRef) bool {
	for _, r := range refs {
		for _, s := range p.scripts {
			if s.Name == r.Name && weightOf(s, r) == 0 {
				return true
			}
		}
	}
	return false
}

// scripts gives the section on the scripts that somebody tracks.
func (t *text) scripts(p *parties, m *Machine) {
	headed := false
	for _, s := range p.scripts {
		who := p.followers(s)
		if len(who) == 0 {
			continue
		}
		if !headed {
			t.header("VRRP Scripts")
			headed = true
		}
		prog, _ := m.program(s.Command)
		t.checkScript(s, prog, m)
		t.add("   VRRP instances :")
		t.add("   Tracking instances :")
		*t = append(*t, who...)
		t.add("   State = idle")
	}
}

func (t *text) checkScript(s *conf.Script, p Program, m *Machine) {
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
	result, known := m.outcome(s)
	t.add("   Result = %d", result.Luck)
	t.add("   Insecure = no")
	t.add("   Init state = %s", either(known, "unknown", "INIT"))
	t.add("   Status = %s", either(result.Good, "GOOD", "BAD")) // compat: BAD of every script that has not run yet
	t.add("   Script uid:gid = %d:%d", p.UID, p.GID)
}

// followers lists who tracks a script: instances, then members of groups that do.
func (p *parties) followers(s *conf.Script) (list text) {
	for _, in := range p.cfg.Instances {
		for _, r := range p.followed(in) {
			if r.Name == s.Name {
				list.add("     %s, %s", in.Name, weighed(s, r))
			}
		}
	}
	for _, g := range p.cfg.Groups {
		for _, r := range g.TrackScripts {
			if r.Name != s.Name {
				continue
			}
			for _, in := range p.members[g] {
				list.add("     %s, %s", in.Name, weighed(s, r))
			}
		}
	}
	return list
}

// followed lists the scripts that an instance tracks and does not ignore.
func (p *parties) followed(in *conf.Instance) (refs []conf.TrackRef) {
	for _, r := range in.TrackScripts {
		for _, s := range p.scripts {
			if s.Name == r.Name && !p.ignores(in, s, r) {
				refs = append(refs, r)
			}
		}
	}
	return refs
}

func (t *text) trackedScripts(p *parties, refs []conf.TrackRef) {
	var list text
	for _, r := range refs {
		for _, s := range p.scripts {
			if s.Name == r.Name {
				list.add("     %s %s", r.Name, weighed(s, r))
			}
		}
	}
	t.when(len(list) > 0, "   Tracked scripts :")
	*t = append(*t, list...)
}

// weighed is what a script weighs for who tracks it.
func weighed(s *conf.Script, r conf.TrackRef) string {
	return weight(weightOf(s, r), r.Reversed(s.Reverse))
}

func weightOf(s *conf.Script, r conf.TrackRef) int {
	if r.Weight.Set() {
		return r.Weight.V
	}
	return s.Weight.V
}
