package check

import (
	"net/netip"
	"slices"
	"time"
)

// party are checkers that ask the same of the same server at the same interval, with share_checks. When one of them is due while another's
// attempt is under way, it waits for that; and what an attempt finds, all hear. So they become due together, and one asks for all.
// Each counts by itself: retries, and what is done when they are used up, are each checker's own.
type party struct {
	members []*checker // in the order of the configuration
	asking  []*checker // those whose attempt is under way: one, or one for each page
	due     *queue
}

// partyKey is what makes attempts the same.
type partyKey struct {
	what      checkerIdentity
	target    netip.AddrPort
	timeout   time.Duration
	interval  time.Duration
	host      string // the virtual server's virtualhost, where it counts
	inherited string // which pages have the real server's virtualhost, which is not named in TLS
}

func (c *checker) partyKey() partyKey {
	p := c.plan()
	k := partyKey{what: c.identify(), target: p.Target, timeout: p.Timeout, interval: c.conf.Timing.DelayLoop.V}
	// Whether an option says it or the real server does, the target is the same.
	k.what.ip, k.what.port = netip.Addr{}, 0
	if c.conf.Kind == "PING_CHECK" {
		k.target = netip.AddrPortFrom(k.target.Addr(), 0)
	}
	if c.conf.HTTP != nil {
		k.host = p.Virtual.VirtualHost.V
		for _, u := range c.conf.HTTP.URLs {
			if p.Real.VirtualHost.Set() && u.VirtualHost.At == p.Real.VirtualHost.At {
				k.inherited += "y"
			} else {
				k.inherited += "n"
			}
		}
	}
	return k
}

// gather brings checkers that share their attempts together.
func (d *Director) gather(services []*service) {
	parties := make(map[partyKey]*party)
	for _, s := range services {
		for _, r := range s.servers {
			for _, c := range r.checkers {
				c.party = nil
				if !c.conf.Share.V || !c.probes() {
					continue
				}
				k := c.partyKey()
				p := parties[k]
				if p == nil {
					p = &party{due: &d.due}
					parties[k] = p
				}
				c.party = p
				p.members = append(p.members, c)
				if c.attempt != 0 {
					p.asking = append(p.asking, c)
				}
			}
		}
	}
}

// hears reports whether an attempt for one of the checker's pages does for the one that it would ask for. While it is good, the pages are
// asked for in turn, and which is next does not matter.
func (c *checker) hears(url int) bool { return c.url == url || c.ran && !c.failed && c.tries == 0 }

// joins reports whether c, which is due, waits for another's attempt; if not, it begins its own.
func (p *party) joins(c *checker) bool {
	if p == nil {
		return false
	}
	if slices.ContainsFunc(p.asking, func(o *checker) bool { return c.hears(o.url) }) {
		c.waits = true
		return true
	}
	p.asking = append(p.asking, c)
	return false
}

// lost says that the attempt of c is given up: who waited for it is due again.
func (p *party) lost(c *checker) {
	if p == nil {
		return
	}
	p.asking = slices.DeleteFunc(p.asking, func(o *checker) bool { return o == c })
	for _, m := range p.members {
		if m.waits {
			m.waits = false
			p.due.push(m)
		}
	}
}

// share tells the others what an attempt of c for a page has found.
//
// One that is in the middle of its retries hears of another failure only when it would ask itself: another's haste does not use its
// retries up.
func (d *Director) share(now time.Time, c *checker, url int, ev *Result, acts []Action) []Action {
	p := c.party
	if p == nil {
		return acts
	}
	p.asking = slices.DeleteFunc(p.asking, func(o *checker) bool { return o == c })
	for _, m := range p.members {
		switch {
		case m == c, m.attempt != 0, m.server.service.suspended, !m.hears(url):
			continue
		case !m.waits && ev.Outcome != OK && m.tries > 0 && m.at.After(now):
			continue
		}
		if m.place != absent {
			d.due.remove(m)
		}
		m.waits, m.url, m.started = false, url, c.started
		acts = d.learn(now, m, ev, acts)
	}
	return acts
}
