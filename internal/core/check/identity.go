package check

import (
	"fmt"
	"net/netip"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// heirs finds for each of old the one of young that it goes on as, or nil. What is at the same place in both is tried first:
// in most reloads that is all.
func heirs[T any, K comparable](old, young []*T, key func(*T) K) []*T {
	found, taken := make([]*T, len(old)), make([]bool, len(young))
	left := 0
	for i, o := range old {
		if i < len(young) && key(o) == key(young[i]) {
			found[i], taken[i] = young[i], true
		} else {
			left++
		}
	}
	if left == 0 {
		return found
	}
	free := make(map[K][]*T)
	for i, y := range young {
		if !taken[i] {
			free[key(y)] = append(free[key(y)], y)
		}
	}
	for i, o := range old {
		if found[i] != nil {
			continue
		}
		if k := key(o); len(free[k]) > 0 {
			found[i], free[k] = free[k][0], free[k][1:]
		}
	}
	return found
}

// checkerIdentity is what a checker asks of whom. How often it asks, and what its failures need, may change without its state
// being lost.
type checkerIdentity struct {
	kind     string
	ip, from netip.Addr
	port     uint16
	fromPort uint16
	device   string
	mark     uint32
	rest     string // what only this kind has
}

func (c *checker) identify() checkerIdentity {
	n := &c.conf.Connection
	if c.host != nil {
		n = &c.host.Connection
	}
	return checkerIdentity{
		kind: c.conf.Kind, ip: n.ConnectIP.V, from: n.BindTo.V, port: n.ConnectPort.V, fromPort: n.BindPort.V,
		device: n.BindIf.V, mark: n.Mark.V, rest: rest(c.conf, c.host),
	}
}

// rest spells what is peculiar to a kind of checker; the separator is in no configuration's words.
func rest(c *conf.Checker, host *conf.SMTPHost) string {
	var b strings.Builder
	put := func(values ...any) {
		for _, v := range values {
			fmt.Fprintf(&b, "%v\x00", v)
		}
	}
	if t := c.TLS; t != nil {
		put(t.Verify.V, t.CA.V, t.SNI.V, t.MinVersion.V, t.Expires.V, t.ExpiresFail.V, t.Certificate.V, t.Key.V, t.Password.V)
	}
	switch {
	case c.HTTP != nil:
		h := c.HTTP
		put(h.VirtualHost.V, h.Protocol.V, h.EnableSNI.V, h.SNIName.V, h.TLSCompliant.V)
		for _, u := range h.URLs {
			put(u.Path.V, u.Digest.Set(), u.Digest.V, u.VirtualHost.V, u.TLSCompliant.V)
			for _, s := range u.Status {
				put(s.From, s.To)
			}
			x := &u.Regex
			put(x.Pattern.V, x.NoMatch.V, x.Options.V, x.MinOffset.V, x.MaxOffset.V, x.MaxOffset.Set())
		}
	case c.SMTP != nil:
		put(c.SMTP.HELO.V, host != nil)
	case c.DNS != nil:
		put(c.DNS.Type.V, c.DNS.Name.V)
	case c.Misc != nil:
		put(c.Misc.Command.Argv, c.Misc.Dynamic.V, c.Misc.User.V, c.Misc.Group.V)
	case c.BFD != nil:
		put(c.BFD.Name.V)
	case c.UDP != nil:
		put(c.UDP.Payload.V, c.UDP.RequireReply.V, c.UDP.Reply, c.UDP.MinReply.V, c.UDP.MaxReply.V)
	case c.GRPC != nil:
		put(c.GRPC.Service.V, c.GRPC.VirtualHost.V)
	case c.File != nil:
		put(c.File.TrackFile.V)
	}
	return b.String()
}

// lines gives what each line of a group means, without where it stands.
func lines(g *conf.ServerGroup) map[conf.GroupEntry]bool {
	all := make(map[conf.GroupEntry]bool, len(g.Entries))
	for _, e := range g.Entries {
		all[meaning(e)] = true
	}
	return all
}

func meaning(e conf.GroupEntry) conf.GroupEntry {
	e.At = diag.Span{}
	return e
}
