package explain

// routeTexts explain the codes about routes, rules and what else stands outside of instances.
var routeTexts = []Text{
	{
		Code: "bad-goto", Title: "a rule that leads back or nowhere",
		Means:   "A rule with goto needs a preference, and the target must come after it.",
		Hurts:   "The rule is ignored.",
		Example: `from 192.0.2.0/24 goto 100 preference 200`,
		Mend:    "Give the rule a preference below that of its target.",
	},
	{
		Code: "missing-action", Title: "a rule without an action",
		Means:   "A rule says what is to happen with packets: a table to look into, goto, blackhole and the like. This one says nothing.",
		Hurts:   "The rule is ignored.",
		Example: `from 192.0.2.0/24`,
		Mend:    "Add table N or another action.",
	},
	{
		Code: "second-action", Title: "a rule with two actions",
		Means:   "A rule has one action, and the line has a second one.",
		Hurts:   "The rule is ignored.",
		Example: `from 192.0.2.0/24 table 100 blackhole`,
		Mend:    "Leave one of them, or write two rules.",
	},
	{
		Code: "missing-destination", Title: "a route without a destination",
		Means:   "The line names no network to route to.",
		Hurts:   "The route is ignored.",
		Example: `via 192.0.2.1 dev eth0`,
		Mend:    "Begin the line with the network, or with default.",
	},
	{
		Code: "missing-preference", Title: "a rule without a preference",
		Means:   "Without a preference keepalived chooses one for the rule.",
		Hurts:   "The order among the rules is not what the file shows, and may be another one after the next change.",
		Example: `from 192.0.2.0/24 table 100`,
		Mend:    "Add preference N.",
	},
	{
		Code: "swallowed-word", Title: "a word that keepalived ignores",
		Means: "An option takes the word behind it without using it.",
		Hurts: "An option that stands there has no effect, though the line is accepted.",
		Mend:  "Move or remove the word.",
	},
	{
		Code: "unknown-name", Title: "a name that is in none of the system's lists",
		Means:   "Routing tables, protocols, scopes, realms and groups have names in files of the system (/etc/iproute2). This name is in none.",
		Hurts:   "The route or rule is ignored, or the option is.",
		Example: `198.51.100.0/24 via 192.0.2.1 table upstream`,
		Mend:    "Correct the name, add it to the list, or write the number.",
	},
	{
		Code: "untrackable", Title: "a route or rule that cannot be tracked",
		Means:   "Only routes and rules of protocol 18, and only routes with a device, can be watched.",
		Hurts:   "The protocol is changed, or nobody notices when the route goes.",
		Example: `198.51.100.0/24 via 192.0.2.1`,
		Mend:    "Add dev IF, or say no_track.",
	},
	{
		Code: "unknown-track-group", Title: "a track_group that is not defined above",
		Means: "The word after track_group names a group that is not there, or stands further down.",
		Hurts: "Nobody tracks the address, route or rule: its loss has no consequence.",
		Example: `static_ipaddress {
    192.0.2.5/24 dev eth0 track_group uplinks
}`,
		Mend: "Correct the name, or move the track_group block above.",
	},
	{
		Code: "missing-name", Title: "a block without its name",
		Means: "The block needs a name in its first line.",
		Hurts: "The block is ignored.",
		Example: `track_group {
}`,
		Mend: "Write the name before the brace.",
	},
	{
		Code: "useless-group", Title: "a group that says nothing",
		Means: "A garp_group has neither garp_interval nor gna_interval.",
		Hurts: "The group is removed: announcements of its interfaces are not paced.",
		Example: `garp_group {
    interfaces {
        eth0
    }
}`,
		Mend: "Say garp_interval or gna_interval.",
	},
	{
		Code: "duplicate-interface", Title: "an interface in two groups",
		Means: "An interface can be in one garp_group only; the first one has it.",
		Hurts: "It is paced by the first group.",
		Example: `garp_group {
    garp_interval 0.01
    interface eth0
}
garp_group {
    garp_interval 0.1
    interface eth0
}`,
		Mend: "Leave it in one group.",
	},
	{
		Code: "spilled-list", Title: "a list that keepalived does not read as one",
		Means: "A second list, or words after the first one, stand where keepalived expects keywords.",
		Hurts: "keepalived takes the words or the brace for unknown keywords.",
		Mend:  "Remove the second list.",
	},
	{
		Code: "missing-neighbor", Title: "a bfd_instance without a neighbor",
		Means: "The block has no neighbor_ip that could be used.",
		Hurts: "The instance is ignored: nobody watches the path, and what tracks it does not know.",
		Example: `bfd_instance gw {
    source_ip 192.0.2.1
}`,
		Mend: "Add neighbor_ip ADDR.",
	},
	{
		Code: "duplicate-neighbor", Title: "two bfd_instances with one neighbor",
		Means: "Another bfd_instance has this neighbor already.",
		Hurts: "This one is ignored.",
		Example: `bfd_instance one {
    neighbor_ip 192.0.2.254
}
bfd_instance two {
    neighbor_ip 192.0.2.254
}`,
		Mend: "Track the first one in both places.",
	},
	{
		Code: "missing-process", Title: "a tracked process without a name",
		Means: "The vrrp_track_process block has no process line.",
		Hurts: "It is ignored, and so are the lines that track it.",
		Example: `vrrp_track_process web {
    quorum 2
}`,
		Mend: "Add process NAME.",
	},
	{
		Code: "quorum-order", Title: "a quorum above its maximum",
		Means: "quorum is the least and quorum_max the greatest number of processes; here they are the wrong way round.",
		Hurts: "The second of the two lines is ignored.",
		Example: `vrrp_track_process web {
    process nginx
    quorum 5
    quorum_max 3
}`,
		Mend: "Give quorum_max a number that is at least quorum.",
	},
	{
		Code: "missing-file", Title: "a tracked file without a path, or a check without its file",
		Means: "A track_file block has no file line, or a FILE_CHECK does not say which track_file it follows.",
		Hurts: "It is ignored: nothing is tracked or checked by it.",
		Example: `track_file load {
    weight 1
}`,
		Mend: "Add file PATH, or track_file NAME in the checker.",
	},
	{
		Code: "empty-list", Title: "a list with nothing in it",
		Means: "The block is there and has no entries.",
		Hurts: "It is as if the block were absent; keepalived warns.",
		Example: `notification_email {
}`,
		Mend: "Add an entry, or remove the block.",
	},
	{
		Code: "empty-command", Title: "a command without a program",
		Means:   "The keyword runs a command, and its words name none.",
		Hurts:   "The line is ignored.",
		Example: `notify_fifo_script ""`,
		Mend:    "Write the path of the program.",
	},
	{
		Code: "bad-arguments", Title: "arguments that do not go together",
		Means:   "The keyword takes another number or kind of words.",
		Hurts:   "The line is ignored.",
		Example: `reload_time_file /run/a /run/b`,
		Mend:    "See the arguments in docs/keywords.md.",
	},
	{
		Code: "duplicate-option", Title: "options that do not combine as written",
		Means: "A list of options begins with a word that replaces all others, or has one twice.",
		Hurts: "The further option is ignored.",
		Mend:  "Write a sign before each further option: +NAME or -NAME.",
	},
	{
		Code: "conflict", Title: "two settings that exclude each other",
		Means: "Both cannot be in force at once.",
		Hurts: "One of them is ignored; the finding says which one holds.",
		Example: `vrrp_rx_bufs_policy MTU
vrrp_rx_bufs_policy ADVERT`,
		Mend: "Leave one of the two.",
	},
}
