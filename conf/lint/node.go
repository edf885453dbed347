package lint

import (
	"net/netip"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// node is one file, indexed.
type node struct {
	name    string
	cfg     *conf.Config
	paired  bool // the other node's file is there: what the two together show is left to the rules on pairs
	scripts map[string]*conf.Script
	group   map[string]*conf.SyncGroup // by the name of a member
	byName  map[string]*conf.Instance
}

func newNode(f File) *node {
	n := &node{
		name: f.Name, cfg: f.Config, scripts: map[string]*conf.Script{},
		group: map[string]*conf.SyncGroup{}, byName: map[string]*conf.Instance{},
	}
	for _, s := range f.Config.Scripts {
		if _, taken := n.scripts[s.Name]; !taken {
			n.scripts[s.Name] = s
		}
	}
	for _, in := range f.Config.Instances {
		n.byName[in.Name] = in
	}
	for _, g := range f.Config.Groups {
		for _, m := range g.Members {
			n.group[m.V] = g
		}
	}
	return n
}

// members are the instances of a sync group.
func (n *node) members(g *conf.SyncGroup) []*conf.Instance {
	var out []*conf.Instance
	for _, m := range g.Members {
		if in := n.byName[m.V]; in != nil {
			out = append(out, in)
		}
	}
	return out
}

// within is the context of what is found in an instance.
func within(in *conf.Instance) diag.Context {
	return diag.Context{What: "vrrp_instance " + in.Name, At: in.At}
}

func withinGroup(g *conf.SyncGroup) diag.Context {
	return diag.Context{What: "vrrp_sync_group " + g.Name, At: g.At}
}

func withinScript(s *conf.Script) diag.Context {
	return diag.Context{What: "vrrp_script " + s.Name, At: s.At}
}

// first returns the first span that is somewhere.
func first(spans ...diag.Span) diag.Span {
	for _, s := range spans {
		if !s.IsZero() {
			return s
		}
	}
	return diag.Span{}
}

// at words where the node says something: "at a.conf:12:5", or "by default in a.conf".
func (n *node) at(place diag.Span) string {
	if place.IsZero() {
		return "by default in " + n.name
	}
	return "at " + place.String()
}

// addresses are the plain addresses of a block, in its order.
func addresses(list []conf.Address) []netip.Addr {
	out := make([]netip.Addr, len(list))
	for i := range list {
		out[i] = list[i].Prefix.Addr()
	}
	return out
}

// span words a time as people do: "5m", "1m3s", "500ms".
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}
