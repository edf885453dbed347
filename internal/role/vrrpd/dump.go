package vrrpd

import (
	"net/netip"

	"holdfast/conf"
	"holdfast/internal/core/dump"
	"holdfast/internal/host/script"
	"holdfast/vrrp"
)

// dump logs the configuration where keepalived does: when everything has been judged and nothing has been started.
func (r *Role) dump() {
	if r.opt.Dump == nil {
		return
	}
	m := r.describe(*r.opt.Dump, r.opt.Config, r.opt.Jobs)
	m.Faulty = func(in *conf.Instance) bool {
		for i, p := range r.gen.setup.Plans {
			if p.Conf == in {
				return r.world.told[i].cond.Faults&^(vrrp.MemberFaulted|vrrp.Undecided) != 0
			}
		}
		return false
	}
	m.Mirror, m.Ours = &r.world.view.mirror, r.world.isOurs
	r.world.view.mu.RLock()
	lines := dump.All(r.opt.Config, m)
	r.world.view.mu.RUnlock()
	for _, line := range lines {
		r.teller.say().info(nil, line)
	}
}

// describe completes what is known of the machine by who runs scripts, and as what.
func (r *Role) describe(m dump.Machine, cfg *conf.Config, jobs map[*conf.Command]script.Job) *dump.Machine {
	s := script.StandardUser(&cfg.Global, script.Accounts{})
	m.UID, m.GID, m.Nobody = s.Who.UID, s.Who.GID, s.Err != nil
	m.Program = func(c *conf.Command) (dump.Program, bool) {
		job, ok := jobs[c]
		who := script.Self()
		if job.User != nil {
			who = *job.User
		}
		return dump.Program{Argv: job.Argv, UID: who.UID, GID: who.GID}, ok
	}
	return &m
}

// has reports whether an address is one of the virtual ones.
func (s *Setup) has(a netip.Addr) bool { return s.holders[a] != nil }
