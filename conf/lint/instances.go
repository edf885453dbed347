package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var instanceRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT020", Title: "two instances use one VRID on what looks like one LAN",
			Means: "The number of a virtual router must be unique on a LAN for each address family. Here two instances with the same VRID have interfaces " +
				"that are names of one link (eth0, eth0:1) or virtual addresses of one network.",
			Hurts: "Every node on the LAN takes the adverts of one for those of the other: the wrong one yields, adverts are refused, logs fill up.",
			Example: `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.10/24
    }
}
vrrp_instance VI_2 {
    interface eth1
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.11/24
    }
}`,
			Mend: "Give each instance of a LAN its own virtual_router_id. If the interfaces are on different LANs, check the prefix lengths.",
		},
		one: vridReuse,
	},
	{
		Text: explain.Text{
			Code: "LINT021", Title: "strict mode drops what is sent to the virtual addresses",
			Means: "RFC 9568 lets a MASTER that does not own the addresses (priority 255) accept nothing that is sent to them. vrrp_strict and strict_mode " +
				"turn that on, with a firewall rule that drops such packets.",
			Hurts: "The addresses move as they should and do not answer: no ping, no service. It is the best known trap of the sample configuration.",
			Example: `global_defs {
    vrrp_strict
}`,
			Mend: "Leave vrrp_strict out if a service on this machine listens on the addresses. Routers that only forward for them may keep it.",
		},
		one: strictDrops,
	},
	{
		Text: explain.Text{
			Code: "LINT022", Title: "the adverts are so far apart that a failure goes unseen for long",
			Means: "A BACKUP takes over when it has heard nothing for down_timer_adverts (3) intervals and a little. With this interval that is half a minute " +
				"or more.",
			Hurts: "The addresses are nowhere for that time after a crash.",
			Example: `vrrp_instance VI_1 {
    advert_int 20           # a crash is noticed after 60 s
}`,
			Mend: "Use advert_int 1, or less with VRRP version 3; adverts are small.",
		},
		one: slowAdverts,
	},
	{
		Text: explain.Text{
			Code: "LINT023", Title: "an address belongs to two instances",
			Means: "The same address is a virtual address of two instances in this file.",
			Hurts: "When one of them leaves MASTER it removes the address that the other one still needs, and if they are MASTER on different nodes both announce it.",
			Example: `vrrp_instance VI_1 {
    virtual_ipaddress {
        192.0.2.10
    }
}
vrrp_instance VI_2 {
    virtual_ipaddress {
        192.0.2.10
    }
}`,
			Mend: "Leave the address in one instance.",
		},
		one: addressTwice,
	},
	{
		Text: explain.Text{
			Code: "LINT024", Title: "the source of the adverts is a virtual address",
			Means: "mcast_src_ip or unicast_src_ip names one of the instance's own virtual addresses, which is there only while the node is MASTER.",
			Hurts: "A MASTER has the address, and a kernel drops packets that seem to come from an address of its own. If both nodes are MASTER for a moment, neither hears " +
				"the other, and the split does not heal.",
			Example: `vrrp_instance VI_1 {
    mcast_src_ip 192.0.2.10
    virtual_ipaddress {
        192.0.2.10
    }
}`,
			Mend: "Use an address that the node always has, another one on each node; or leave the line out.",
		},
		one: sourceIsVirtual,
	},
	{
		Text: explain.Text{
			Code: "LINT025", Title: "a node is its own unicast peer",
			Means: "unicast_peer lists the address that unicast_src_ip says is our own.",
			Hurts: "Usually the file was copied from the other node and only half changed: the adverts come back to us and the other node hears nothing.",
			Example: `vrrp_instance VI_1 {
    unicast_src_ip 192.0.2.1
    unicast_peer {
        192.0.2.1
    }
}`,
			Mend: "List the addresses of the other nodes in unicast_peer.",
		},
		one: ownPeer,
	},
	{
		Text: explain.Text{
			Code: "LINT026", Title: "state MASTER without a priority makes an address owner",
			Means: "With state MASTER and no priority line the priority is not the usual 100 but 255, that of the owner of the addresses.",
			Hurts: "The node is MASTER at once when it starts, always preempts, and its priority never changes: weights of what it tracks do not count.",
			Example: `vrrp_instance VI_1 {
    state MASTER
    # no priority
}`,
			Mend: "Say the priority.",
		},
		one: ownerByDefault,
	},
}

func vridReuse(n *node, say report) {
	type key struct {
		vrid uint8
		six  bool
	}
	seen := map[key][]*conf.Instance{}
	for _, in := range n.cfg.Instances {
		k := key{in.VRID.V, in.IPv6()}
		for _, other := range seen[k] {
			why := ""
			switch {
			case other.Interface.V != in.Interface.V && link(other.Interface.V) == link(in.Interface.V):
				why = other.Interface.V + " and " + in.Interface.V + " are names of one link"
			case other.Interface.V != in.Interface.V:
				if a, b, same := commonNet(other.Addresses, in.Addresses); same {
					why = a.String() + " and " + b.String() + " are in one network"
				}
			}
			if why == "" {
				continue
			}
			say(finding{
				at: in.VRID.At, severity: diag.Warning, in: within(in),
				summary: fmt.Sprintf("VRID %d is used by %s too, and %s", in.VRID.V, other.Name, why),
				effect:  "on one LAN each takes the other's adverts for its own",
				suggest: "give one of them another virtual_router_id; " + other.Name + " has it at " + other.VRID.At.String(),
			})
			break
		}
		if len(seen[k]) < 255 { // thousands of instances with one VRID: look at the first ones
			seen[k] = append(seen[k], in)
		}
	}
}

// link takes the alias from an interface's name: "eth0:1" is eth0.
func link(name string) string {
	base, _, _ := strings.Cut(name, ":")
	return base
}

// commonNet finds two addresses of the two lists that are in one network by their prefix lengths; a host route shows none.
func commonNet(x, y []conf.Address) (a, b netip.Prefix, ok bool) {
	for i := range x {
		for k := range y {
			a, b = x[i].Prefix, y[k].Prefix
			if !a.IsSingleIP() && !b.IsSingleIP() && a.Addr().Is4() && a.Masked() == b.Masked() {
				return a, b, true
			}
		}
	}
	return a, b, false
}

func strictDrops(n *node, say report) {
	told := map[diag.Span]bool{}
	for _, in := range n.cfg.Instances {
		if !in.Strict.V || in.Priority.V == owner || in.Accept.Set() && (!in.Accept.V || in.Version.V == 3) {
			continue
		}
		if len(in.Addresses)+len(in.Excluded) == 0 || told[in.Strict.At] {
			continue
		}
		told[in.Strict.At] = true
		var list []string
		for _, other := range n.cfg.Instances {
			if other.Strict.V && other.Strict.At == in.Strict.At && other.Priority.V != owner {
				for _, a := range slices.Concat(addresses(other.Addresses), addresses(other.Excluded)) {
					list = append(list, a.String())
				}
			}
		}
		text := strings.Join(list[:min(3, len(list))], ", ")
		if len(list) > 3 {
			text += fmt.Sprintf(" and %d more", len(list)-3)
		}
		say(finding{
			at: in.Strict.At, severity: diag.Warning,
			summary: "strict mode drops what is sent to the virtual addresses",
			effect:  "the MASTER does not answer on " + text + ": no ping, no service of its own",
			suggest: "leave it out unless this machine only forwards for them",
		})
	}
}

// slowNoticed is how long a crash may go unseen before we say so.
const slowNoticed = 30 * time.Second

func slowAdverts(n *node, say report) {
	for _, in := range n.cfg.Instances {
		noticed := in.AdvertInt.V * time.Duration(in.DownTimerAdverts.V)
		if noticed < slowNoticed {
			continue
		}
		at, what := in.AdvertInt.At, "advert_int"
		if in.AdvertInt.V <= 5*time.Second && in.DownTimerAdverts.Set() {
			at, what = in.DownTimerAdverts.At, "down_timer_adverts"
		}
		say(finding{
			at: first(at, in.At), severity: diag.Warning, in: within(in),
			summary: fmt.Sprintf("with this %s a crash of the MASTER is noticed after %s", what, span(noticed)),
			effect:  fmt.Sprintf("the addresses are nowhere for that time: %d adverts of %s must be missed", in.DownTimerAdverts.V, span(in.AdvertInt.V)),
			suggest: "advert_int 1 is usual",
		})
	}
}

func addressTwice(n *node, say report) {
	type holder struct {
		in *conf.Instance
		at diag.Span
	}
	seen := map[netip.Addr]holder{}
	for _, in := range n.cfg.Instances {
		for _, list := range [][]conf.Address{in.Addresses, in.Excluded} {
			for i := range list {
				a := list[i].Prefix.Addr()
				other, taken := seen[a]
				if !taken {
					seen[a] = holder{in, list[i].At}
					continue
				}
				if other.in == in {
					continue
				}
				say(finding{
					at: list[i].At, severity: diag.Warning, in: within(in),
					summary: fmt.Sprintf("%v belongs to vrrp_instance %s already", a, other.in.Name),
					effect:  "when one of the two leaves MASTER, it takes the address from the other",
					suggest: "leave it in one instance; " + other.in.Name + " has it at " + other.at.String(),
				})
			}
		}
	}
}

func sourceIsVirtual(n *node, say report) {
	for _, in := range n.cfg.Instances {
		if !in.SourceIP.Set() || in.Priority.V == owner || !slices.Contains(addresses(in.Addresses), in.SourceIP.V) {
			continue
		}
		say(finding{
			at: in.SourceIP.At, severity: diag.Error, in: within(in),
			summary: in.SourceIP.V.String() + " is a virtual address of " + in.Name,
			effect:  "a MASTER does not hear what comes from an address of its own: two MASTERs never notice each other",
			suggest: "use an address that this node always has, or leave the line out",
		})
	}
}

func ownPeer(n *node, say report) {
	for _, in := range n.cfg.Instances {
		for _, peer := range in.UnicastPeers {
			if in.SourceIP.Set() && peer.V == in.SourceIP.V {
				say(finding{
					at: peer.At, severity: diag.Error, in: within(in),
					summary: peer.V.String() + " is this node's own address, at " + in.SourceIP.At.String(),
					effect:  in.Name + " sends its adverts to itself",
					suggest: "list the addresses of the other nodes",
				})
			}
		}
	}
}

func ownerByDefault(n *node, say report) {
	for _, in := range n.cfg.Instances {
		if in.Priority.Set() || in.Priority.V != owner || in.State.V != conf.StateMaster {
			continue
		}
		say(finding{
			at: first(in.State.At, in.At), severity: diag.Warning, in: within(in),
			summary: "state MASTER and no priority: the priority of " + in.Name + " is 255",
			effect:  "it is MASTER at once when it starts, and weights of what it tracks do not count",
			suggest: "say the priority, such as priority 150",
		})
	}
}
