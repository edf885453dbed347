package vrrpd

import (
	"holdfast/conf"
	"holdfast/internal/host/plane"
	"holdfast/vrrp"
)

// syncPlan is what the configuration says about the kernel's sync daemons (lvs_sync_daemon), as far as it is about VRRP.
type syncPlan struct {
	asked  bool                  // the configuration has them follow an instance
	lost   string                // which it does not have
	router int                   // the slot of the router whose state decides; -1: there is none
	wishes [vrrp.Fault + 1]*wish // by that router's state; without a router the one of INIT holds
}

// wish is what shall be of the sync daemons: these and no others. It is not changed once made.
type wish struct {
	daemons []plane.Daemon
	lead    bool // what an earlier life or somebody else has left goes as well
	release bool // from now on they are the checkers' to run, and what runs is left as it is
}

// planSync finds the router that the sync daemons follow.
// compat: without an instance both kinds run wherever the checkers do and are the checkers' business; an instance that does not
// exist is as no line at all.
func (s *Setup) planSync(cfg *conf.Config) {
	s.Sync = &syncPlan{router: -1}
	s.Sync.wishes[vrrp.Init] = &wish{}
	if line := cfg.Global.SyncDaemon; line.Set() {
		s.followGlobal(&line.V)
		return
	}
	for i, p := range s.Plans {
		if !p.Gone && p.Conf.LVSSyncInterface.Set() {
			s.Sync.asked = true
			s.Sync.follow(i, plane.Daemon{Interface: p.Conf.LVSSyncInterface.V}) // compat: with sync id 0, not the VRID
			return
		}
	}
}

func (s *Setup) followGlobal(line *conf.SyncDaemon) {
	if !line.Instance.Set() {
		s.Sync.wishes[vrrp.Init].release = true
		return
	}
	s.Sync.asked = true
	for i, p := range s.Plans {
		if !p.Gone && p.VRRP.Name == line.Instance.V {
			s.Sync.follow(i, plane.DaemonOf(line, p.VRRP.VRID))
			return
		}
	}
	s.Sync.lost = line.Instance.V
}

// follow has a router decide: a master tells other directors of its connections, whoever is not master listens.
func (p *syncPlan) follow(router int, d plane.Daemon) {
	p.router = router
	backup, master := d, d
	master.Master = true
	p.wishes[vrrp.Init] = &wish{lead: true}
	p.wishes[vrrp.Backup] = &wish{lead: true, daemons: []plane.Daemon{backup}}
	p.wishes[vrrp.Master] = &wish{lead: true, daemons: []plane.Daemon{master}}
	p.wishes[vrrp.Fault] = p.wishes[vrrp.Backup]
}

// in returns what is wished while the router is in a state. It allocates nothing.
func (p *syncPlan) in(s vrrp.State) *wish {
	if p.router < 0 {
		return p.wishes[vrrp.Init]
	}
	return p.wishes[s]
}
