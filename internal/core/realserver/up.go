package realserver

import (
	"net/netip"
	"slices"
)

// Plan is what to do.
type Plan struct {
	Steps  []Step // in this order; what a later one needs, an earlier one brings
	Record Record // what is to be undone once they are done
	Notes  []string
}

// Up returns what makes the host a real server of vips, with the addresses on a link of that name, "" for the usual one. What is as
// it should be is left alone. Addresses that cannot be had as things are, come back as findings; then nothing is to be done.
func Up(p *Picture, r Record, vips []VIP, dev string) (Plan, []Finding) {
	var refused []Finding
	plan := Plan{Record: r.clone()}
	var adds []Step
	for _, v := range vips {
		found := obstacles(p, v, dev)
		if len(found) > 0 {
			refused = append(refused, found...)
			continue
		}
		adds = append(adds, plan.address(p, v, dev)...)
	}
	if len(refused) > 0 {
		return Plan{Record: r}, refused
	}
	// The addresses come last: nobody has ever been answered for them.
	if anyIPv4(plan.Record.VIPs()) {
		for _, s := range silences {
			plan.set(s.steps(p, loopback))
		}
	}
	for _, a := range plan.Record.Addresses {
		plan.raise(p, a.Link)
	}
	plan.Steps = append(plan.Steps, adds...)
	return plan, nil
}

// address records a virtual address and returns the step that adds it.
func (plan *Plan) address(p *Picture, v VIP, dev string) []Step {
	r := &plan.Record
	at := r.address(v.Addr)
	if at < 0 {
		at = len(r.Addresses)
		r.Addresses = append(r.Addresses, Address{Prefix: whole(v.Addr), Link: home(v.Method, dev)})
	}
	a := &r.Addresses[at]
	a.Method = v.Method
	if p.has(*a) {
		return nil
	}
	if there := p.places(v.Addr); len(there) > 0 {
		a.Link, a.Added = there[0].on.Name, false
		return nil
	}
	a.Link, a.Added = home(v.Method, dev), true
	return []Step{{Kind: AddAddr, Link: a.Link, Prefix: a.Prefix}}
}

// home is where an address is put.
func home(_ Method, dev string) string {
	if dev != "" {
		return dev
	}
	return loopback
}

// raise brings a link up that is down.
func (plan *Plan) raise(p *Picture, name string) {
	r := &plan.Record
	l, ok := p.named(name)
	if !ok || l.Flags&flagUp != 0 || slices.ContainsFunc(plan.Steps, func(s Step) bool { return s.Kind == Raise && s.Link == name }) {
		return
	}
	if !slices.ContainsFunc(r.Links, func(l Link) bool { return l.Name == name }) {
		r.Links = append(r.Links, Link{Name: name, Raised: true})
	}
	plan.Steps = append(plan.Steps, Step{Kind: Raise, Link: name})
}

// set adds steps that change settings. What a setting was before the first of them is what counts.
func (plan *Plan) set(steps []Step) {
	r := &plan.Record
	for _, s := range steps {
		plan.Steps = append(plan.Steps, s)
		if at := slices.IndexFunc(r.Settings, func(b Setting) bool { return b.Path == s.Path }); at >= 0 {
			r.Settings[at].Set = s.Value
			continue
		}
		r.Settings = append(r.Settings, Setting{s.Path, s.Before, s.Value})
	}
}

// obstacles are reasons not to add an address.
func obstacles(p *Picture, v VIP, dev string) (found []Finding) {
	for _, at := range p.places(v.Addr) {
		if f := misplaced(p, v, at); f != nil {
			found = append(found, *f)
		}
	}
	if len(found) > 0 {
		return found
	}
	target := home(v.Method, dev)
	l, ok := p.named(target)
	switch there := p.places(v.Addr); {
	case len(there) > 0:
		if dev != "" && there[0].on.Name != dev {
			return []Finding{elsewhere(v.Addr, there[0].on.Name, dev)}
		}
	case !ok:
		return []Finding{noLink(v.Addr, target)}
	case p.resolves(l):
		return []Finding{loudLink(v.Addr, target)}
	}
	return nil
}

// Down returns what undoes what Up did for these addresses; with none, all that it did. Addresses that it did not add come back as
// findings if the host has them; what else was asked for is done all the same.
func Down(p *Picture, r Record, vips []netip.Addr) (Plan, []Finding) {
	var foreign []Finding
	for _, ip := range vips {
		if r.address(ip) >= 0 {
			continue
		}
		for _, at := range p.places(ip) {
			foreign = append(foreign, notOurs(at))
		}
	}
	plan := Plan{Record: r.clone()}
	rest := &plan.Record
	var dels []Step
	rest.Addresses = slices.DeleteFunc(rest.Addresses, func(a Address) bool {
		if len(vips) > 0 && !slices.Contains(vips, a.Prefix.Addr()) {
			return false
		}
		switch {
		case !a.Added:
			plan.note("%v was on %s before: left there", a.Prefix, a.Link)
		case p.has(a):
			dels = append(dels, Step{Kind: DelAddr, Link: a.Link, Prefix: a.Prefix})
		}
		return true
	})
	slices.Reverse(dels)
	plan.Steps = dels // first, so that nobody is answered for them
	plan.restore(p)
	return plan, foreign
}

// restore undoes settings and links that the addresses left in the record do not need.
func (plan *Plan) restore(p *Picture) {
	r := &plan.Record
	left := r.VIPs()
	if anyIPv4(left) {
		return
	}
	for _, s := range slices.Backward(r.Settings) {
		now, ok := p.Settings[s.Path]
		switch {
		case !ok || now == s.Before:
		case now == s.Set:
			plan.Steps = append(plan.Steps, Step{Kind: Set, Path: s.Path, Value: s.Before, Before: now})
		default:
			plan.note("%s is %d, which somebody else has set since: left so (it was %d before up)", sysctlName(s.Path), now, s.Before)
		}
	}
	r.Settings = nil
	r.Links = slices.DeleteFunc(r.Links, func(l Link) bool {
		if slices.ContainsFunc(r.Addresses, func(a Address) bool { return a.Link == l.Name }) {
			return false
		}
		if now, ok := p.named(l.Name); ok && now.Flags&flagUp != 0 {
			plan.Steps = append(plan.Steps, Step{Kind: Lower, Link: l.Name})
		}
		return true
	})
}
