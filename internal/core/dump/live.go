package dump

import (
	"fmt"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/reason"
	"holdfast/vrrp"
)

// Live is what became of a configuration since it was started.
type Live struct {
	// Instance tells how an instance stands; false if it is not run.
	Instance func(*conf.Instance) (Standing, bool)
	// Group gives a sync group's decisions, the latest first.
	Group func(*conf.SyncGroup) []reason.Decision
	// Script tells what a tracked script's results amount to; false if none is known.
	Script func(*conf.Script) (Outcome, bool)

	Sockets []Socket // of adverts, in the order in which instances need them
}

// Standing is one instance at work.
type Standing struct {
	vrrp.Snapshot
	Total     int // base priority and what is added to it, within no bounds
	Failing   int // tracked items that keep it from taking part
	Awaiting  int // tracked items that have not said yet whether they do
	FD        int // of its socket; 0 without one
	Decisions []reason.Decision
}

// Outcome is what the results of a script so far amount to.
type Outcome struct {
	Luck int // 0 to rise + fall - 1
	Good bool
}

// Socket is one that adverts are sent and heard through.
type Socket struct {
	FD        int
	Interface string
	AH        bool
	Instances []*conf.Instance
}

// standing is how an instance stands, if anything was started.
func (m *Machine) standing(in *conf.Instance) (s Standing, live bool) {
	if m.Live == nil || m.Live.Instance == nil {
		return s, false
	}
	return m.Live.Instance(in)
}

// state gives the lines on an instance's state.
func (t *text) state(in *conf.Instance, s *Standing) {
	t.add("   State = %s", s.State)
	if s.State != vrrp.Backup {
		return
	}
	// compat: before a master was heard, the group's address is in its place
	t.add("   Master router = %s", either(s.Peer.IsValid(), s.Peer.String(), in.McastGroup.V.String()))
	t.add("   Master priority = %d", s.PeerPriority)
}

// wanted is the state that an instance strives for. compat: once it was told of a state, that one.
func (p *parties) wanted(in *conf.Instance, s *Standing, live bool) string {
	if live && s.State != vrrp.Init && !s.Held {
		return s.State.String()
	}
	return either(p.wantsMaster(in), "MASTER", "BACKUP")
}

// timers gives the lines on what an instance counts and waits for.
func (t *text) timers(s *Standing) {
	t.add("   Number of interface and track script faults = %d", s.Failing)
	t.add("   Number of track scripts init = %d", s.Awaiting)
	t.add("   Last transition = %s", instant(s.Since))
	t.add("   Read timeout = %s", either(s.Due.IsZero(), "DISABLED", instant(s.Due)))
	t.add("   Master down timer = %d usecs", s.Down/time.Microsecond)
}

// instant is a moment in seconds since the epoch and in words.
func instant(at time.Time) string {
	if at.IsZero() {
		at = time.Unix(0, 0).UTC()
	}
	return fmt.Sprintf("%d.%06d (%s)", at.Unix(), at.Nanosecond()/1000, at.Format("Mon Jan _2 15:04:05.000000 2006"))
}

// installed marks an address that a master has installed.
func installed(m *Machine, in *conf.Instance, a *conf.Address) string {
	s, live := m.standing(in)
	if !live || s.State != vrrp.Master {
		return ""
	}
	dev := either(a.Dev.V != "", a.Dev.V, in.Interface.V)
	if l, ok := m.Mirror.LinkByName(dev); ok {
		for _, have := range m.Mirror.Addrs(l.Index) {
			if have.Prefix.Addr() == a.Prefix.Addr() {
				return " set"
			}
		}
	}
	return ""
}

// sockets gives the section on sockets.
func (t *text) sockets(l *Live) {
	if l == nil {
		return
	}
	t.header("VRRP Sockpool")
	for _, s := range l.Sockets {
		t.add(" fd_in %d fd_out = %d", s.FD, s.FD+1)
		t.add("   Interface = %s", s.Interface)
		t.add("   Family = IPv4")
		t.add("   Protocol = %s", either(s.AH, "AH", "VRRP"))
		t.add("   Type = Multicast")
		t.add("   Rx buf size = 0")
		t.add("   VRRP instances")
		for _, in := range s.Instances {
			t.add("     %s vrid %d", in.Name, in.VRID.V)
		}
	}
}

// livingGroup is how a group that was started stands.
func (p *parties) livingGroup(g *conf.SyncGroup, m *Machine) (state string, fault, waiting int) {
	for _, in := range p.members[g] {
		switch s, _ := m.standing(in); {
		case s.Conditions.Faults&^(vrrp.MemberFaulted|vrrp.Undecided) != 0:
			fault++
		case s.Awaiting > 0:
			waiting++
		}
	}
	switch {
	case fault > 0:
		return vrrp.Fault.String(), fault, waiting
	case waiting > 0 && uniform(p.members[g], m) == vrrp.Fault.String():
		return vrrp.Init.String(), fault, waiting
	}
	return uniform(p.members[g], m), fault, waiting
}

// outcome is what is known of a script's results.
func (m *Machine) outcome(s *conf.Script) (Outcome, bool) {
	if m.Live == nil || m.Live.Script == nil {
		return Outcome{}, false
	}
	o, ok := m.Live.Script(s)
	if !ok {
		o = Outcome{}
	}
	return o, ok
}

// uniform is the state that all members of a group are in; BACKUP while they differ.
func uniform(members []*conf.Instance, m *Machine) string {
	state := vrrp.Backup
	for i, in := range members {
		s, _ := m.standing(in)
		if i > 0 && s.State != state {
			return vrrp.Backup.String()
		}
		state = s.State
	}
	return state.String()
}

// Decisions gives the section, ours alone, on what was decided and why, the latest first.
func Decisions(cfg *conf.Config, m *Machine) []string {
	var t text
	if m.Live == nil {
		return nil
	}
	t.header("Decisions")
	for _, in := range cfg.Instances {
		if s, ok := m.standing(in); ok {
			t.add(" VRRP Instance = %s", in.Name)
			t.decisions(s.Decisions)
		}
	}
	for _, g := range cfg.Groups {
		if m.Live.Group != nil {
			t.add(" VRRP Sync Group = %s", g.Name)
			t.decisions(m.Live.Group(g))
		}
	}
	return t
}

func (t *text) decisions(list []reason.Decision) {
	if len(list) == 0 {
		t.add("   none yet")
		return
	}
	t.add("   %s", list[0].Since())
	for i := range list[1:] {
		t.add("     %s", list[i+1].Past())
	}
}
