package explain

// checkerTexts explain the codes about checkers and groups of virtual servers.
var checkerTexts = []Text{
	{
		Code: "always-fails", Title: "a check that cannot succeed",
		Means: "What the check asks for can never be, such as a reply longer than what is read of it.",
		Hurts: "The server is down for ever.",
		Example: `UDP_CHECK {
    require_reply
    min_reply_length 500
    max_reply_length 100
}`,
		Mend: "Correct the two numbers.",
	},
	{
		Code: "bad-hex", Title: "not hexadecimal digits",
		Means: "The keyword takes pairs of hexadecimal digits; in a reply x stands for any digit.",
		Hurts: "The line is ignored, or any reply will do.",
		Example: `UDP_CHECK {
    payload 0x1234
}`,
		Mend: "Write the digits without a prefix: 1234.",
	},
	{
		Code: "bad-mask", Title: "not a netmask or prefix length",
		Means:   "persistence_granularity takes an IPv4 netmask or an IPv6 prefix length.",
		Hurts:   "The line is ignored: each client address is remembered by itself.",
		Example: `persistence_granularity 24`,
		Mend:    "Write 255.255.255.0 for IPv4, or a number from 1 to 128 for IPv6.",
	},
	{
		Code: "odd-mask", Title: "a netmask with holes",
		Means:   "The bits of the netmask are not ones followed by zeros.",
		Hurts:   "Clients with unlike addresses count as one, and neighbours as two.",
		Example: `persistence_granularity 255.0.255.0`,
		Mend:    "Write a netmask such as 255.255.255.0.",
	},
	{
		Code: "bad-regex", Title: "an expression that cannot be used",
		Means: "The pattern of regex is faulty, or has a construct that no engine here knows: \\K, recursion, verbs such as (*UTF8), branch reset.",
		Hurts: "The body is not looked at, and the check goes by status and digest alone. keepalived complains when it starts, and crashes at the first reply.",
		Example: `url {
    path /
    regex "(ok"
}`,
		Mend: "Close groups and brackets, escape what is meant literally, and write constructs of PCRE2 in another way.",
	},
	{
		Code: "bad-offset", Title: "a range of the reply in which nothing can match",
		Means: "regex_max_offset is not above regex_min_offset.",
		Hurts: "The expression is never found, and the check goes by that.",
		Example: `url {
    path /
    regex "ok"
    regex_min_offset 100
    regex_max_offset 50
}`,
		Mend: "Give the larger number to regex_max_offset.",
	},
	{
		Code: "bad-tunnel", Title: "options of a tunnel that do not go together",
		Means:   "The words after lb_kind TUN or lvs_method TUN describe the tunnel; one of them is unknown, lacks its value or does not fit its type.",
		Hurts:   "The options are ignored, and a plain IP-in-IP tunnel is used.",
		Example: `lvs_method TUN type gue`,
		Mend:    "GUE needs port N; see the arguments in docs/keywords.md.",
	},
	{
		Code: "duplicate-block", Title: "a block that is there already",
		Means: "There can be one block of this kind.",
		Hurts: "The newer one replaces the other as a whole.",
		Example: `SSL {
    key /etc/a.pem
}
SSL {
    cert /etc/b.pem
}`,
		Mend: "Put all into one block.",
	},
	{
		Code: "duplicate-checker", Title: "two BFD_CHECKs of one path",
		Means: "Another BFD_CHECK of the real server follows this bfd_instance already.",
		Hurts: "This one is ignored.",
		Example: `BFD_CHECK {
    name gw
}
BFD_CHECK {
    name gw
}`,
		Mend: "Remove one of them.",
	},
	{
		Code: "unknown-bfd", Title: "a bfd_instance that is not defined above",
		Means: "BFD_CHECK names a bfd_instance that is not there, or stands further down.",
		Hurts: "The checker is ignored; if it is the only one, the server counts as up for ever.",
		Example: `BFD_CHECK {
    name gwy
}`,
		Mend: "Correct the name, or move the bfd_instance above.",
	},
	{
		Code: "unknown-file", Title: "a track_file that is not defined above",
		Means: "FILE_CHECK names a track_file that is not there, or stands further down.",
		Hurts: "The line is ignored.",
		Example: `FILE_CHECK {
    track_file lod
}`,
		Mend: "Correct the name, or move the track_file block above.",
	},
	{
		Code: "unknown-group", Title: "a virtual_server_group that does not exist",
		Means: "virtual_server group NAME names a group that is nowhere in the files.",
		Hurts: "The virtual server is ignored.",
		Example: `virtual_server group web {
}`,
		Mend: "Correct the name, or add virtual_server_group NAME { ADDR PORT }.",
	},
	{
		Code: "group-name", Title: "a virtual_server_group without one name",
		Means: "The block needs exactly one name.",
		Hurts: "keepalived stops reading the file there and does not run.",
		Example: `virtual_server_group {
    192.0.2.10 80
}`,
		Mend: "Write one name before the brace.",
	},
	{
		Code: "family", Title: "addresses of different families",
		Means: "The address is IPv6 and what it belongs to is IPv4, or the other way round.",
		Hurts: "The line or the virtual server is ignored.",
		Example: `HTTP_GET {
    connect_ip 192.0.2.21
    bindto 2001:db8::1
}`,
		Mend: "Use addresses of one family.",
	},
	{
		Code: "link-local", Title: "a link-local address without an interface",
		Means: "Link-local addresses (fe80::/10) are on every link; the checker must say which one with bind_if.",
		Hurts: "The kernel cannot tell where the address is, and the check fails.",
		Example: `TCP_CHECK {
    connect_ip fe80::21
}`,
		Mend: "Add bind_if NAME.",
	},
	{
		Code: "quorum", Title: "a quorum above the sum of the weights",
		Means: "quorum is a sum of weights, and all real servers together weigh less.",
		Hurts: "It is reduced to their sum: one failure loses the quorum.",
		Example: `virtual_server 192.0.2.10 80 {
    quorum 3
    real_server 192.0.2.21 80 {
        weight 1
    }
}`,
		Mend: "Choose what is enough for the service.",
	},
	{
		Code: "hysteresis", Title: "a hysteresis that is not below the quorum",
		Means: "The quorum is lost below quorum less hysteresis, which must be more than nothing.",
		Hurts: "The hysteresis is reduced.",
		Example: `quorum 2
hysteresis 2`,
		Mend: "Choose a hysteresis below the quorum.",
	},
	{
		Code: "no-sorry-server", Title: "an option of a sorry server without one",
		Means: "The keyword is about the sorry_server above it, and there is none.",
		Hurts: "The line is ignored.",
		Example: `virtual_server 192.0.2.10 80 {
    sorry_server_inhibit
    sorry_server 192.0.2.99 80
}`,
		Mend: "Move it below sorry_server.",
	},
	{
		Code: "sorry-twin", Title: "a sorry server that is a real server too",
		Means: "The same address is the sorry server and a real server, and only one of both is set to be inhibited rather than removed.",
		Hurts: "The setting of the real server holds for both.",
		Example: `virtual_server 192.0.2.10 80 {
    sorry_server 192.0.2.21 80
    sorry_server_inhibit
    real_server 192.0.2.21 80 {
    }
}`,
		Mend: "Say inhibit_on_failure and sorry_server_inhibit both or neither.",
	},
	{
		Code: "scheduler-flag", Title: "an option of another scheduler",
		Means: "The option is for certain schedulers, and lb_algo above it names none of them, or stands below it.",
		Hurts: "The line is ignored.",
		Example: `lb_algo rr
sh-port`,
		Mend: "Remove the line, or put it below lb_algo sh.",
	},
	{
		Code: "suspend-mark", Title: "ha_suspend for a firewall mark",
		Means: "ha_suspend stops checks while the virtual server's address is not on this host; a firewall mark has no address.",
		Hurts: "It is off.",
		Example: `virtual_server fwmark 1 {
    ha_suspend
}`,
		Mend: "Remove it.",
	},
	{
		Code: "port-mark", Title: "a port behind a firewall mark without NAT",
		Means: "With DR and TUN packets keep their destination port; a firewall mark says nothing about ports.",
		Hurts: "The port is ignored.",
		Example: `virtual_server fwmark 1 {
    lb_kind DR
    real_server 192.0.2.21 80 {
    }
}`,
		Mend: "Leave the port out.",
	},
	{
		Code: "useless-protocol", Title: "a protocol for a firewall mark",
		Means: "A firewall mark stands for whatever the firewall marks, of any protocol.",
		Hurts: "The line is ignored.",
		Example: `virtual_server fwmark 1 {
    protocol TCP
}`,
		Mend: "Remove it, and let the firewall choose.",
	},
	{
		Code: "sync-families", Title: "connections are not synchronized between address families",
		Means: "lvs_sync_daemon is there, and a real server or sorry server has an address of another family than its virtual server, as tunnels allow.",
		Hurts: "The kernel refuses the sync daemons while there is such a server, and such a server while they run.",
		Example: `global_defs {
    lvs_sync_daemon eth0
}
virtual_server 192.0.2.10 80 {
    lb_algo rr
    lb_kind TUN
    real_server 2001:db8::21 80 {
    }
}`,
		Mend: "Give the server an address of its service's family, or do without one of the two.",
	},
}
