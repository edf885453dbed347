package lint

import (
	"fmt"

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
