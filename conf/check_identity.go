package conf

import (
	"fmt"
	"slices"

	"holdfast/conf/diag"
)

// circuit is what must be unique: one virtual router per VRID, family and interface (RFC 9568 §5.2.3).
type circuit struct {
	iface string
	vrid  uint8
	six   bool
}

// checkIdentity finds instances that lack a VRID or an interface, and drops them, and instances that share
// a circuit.
func checkIdentity(c *Config, l *diag.List) {
	first := map[circuit]*Instance{}
	c.Instances = slices.DeleteFunc(c.Instances, func(in *Instance) bool {
		if !in.VRID.Set() {
			d := of(in, about(in.At, "missing-vrid", "vrrp_instance "+in.Name+" has no virtual_router_id",
				"("+in.Name+") the virtual router id must be set", "the instance does not run"))
			d.Severity = diag.Error
			d.Suggest = "add: virtual_router_id N, the same on every node"
			l.Add(d)
			return true
		}
		if !in.Interface.Set() {
			l.Add(UnknownInterface(in))
			return true
		}
		key := circuit{in.Interface.V, in.VRID.V, in.IPv6()}
		other, taken := first[key]
		if !taken {
			first[key] = in
			return false
		}
		family := "IPv4"
		if key.six {
			family = "IPv6"
		}
		d := of(in, about(in.VRID.At, "duplicate-vrid",
			fmt.Sprintf("VRID %d on %s belongs to vrrp_instance %s already", key.vrid, key.iface, other.Name),
			fmt.Sprintf("%s and %s both use VRID %d with %s on interface %s", other.Name, in.Name, key.vrid, family, key.iface),
			in.Name+" does not run"))
		d.Severity = diag.Error
		d.Suggest = "give one of them another virtual_router_id; " + other.Name + " has it at " + other.VRID.At.String()
		l.Add(d)
		return true
	})
}
