package realserver

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Plan is what to do.
type Plan struct {
	Steps  []Step // in this order; what a later one needs, an earlier one brings
	Record Record // what is to be undone once they are done
	Notes  []string
}

// Up returns what makes the host a real server of vips. What is as it should be is left alone. Addresses that cannot be had as things
// are, come back as findings; then nothing is to be done.
func Up(p *Picture, r Record, vips []VIP) (Plan, []Finding) {
	var refused []Finding
	plan := Plan{Record: r.clone()}
	var adds []Step
	for _, v := range vips {
		found := obstacles(p, v)
		if len(found) > 0 {
			refused = append(refused, found...)
			continue
		}
		adds = append(adds, plan.address(p, v)...)
	}
	for _, a := range plan.Record.Addresses {
		if a.Tunnel != "" {
			refused = append(refused, plan.tunnel(p, a)...)
		}
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
		if a.Tunnel != "" {
			plan.raise(p, a.Tunnel)
		}
	}
	plan.Steps = append(plan.Steps, adds...)
	return plan, nil
}

// address records a virtual address and returns the step that adds it.
func (plan *Plan) address(p *Picture, v VIP) []Step {
	r := &plan.Record
	at := r.address(v.Addr)
	if at < 0 {
		at = len(r.Addresses)
		r.Addresses = append(r.Addresses, Address{Prefix: whole(v.Addr), Link: v.home()})
	}
	a := &r.Addresses[at]
	switch {
	case v.Method == Direct:
		a.Tunnel = ""
	case v.Dev != "" || a.Method != v.Method:
		a.Tunnel = v.tunnel().Name
	}
	a.Method, a.Port = v.Method, v.Port
	if p.has(*a) {
		return nil
	}
	if there := p.places(v.Addr); len(there) > 0 {
		a.Link, a.Added = there[0].on.Name, false
		return nil
	}
	a.Link, a.Added = v.home(), true
	return []Step{{Kind: AddAddr, Link: a.Link, Prefix: a.Prefix}}
}

// tunnel makes the link that takes an address's packets out of a tunnel, and has it take them from everybody.
func (plan *Plan) tunnel(p *Picture, a Address) []Finding {
	v := a.vip()
	if port := v.port(); v.Method == GUE && !slices.ContainsFunc(plan.Steps, func(s Step) bool { return s.Kind == OpenPort && s.Port == port }) {
		if f, bad := closed(p, v); bad {
			if _, other := p.Ports[port]; other {
				return []Finding{f}
			}
			if !slices.Contains(plan.Record.Ports, port) {
				plan.Record.Ports = append(plan.Record.Ports, port)
			}
			plan.Steps = append(plan.Steps, Step{Kind: OpenPort, Port: port})
		}
	}
	if _, ok := p.named(a.Tunnel); !ok && !plan.has(AddLink, a.Tunnel) {
		plan.Record.link(a.Tunnel).Made = true
		plan.Steps = append(plan.Steps, Step{Kind: AddLink, Link: a.Tunnel, Type: v.tunnel().Type})
	}
	if !v.Addr.Is4() {
		return nil
	}
	steps, possible := relax(p, a.Tunnel, p.addressed(a.Tunnel, plan.Record.Addresses))
	if !possible {
		f, _ := strict(p, v.tunnel(), Finding{VIPs: []netip.Addr{v.Addr}, Links: []string{a.Tunnel}}, nil)
		return []Finding{f}
	}
	if len(steps) > 0 && !plan.sets(steps[0].Path) {
		plan.set(steps)
	}
	return nil
}

// raise brings a link up that is down.
func (plan *Plan) raise(p *Picture, name string) {
	l, ok := p.named(name)
	if ok && l.Flags&flagUp != 0 || !ok && !plan.has(AddLink, name) || plan.has(Raise, name) {
		return
	}
	plan.Record.link(name).Raised = true
	plan.Steps = append(plan.Steps, Step{Kind: Raise, Link: name})
}

// has reports whether a step does that to a link.
func (plan *Plan) has(kind StepKind, link string) bool {
	return slices.ContainsFunc(plan.Steps, func(s Step) bool { return s.Kind == kind && s.Link == link })
}

// sets reports whether a step sets that.
func (plan *Plan) sets(path string) bool {
	return slices.ContainsFunc(plan.Steps, func(s Step) bool { return s.Kind == Set && s.Path == path })
}

// link is the record of a link, a new one if there is none.
func (r *Record) link(name string) *Link {
	at := slices.IndexFunc(r.Links, func(l Link) bool { return l.Name == name })
	if at < 0 {
		at = len(r.Links)
		r.Links = append(r.Links, Link{Name: name})
	}
	return &r.Links[at]
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
func obstacles(p *Picture, v VIP) (found []Finding) {
	for _, at := range p.places(v.Addr) {
		if f := misplaced(p, v, at); f != nil {
			found = append(found, *f)
		}
	}
	if len(found) > 0 {
		return found
	}
	target := v.home()
	l, ok := p.named(target)
	if v.Method != Direct && ok {
		if f, bad := unfit(p, v.tunnel(), Finding{VIPs: []netip.Addr{v.Addr}, Links: []string{target}}); bad && f.Code == CodeNoTunnel {
			return []Finding{f}
		}
	}
	switch there := p.places(v.Addr); {
	case len(there) > 0:
		if v.Dev != "" && there[0].on.Name != v.Dev {
			return []Finding{elsewhere(v.Addr, there[0].on.Name, v.Dev)}
		}
	case !ok && v.Method != Direct && target == v.usual(): // it will be made
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
	r.Settings = slices.DeleteFunc(r.Settings, func(s Setting) bool {
		if r.needs(s) {
			return false
		}
		now, ok := p.Settings[s.Path]
		switch {
		case !ok || now == s.Before:
		case now == s.Set:
			plan.Steps = append(plan.Steps, Step{Kind: Set, Path: s.Path, Value: s.Before, Before: now})
		default:
			plan.note("%s is %d, which somebody else has set since: left so (it was %d before up)", sysctlName(s.Path), now, s.Before)
		}
		return true
	})
	r.Ports = slices.DeleteFunc(r.Ports, func(port Port) bool {
		if slices.ContainsFunc(r.Addresses, func(a Address) bool { return a.Method == GUE && a.vip().port() == port }) {
			return false
		}
		if p.Ports[port] {
			plan.Steps = append(plan.Steps, Step{Kind: ClosePort, Port: port})
		}
		return true
	})
	r.Links = slices.DeleteFunc(r.Links, func(l Link) bool {
		if slices.ContainsFunc(r.Addresses, func(a Address) bool { return a.Link == l.Name || a.Tunnel == l.Name }) {
			return false
		}
		now, ok := p.named(l.Name)
		if ok && l.Raised && now.Flags&flagUp != 0 {
			plan.Steps = append(plan.Steps, Step{Kind: Lower, Link: l.Name})
		}
		if ok && l.Made {
			plan.Steps = append(plan.Steps, Step{Kind: DelLink, Link: l.Name})
		}
		return true
	})
}

// needs reports whether an address on record needs a setting.
func (r *Record) needs(s Setting) bool {
	return slices.ContainsFunc(r.Addresses, func(a Address) bool {
		return a.Prefix.Addr().Is4() && (!strings.HasSuffix(s.Path, "/"+rpFilter) || s.Path == path(a.Tunnel, rpFilter))
	})
}

// Remedy is the command by which Up mends everything about these addresses, and Down can undo it; "" if there is none.
func Remedy(p *Picture, vips []VIP) string {
	if len(vips) == 0 {
		return ""
	}
	command := "holdfast realserver up"
	if m := vips[0].Method; m != Direct {
		command += " --tun=" + string(m)
		if m == GUE {
			command += fmt.Sprintf(":%d", vips[0].Port)
		}
	}
	dev := vips[0].Dev
	if dev != "" && dev != vips[0].usual() {
		command += " --dev " + quoted(dev)
	}
	for _, v := range vips {
		if v.Method != vips[0].Method || v.Dev != dev || v.Port != vips[0].Port {
			return ""
		}
		command += " " + v.Addr.String()
	}
	if plan, refused := Up(p, Record{}, vips); len(refused) > 0 || len(plan.Steps) == 0 {
		return ""
	}
	return command
}
