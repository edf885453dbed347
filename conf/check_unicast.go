package conf

import (
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// unicastAtClose mends what keepalived looks at when the block n of the instance ends.
func (d *decoder) unicastAtClose(n *syntax.Node) {
	in := d.inst
	peers := len(in.UnicastPeers) > 0
	if link := in.VMAC; peers && (link != nil || in.IPVLAN != nil) && !in.XmitBase.V {
		var at diag.Span
		if link != nil {
			at = link.At
		} else {
			at = in.IPVLAN.At
		}
		d.closing(n, at, "unicast-vmac", "unicast does not work through a link of the instance's own",
			"("+in.Name+") unicast with use_vmac requires vmac_xmit_base - setting", "adverts go out by the parent link")
		in.XmitBase = Value[bool]{V: true, At: at}
	}
	if !peers && in.UnicastTTL.Set() {
		d.closing(n, in.UnicastTTL.At, "unicast-ttl", "unicast_ttl without a unicast_peer",
			"("+in.Name+"): Cannot use unicast_ttl without unicast peers - resetting", "unicast_ttl is ignored")
		in.UnicastTTL = Value[uint8]{}
	}
}

// closing reports something at a place in the instance's block n that keepalived notices at its end.
func (d *decoder) closing(n *syntax.Node, at diag.Span, code, summary, compat, effect string) {
	d.diags.Add(of(d.inst, diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, At: at, Via: n.Keyword.Via(), Summary: summary,
		Compat: compat, CompatLine: n.Close.Line(), Effect: effect,
	}))
}

// checkUnicast finds instances that are half unicast and half multicast.
func checkUnicast(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		if len(in.UnicastPeers) > 0 {
			if in.McastGroup.Set() && in.McastGroup.At != c.Global.McastGroup4.At && in.McastGroup.At != c.Global.McastGroup6.At {
				l.Add(of(in, about(in.McastGroup.At, "unicast-group", "mcast_dst_ip does not go with unicast_peer",
					"("+in.Name+") multicast destination specified with unicast - ignoring", "adverts go to the peers")))
				in.McastGroup = c.Global.McastGroup4
				if in.IPv6() {
					in.McastGroup = c.Global.McastGroup6
				}
			}
			continue
		}
		if in.lacksAddress() {
			continue // compat: keepalived gives it up before it looks at that
		}
		if in.UnicastAsked.V && !in.FaultNoPeer.V {
			d := of(in, about(in.UnicastAsked.At, "unicast-no-peer", "a keyword of unicast, and no unicast_peer",
				"("+in.Name+") A unicast keyword has been specified without any unicast peers. Defaulting to multicast. "+
					"This usage is deprecated - please update your configuration.", "adverts are multicast"))
			d.Suggest = "add: unicast_peer { ADDR }, or remove the keyword"
			l.Add(d)
		}
	}
}

// checkLinks mends what use_vmac and use_ipvlan cannot do.
func checkLinks(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		if in.XmitBase.V && in.VMAC == nil {
			l.Add(of(in, about(in.XmitBase.At, "xmit-base", "vmac_xmit_base without use_vmac",
				"("+in.Name+") vmac_xmit_base is only valid with a vmac", "vmac_xmit_base is ignored")))
			in.XmitBase = Value[bool]{}
		}
		if in.PromoteSecondaries.V && (in.VMAC != nil || in.IPVLAN != nil) {
			l.Add(of(in, about(in.PromoteSecondaries.At, "promote-secondaries", "a link of the instance's own promotes secondary addresses anyway",
				"("+in.Name+") promote_secondaries is automatically set for vmacs - ignoring", "the interface below keeps its setting")))
			in.PromoteSecondaries = Value[bool]{}
		}
		if in.VRF.Set() && in.Interface.Set() {
			l.Add(of(in, about(in.VRF.At, "vrf-and-interface", "vrf is for instances without an interface",
				"("+in.Name+") vrf can only be specified without interface - clearing", "vrf is ignored")))
			in.VRF = Value[string]{}
		}
		if v := in.IPVLAN; v != nil && !v.Address.Set() && !in.IPv6() {
			d := of(in, about(v.At, "ipvlan-address", "use_ipvlan needs an address for IPv4",
				"("+in.Name+") IPv4 ipvlan requires a source ip address to be configured. setting instance to fault state",
				in.Name+" stays in FAULT"))
			d.Suggest = "add the address to send from: use_ipvlan ADDR/LEN"
			l.Add(d)
		}
	}
}
