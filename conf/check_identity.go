package conf

import (
	"fmt"
	"net/netip"
	"slices"

	"holdfast/conf/diag"
)

// circuit is what must be unique: one virtual router per VRID, family and interface (RFC 9568 §5.2.3), and per multicast
// group or, with unicast, per source and peer.
type circuit struct {
	iface string
	vrid  uint8
	six   bool
	group netip.Addr
	peer  netip.Addr
}

// enoughTwins is how many instances on one circuit are told of each other.
const enoughTwins = 32

// checkIdentity finds instances that lack a VRID or an interface, and drops them, and instances that share
// a circuit.
func checkIdentity(c *Config, l *diag.List) {
	on := map[circuit][]*Instance{}
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
		var told []*Instance
		for _, key := range circuits(in) {
			for _, other := range on[key] {
				if !slices.Contains(told, other) {
					told = append(told, other)
					l.Add(twins(other, in, key))
				}
			}
			if len(on[key]) < enoughTwins {
				on[key] = append(on[key], in)
			}
		}
		return len(told) > 0
	})
}

// circuits lists what an instance takes. A unicast one takes one for each peer.
func circuits(in *Instance) []circuit {
	key := circuit{iface: in.Interface.V, vrid: in.VRID.V, six: in.IPv6(), group: in.McastGroup.V}
	if len(in.UnicastPeers) == 0 {
		return []circuit{key}
	}
	out := make([]circuit, 0, len(in.UnicastPeers))
	key.group = in.SourceIP.V
	for _, p := range in.UnicastPeers {
		key.peer = p.V
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// twins reports two instances on one circuit.
func twins(other, in *Instance, key circuit) diag.Diagnostic {
	family := "IPv4"
	if key.six {
		family = "IPv6"
	}
	compat := fmt.Sprintf("%s and %s both use VRID %d with %s on interface %s", other.Name, in.Name, key.vrid, family, key.iface)
	summary := fmt.Sprintf("VRID %d on %s belongs to vrrp_instance %s already", key.vrid, key.iface, other.Name)
	if key.peer.IsValid() {
		compat = fmt.Sprintf("(%s) duplicate VRID conflict with %s VRID %d", other.Name, in.Name, key.vrid)
		summary += ", which has the peer " + key.peer.String() + " too"
	}
	d := of(in, about(in.VRID.At, "duplicate-vrid", summary, compat, in.Name+" does not run"))
	d.Severity = diag.Error
	d.Suggest = "give one of them another virtual_router_id; " + other.Name + " has it at " + other.VRID.At.String()
	return d
}
