package check

import (
	"slices"
	"time"
)

// rampStep is how often a weight that rises is set anew.
const rampStep = time.Second

// ramp is the weight of a server for some time after its return: a share of the full weight, in proportion to the time, and never less
// than 1, for that would be none at all.
func ramp(full int64, risen, whole time.Duration) int64 {
	if full <= 1 || risen >= whole {
		return full
	}
	return max(1, full*int64(risen/time.Millisecond)/max(1, int64(whole/time.Millisecond)))
}

// present is the weight that the server has in the table when it is up.
func (r *server) present() int64 {
	if r.since.IsZero() {
		return r.effect
	}
	return ramp(clamp(r.effect), r.risen, r.conf.SlowStart.V)
}

// ascend has a server that has just come up begin with little weight, unless it is the only one that has any or an operator said what it
// is to be.
func (r *server) ascend() {
	s := r.service
	if r.conf.SlowStart.V > 0 && r.order != OrderWeight && s.sum > r.counts {
		s.rising = append(s.rising, r)
	}
}

// rise begins the slow starts of a service.
func (d *Director) rise(now time.Time, s *service, acts []Action) []Action {
	for _, r := range s.rising {
		if !r.up || !r.since.IsZero() || r.effect <= 1 {
			continue
		}
		r.since, r.risen = now, 0
		if !slices.Contains(d.ramps, r) {
			d.ramps = append(d.ramps, r)
		}
		if d.rampAt.IsZero() {
			d.rampAt = now.Add(rampStep)
		}
		rep := r.report(SlowStarting)
		rep.To, rep.Most = clamp(r.effect), r.conf.SlowStart.V
		acts = say(rep, acts)
	}
	s.rising = s.rising[:0]
	return acts
}

// rampOn sets the weights that rise.
func (d *Director) rampOn(now time.Time, acts []Action) []Action {
	if d.rampAt.IsZero() || now.Before(d.rampAt) {
		return acts
	}
	left := d.ramps[:0]
	for _, r := range d.ramps {
		if r.since.IsZero() || !r.up { // it has failed meanwhile
			r.since = time.Time{}
			continue
		}
		if r.risen = now.Sub(r.since); r.risen >= r.conf.SlowStart.V {
			r.since = time.Time{}
		} else {
			left = append(left, r)
		}
		r.service.spoil(r.slot)
		acts = d.touch(r.service, acts)
	}
	clear(d.ramps[len(left):])
	d.ramps, d.rampAt = left, time.Time{}
	if len(left) > 0 {
		d.rampAt = now.Add(rampStep)
	}
	return d.finish(now, acts)
}

// keepRamps has the slow starts go on that a reload has taken over.
func (d *Director) keepRamps() {
	clear(d.ramps)
	d.ramps = d.ramps[:0]
	for _, s := range d.services {
		for _, r := range s.servers {
			if !r.since.IsZero() {
				d.ramps = append(d.ramps, r)
			}
		}
	}
}
