package conf

import "time"

// resolveVirtual hands options down from the globals to a virtual server, its real servers and their checkers.
// Whether a scheduler, protocol or method of forwarding was given is asked again by checkServers.
func resolveVirtual(g *Global, vs *VirtualServer) {
	otherwise(&vs.Scheduler, "wlc")
	otherwise(&vs.Quorum, 1)
	otherwise(&vs.Weight, 1)
	otherwise(&vs.Timing.ConnectTimeout, 5*time.Second)
	otherwise(&vs.Timing.DelayLoop, 60*time.Second)
	if vs.Granularity.Set() {
		inherit(&vs.Persistence, Value[time.Duration]{V: defaultPersistence})
	}
	mail := Value[bool]{}
	inherit(&mail, g.SMTPAlertChecker)
	inherit(&mail, g.SMTPAlert)
	inherit(&vs.SMTPAlert, mail)
	if !mail.Set() {
		mail.V = true // a real server's, where nobody says anything
	}
	if vs.SorryServer.Set() && !vs.SorryForward.Set() {
		vs.SorryForward, vs.SorryTunnel = vs.Forward, vs.Tunnel
	}
	for _, rs := range vs.RealServers {
		inherit(&rs.Weight, vs.Weight)
		if !rs.Forward.Set() {
			rs.Forward, rs.Tunnel = vs.Forward, vs.Tunnel
		}
		inherit(&rs.InhibitOnFailure, vs.InhibitOnFailure)
		inherit(&rs.DrainTimeout, vs.DrainTimeout)
		inherit(&rs.SlowStart, vs.SlowStart)
		inherit(&rs.Alpha, vs.Alpha)
		inherit(&rs.VirtualHost, vs.VirtualHost)
		inherit(&rs.SMTPAlert, mail)
		rs.Timing.inherit(vs.Timing)
		for _, c := range rs.Checkers {
			c.resolve(g, vs, rs)
		}
	}
}

func (t *Timing) inherit(from Timing) {
	inherit(&t.ConnectTimeout, from.ConnectTimeout)
	inherit(&t.DelayLoop, from.DelayLoop)
	inherit(&t.DelayBeforeRetry, from.DelayBeforeRetry)
	inherit(&t.Warmup, from.Warmup)
	inherit(&t.Retry, from.Retry)
}

// resolve fills in what the kind of checker has for a default.
func (c *Checker) resolve(g *Global, vs *VirtualServer, rs *RealServer) {
	if c.File != nil {
		return
	}
	inherit(&c.Alpha, rs.Alpha)
	if c.BFD != nil {
		return
	}
	c.Timing.inherit(rs.Timing)
	inherit(&c.Share, g.ShareChecks)
	retry, pause := 1, time.Second
	switch {
	case c.HTTP != nil:
		pause = 3 * time.Second
		inherit(&c.HTTP.VirtualHost, rs.VirtualHost)
		otherwise(&c.HTTP.Protocol, "1.0")
		for _, u := range c.HTTP.URLs {
			inherit(&u.VirtualHost, c.HTTP.VirtualHost)
			inherit(&u.TLSCompliant, c.HTTP.TLSCompliant)
		}
	case c.SMTP != nil:
		otherwise(&c.SMTP.HELO, "smtpchecker.keepalived.org")
		for _, h := range c.SMTP.Hosts {
			inherit(&h.ConnectTimeout, c.Timing.ConnectTimeout)
		}
	case c.DNS != nil:
		retry, pause = 3, c.Timing.DelayLoop.V
		otherwise(&c.DNS.Type, "SOA")
		otherwise(&c.DNS.Name, ".")
	case c.Misc != nil:
		retry, c.Timing.ConnectTimeout = 0, Value[time.Duration]{}
		if c.Misc.Timeout.V == 0 {
			c.Misc.Timeout.V = vs.Timing.DelayLoop.V
		}
	case c.UDP != nil:
		otherwise(&c.UDP.MaxReply, defaultMaxReply)
	}
	otherwise(&c.Timing.Retry, retry)
	otherwise(&c.Timing.DelayBeforeRetry, pause)
	otherwise(&c.Timing.Warmup, c.Timing.DelayLoop.V)
}
