package realserver

import "slices"

// Lost looks for what up may have done on a host that has no record of it: addresses such as it adds.
func Lost(p *Picture) (found []Finding) {
	for _, l := range p.Links {
		if p.resolves(l) {
			continue
		}
		for _, a := range p.Addrs {
			if a.Link == l.Index && a.Prefix == whole(a.Prefix.Addr()) && Fault(a.Prefix.Addr()) == "" {
				found = append(found, notOurs(place{a, l}))
			}
		}
	}
	return found
}

// Merge returns a record of what several say. Of what two know, the first has the word.
func Merge(records ...Record) (all Record) {
	for _, r := range records {
		for _, a := range r.Addresses {
			if all.address(a.Prefix.Addr()) < 0 {
				all.Addresses = append(all.Addresses, a)
			}
		}
		for _, s := range r.Settings {
			if !slices.ContainsFunc(all.Settings, func(b Setting) bool { return b.Path == s.Path }) {
				all.Settings = append(all.Settings, s)
			}
		}
		for _, l := range r.Links {
			if !slices.ContainsFunc(all.Links, func(b Link) bool { return b.Name == l.Name }) {
				all.Links = append(all.Links, l)
			}
		}
	}
	return all
}
