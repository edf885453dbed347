package corpus

import (
	"maps"
	"slices"
	"strings"
)

// entries are lines for blocks that hold entries, right ones first.
var entries = map[string][]string{
	"global_defs/notification_email": {"a@example.org", "a@example.org b@example.org", `"A B <a@example.org>"`, "word", `""`},
	"linkbeat_interfaces": {
		"eth0", "eth0 MII", "eth0 ETHTOOL", "eth0 IOCTL", "eth0 mii", "eth0 bogus", "nosuch0", "lo", "eth0 eth1", "averyverylonginterfacename",
	},
	"interface_up_down_delays": {"eth0 3", "eth0 3 4", "eth0", "eth0 word", "eth0 3 word", "eth0 -1", "eth0 0", "eth0 4295", "eth0 3 4295", "eth0 3 4 5", "nosuch0 3", "eth0 1.5"},
	"garp_group/interfaces":    {"eth1", "eth1 eth2", "nosuch0", "lo", "eth0"},
	"vrrp_sync_group/group":    {"VI VJ", "VI", "nosuch", "VI VI", `"VI"`},
	"track_group/group":        {"VI", "nosuch", "VI VI", "VI nosuch"},
	"vrrp_instance/unicast_peer": {
		"198.51.100.9", "198.51.100.9 min_ttl 3", "198.51.100.9 min_ttl 3 max_ttl 9", "198.51.100.9 max_ttl 256", "198.51.100.9 min_ttl 9 max_ttl 3",
		"198.51.100.9 min_ttl", "198.51.100.9 bogus 3", "word", "2001:db8::9", "198.51.100.9 198.51.100.8", "198.51.100.300", "198.51.100.9 min_ttl -1",
		"224.0.0.5", "198.51.100.9/24", "198.51.100.1",
	},
	"virtual_server_group": {
		"192.0.2.110 80", "192.0.2.110", "192.0.2.110-120 80", "192.0.2.110-100 80", "192.0.2.110-192.0.2.120 80", "192.0.2.120-192.0.2.110 80",
		"192.0.2.0/28 80", "192.0.2.1/28 80", "192.0.2.110 65536", "192.0.2.110 word", "word 80", "2001:db8::7 80", "2001:db8::7-f 80", "2001:db8::/120 80",
		"192.0.2.110-300 80", "192.0.2.110/33 80", "192.0.2.110 80 extra", "192.0.2.110 0",
	},
	"vrrp_instance/track_script":    tracked("S"),
	"vrrp_instance/track_file":      tracked("F"),
	"vrrp_instance/track_process":   tracked("P"),
	"vrrp_instance/track_bfd":       tracked("B"),
	"vrrp_instance/track_interface": tracked("eth1"),

	"vrrp_sync_group/track_script":    tracked("S"),
	"vrrp_sync_group/track_file":      tracked("F"),
	"vrrp_sync_group/track_process":   tracked("P"),
	"vrrp_sync_group/track_bfd":       tracked("B"),
	"vrrp_sync_group/track_interface": tracked("eth1"),

	"static_ipaddress":                         addresses("track_group T", "track_group", "use_vmac"),
	"vrrp_instance/virtual_ipaddress":          addresses("use_vmac", "track_group T"),
	"vrrp_instance/virtual_ipaddress_excluded": addresses("use_vmac", "track_group T"),
	"static_routes":                            routes("track_group T", "track_group"),
	"vrrp_instance/virtual_routes":             routes("track_group T"),
	"static_rules":                             rules("track_group T", "track_group"),
	"vrrp_instance/virtual_rules":              rules("track_group T"),
}

func tracked(name string) []string {
	var out []string
	for _, more := range []string{
		"", " weight 10", " weight -10", " weight 10 reverse", " weight 10 noreverse", " weight", " weight word", " weight 253", " weight 254",
		" weight 255", " weight -253", " weight -254", " weight -255", " reverse", " weight 0", " weight 0 reverse", " bogus", " weight 10 bogus", " weight 1.5",
		"\n" + name, " " + name,
	} {
		out = append(out, name+more)
	}
	return append(out, "nosuch", "nosuch weight 3")
}

// behind puts options behind each of some beginnings.
func behind(begin string, options ...string) []string {
	out := make([]string, 0, len(options))
	for _, o := range options {
		out = append(out, begin+" "+o)
	}
	return out
}

func addresses(more ...string) []string {
	out := []string{
		"192.0.2.60", "192.0.2.60/24", "192.0.2.60/0", "192.0.2.60/33", "192.0.2.60/word", "192.0.2.60/", "192.0.2.300", "word",
		"2001:db8::60", "2001:db8::60/64", "2001:db8::60/129", "192.0.2.60 192.0.2.61", "192.0.2.60 dev eth1 192.0.2.61", "default", "192.0.2/24",
		"192.0.2.60\n192.0.2.60", "fe80::60", "0.0.0.0", "224.0.0.60", `"192.0.2.60"`, "192.0.2.60 dev eth1 dev eth2",
	}
	out = append(out, behind(
		"192.0.2.60/24", "brd 192.0.2.255", "brd +", "brd -", "broadcast 192.0.2.255", "brd word", "brd", "dev eth1", "dev nosuch0", "dev",
		"scope link", "scope global", "scope host", "scope site", "scope nowhere", "scope 253", "scope bogus", "scope 256", "scope", "label eth0:1",
		"label averyveryverylonglabel", "label", "label word", "peer 192.0.2.70", "peer 192.0.2.70/32", "peer word", "peer 2001:db8::70", "peer", "peer 192.0.2.70/33",
		"home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "preferred_lft 3", "preferred_lft forever", "preferred_lft 0",
		"preferred_lft word", "preferred_lft -1", "preferred_lft", "bogus", "bogus 3",
	)...)
	out = append(out, behind(
		"2001:db8::60/64", "home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "preferred_lft 3", "preferred_lft forever",
		"brd 192.0.2.255", "brd +", "label x", "scope link", "peer 2001:db8::70", "peer 192.0.2.70", "dev eth1", "home -nodad dev eth1",
	)...)
	return append(out, behind("192.0.2.60/24", more...)...)
}

func routes(more ...string) []string {
	out := []string{
		"192.0.2.0/24 via 198.51.100.9 dev eth0", "default via 198.51.100.9 dev eth0", "192.0.2.0/24 dev eth0", "to 192.0.2.0/24 via 198.51.100.9 dev eth0",
		"src 198.51.100.1 192.0.2.0/24 via 198.51.100.9 dev eth0", "blackhole 192.0.2.0/24", "unreachable 192.0.2.0/24", "prohibit 192.0.2.0/24",
		"throw 192.0.2.0/24", "unicast 192.0.2.0/24 dev eth0", "local 192.0.2.1 dev eth0", "broadcast 192.0.2.255 dev eth0", "nat 192.0.2.0/24", "bogus 192.0.2.0/24",
		"inet 192.0.2.0/24 dev eth0", "inet6 2001:db8:1::/64 dev eth0", "2001:db8:1::/64 via 2001:db8::9 dev eth0", "inet 2001:db8:1::/64 dev eth0",
		"inet6 192.0.2.0/24 dev eth0", "default", "192.0.2.0/24", "192.0.2.0/33 dev eth0", "word dev eth0", "192.0.2.0/24 via", "192.0.2.0/24 via word",
		"192.0.2.0/24 dev nosuch0", "192.0.2.0/24 dev", "via 198.51.100.9", "192.0.2.0/24 via 2001:db8::9 dev eth0", "192.0.2.0/24 via inet6 2001:db8::9 dev eth0",
		"192.0.2.0/24 via inet6 198.51.100.9 dev eth0", "default via 198.51.100.9 dev eth0\ndefault via 198.51.100.9 dev eth0",
		"192.0.2.0/24 or 198.51.100.9 dev eth0", "192.0.2.0/24 via 198.51.100.9 or 198.51.100.8 dev eth0",
		"192.0.2.0/24 nexthop via 198.51.100.9 dev eth0 weight 2 nexthop via 198.51.100.8 dev eth1 weight 3", "192.0.2.0/24 nexthop", "192.0.2.0/24 nexthop via word",
		"192.0.2.0/24 nexthop via 198.51.100.9 dev eth0 weight 0", "192.0.2.0/24 nexthop via 198.51.100.9 dev eth0 weight 257",
		"192.0.2.0/24 nexthop via 198.51.100.9 dev eth0 onlink", "192.0.2.0/24 nexthop via 198.51.100.9 dev eth0 realms 3", "192.0.2.0/24 nexthop via inet6 2001:db8::9 dev eth0",
	}
	numeric := []string{"word", "", "-1", "0", "256", "65536", "4294967296", "1.5", "lock 3", "lock"}
	for _, o := range []string{
		"mtu", "hoplimit", "advmss", "reordering", "window", "cwnd", "ssthresh", "initcwnd", "initrwnd", "quickack", "fastopen_no_cookie", "metric",
		"priority", "preference", "expires", "tos", "table", "protocol", "scope", "realms", "rtt", "rttvar", "rto_min",
	} {
		out = append(out, behind("192.0.2.0/24 dev eth0 "+o, append([]string{"1"}, numeric...)...)...)
	}
	out = append(out, behind(
		"192.0.2.0/24 dev eth0", "table main", "table local", "table default", "table bogus", "protocol static", "protocol boot", "scope link", "scope global",
		"realms 3/4", "realms 3/word", "rtt 3s", "rtt 3ms", "rtt 3x", "rtt 1.5s", "rttvar 3ms", "rto_min 3ms", "rto_min lock 3ms", "features ecn", "features bogus", "features",
		"congctl cubic", "congctl lock reno", "congctl bogus", "congctl", "pref low", "pref medium", "pref high", "pref bogus", "pref", "ttl-propagate enabled", "ttl-propagate disabled",
		"ttl-propagate bogus", "onlink", "add", "prepend", "append", "no_track", "oif eth1", "gw 198.51.100.9", "via 198.51.100.9 onlink", "as 198.51.100.9",
		"as inet6 2001:db8::9", "from 198.51.100.0/24", "from 2001:db8::/64", "vrf nosuchvrf", "vrf", "bogus", "bogus 3", "src word", "src",
		"encap ip id 3 dst 198.51.100.9", "encap ip dst word", "encap ip src 198.51.100.1 dst 198.51.100.9 tos 3 ttl 9 flags 1", "encap ip6 id 3 dst 2001:db8::9 src 2001:db8::1 tc 3 hoplimit 9",
		"encap mpls 100", "encap mpls 100/200", "encap mpls word", "encap mpls 1048576", "encap ila 1:2:3:4", "encap ila word", "encap bogus", "encap", "encap ip bogus 3", "encap ip",
	)...)
	out = append(out, behind("2001:db8:1::/64 dev eth0", "pref low", "pref high", "metric 3", "expires 3", "from 2001:db8::/64", "src 2001:db8::1", "src 198.51.100.1", "via 198.51.100.9", "onlink")...)
	return append(out, behind("192.0.2.0/24 dev eth0", more...)...)
}

func rules(more ...string) []string {
	out := []string{
		"from 192.0.2.0/24 table 3 priority 100", "from 192.0.2.0/24 table 3", "to 192.0.2.0/24 table 3", "from 192.0.2.0/24 to 198.51.100.0/24 lookup 3", "inet from 192.0.2.0/24 table 3", "inet6 from 2001:db8::/64 table 3",
		"inet from 2001:db8::/64 table 3", "inet6 from 192.0.2.0/24 table 3", "not from 192.0.2.0/24 table 3", "not inet from 192.0.2.0/24 table 3", "from 192.0.2.0/24",
		"table 3", "from word table 3", "from 192.0.2.0/33 table 3", "from all table 3", "from any table 3", "from default table 3", "from", "bogus", "from 192.0.2.0/24 to 2001:db8::/64 table 3",
		"from 192.0.2.0/24 table 3 priority 100\nfrom 192.0.2.0/24 table 3 priority 100", "inet table 3", "inet6 table 3 priority 100",
	}
	numeric := []string{"", "word", "-1", "0", "256", "65536", "4294967296", "1.5"}
	for _, o := range []string{
		"table", "preference", "order", "priority", "tos", "dsfield", "fwmark", "realms", "suppress_prefixlength", "sup_pl", "suppress_ifgroup", "sup_group", "tunnel-id",
		"protocol", "ipproto", "sport", "dport", "goto",
	} {
		begin := "from 192.0.2.0/24 table 3 " + o
		if o == "table" {
			begin = "from 192.0.2.0/24 table"
		}
		if o == "goto" {
			begin = "from 192.0.2.0/24 priority 100 goto"
		}
		out = append(out, behind(begin, append([]string{"3"}, numeric...)...)...)
	}
	out = append(out, behind(
		"from 192.0.2.0/24 table 3", "fwmark 3/7", "fwmark 3/word", "fwmark 0x3/0xff", "realms 3/4", "dev eth0", "iif eth0", "oif eth0", "iif nosuch0", "dev averyverylonginterfacename",
		"uidrange 1-3", "uidrange 3-1", "uidrange 3", "uidrange word", "uidrange", "ipproto tcp", "ipproto bogus", "sport 1-3", "sport 3-1", "dport 1-3", "dport 1-65536", "no_track",
		"protocol static", "bogus 3", "dev", "nop", "l3mdev", "type blackhole",
	)...)
	out = append(
		out, "from 192.0.2.0/24 l3mdev", "from 192.0.2.0/24 nop", "from 192.0.2.0/24 blackhole", "from 192.0.2.0/24 type blackhole", "from 192.0.2.0/24 type unreachable", "from 192.0.2.0/24 type prohibit",
		"from 192.0.2.0/24 type bogus", "from 192.0.2.0/24 unreachable", "from 192.0.2.0/24 type", "from 192.0.2.0/24 goto 3", "from 192.0.2.0/24 priority 100 goto 50", "from 192.0.2.0/24 table main",
		"from 192.0.2.0/24 table bogus", "suppress_prefixlength 0 table main", "suppress_ifgroup default table main",
	)
	return append(out, behind("from 192.0.2.0/24 table 3", more...)...)
}

// Entries returns the cases of blocks that hold entries instead of keywords.
func Entries() []Case {
	var out []Case
	seen := map[string]bool{}
	for _, b := range slices.Sorted(maps.Keys(entries)) {
		for _, l := range entries[b] {
			name := short(strings.ReplaceAll(l, "\n", " ⏎ ")) + " in " + place(b)
			if seen[name] {
				continue
			}
			seen[name] = true
			out = append(out, Case{Name: name, Keyword: "entry", Block: b, Text: file(b, "", l)})
		}
	}
	return out
}
