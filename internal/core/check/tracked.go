package check

import (
	"math"
	"time"
)

// file takes a track_file's value in.
func (d *Director) file(ev File, acts []Action) []Action {
	d.files[ev.Name] = ev.Value
	for _, c := range d.byFile[ev.Name] {
		was := c.failed
		c.read(ev.Value)
		acts = d.turned(c, was, acts)
	}
	return acts
}

// read judges a file's value. Without a weight any value but 0 is a failure; with one, what cannot be counted is.
func (c *checker) read(value int64) {
	c.value = min(max(value, math.MinInt32), math.MaxInt32)
	switch {
	case c.factor != 0:
		c.failed = c.value*c.factor <= math.MinInt32
	case c.invert:
		c.failed = c.value == 0
	default:
		c.failed = c.value != 0
	}
}

// session takes the state of a BFD session in.
func (d *Director) session(ev Session, acts []Action) []Action {
	d.sessions[ev.Name] = ev.Up
	for _, c := range d.byBFD[ev.Name] {
		was := c.failed
		c.failed = !ev.Up
		acts = d.turned(c, was, acts)
	}
	return acts
}

// turned tells of a checker that is not probed and may have changed.
func (d *Director) turned(c *checker, was bool, acts []Action) []Action {
	r := c.server
	first := !c.ran
	c.ran = true
	if !d.running {
		d.measure(r)
		return acts
	}
	switch {
	case c.failed && !was:
		acts = c.tell(CheckFailed, first, true, acts)
		r.unweigh()
		acts = r.shift(+1, c, acts)
	case !c.failed && was:
		r.unweigh() // compat: of the weight it comes back with nothing is told
		acts = c.tell(Succeeded, first, true, acts)
		acts = r.shift(-1, c, acts)
	default:
		acts = r.weigh(c, acts)
	}
	return d.touch(r.service, acts)
}

// administer carries an operator's order out.
func (d *Director) administer(ev Administer, acts []Action) []Action {
	if int(ev.Server) >= len(d.servers) || d.servers[ev.Server] == nil {
		return acts
	}
	r := d.servers[ev.Server]
	switch ev.Order {
	case OrderEnable, OrderDisable, OrderDrain, OrderWeight:
		r.order, r.weight = ev.Order, 0
	default:
		panic("check: unhandled order")
	}
	if ev.Order == OrderWeight {
		r.weight, r.since = ev.Weight, time.Time{}
		r.recount()
	}
	if !d.running {
		d.measure(r)
		return acts
	}
	acts = r.weigh(nil, acts)
	acts = r.service.alarm(acts)
	acts = r.settle(nil, acts)
	return d.touch(r.service, acts)
}

// measure sets what follows from a server's checkers without telling.
func (d *Director) measure(r *server) {
	d.prime(r)
	r.up = r.well()
	r.once = r.once || r.up
	r.effect = r.effective()
	r.recount()
}
