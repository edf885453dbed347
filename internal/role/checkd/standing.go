package checkd

import (
	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/role/bus"
)

// standings tells other roles whether the virtual servers that they track have their quorum.
type standings struct {
	facts   *bus.Facts // nil: there is nobody to tell
	tracked []string
	told    map[string]bool
}

// follow takes another configuration in.
func (s *standings) follow(cfg *conf.Config) {
	if s.facts != nil {
		s.tracked = check.Tracked(cfg)
	}
}

// publish tells what has changed. What is not known is not told: it is as it was said last.
func (s *standings) publish(d *check.Director) {
	for _, name := range s.tracked {
		up, known := d.Standing(name)
		if was, said := s.told[name]; !known || said && was == up {
			continue
		}
		s.told[name] = up
		word := bus.Down
		if up {
			word = bus.Up
		}
		s.facts.Tell(bus.OfService(name), word)
	}
}

func (s *standings) close() {
	if s.facts != nil {
		s.facts.Close()
	}
}
