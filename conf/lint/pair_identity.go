package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var pairIdentityRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT100", Title: "an instance has no counterpart on the other node",
			Means: "No instance of the other file has its VRID, its name or one of its addresses.",
			Hurts: "Nobody takes its addresses over when this node fails.",
			Example: `# only in one of the two files
vrrp_instance VI_2 {
    virtual_router_id 52
}`,
			Mend: "Add the instance to the other file, or correct what should agree.",
		},
		two: noCounterpart,
	},
	{
		Text: explain.Text{
			Code: "LINT101", Title: "the VRIDs of the two nodes differ",
			Means: "An instance and its counterpart (the same name or address) have different virtual_router_ids: they are two virtual routers.",
			Hurts: "Neither hears the other: both become MASTER and both set the addresses.",
			Example: `# node A
vrrp_instance VI_1 {
    virtual_router_id 51
}
# node B
vrrp_instance VI_1 {
    virtual_router_id 52
}`,
			Mend: "Use the same virtual_router_id on both nodes.",
		},
		two: vridDiffers,
	},
	{
		Text: explain.Text{
			Code: "LINT102", Title: "the virtual addresses of the two nodes differ",
			Means: "The sets of addresses in virtual_ipaddress are not the same. The adverts carry them, and keepalived 2.2.7 does not believe an advert whose list " +
				"is not its own; later releases only complain.",
			Hurts: "Both nodes become MASTER; and what only one of them has does not move to the other.",
			Example: `# node A
virtual_ipaddress {
    192.0.2.10
    192.0.2.11
}
# node B
virtual_ipaddress {
    192.0.2.10
}`,
			Mend: "List the same addresses on both nodes.",
		},
		two: addressesDiffer,
	},
	{
		Text: explain.Text{
			Code: "LINT103", Title: "the virtual addresses stand in another order",
			Means: "Both nodes have the same addresses, in another order. Receivers compare them as sets.",
			Hurts: "Nothing breaks. But the first address decides the family and is what logs show, and two lists in different order are hard to keep the same.",
			Example: `# node A
virtual_ipaddress {
    192.0.2.10
    192.0.2.11
}
# node B
virtual_ipaddress {
    192.0.2.11
    192.0.2.10
}`,
			Mend: "Use one order.",
		},
		two: orderDiffers,
	},
	{
		Text: explain.Text{
			Code: "LINT104", Title: "an address has another prefix length on the other node",
			Means: "The same address stands with different prefix lengths. The adverts do not carry them.",
			Hurts: "After a failover the new MASTER has another network on its interface: routes to neighbours or the broadcast address are not what they were.",
			Example: `# node A: 192.0.2.10/24
# node B: 192.0.2.10        (which is 192.0.2.10/32)`,
			Mend: "Write the same prefix length on both nodes.",
		},
		two: lengthsDiffer,
	},
	{
		Text: explain.Text{
			Code: "LINT105", Title: "excluded addresses differ",
			Means: "virtual_ipaddress_excluded has addresses that move with the instance and are not in the adverts, so that no receiver can notice a difference.",
			Hurts: "What only one node has is gone when the other becomes MASTER.",
			Example: `# only on node A
virtual_ipaddress_excluded {
    192.0.2.30
}`,
			Mend: "List the same addresses on both nodes.",
		},
		two: excludedDiffer,
	},
	{
		Text: explain.Text{
			Code: "LINT106", Title: "the VRRP versions of the two nodes differ",
			Means: "One node speaks version 2 and the other version 3. IPv6 is always version 3.",
			Hurts: "Each refuses the other's adverts: both become MASTER.",
			Example: `# only on node A
global_defs {
    vrrp_version 3
}`,
			Mend: "Use the same vrrp_version or version on both nodes.",
		},
		two: versionDiffers,
	},
	{
		Text: explain.Text{
			Code: "LINT107", Title: "the advert intervals of the two nodes differ",
			Means: "advert_int is not the same. With version 2 an advert with another interval than one's own is refused; with version 3 a BACKUP follows the MASTER's.",
			Hurts: "With version 2 both nodes become MASTER. With version 3 the time until a failure is noticed depends on who was MASTER.",
			Example: `# node A
vrrp_instance VI_1 {
    advert_int 1
}
# node B
vrrp_instance VI_1 {
    advert_int 2
}`,
			Mend: "Use the same advert_int on both nodes.",
		},
		two: intervalDiffers,
	},
	{
		Text: explain.Text{
			Code: "LINT108", Title: "the authentication of the two nodes differs",
			Means: "auth_type or the first eight bytes of auth_pass are not the same, or one node has authentication and the other none (strict mode and VRRP version 3 take it away).",
			Hurts: "Each refuses the other's adverts: both become MASTER.",
			Example: `# node A
authentication {
    auth_type PASS
    auth_pass secret1
}
# node B
authentication {
    auth_type PASS
    auth_pass secret2
}`,
			Mend: "Use the same authentication on both nodes, or none: PASS is readable on the wire.",
		},
		two: authDiffers,
	},
	{
		Text: explain.Text{
			Code: "LINT109", Title: "the checksums of the two nodes differ",
			Means: "Over IPv4 version 3 has two ways to make the checksum: with a pseudo header, as keepalived does, and without one (v3_checksum_as_v2), as " +
				"RFC 9568 has it. And keepalived up to 1.3.6 made another one for unicast (old_unicast_checksum).",
			Hurts: "A node refuses the adverts whose checksum is not of its kind: it becomes MASTER beside the other.",
			Example: `# only on node A
vrrp_instance VI_1 {
    version 3
    v3_checksum_as_v2
}`,
			Mend: "Use the same setting on both nodes; a node of another make decides which one.",
		},
		two: checksumDiffers,
	},
}

func checksumDiffers(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if a.Version.V != 3 || b.Version.V != 3 || a.IPv6() || b.IPv6() {
			return
		}
		f := finding{severity: diag.Error, in: within(b), effect: bothMaster, suggest: "use the same setting on both nodes"}
		switch x, y := checksumAsV2(p.a, a), checksumAsV2(p.b, b); {
		case x.V != y.V:
			f.at = first(y.At, b.At)
			f.summary = fmt.Sprintf("adverts have %s, but %s %s", pseudo(y.V), pseudo(x.V), p.a.at(x.At))
			f.effect = "the node that has a pseudo header refuses the other's adverts: both become MASTER"
		case len(a.UnicastPeers) > 0 && len(b.UnicastPeers) > 0 && a.OldChecksum.V+b.OldChecksum.V == conf.ChecksumOld+conf.ChecksumNever &&
			a.OldChecksum.V != conf.ChecksumAuto && b.OldChecksum.V != conf.ChecksumAuto:
			f.at = first(b.OldChecksum.At, b.At)
			f.summary = fmt.Sprintf("old_unicast_checksum is %v here and %v %s", b.OldChecksum.V, a.OldChecksum.V, p.a.at(a.OldChecksum.At))
		default:
			return
		}
		say(f)
	})
}

// checksumAsV2 is what holds for an instance: its own line, else the global one.
func checksumAsV2(n *node, in *conf.Instance) conf.Value[bool] {
	if in.ChecksumAsV2.Set() {
		return in.ChecksumAsV2
	}
	return n.cfg.Global.ChecksumV2
}

func pseudo(without bool) string {
	if without {
		return "checksums without a pseudo header"
	}
	return "checksums with a pseudo header"
}

// eachTwin visits the pairs of instances.
func (p *pair) eachTwin(visit func(a, b *conf.Instance)) {
	for _, t := range p.twins {
		visit(t.a, t.b)
	}
}

// bothMaster is what becomes of nodes that do not hear each other.
const bothMaster = "the nodes refuse each other's adverts: both become MASTER"

func noCounterpart(p *pair, say report) {
	tell := func(list []*conf.Instance, other *node) {
		for _, in := range list {
			say(finding{
				at: in.At, severity: diag.Warning,
				summary: fmt.Sprintf("%s has no counterpart in %s", in.Name, other.name),
				effect:  "nobody takes its addresses over",
				suggest: fmt.Sprintf("add an instance with virtual_router_id %d to %s", in.VRID.V, other.name),
			})
		}
	}
	tell(p.lonelyA, p.b)
	tell(p.lonelyB, p.a)
}

func vridDiffers(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if a.VRID.V == b.VRID.V {
			return
		}
		say(finding{
			at: first(b.VRID.At, b.At), severity: diag.Error, in: within(b),
			summary: fmt.Sprintf("VRID %d, but %d %s", b.VRID.V, a.VRID.V, p.a.at(a.VRID.At)),
			effect:  "these are two virtual routers that do not hear each other: both become MASTER",
			suggest: "use the same virtual_router_id on both nodes",
		})
	})
}

// missing are the addresses of want that have lacks.
func missing(want, have []netip.Addr) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(want), func(a netip.Addr) bool { return slices.Contains(have, a) })
}

func list(addrs []netip.Addr) string {
	var texts []string
	for _, a := range addrs[:min(3, len(addrs))] {
		texts = append(texts, a.String())
	}
	if more := len(addrs) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(texts, ", ")
}

// difference tells of addresses that only one of two lists has; false if there are none.
func (p *pair) difference(a, b *conf.Instance, x, y []conf.Address, severity diag.Severity, what, effect string, say report) bool {
	onlyA, onlyB := missing(addresses(x), addresses(y)), missing(addresses(y), addresses(x))
	if len(onlyB) > 0 {
		at := y[slices.IndexFunc(y, func(v conf.Address) bool { return v.Prefix.Addr() == onlyB[0] })].At
		say(finding{
			at: at, severity: severity, in: within(b),
			summary: fmt.Sprintf("%s is no %s of %s in %s", list(onlyB), what, a.Name, p.a.name),
			effect:  effect, suggest: "list the same addresses on both nodes",
		})
	}
	if len(onlyA) > 0 {
		at := x[slices.IndexFunc(x, func(v conf.Address) bool { return v.Prefix.Addr() == onlyA[0] })].At
		say(finding{
			at: at, severity: severity, in: within(a),
			summary: fmt.Sprintf("%s is no %s of %s in %s", list(onlyA), what, b.Name, p.b.name),
			effect:  effect, suggest: "list the same addresses on both nodes",
		})
	}
	return len(onlyA)+len(onlyB) > 0
}

func addressesDiffer(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if len(a.Addresses) == 0 && len(b.Addresses) == 0 {
			return
		}
		effect := bothMaster
		if b.SkipCheckAdvAddr.V && a.SkipCheckAdvAddr.V {
			effect = "what only one node has does not move to the other"
		}
		p.difference(a, b, a.Addresses, b.Addresses, diag.Error, "virtual address", effect, say)
	})
}

func orderDiffers(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		x, y := addresses(a.Addresses), addresses(b.Addresses)
		if len(missing(x, y))+len(missing(y, x)) > 0 || slices.Equal(x, y) || len(x) != len(y) {
			return
		}
		i := 0
		for x[i] == y[i] {
			i++
		}
		say(finding{
			at: b.Addresses[i].At, severity: diag.Info, in: within(b),
			summary: fmt.Sprintf("%v stands where %s has %v", y[i], p.a.name, x[i]),
			effect:  "none on the wire: receivers compare the addresses as a set",
			suggest: "use one order on both nodes",
		})
	})
}

func lengthsDiffer(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		other := map[netip.Addr]netip.Prefix{}
		for _, v := range slices.Concat(a.Addresses, a.Excluded) {
			other[v.Prefix.Addr()] = v.Prefix
		}
		for _, v := range slices.Concat(b.Addresses, b.Excluded) {
			if o, both := other[v.Prefix.Addr()]; both && o.Bits() != v.Prefix.Bits() {
				say(finding{
					at: v.At, severity: diag.Warning, in: within(b),
					summary: fmt.Sprintf("%v here and %v in %s", v.Prefix, o, p.a.name),
					effect:  "the network on the interface depends on which node is MASTER",
					suggest: "write the same prefix length on both nodes",
				})
			}
		}
	})
}

func excludedDiffer(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		p.difference(a, b, a.Excluded, b.Excluded, diag.Warning, "excluded address", "it does not move to the other node", say)
	})
}

func versionDiffers(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if a.Version.V == b.Version.V {
			return
		}
		say(finding{
			at: first(b.Version.At, b.At), severity: diag.Error, in: within(b),
			summary: fmt.Sprintf("VRRP version %d, but %d %s", b.Version.V, a.Version.V, p.a.at(a.Version.At)),
			effect:  bothMaster, suggest: "use the same version on both nodes",
		})
	})
}

func intervalDiffers(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if a.AdvertInt.V == b.AdvertInt.V || a.Version.V != b.Version.V {
			return
		}
		f := finding{
			at: first(b.AdvertInt.At, b.At), severity: diag.Error, in: within(b),
			summary: fmt.Sprintf("an advert_int of %s, but %s %s", span(b.AdvertInt.V), span(a.AdvertInt.V), p.a.at(a.AdvertInt.At)),
			effect:  bothMaster, suggest: "use the same advert_int on both nodes",
		}
		if b.Version.V == 3 {
			f.severity, f.effect = diag.Warning, "a BACKUP follows the MASTER's interval: how soon a failure is noticed depends on who was MASTER"
		}
		say(f)
	})
}

func authDiffers(p *pair, say report) {
	p.eachTwin(func(a, b *conf.Instance) {
		if a.Version.V != b.Version.V || a.AuthType.V == b.AuthType.V && a.AuthPass.V == b.AuthPass.V {
			return
		}
		f := finding{
			at: first(b.AuthType.At, b.At), severity: diag.Error, in: within(b),
			summary: fmt.Sprintf("%s, but %s %s", auth(b), auth(a), p.a.at(first(a.AuthType.At, a.At))),
			effect:  bothMaster, suggest: "use the same authentication on both nodes",
		}
		if a.AuthType.V == b.AuthType.V {
			f.at = first(b.AuthPass.At, f.at)
			f.summary = fmt.Sprintf("another password than %s", p.a.at(first(a.AuthPass.At, a.At)))
			f.effect = bothMaster + " (the first eight bytes count)"
		}
		say(f)
	})
}

func auth(in *conf.Instance) string {
	switch in.AuthType.V {
	case conf.AuthPass:
		return "authentication by PASS"
	case conf.AuthAH:
		return "authentication by AH"
	case conf.AuthNone:
	}
	return "no authentication in force"
}
