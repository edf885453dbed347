package check

import (
	"time"

	"holdfast/conf"
)

// suspends reports whether ha_suspend stops a virtual server's checks: its address is not on the host. conf has seen to it that
// a mark has no ha_suspend; a group of addresses is never suspended.
func (d *Director) suspends(vs *conf.VirtualServer) bool {
	return vs.HASuspend.V && vs.Address.Set() && !d.present[vs.Address.V.Addr()]
}

// presence starts or stops the checks of the services at an address that comes or goes.
func (d *Director) presence(now time.Time, ev Present, acts []Action) []Action {
	if d.present[ev.Addr] == ev.Is {
		return acts
	}
	if ev.Is {
		d.present[ev.Addr] = true
	} else {
		delete(d.present, ev.Addr)
	}
	if !d.running {
		return acts
	}
	for _, s := range d.services {
		if suspended := d.suspends(s.conf); suspended != s.suspended {
			s.suspended = suspended
			acts = d.pause(now, s, acts)
		}
	}
	return acts
}

// pause suspends a service's checks or takes them up again.
func (d *Director) pause(now time.Time, s *service, acts []Action) []Action {
	for _, r := range s.servers {
		for _, c := range r.checkers {
			switch {
			case !c.probes():
				continue
			case s.suspended:
				if c.place != absent {
					d.due.remove(c)
				}
				acts = say(c.report(Suspending), c.cancel(now, acts))
			default:
				c.resume(now)
				d.due.push(c)
				acts = say(c.report(Activating), acts)
			}
		}
	}
	return acts
}

// resume sets the time of the next attempt of a checker that was suspended. The periods have run on meanwhile, as they do in
// keepalived: it is when it would have been anyway.
func (c *checker) resume(now time.Time) {
	if period := c.conf.Timing.DelayLoop.V; c.at.Before(now) && period > 0 {
		missed := (now.Sub(c.at) + period - 1) / period
		c.at = c.at.Add(missed * period)
	}
}

// cancel gives the attempt under way up, if there is one. The next is after a period.
func (c *checker) cancel(now time.Time, acts []Action) []Action {
	c.waits = false
	if c.attempt == 0 {
		return acts
	}
	c.party.lost(c)
	acts = append(acts, Action{Kind: Cancel, Checker: c.id, Attempt: c.attempt})
	c.attempt, c.at = 0, now.Add(c.conf.Timing.DelayLoop.V)
	return acts
}
