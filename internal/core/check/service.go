package check

import (
	"net/netip"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// service is one virtual server: an address, a mark, or all entries of a group.
type service struct {
	conf    *conf.VirtualServer
	group   *conf.ServerGroup // nil: none
	ordinal int
	logAll  bool               // checker_log_all_failures
	surplus bool               // the group has more addresses than are served
	added   []*conf.GroupEntry // by the last reload, and not told yet

	entries []entry
	servers []*server
	slots   []*slot

	sum       int64 // weights of the servers that are up
	up        bool  // the quorum is there
	sorry     bool  // the sorry server has taken over
	suspended bool  // ha_suspend, and the address is absent
	panics    bool  // more servers have failed than panic_threshold allows
	heir      bool  // it was there before the reload under way
	away      bool  // out of the table: follow_vrrp, and the instance is not MASTER

	rising  []*server // have come up and have a slow_start that has not begun yet
	dirty   []*slot   // may have changed since the kernel was told
	touched bool      // is in the Director's list
}

// entry is what the kernel knows of a service: it has one for each address and mark.
type entry struct {
	service lvs.Service
	of      *conf.GroupEntry // nil: not of a group
}

// dest is a destination as this entry has it. Without NAT, packets keep their port, so a member of a group has the entry's.
// compat: with NAT a port that is not given stays 0.
func (e *entry) dest(d lvs.Dest) lvs.Dest {
	if e.of != nil && d.Forward != lvs.Masq {
		d.Addr = netip.AddrPortFrom(d.Addr.Addr(), e.of.Port)
	}
	return d
}

// slot is one destination of a service and who stands behind it: a real server, the sorry server, or several that have become
// one by what the configuration's ports come to.
type slot struct {
	index   int // in the service
	servers []*server
	sorry   bool

	in    bool // what the kernel was told
	told  lvs.Dest
	dirty bool
}

// want is what a slot is to hold, if anything.
func (s *service) want(p *slot) (d lvs.Dest, in bool) {
	if p.sorry && s.sorry {
		return s.sorryDest(1), true
	}
	if !s.sorry {
		for _, r := range p.servers {
			if r.up {
				return r.dest(r.present()), true
			}
		}
	}
	for _, r := range p.servers {
		if r.conf.InhibitOnFailure.V {
			return r.dest(0), true
		}
	}
	if p.sorry && s.conf.SorryInhibit.V {
		return s.sorryDest(0), true
	}
	return lvs.Dest{}, false
}

func (s *service) sorryDest(weight uint32) lvs.Dest {
	vs := s.conf
	return lvs.Dest{
		Addr: vs.SorryServer.V, Forward: forward(vs.SorryForward.V), Encap: encap(vs.SorryForward.V, vs.SorryTunnel), Weight: weight,
	}
}

// spoil notes that a slot may have changed.
func (s *service) spoil(p *slot) {
	if !p.dirty {
		p.dirty = true
		s.dirty = append(s.dirty, p)
	}
}

func (s *service) spoilAll() {
	for _, p := range s.slots {
		s.spoil(p)
	}
}

// freshen takes what is wanted for what the kernel was told: a comparison of whole tables tells it.
func (s *service) freshen() {
	for _, p := range s.slots {
		p.told, p.in = s.want(p)
		p.dirty = false
	}
	s.dirty = s.dirty[:0]
}

// judge compares the sum of the weights with the quorum. Gained at quorum plus hysteresis, lost below quorum minus hysteresis
// or when nothing is left. opening: the service starts, or a reload may have changed it.
func (s *service) judge(opening bool, acts []Action) []Action {
	switch {
	case !s.up && s.sum >= s.high():
		return s.gain(opening, s.high(), acts)
	case s.up && (s.sum == 0 || s.sum < s.low()):
		return s.lose(opening, s.low(), acts)
	case !s.up && opening && s.conf.SorryServer.Set() && !s.sorry:
		return s.lose(opening, s.high(), acts)
	}
	return acts
}

// high is above 0: a quorum of 0 has a hysteresis that no sum reaches.
func (s *service) high() int64 { return int64(s.conf.Quorum.V) + int64(s.conf.Hysteresis.V) }
func (s *service) low() int64  { return int64(s.conf.Quorum.V) - int64(s.conf.Hysteresis.V) }

func (s *service) gain(opening bool, threshold int64, acts []Action) []Action {
	s.up = true
	acts = say(s.quorumOf(GainedQuorum, threshold), acts)
	if s.sorry {
		s.sorry = false
		s.spoilAll()
		acts = say(s.sorryReport(RemovingSorry), acts)
		acts = say(s.report(AddingAlive), acts)
	}
	acts = run(s.conf.QuorumUp, acts)
	r := s.quorumOf(QuorumUp, threshold)
	r.Opening = opening
	return say(r, acts)
}

func (s *service) lose(opening bool, threshold int64, acts []Action) []Action {
	s.up = false
	kind := LostQuorum
	if opening {
		kind = StartingQuorumDown
	}
	acts = say(s.quorumOf(kind, threshold), acts)
	if s.conf.SorryServer.Set() && !s.sorry {
		s.sorry = true
		s.spoilAll()
		acts = say(s.sorryReport(AddingSorry), acts)
		acts = say(s.report(RemovingAlive), acts)
	}
	acts = run(s.conf.QuorumDown, acts)
	r := s.quorumOf(QuorumDown, threshold)
	r.Opening = opening
	return say(r, acts)
}

func (s *service) report(kind ReportKind) *Report {
	return &Report{Kind: kind, Virtual: s.conf, Ordinal: s.ordinal}
}

func (s *service) quorumOf(kind ReportKind, threshold int64) *Report {
	r := s.report(kind)
	r.Quorum, r.Hysteresis, r.Threshold, r.Weight = s.conf.Quorum.V, s.conf.Hysteresis.V, threshold, s.sum
	return r
}

func (s *service) sorryReport(kind ReportKind) *Report {
	r := s.report(kind)
	r.Addr, r.Inhibit = s.conf.SorryServer.V, s.conf.SorryInhibit.V
	return r
}
