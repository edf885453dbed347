package realserver

import "slices"

// silence is a setting that keeps a host quiet about addresses that are not those of the link.
type silence struct {
	key  string
	want int
	good []int // values that do
}

// Linux compares arp_ignore with 0 to 3 and 8; with 3 it still answers for an address whose scope is not host, and what it does not
// know is as 0. arp_announce 1 still takes an address of the subnet of whoever is asked, as a virtual address mostly is one.
var silences = []silence{
	{arpIgnore, 1, []int{1, 2, 8}},
	{arpAnnounce, 2, []int{2}},
}

// keys are the settings that a record may name.
var keys = []string{arpIgnore, arpAnnounce}

func (s *silence) ok(value int) bool { return slices.Contains(s.good, value) }

// loud are the links on which the setting that is in force does not do.
func (s *silence) loud(p *Picture) (names []string) {
	for _, l := range p.talkers() {
		if !s.ok(p.inForce(l.Name, s.key)) {
			names = append(names, l.Name)
		}
	}
	return names
}

// steps set what is needed so that every link is quiet, those to come included. On the loopback the setting does nothing, because
// ARP is not spoken there; who looks for it after the usual recipes finds it.
func (s *silence) steps(p *Picture, links ...string) (steps []Step) {
	set := func(link string, force int) {
		if now, ok := p.Settings[path(link, s.key)]; ok && !s.ok(force) {
			steps = append(steps, Step{Kind: Set, Path: path(link, s.key), Value: s.want, Before: now})
		}
	}
	all := p.Settings[path("all", s.key)]
	set("all", all)
	if !s.ok(all) {
		all = s.want
	}
	for _, l := range links {
		set(l, p.Settings[path(l, s.key)])
	}
	for _, l := range p.talkers() {
		set(l.Name, max(all, p.Settings[path(l.Name, s.key)]))
	}
	return steps
}
