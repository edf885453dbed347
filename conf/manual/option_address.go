package manual

// words is one or more spellings of an option.
func words(w ...string) []string { return w }

var addressOptions = []option{
	{words("dev"), "IF", "Link that the address is set on; without it the instance's interface, or default_interface; at most 15 characters, once", `192.0.2.11/24 dev eth1`, ""},
	{words("brd", "broadcast"), "ADDR|+|-", "Broadcast address; + sets all host bits and - clears them, up to a length of 30. IPv4 only", `192.0.2.11/24 brd +`, ""},
	{words("scope"), "SCOPE", "Where the address is valid: global, site, link, host, nowhere, or 0 to 255. IPv4 only", `192.0.2.11/24 scope link`, ""},
	{words("label"), "LABEL", "Label of the address; at most 15 characters. IPv4 only", `192.0.2.11/24 dev eth0 label eth0:web`, ""},
	{words("peer"), "ADDR", "Other end of a point-to-point link, of the same family; neither has a length then", `192.0.2.11 peer 192.0.2.12`, ""},
	{words("home"), "", "The home address of a mobile node (RFC 6275). IPv6 only", `2001:db8::11/64 home`, ""},
	{words("-nodad"), "", "Look for duplicates before use, which is not done otherwise (it takes nodad away). IPv6 only", `2001:db8::11/64 -nodad`, ""},
	{words("mngtmpaddr"), "", "The kernel makes temporary addresses after this one (RFC 8981). IPv6 only", `2001:db8::11/64 mngtmpaddr`, ""},
	{words("noprefixroute"), "", "No route to the address's network comes with it", `192.0.2.11/24 noprefixroute`, ""},
	{words("autojoin"), "", "For a multicast address: the kernel joins its group", `224.0.0.118 autojoin`, ""},
	{words("preferred_lft"), "SECS|forever", "How long the address is preferred as a source; 0 to 4294967295, 0: only if there is no other, as for an IPv6 /128 that says nothing", `2001:db8::11/64 preferred_lft 0`, ""},
	{words("no_track"), "", "Neither the loss of the address nor that of the link named by dev matters", `192.0.2.11/24 no_track`, ""},
	{words("use_vmac"), "", "Set the address on a macvlan of its link; not in static_ipaddress", `192.0.2.11/24 dev eth1 use_vmac`, "virtual_ipaddress_excluded"},
	{words("track_group"), "NAME", "track_group, defined above, whose instances go into FAULT when the address goes; only in static_ipaddress", `192.0.2.11/24 track_group TG_1`, "static_ipaddress"},
}

var trackOptions = []option{
	{words("weight"), "N", "What is added to the priority while it is good, or, if negative, while it is bad; 0: bad is FAULT. For track_file what the number is multiplied by. Without it what the definition says", `chk_web weight -20`, ""},
	{words("reverse"), "", "Bad counts as good, and good as bad; behind a weight", `chk_web weight 20 reverse`, ""},
	{words("noreverse"), "", "Undo the reverse of the definition; behind a weight", `chk_web weight 20 noreverse`, ""},
}

var peerOptions = []option{
	{words("min_ttl"), "N", "Least TTL of adverts from this peer; 0 to 255; sets check_unicast_src", `198.51.100.2 min_ttl 254`, ""},
	{words("max_ttl"), "N", "Greatest TTL of adverts from this peer; 0 to 255; sets check_unicast_src", `198.51.100.2 min_ttl 250 max_ttl 254`, ""},
}
