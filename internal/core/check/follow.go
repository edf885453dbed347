package check

import (
	"slices"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// away decides whether a service with follow_vrrp is out of the table. As long as nobody has said how its instance stands, all is as it
// was: after a crash as the table has it, after a reload as before it, and else out.
func (d *Director) away(s *service, was bool) bool {
	if !s.conf.Follow.Set() {
		return false
	}
	master, known := d.masters[s.conf.Follow.V]
	if known {
		return !master
	}
	return was
}

// follow takes services into the table or out of it as their instance becomes MASTER or something else. Their checks, weights, quorum
// and scripts go on regardless. What leaves does not drain: whoever is MASTER now gets the packets.
func (d *Director) follow(now time.Time, ev Instance, acts []Action) []Action {
	d.masters[ev.Name] = ev.Master
	if !d.running {
		return acts
	}
	before, mark := d.Wanted(), len(acts)
	var moved []*service
	for _, s := range d.services {
		if away := d.away(s, s.away); away != s.away {
			s.away = away
			moved = append(moved, s)
		}
	}
	if len(moved) == 0 {
		return acts
	}
	d.drains.leave(d.awayKeys())
	acts = d.replace(now, mark, before, nil, acts)
	for _, s := range moved {
		kind := Arrived
		if s.away {
			kind = Left
		}
		acts = say(s.report(kind), acts)
	}
	return acts
}

// awayKeys are the services of the kernel that all who name them are away from.
func (d *Director) awayKeys() map[lvs.Key]bool {
	keys := make(map[lvs.Key]bool)
	for _, s := range d.services {
		for i := range s.entries {
			if s.away {
				keys[s.entries[i].service.Key] = true
			}
		}
	}
	for _, s := range d.services {
		for i := range s.entries {
			if !s.away {
				delete(keys, s.entries[i].service.Key)
			}
		}
	}
	return keys
}

// absent reports whether a table has nothing of a service.
func (s *service) absent(have []lvs.Entry) bool {
	return !slices.ContainsFunc(have, func(h lvs.Entry) bool {
		return slices.ContainsFunc(s.entries, func(e entry) bool { return e.service.Key == h.Service.Key })
	})
}

// Standing tells of the virtual servers of a name (conf.VirtualServer.Name) whether all of them have their quorum. As long as one is
// without it and checks have not said of all its servers how they are, that is not known.
func (d *Director) Standing(name string) (up, known bool) {
	up = true
	for _, s := range d.byName[name] {
		known = true
		if s.up {
			continue
		}
		up = false
		if slices.ContainsFunc(s.servers, func(r *server) bool { return !r.up && !r.tried() }) {
			return false, false
		}
	}
	return up, known
}

// tried reports whether somebody has said of a server that it is down.
func (r *server) tried() bool {
	return r.order == OrderDisable || slices.ContainsFunc(r.checkers, func(c *checker) bool { return c.failed && (c.ran || !c.probes()) })
}

// Tracked lists the virtual servers that instances and groups track, each once.
func Tracked(cfg *conf.Config) (names []string) {
	add := func(list []conf.TrackService) {
		for i := range list {
			if !slices.Contains(names, list[i].Name) {
				names = append(names, list[i].Name)
			}
		}
	}
	for _, in := range cfg.Instances {
		add(in.TrackServices)
	}
	for _, g := range cfg.Groups {
		add(g.TrackServices)
	}
	return names
}
