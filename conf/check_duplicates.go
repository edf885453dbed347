package conf

import (
	"net/netip"

	"holdfast/conf/diag"
)

// checkDuplicates finds addresses that are given twice, in one instance or in two of the same interface. keepalived has
// nothing to say about them.
func checkDuplicates(c *Config, l *diag.List) {
	type place struct {
		ip  netip.Addr
		dev string
	}
	type use struct {
		in *Instance
		at diag.Span
	}
	first := map[place]use{}
	for _, in := range c.Instances {
		for _, list := range [][]Address{in.Addresses, in.Excluded} {
			for i := range list {
				a := &list[i]
				key := place{a.Prefix.Addr(), in.Interface.V}
				if a.Dev.Set() {
					key.dev = a.Dev.V
				}
				other, taken := first[key]
				if !taken {
					first[key] = use{in, a.At}
					continue
				}
				d := of(in, about(a.At, "duplicate-address", key.ip.String()+" is there already, at "+other.at.String(), "", ""))
				if other.in != in {
					d.Summary = key.ip.String() + " belongs to vrrp_instance " + other.in.Name + " already, at " + other.at.String()
					d.Effect = "both instances set and remove it"
				}
				d.Severity, d.Class = diag.Info, diag.ClassNone
				l.Add(d)
			}
		}
	}
}
