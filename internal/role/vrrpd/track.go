package vrrpd

import (
	"holdfast/conf"
	"holdfast/internal/core/track"
	"holdfast/vrrp"
)

// TrackedScript is a script whose results matter to a router.
type TrackedScript struct {
	Script *conf.Script
	track.Rule
}

// trackScripts gives every router the scripts that it tracks by itself or as a member of its group.
func (s *Setup) trackScripts(cfg *conf.Config) {
	scripts := make(map[string]*conf.Script, len(cfg.Scripts))
	for _, sc := range cfg.Scripts {
		scripts[sc.Name] = sc
	}
	groups := make(map[string]*conf.SyncGroup, len(cfg.Groups))
	for _, g := range cfg.Groups {
		groups[g.Name] = g
	}
	for _, p := range s.Plans {
		if p.Gone {
			continue
		}
		p.Scripts = resolveScripts(scripts, p.Conf.TrackScripts)
		if p.Group >= 0 {
			p.Scripts = joinScripts(p.Scripts, resolveScripts(scripts, groups[s.Groups[p.Group].Name].TrackScripts))
		}
	}
}

// resolveScripts gives each reference the script's weight if it has none of its own.
func resolveScripts(scripts map[string]*conf.Script, refs []conf.TrackRef) []TrackedScript {
	var out []TrackedScript
	for _, r := range refs {
		sc, ok := scripts[r.Name]
		if !ok || sc.Command == nil {
			continue
		}
		t := TrackedScript{sc, track.Rule{Weight: sc.Weight.V, Reverse: r.Reversed(sc.Reverse)}}
		if r.Weight.Set() {
			t.Weight = r.Weight.V
		}
		out = append(out, t)
	}
	return out
}

// joinScripts puts what a group tracks to what its member tracks. compat: of a script that both track, the group's weight
// counts, unless the member's is 0: then it is a fault to that member.
func joinScripts(own, group []TrackedScript) []TrackedScript {
	for _, g := range group {
		if at := find(own, g.Script); at < 0 {
			own = append(own, g)
		} else if own[at].Weight != 0 {
			own[at].Rule = g.Rule
		}
	}
	return own
}

func find(list []TrackedScript, s *conf.Script) int {
	for i := range list {
		if list[i].Script == s {
			return i
		}
	}
	return -1
}

// twice lists what both an instance and its group track, with keepalived's words about it.
func twice(cfg *conf.Config) (lines []string) {
	tracked := make(map[string]map[string]bool) // instance → script
	for _, in := range cfg.Instances {
		tracked[in.Name] = make(map[string]bool, len(in.TrackScripts))
		for _, r := range in.TrackScripts {
			tracked[in.Name][r.Name] = true
		}
	}
	for _, g := range cfg.Groups {
		for _, r := range g.TrackScripts {
			for _, m := range g.Members {
				if tracked[m.V][r.Name] {
					lines = append(lines, "("+m.V+") track_script "+r.Name+" is configured on VRRP instance and sync group. Remove vrrp instance config")
				}
			}
		}
	}
	return lines
}

// scripted is what a router's scripts do to it.
func (p *Plan) scripted(status func(*conf.Script) (track.Status, bool)) (k Known) {
	for _, t := range p.Scripts {
		st, runs := status(t.Script)
		if !runs {
			continue
		}
		e := t.Effect(st)
		if e.Fault {
			k.Faults |= vrrp.TrackedFailed
		}
		if e.Undecided {
			k.Faults |= vrrp.Undecided
		}
		k.Weight += e.Add
	}
	return k
}

// followers lists the routers that track a script, each with the members of its group, in the order in which they are to
// hear of a change. compat: a member's fault goes at once to the others. When the script recovers, a group waits for the last of
// its members that track it, and that one is told first.
func (s *Setup) followers(sc *conf.Script, good bool) (order []int) {
	var direct []int
	waits := make(map[int]int) // group → its last member that tracks the script as a condition
	for i, p := range s.Plans {
		at := find(p.Scripts, sc)
		if p.Gone || at < 0 {
			continue
		}
		direct = append(direct, i)
		if p.Group >= 0 && good != p.Scripts[at].Reverse && p.Scripts[at].Weight == 0 {
			waits[p.Group] = i
		}
	}
	seen := make(map[int]bool)
	add := func(r int) {
		if !seen[r] {
			seen[r] = true
			order = append(order, r)
		}
	}
	for _, r := range direct {
		if last, ok := waits[s.Plans[r].Group]; ok && last != r {
			continue
		}
		add(r)
		for _, member := range s.together(r) {
			add(member)
		}
	}
	return order
}
