package manual

import (
	"strings"

	"holdfast/conf"
)

// Common is the section of the options that several checkers take; no block of the table has its name.
const Common = "checkers"

// section is a part of the manual: one block, or what several have in common.
type section struct {
	block    string // as the table names it, or Common
	part     string // the heading that it stands under in the table of contents
	title    string
	about    string
	examples map[string]string // by keyword
}

// heading tells a section about one block from the keyword that opens it.
func (s section) heading() string {
	if strings.Contains(s.title, " ") {
		return s.title
	}
	return s.title + " block"
}

// The parts of the manual.
const (
	partWhole  = "The whole"
	partHost   = "The host"
	partTrack  = "What is tracked"
	partVRRP   = "VRRP"
	partLVS    = "Load balancing"
	partChecks = "Checkers"
)

// sections are in the order of the manual.
var sections = []section{
	{"", partWhole, "Outside all blocks", "What stands at the outermost level of a file: the blocks, other files, and what must be known before any block is read, such as the " +
		"network namespace to run in.", rootExamples},
	{"global_defs", partWhole, "global_defs", "Settings of the daemon as a whole: who it is, whom it mails, how its processes are named, scheduled and " +
		"kept in memory, and the defaults of what instances and checkers may say for themselves.", globalExamples},

	{"linkbeat_interfaces", partHost, "linkbeat_interfaces", "Interfaces whose driver does not tell when the link changes, so that it has to be asked. " +
		"One interface a line.", nil},
	{"interface_up_down_delays", partHost, "interface_up_down_delays", "For links that flap: how long a change must last before anybody is told. One interface a line.", nil},
	{"garp_group", partHost, "garp_group", "Interfaces that lead to the same switch and share one pace of gratuitous ARPs and neighbour advertisements, so that a takeover of " +
		"many addresses does not flood it. May stand several times.", garpExamples},
	{"static_ipaddress", partHost, "static_ipaddress", "Addresses that the daemon sets at the start and removes at the end, whoever is master. One address a line.", nil},
	{"static_routes", partHost, "static_routes", "Routes that the daemon sets at the start and removes at the end, whoever is master. One route a line.", nil},
	{"static_rules", partHost, "static_rules", "Routing rules that the daemon sets at the start and removes at the end, whoever is master. One rule a line.", nil},
	{"track_group", partHost, "track_group", "A name for instances that static addresses, routes and rules refer to: when somebody removes one of these, the instances go into " +
		"FAULT.", trackGroupExamples},

	{"vrrp_script", partTrack, "vrrp_script", "A command that runs at intervals and judges this node by its exit status. An instance or a group " +
		"that names it in track_script goes into FAULT or changes its priority.", scriptExamples},
	{"track_file", partTrack, "track_file", "A file with a number in it, by which programs of yours move priorities, or the weights of real servers with FILE_CHECK.", trackFileExamples},
	{"vrrp_track_process", partTrack, "vrrp_track_process", "A process that has to run on this node. The kernel tells when it comes and goes, so that nothing has to be run at intervals.", trackProcessExamples},
	{"bfd_instance", partTrack, "bfd_instance", "A BFD session (RFC 5880, RFC 5881) with one neighbour, which notices the loss of a path within milliseconds. Instances and groups follow " +
		"it by track_bfd, real servers by BFD_CHECK.", bfdExamples},

	{"vrrp_sync_group", partVRRP, "vrrp_sync_group", "Instances that are MASTER together or not at all, such as the inner and the outer side of a router.", groupExamples},
	{"vrrp_instance", partVRRP, "vrrp_instance", "One virtual router on one interface: the nodes with the same virtual_router_id elect a master, and the master has the addresses.", instanceExamples},
	{"vrrp_instance/authentication", partVRRP, "authentication", "Authentication of VRRP version 2, in a vrrp_instance. It keeps nodes apart that are set up by mistake; it is no protection against an attacker.", authExamples},
	{"vrrp_instance/auth_hmac", partVRRP, "auth_hmac", "Adverts signed with a shared secret, in a vrrp_instance, for either version of the protocol.", hmacExamples},

	{"SSL", partLVS, "SSL", "Keys and certificates that SSL_GET shows to real servers.", sslExamples},
	{"virtual_server_group", partLVS, "virtual_server_group", "Addresses, ranges of them and firewall marks that one virtual_server serves alike. One entry a line.", serverGroupExamples},
	{"virtual_server", partLVS, "virtual_server", "A service that the kernel's IPVS spreads over real servers, and the defaults of their checkers.", virtualExamples},
	{"virtual_server/real_server", partLVS, "real_server", "One server behind a virtual_server. It gets connections as long as all of its checkers succeed; without a checker it always does.", realExamples},

	{Common, partChecks, "Options of several checkers", "What most checkers take, each of which says whom it talks to, how often, and how much it forgives. What a checker does not say, its real_server does, " +
		"or the virtual_server.", commonExamples},
	{"tls", partChecks, "tls", "How HTTP_GET, SSL_GET, TCP_CHECK, SMTP_CHECK and GRPC_CHECK speak TLS, and what they ask of the server's certificate. Without it only SSL_GET speaks TLS, and verifies nothing.", tlsExamples},
	{"HTTP_GET/SSL_GET", partChecks, "HTTP_GET and SSL_GET", "Fetch pages by HTTP or HTTPS and judge status, digest or text.", httpExamples},
	{"HTTP_GET/url", partChecks, "url", "One page to fetch, in HTTP_GET or SSL_GET. It is good if everything that is said of it holds.", urlExamples},
	{"SMTP_CHECK", partChecks, "SMTP_CHECK", "Greet a mail server and take leave.", smtpExamples},
	{"DNS_CHECK", partChecks, "DNS_CHECK", "Ask a name server by UDP; any answer without an error is good.", dnsExamples},
	{"MISC_CHECK", partChecks, "MISC_CHECK", "Run a script; its exit status is the verdict, and the weight too if misc_dynamic is there.", miscExamples},
	{"BFD_CHECK", partChecks, "BFD_CHECK", "Follow a BFD session.", bfdCheckExamples},
	{"UDP_CHECK", partChecks, "UDP_CHECK", "Send a datagram and wait for an ICMP error, or for a reply if one is required.", udpExamples},
	{"GRPC_CHECK", partChecks, "GRPC_CHECK", "Ask gRPC's health service, which most servers of gRPC have built in; SERVING is good.", grpcExamples},
	{"FILE_CHECK", partChecks, "FILE_CHECK", "Take the weight from the number in a track_file.", fileExamples},
}

// home is the section that a row of the table stands in.
func home(k conf.Keyword) string {
	if len(k.Where) > 1 {
		return Common
	}
	return string(k.Where[0])
}
