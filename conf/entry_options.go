package conf

// addressWords are the words that may stand behind an address in virtual_ipaddress, virtual_ipaddress_excluded and
// static_ipaddress.
var addressWords = []string{
	"autojoin", "brd", "broadcast", "dev", "home", "label", "mngtmpaddr", "no_track", "-nodad", "noprefixroute", "peer",
	"preferred_lft", "scope", "track_group", "use_vmac",
}

// routeWords are the types, options and nested options of routes. The order is that of a reader's search.
var routeWords = []string{
	"add", "advmss", "append", "as", "blackhole", "congctl", "cwnd", "dev", "dsfield", "encap", "expires", "fastopen_no_cookie", "features", "from",
	"gw", "hoplimit", "inet", "inet6", "initcwnd", "initrwnd", "metric", "mtu", "nexthop", "no_track", "oif", "onlink", "or", "pref",
	"preference", "prepend", "priority", "prohibit", "protocol", "quickack", "realms", "reordering", "rto_min", "rtt", "rttvar",
	"scope", "src", "ssthresh", "table", "throw", "to", "tos", "track_group", "ttl-propagate", "unicast", "unreachable", "via", "vrf",
	"weight", "window",
}

// ruleWords are the options of rules.
var ruleWords = []string{
	"dev", "dport", "dsfield", "from", "fwmark", "goto", "iif", "inet", "inet6", "ipproto", "l3mdev", "lookup", "no_track", "nop", "not",
	"oif", "order", "preference", "priority", "protocol", "realms", "sport", "suppress_ifgroup", "suppress_prefixlength", "sup_group",
	"sup_pl", "table", "to", "tos", "track_group", "tunnel-id", "type", "uidrange",
}

// entryOptions are the words that stand within the entries of a block, by the keyword that opens it.
var entryOptions = map[string][]string{
	"virtual_ipaddress":          addressWords,
	"virtual_ipaddress_excluded": addressWords,
	"static_ipaddress":           addressWords,
	"virtual_routes":             routeWords,
	"static_routes":              routeWords,
	"virtual_rules":              ruleWords,
	"static_rules":               ruleWords,
	"track_interface":            {"reverse", "weight"},
	"track_script":               {"noreverse", "reverse", "weight"},
	"track_file":                 {"noreverse", "reverse", "weight"},
	"track_process":              {"noreverse", "reverse", "weight"},
	"track_bfd":                  {"noreverse", "reverse", "weight"},
	"unicast_peer":               {"max_ttl", "min_ttl"},
	"linkbeat_interfaces":        {"ETHTOOL", "IOCTL", "MII"},
}

// EntryOptions returns the words that may stand within the entries of the block that keyword opens, such as dev and label
// behind an address; nil for a block that has none. A nested word such as one of encap is not among them.
func EntryOptions(keyword string) []string { return entryOptions[keyword] }

// HoldsEntries reports whether a block holds one entry a line, or several, instead of keywords.
func HoldsEntries(b Block) bool { return theGrammar().entries[b] }
