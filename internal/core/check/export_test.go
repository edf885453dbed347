package check

import "slices"

// Stranded lists checkers that should be asked about and never will be: no attempt is under way, none is due, and none is waited for.
func (d *Director) Stranded() (list []CheckerID) {
	for _, c := range d.checkers {
		if c == nil || !d.running || !c.probes() || c.server.service.suspended || c.attempt != 0 || c.place != absent {
			continue
		}
		if !c.waits || !slices.ContainsFunc(c.party.asking, func(o *checker) bool { return o.attempt != 0 && c.hears(o.url) }) {
			list = append(list, c.id)
		}
	}
	return list
}
