package dump

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
)

// checkers gives the sections on checkers and on the files that they read. compat: those that read files come last.
func (t *text) checkers(cfg *conf.Config, m *Machine) {
	var talk, files text
	for i := range m.Census {
		vs := &m.Census[i]
		for j := range vs.Servers {
			for k := range vs.Servers[j].Checkers {
				c := &vs.Servers[j].Checkers[k]
				into := &talk
				switch {
				case c.Conf.File != nil:
					into = &files
				case c.Conf.BFD != nil:
					continue // nobody tells of sessions yet
				}
				into.checker(vs, &vs.Servers[j], c, m)
			}
		}
	}
	if len(talk)+len(files) > 0 {
		t.header("Health checkers")
		*t = append(append(*t, talk...), files...)
	}
	t.trackFiles(cfg, m)
}

// checkPair names a server and its service.
func checkPair(vs *check.ServiceCount, rs *check.ServerCount) string {
	name := member(vs.Conf.Address.V, vs.Conf)
	switch {
	case vs.Conf.Group.Set():
		name = fmt.Sprintf("[%s]:%d", vs.Conf.Group.V, vs.Ordinal)
	case vs.Conf.Mark.Set():
		name = fmt.Sprintf("FWM %d", vs.Conf.Mark.V)
	}
	return name + " -> " + member(rs.Conf.Address.V, vs.Conf)
}

func (t *text) checker(vs *check.ServiceCount, rs *check.ServerCount, c *check.CheckerCount, m *Machine) {
	yes := func(v bool) string { return either(v, "yes", "no") }
	t.add(" %s", checkPair(vs, rs))
	t.add("   Enabled = %s", yes(c.Enabled))
	t.add("   Up = %s", yes(!c.Failed))
	t.add("   Has run = %s", yes(c.Ran))
	t.add("   Current weight = %d", c.Adds)
	if c.Conf.File == nil {
		t.timing(c)
	}
	t.add("   Log all failures = %s", yes(c.Conf.LogAll.V))
	if c.Conf.File == nil && c.Conf.Misc == nil {
		t.connection(c)
	}
	method := c.Conf.Kind
	if h := c.Conf.HTTP; h != nil {
		method += ", http protocol " + h.Protocol.V
	}
	t.add("   Keepalive method = %s", method)
	switch k := c.Conf; {
	case k.HTTP != nil:
		t.web(c, m)
	case k.SMTP != nil:
		t.add("   helo = %s", k.SMTP.HELO.V)
	case k.Misc != nil:
		t.misc(c, m)
	case k.DNS != nil:
		t.add("   Type = %s", k.DNS.Type.V)
		t.add("   Name = %s", strings.TrimSuffix(k.DNS.Name.V, "."))
	case k.UDP != nil:
		t.udp(k.UDP)
	case k.File != nil:
		t.add("     Tracked file = %s", k.File.TrackFile.V)
		t.add("     Reloaded = No")
	}
}

func (t *text) timing(c *check.CheckerCount) {
	g := &c.Conf.Timing
	t.add("   Alpha = %s", either(c.Conf.Alpha.V, "yes", "no"))
	t.add("   Delay loop = %d us", g.DelayLoop.V.Microseconds())
	t.add("   Warmup = %d us", g.Warmup.V.Microseconds())
	t.add("   Retries = %d", g.Retry.V)
	if g.Retry.V > 0 {
		t.add("   Delay before retry = %d us", g.DelayBeforeRetry.V.Microseconds())
		tries := c.Tries
		if !c.Ran {
			tries = g.Retry.V // compat: the first failure decides
		}
		t.add("   Retries iterations = %d", tries)
	}
	usual := time.Second
	switch {
	case c.Conf.HTTP != nil:
		usual = 3 * time.Second
	case c.Conf.DNS != nil:
		usual = 0
	}
	t.add("   Default delay before retry = %d us", usual.Microseconds())
}

func (t *text) connection(c *check.CheckerCount) {
	n := &c.Plan.Connection
	t.add("   Connection")
	t.add("     Dest = %s", bracketed(c.Plan.Target))
	if n.BindTo.Set() {
		t.add("     Bind to = %s", bracketed(netip.AddrPortFrom(n.BindTo.V, n.BindPort.V)))
	}
	t.when(n.BindIf.Set(), "     Bind i/f = %s", n.BindIf.V)
	t.when(n.Mark.V > 0, "     Mark = %d", n.Mark.V)
	t.add("     Timeout = %.6f", c.Plan.Timeout.Seconds())
}

// bracketed has the address in brackets, of whatever family.
func bracketed(a netip.AddrPort) string { return fmt.Sprintf("[%s]:%d", a.Addr(), a.Port()) }

func (t *text) web(c *check.CheckerCount, m *Machine) {
	h := c.Conf.HTTP
	t.when(own(h.VirtualHost, c.Plan.Real.VirtualHost), "   Virtualhost = %s", h.VirtualHost.V)
	t.add("   Enable SNI %s", either(h.EnableSNI.V, "set", "unset"))
	t.add("   Fast recovery %s", either(h.FastRecovery.V, "set", "unset"))
	for _, u := range h.URLs {
		t.add("   Checked url = %s", u.Path.V)
		t.when(u.Digest.Set(), "     digest = %s", hex.EncodeToString(u.Digest.V[:]))
		t.add("     HTTP Status Code(s)")
		for _, r := range u.Status {
			t.add("       %d%s", r.From, either(r.To != r.From, fmt.Sprintf("-%d", r.To), ""))
		}
		t.when(len(u.Status) == 0, "       200-299")
		t.when(own(u.VirtualHost, h.VirtualHost), "     Virtual host = %s", u.VirtualHost.V)
		if u.Regex.Pattern.Set() {
			t.regex(&u.Regex, m)
		}
	}
	if c.Failed && c.Ran && c.URL < len(h.URLs) {
		t.add("   Failed URL = %s", h.URLs[c.URL].Path.V)
	}
}

func (t *text) regex(r *conf.Regex, m *Machine) {
	t.add("     Regex = \"%s\"", r.Pattern.V)
	t.when(r.NoMatch.V, "     Regex no match")
	if r.MinOffset.Set() || r.MaxOffset.Set() {
		t.add("     Regex min offset = %d%s", r.MinOffset.V, either(r.MaxOffset.Set(), fmt.Sprintf(", max_offset = %d", r.MaxOffset.V), ""))
	}
	t.add("     %s", strings.Join(append([]string{"Regex options:"}, r.Options.V...), " "))
	t.add("     Regex ref count = %d", m.users(r))
	t.when(r.StackStart.Set(), "     Regex stack start %d, max %d", r.StackStart.V, r.StackMax.V)
}

// users counts the urls that have the same regex.
func (m *Machine) users(r *conf.Regex) (n int) {
	for i := range m.Census {
		for j := range m.Census[i].Servers {
			for _, c := range m.Census[i].Servers[j].Checkers {
				if c.Conf.HTTP == nil {
					continue
				}
				for _, u := range c.Conf.HTTP.URLs {
					if o := &u.Regex; o.Pattern.Set() && o.Pattern.V == r.Pattern.V && slices.Equal(o.Options.V, r.Options.V) {
						n++
					}
				}
			}
		}
	}
	return n
}

func (t *text) misc(c *check.CheckerCount, m *Machine) {
	k := c.Conf.Misc
	var p Program
	if m.Misc != nil {
		p = m.Misc(k)
	}
	limit := int64(0) // compat: the delay_loop, if nobody set it, is not told
	if k.Timeout.Set() {
		limit = whole(k.Timeout.V)
	}
	at := time.Unix(0, 0).UTC()
	if !c.Started.IsZero() {
		at = c.Started
	}
	t.add("   script = %s", quoted(p.Argv))
	t.add("   timeout = %d", limit)
	t.add("   dynamic = %s", either(k.Dynamic.V, "YES", "NO"))
	t.add("   uid:gid = %d:%d", p.UID, p.GID)
	t.add("   Last ran = %d.%06d (%s.%06d)", at.Unix(), at.Nanosecond()/1000, at.Format(time.ANSIC), at.Nanosecond()/1000)
	t.add("   Last status = %d", c.Exit)
}

func (t *text) udp(u *conf.UDPCheck) {
	t.add("%s", either(u.Payload.Set(), fmt.Sprintf("   Payload len = %d", len(u.Payload.V)), "   Payload specified = no"))
	t.add("   Require reply = %s", either(u.RequireReply.V, "yes", "no"))
	if !u.RequireReply.V {
		return
	}
	t.add("     Min reply length = %d", u.MinReply.V)
	t.add("     Max reply length = %d", u.MaxReply.V)
	if len(u.Reply) > 0 {
		masked := slices.ContainsFunc(u.Reply, func(b conf.ReplyByte) bool { return b.Mask != 0xff })
		t.add("     Reply data len = %d", len(u.Reply))
		t.add("     Reply data mask = %s", either(masked, "yes", "no"))
	}
}

// factor is what the number in a file is multiplied with.
func factor(cfg *conf.Config, f *conf.FileCheck) (int, bool) {
	i := slices.IndexFunc(cfg.Static.TrackFiles, func(t *conf.TrackFile) bool { return t.Name == f.TrackFile.V })
	if f.Weight.Set() || i < 0 {
		return f.Weight.V, f.Reverse.V
	}
	return cfg.Static.TrackFiles[i].Weight.V, cfg.Static.TrackFiles[i].Reverse
}

// trackFiles gives the section on files that a FILE_CHECK reads.
func (t *text) trackFiles(cfg *conf.Config, m *Machine) {
	headed := false
	for _, f := range cfg.Static.TrackFiles {
		var who text
		var value int64
		for i := range m.Census {
			for j := range m.Census[i].Servers {
				s := &m.Census[i].Servers[j]
				for k := range s.Checkers {
					if c := &s.Checkers[k]; c.Conf.File != nil && c.Conf.File.TrackFile.V == f.Name {
						value = c.Value
						who.add("     %s, %s", checkPair(&m.Census[i], s), weight(factor(cfg, c.Conf.File)))
					}
				}
			}
		}
		if len(who) == 0 {
			continue
		}
		if !headed {
			t.header("Checker track files")
			headed = true
		}
		t.add(" Track file = %s", f.Name)
		t.add("   File = %s", f.Path.V)
		t.add("   Status = %d", value)
		t.add("   Weight = %d%s", f.Weight.V, either(f.Reverse, " reverse", ""))
		t.add("   Tracking instances :")
		*t = append(*t, who...)
	}
}
