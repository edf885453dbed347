package explain

// serverTexts explain the codes about virtual and real servers.
var serverTexts = []Text{
	{
		Code: "no-real-server", Title: "a virtual server without real servers",
		Means: "The block has no real_server that could be used.",
		Hurts: "The virtual server is ignored.",
		Example: `virtual_server 192.0.2.10 80 {
}`,
		Mend: "Add a real_server block.",
	},
	{
		Code: "default-protocol", Title: "a virtual server without a protocol",
		Means: "protocol is missing. The default is UDP, which is rarely meant.",
		Hurts: "TCP connections to the service are not balanced; they reach the director itself.",
		Example: `virtual_server 192.0.2.10 80 {
    lb_algo rr
}`,
		Mend: "Add protocol TCP (or UDP, to say that it is meant).",
	},
	{
		Code: "default-forward", Title: "a virtual server without lb_kind",
		Means: "How packets reach the real servers is not said; NAT is the default.",
		Hurts: "keepalived warns, and its configuration test is not clean. Servers that are set up for DR do not answer.",
		Example: `virtual_server 192.0.2.10 80 {
    lb_algo rr
}`,
		Mend: "Add lb_kind NAT, DR or TUN.",
	},
	{
		Code: "default-scheduler", Title: "a virtual server without lb_algo",
		Means: "How connections are spread is not said; wlc is the default.",
		Hurts: "keepalived warns, and its configuration test is not clean.",
		Example: `virtual_server 192.0.2.10 80 {
    lb_kind NAT
}`,
		Mend: "Add lb_algo wlc, or another scheduler.",
	},
	{
		Code: "ops-needs-udp", Title: "one-packet scheduling without UDP",
		Means: "ops treats each packet by itself, which only UDP bears.",
		Hurts: "It is off.",
		Example: `virtual_server 192.0.2.10 80 {
    protocol TCP
    ops
}`,
		Mend: "Remove ops, or use protocol UDP.",
	},
	{
		Code: "port-zero", Title: "port 0 without persistence",
		Means: "A virtual server with port 0 stands for all ports of an address; IPVS wants persistence for it.",
		Hurts: "persistence_timeout 360 is used: a client stays with its server for six minutes.",
		Example: `virtual_server 192.0.2.10 0 {
}`,
		Mend: "Say persistence_timeout, or a port.",
	},
	{
		Code: "port-mismatch", Title: "a real server on another port without NAT",
		Means: "With DR and TUN packets keep their destination port: the real server must listen on that of the virtual server.",
		Hurts: "The port of the virtual server is used.",
		Example: `virtual_server 192.0.2.10 80 {
    lb_kind DR
    real_server 192.0.2.21 8080 {
    }
}`,
		Mend: "Let the real server listen on the same port, or use lb_kind NAT.",
	},
	{
		Code: "duplicate-server", Title: "a real server twice in one virtual server",
		Means: "The same address and port is there already, perhaps only after the port was changed to that of the virtual server.",
		Hurts: "The second one is ignored, with its weight and checks.",
		Example: `real_server 192.0.2.21 80 {
}
real_server 192.0.2.21 80 {
}`,
		Mend: "Remove one of them.",
	},
	{
		Code: "unknown-follow", Title: "a virtual server follows an instance that does not exist",
		Means: "follow_vrrp names a vrrp_instance that is not there, or that was dropped because of a fault of its own.",
		Hurts: "The virtual server follows nobody: it is in the kernel's table all the time, on the backup node too.",
		Example: `virtual_server 192.0.2.10 80 {
    follow_vrrp VI_l        # VI_1
}`,
		Mend: "Correct the name, or mend the instance.",
	},
	{
		Code: "unknown-service", Title: "a virtual server is tracked that does not exist",
		Means: "A line of track_virtual_server is written as a virtual_server is, with ADDR [PORT], fwmark N or group NAME, and no virtual_server of the file is " +
			"written so.",
		Hurts: "Nothing is tracked by this line.",
		Example: `track_virtual_server {
    192.0.2.10              # 192.0.2.10 80
}`,
		Mend: "Write it as the virtual_server is written.",
	},
	{
		Code: "missing-url", Title: "HTTP_GET or SSL_GET without a url",
		Means: "The checker has no url block that could be used.",
		Hurts: "The checker is ignored: if it is the only one, the server counts as up for ever.",
		Example: `HTTP_GET {
    connect_timeout 3
}`,
		Mend: "Add url { path / }.",
	},
	{
		Code: "missing-path", Title: "a url without a path",
		Means: "The url block has no path line.",
		Hurts: "The url is ignored.",
		Example: `url {
    status_code 200
}`,
		Mend: "Add path /.",
	},
	{
		Code: "bad-digest", Title: "not an MD5 digest",
		Means: "A digest has 32 hexadecimal digits.",
		Hurts: "The line is ignored: the page's content is not looked at.",
		Example: `url {
    path /
    digest 9b3a0c85a887a256
}`,
		Mend: "Write the MD5 sum of the page's body: curl -s URL | md5sum.",
	},
	{
		Code: "bad-status", Title: "not an HTTP status",
		Means:   "A status is a number from 100 to 599, or a range such as 200-299.",
		Hurts:   "The word is ignored.",
		Example: `status_code 20`,
		Mend:    "Write the status that the page answers with.",
	},
}
