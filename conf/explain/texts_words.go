package explain

// wordTexts explain the codes about single words and lines.
var wordTexts = []Text{
	{
		Code: "unknown-keyword", Title: "a keyword that the block does not have",
		Means: "The first word of the line is no keyword of this block.",
		Hurts: "The line is ignored, and what it was to set keeps its default. keepalived runs on with a line in the log.",
		Example: `vrrp_instance VI_1 {
    prioritty 150           # runs at the default priority 100
}`,
		Mend: "Correct the word, or move the line to the block that is named with the finding.",
	},
	{
		Code: "unknown-block", Title: "a block that is not known here",
		Means: "A line with a { begins with a word that is no block of this place.",
		Hurts: "The whole block is ignored.",
		Example: `vrrp_instnce VI_1 {
}`,
		Mend: "Correct the word, or move the block.",
	},
	{
		Code: "unknown-option", Title: "a word that is none of the possible ones",
		Means:   "The keyword takes one of some fixed words here, and this is none of them.",
		Hurts:   "The word or the line is ignored and a default is used.",
		Example: `state SLAVE`,
		Mend:    "Use one of the words that the finding names; docs/keywords.md has them too.",
	},
	{
		Code: "duplicate-keyword", Title: "a keyword that was given already",
		Means: "The keyword counts once in its block. keepalived keeps the first of two scripts, lists and the state MASTER.",
		Hurts: "The second line is ignored, even if it is the newer one.",
		Example: `notify_master "/usr/local/bin/old"
notify_master "/usr/local/bin/new"`,
		Mend: "Leave one of the lines.",
	},
	{
		Code: "duplicate-name", Title: "a name that is defined already",
		Means: "Another block of this kind has the same name.",
		Hurts: "This block is ignored as a whole.",
		Example: `vrrp_instance VI_1 {
}
vrrp_instance VI_1 {
}`,
		Mend: "Give each block a name of its own.",
	},
	{
		Code: "deprecated", Title: "an old spelling of a keyword",
		Means:   "The keyword still works and has a newer name.",
		Hurts:   "Nothing yet; keepalived complains about it, and its configuration test is not clean.",
		Example: `nb_get_retry 3`,
		Mend:    "Use the newer spelling that the finding names.",
	},
	{
		Code: "not-active-yet", Title: "a keyword that nothing acts on yet",
		Means: "This release of Holdfast reads the keyword, checks its arguments and keeps them, and does nothing with them. It is told once for each keyword.",
		Hurts: "What keepalived does for this keyword does not happen.",
		Mend:  "Nothing is wrong with the file. docs/keywords.md says which keywords act.",
	},
	{
		Code: "clamped", Title: "a number beyond its limits",
		Means: "The number is larger or smaller than keepalived allows, which uses the limit instead.",
		Hurts: "The value in force is not the one in the file.",
		Example: `track_script {
    chk weight 254          # 253 is used
}`,
		Mend: "Write a value within the limits of docs/keywords.md.",
	},
	{
		Code: "bad-number", Title: "not a number, or not one of the possible ones",
		Means:   "The keyword takes a number within limits, and the word is none, or lies outside.",
		Hurts:   "The line is ignored, and the default is in force.",
		Example: `advert_int one`,
		Mend:    "Write a number within the limits of docs/keywords.md; times are in seconds and may have decimals.",
	},
	{
		Code: "too-exact", Title: "a time with more than six decimals",
		Means:   "Times count in microseconds; the digits beyond are rounded.",
		Hurts:   "Nothing that anybody could notice; keepalived counts it as a fault of the configuration.",
		Example: `garp_master_delay 1.0000001`,
		Mend:    "Leave out the digits.",
	},
	{
		Code: "bad-bool", Title: "neither true nor false",
		Means:   "The keyword takes true, on or yes, or false, off or no. Alone it means true.",
		Hurts:   "The line is ignored.",
		Example: `smtp_alert enabled`,
		Mend:    "Write on or off.",
	},
	{
		Code: "bad-address", Title: "not an IP address",
		Means: "The word is no IPv4 or IPv6 address, or the address is malformed.",
		Hurts: "The line is ignored, or the server or instance runs without it.",
		Example: `virtual_ipaddress {
    192.0.2.300
}`,
		Mend: "Write the address in numbers; names are not looked up.",
	},
	{
		Code: "bad-prefix-length", Title: "not a prefix length",
		Means:   "What follows the / is no number from 0 to 32, or to 128 for IPv6.",
		Hurts:   "The address is taken as a single host, /32 or /128.",
		Example: `192.0.2.10/33`,
		Mend:    "Write the length of the network's prefix, as in 192.0.2.10/24.",
	},
	{
		Code: "prefix-with-peer", Title: "a prefix length on an address with a peer",
		Means:   "Of a point-to-point address the prefix length belongs to the peer.",
		Hurts:   "The length on the address itself is ignored.",
		Example: `192.0.2.10/24 peer 192.0.2.11`,
		Mend:    "Move it: 192.0.2.10 peer 192.0.2.11/24.",
	},
	{
		Code: "wrong-family", Title: "an address of another family",
		Means: "An advert carries addresses of one family, and its source is of the same one. This one is IPv6 among IPv4, or the other way round.",
		Hurts: "The address is ignored, or the interface's own address is the source.",
		Example: `virtual_ipaddress {
    192.0.2.10
    2001:db8::10
}`,
		Mend: "Put addresses of the other family into virtual_ipaddress_excluded or into an instance of their own.",
	},
	{
		Code: "not-multicast", Title: "not a multicast address",
		Means:   "The group that adverts go to must be a multicast address (224.0.0.0/4, ff00::/8).",
		Hurts:   "The line is ignored and the default group is used; the other node may use another one.",
		Example: `vrrp_mcast_group4 192.0.2.1`,
		Mend:    "Use a multicast address, or unicast_peer for single nodes.",
	},
	{
		Code: "long-name", Title: "a name longer than the kernel allows",
		Means:   "Names of interfaces and labels of addresses have at most 15 characters.",
		Hurts:   "The address or line is ignored.",
		Example: `192.0.2.10/24 dev eth0 label eth0:production1`,
		Mend:    "Use a shorter name.",
	},
	{
		Code: "zero-repeat", Title: "a number of repeats below one",
		Means:   "What is announced is announced at least once.",
		Hurts:   "1 is used.",
		Example: `garp_master_repeat 0`,
		Mend:    "Write 1 or more.",
	},
	{
		Code: "zero-time", Title: "a time of zero",
		Means: "The interval or timeout of a script must be more than zero.",
		Hurts: "One second is used.",
		Example: `vrrp_script chk {
    interval 0
}`,
		Mend: "Write the seconds that are meant.",
	},
}
