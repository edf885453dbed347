package manual

// kind is a kind of lines in blocks that hold no keywords: what may stand in such a line.
type kind struct {
	title   string
	about   string
	in      []place // the blocks of such lines that Lines has examples for
	also    []string
	options []option
}

// place is a block of lines: the keyword that opens it, and the block where that stands.
type place struct{ keyword, block string }

// option is a word of such lines, with others that mean the same.
type option struct {
	words   []string
	args    string
	doc     string
	example string // a whole line
	only    string // the one keyword whose lines take it; empty: all
}

// kinds are in the order of the manual.
var kinds = []kind{
	{
		"Options of addresses", "What may stand behind ADDR[/LEN] in a line of virtual_ipaddress, virtual_ipaddress_excluded and static_ipaddress, in any order, in the words of ip address. " +
			"Without a length an address is a /32 or /128.",
		[]place{{"static_ipaddress", ""}, {"virtual_ipaddress_excluded", "vrrp_instance"}},
		[]string{"virtual_ipaddress"},
		addressOptions,
	},
	{
		"Options of routes", "What may stand in a line of virtual_routes and static_routes, in the words of ip route, which are not abbreviated. The destination is a prefix or default; nexthop comes last. " +
			"Names of tables, protocols, scopes and realms are those of iproute2.",
		[]place{{"static_routes", ""}, {"virtual_routes", "vrrp_instance"}},
		nil, routeOptions,
	},
	{
		"Options of rules", "What may stand in a line of virtual_rules and static_rules, in the words of ip rule, which are not abbreviated. A rule has one action: table, goto, nop, l3mdev or a type.",
		[]place{{"static_rules", ""}, {"virtual_rules", "vrrp_instance"}},
		nil, ruleOptions,
	},
	{
		"Options of what is tracked", "What may stand behind a name in a line of track_script, track_file, track_process, track_bfd and, but for noreverse, track_interface.",
		[]place{{"track_script", "vrrp_instance"}, {"track_script", "vrrp_sync_group"}},
		[]string{"track_interface", "track_file", "track_process", "track_bfd"},
		trackOptions,
	},
	{
		"Options of peers", "What may stand behind an address in a line of unicast_peer.",
		[]place{{"unicast_peer", "vrrp_instance"}},
		nil, peerOptions,
	},
}

// Line is an example of an option within a line.
type Line struct {
	Block   string // where it stands, as the keyword table has it
	Keyword string // that opens the block of the line
	Option  string
	Text    string // the block with the line, without a final line end
}

// Lines returns an example of each option, in each kind of block that takes it.
func Lines() []Line {
	var out []Line
	for _, k := range kinds {
		for _, o := range k.options {
			for _, in := range k.in {
				if o.only == "" || o.only == in.keyword {
					out = append(out, Line{in.block, in.keyword, o.words[0], in.keyword + " {\n    " + o.example + "\n}"})
				}
			}
		}
	}
	return out
}
