package conf

import (
	"math"
	"slices"

	"holdfast/conf/syntax"
)

// Sysctl is one line of an ipvs_sysctl block: a setting of the kernel's IPVS below /proc/sys/net/ipv4/vs.
type Sysctl struct {
	Name  string
	Value Value[int]
}

// sysctls are the settings that may be set and their bounds. Those of the sync daemons are not among them.
var sysctls = map[string][2]int64{
	"expire_nodest_conn": {0, 1}, "expire_quiescent_template": {0, 1}, "conn_reuse_mode": {0, 2}, "conntrack": {0, 1}, "snat_reroute": {0, 1},
	"nat_icmp_send": {0, 1}, "schedule_icmp": {0, 1}, "ignore_tunneled": {0, 1}, "cache_bypass": {0, 1}, "pmtu_disc": {0, 1},
	"sloppy_tcp": {0, 1}, "sloppy_sctp": {0, 1}, "drop_entry": {0, 3}, "drop_packet": {0, 3}, "secure_tcp": {0, 3},
	"am_droprate": {1, math.MaxInt32}, "amemthresh": {0, math.MaxInt32},
}

// setSysctls decodes an ipvs_sysctl block of lines NAME VALUE.
func (d *decoder) setSysctls(n *syntax.Node) {
	list := &d.cfg.Global.IPVSSysctl
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockSysctl)
			continue
		}
		d.cutComment(e)
		name := e.Keyword.Text
		bounds, known := sysctls[name]
		switch {
		case !known:
			var names []string
			for s := range sysctls {
				names = append(names, s)
			}
			slices.Sort(names)
			d.report(e, e.Keyword, faulty("unknown-option", "'"+name+"' is not a setting of IPVS that can be set here", "", near(name, names)))
			continue
		case len(e.Args) == 0:
			d.fault(e, e.Keyword, "missing-argument", name+" needs a number", "", "the line is ignored")
			continue
		case len(e.Args) > 1:
			d.fault(e, e.Args[1], "extra-words", name+" takes one number", "", "the line is ignored")
			continue
		}
		w := e.Args[0]
		v, f := parseInt(w.Text, bounds[0], bounds[1])
		if f != "" {
			d.badNumber(e, w, f, "")
			continue
		}
		s := Sysctl{Name: name, Value: value(int(v), w)}
		if i := slices.IndexFunc(*list, func(o Sysctl) bool { return o.Name == name }); i >= 0 {
			d.tell(e, e.Keyword, "duplicate-keyword", name+" is given already, at "+(*list)[i].Value.At.String(), "", "the last one holds")
			(*list)[i] = s
			continue
		}
		*list = append(*list, s)
	}
}

// Sysctl returns what the configuration sets a setting of IPVS to.
func (g *Global) Sysctl(name string) (Value[int], bool) {
	for _, s := range g.IPVSSysctl {
		if s.Name == name {
			return s.Value, true
		}
	}
	return Value[int]{}, false
}
