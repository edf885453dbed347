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

var pairAddressRules = []Rule{
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
