package vrrpd

import (
	"net/netip"

	"holdfast/internal/core/table"
	"holdfast/vrrp"
)

// chronicle words what happens to links and their addresses, as keepalived 2.2.7 does. It decides nothing.
type chronicle struct {
	say   sayer
	cares func(ifname string) bool
	ours  func(netip.Addr) bool
	seen  map[string]addresses // by interface name, of those that somebody cares for
	held  []string             // lines about sockets, until the instances have been started
	begun bool
}

// addresses are what an interface can be a source with.
type addresses struct{ v4, v6 netip.Addr }

// begin tells how things stand when the instances are about to be started.
func (c *chronicle) begin(m *table.Mirror, plans []*Plan) {
	told := make(map[string]bool)
	for _, p := range plans {
		if l, ok := m.LinkByName(p.Interface); ok && !told[p.Interface] {
			told[p.Interface] = true
			c.addrs(m, l, false)
		}
	}
	for _, l := range m.Links() { // of tracked interfaces only changes are told
		if c.cares(l.Name) && !told[l.Name] {
			c.seen[l.Name] = c.sources(m, l.Index)
		}
	}
	for _, p := range plans {
		c.faults(m, p)
	}
}

// faults tells why an instance begins in FAULT.
func (c *chronicle) faults(m *table.Mirror, p *Plan) {
	_, cond := p.Conditions(m, c.ours, Known{})
	if cond.Faults&(vrrp.LinkDown|vrrp.LinkMissing) != 0 {
		c.say.colon(p, "entering FAULT state (interface "+p.Interface+" down)")
	}
	if cond.Faults&(vrrp.NoAddress|vrrp.LinkMissing) != 0 {
		c.say.info(p, "entering FAULT state (no IPv4 address for interface)")
	}
	if cond.Faults != 0 {
		c.say.info(p, "entering FAULT state", "why", cond.Faults.String())
	}
}

// started lets the lines about sockets follow those about the first states, where keepalived has them.
func (c *chronicle) started() {
	c.begun = true
	for _, line := range c.held {
		c.say.detail(nil, line)
	}
	c.held = nil
}

func (c *chronicle) pool(line string) {
	if c.begun {
		c.say.detail(nil, line)
		return
	}
	c.held = append(c.held, line)
}

// update tells of one change; before is what the link was, the zero Link if it is new.
func (c *chronicle) update(m *table.Mirror, u table.Update, before table.Link) {
	if !c.begun {
		return
	}
	switch u.Kind {
	case table.LinkIs:
		c.link(m, u.Link, before)
	case table.LinkGone:
		c.gone(m, before)
	case table.AddrIs, table.AddrGone:
		if c.ours(u.Addr.Prefix.Addr()) { // never a source, so it changes nothing that is told; and they come by the thousand
			return
		}
		if l, ok := m.Link(u.Addr.Link); ok && c.cares(l.Name) {
			c.addrs(m, l, true)
		}
	}
}

func (c *chronicle) link(m *table.Mirror, now, before table.Link) {
	renamed := before.Name != "" && before.Name != now.Name
	if renamed && (c.cares(before.Name) || c.cares(now.Name)) {
		c.say.info(nil, "Interface name has changed from "+before.Name+" to "+now.Name, "interface", now.Name)
		delete(c.seen, before.Name)
	}
	if before.Index == 0 || renamed {
		c.say.detail(nil, "Interface "+now.Name+" added", "interface", now.Name)
	}
	if !c.cares(now.Name) || before.Index == 0 && !now.Up() || !renamed && before.Up() == now.Up() {
		return
	}
	state := "down"
	if now.Up() {
		state = "up"
	}
	c.say.info(nil, "Netlink reports "+now.Name+" "+state, "interface", now.Name, "state", state)
	if renamed {
		c.addrs(m, now, true)
	}
}

func (c *chronicle) gone(m *table.Mirror, l table.Link) {
	if !c.cares(l.Name) {
		c.say.detail(nil, "Interface "+l.Name+" deleted", "interface", l.Name)
		return
	}
	if l.Up() {
		c.say.info(nil, "Netlink reports "+l.Name+" down", "interface", l.Name, "state", "down")
	}
	c.addrs(m, l, true)
	c.say.info(nil, "Interface "+l.Name+" deleted", "interface", l.Name)
}

// addrs tells which source addresses an interface got and lost since it was last looked at.
func (c *chronicle) addrs(m *table.Mirror, l table.Link, deassign bool) {
	now := c.sources(m, l.Index)
	old := c.seen[l.Name]
	c.seen[l.Name] = now
	for _, pair := range [][2]netip.Addr{{old.v6, now.v6}, {old.v4, now.v4}} {
		if pair[0].IsValid() && pair[0] != pair[1] && deassign {
			c.say.detail(nil, "Deassigned address "+pair[0].String()+" from interface "+l.Name, "interface", l.Name)
		}
	}
	for _, pair := range [][2]netip.Addr{{old.v4, now.v4}, {old.v6, now.v6}} {
		if pair[1].IsValid() && pair[0] != pair[1] {
			c.say.detail(nil, "Assigned address "+pair[1].String()+" for interface "+l.Name, "interface", l.Name)
		}
	}
}

func (c *chronicle) sources(m *table.Mirror, link int) (s addresses) {
	s.v4, _ = m.Source4(link, c.ours)
	for _, a := range m.Addrs(link) {
		if ip := a.Prefix.Addr(); ip.Is6() && ip.IsLinkLocalUnicast() && !c.ours(ip) {
			s.v6 = ip
			break
		}
	}
	return s
}
