package corpus

import (
	"slices"
	"strings"
)

// numbers are tried for every kind of number: each lies at or beyond a border that some keyword has, or is none.
var numbers = []string{
	"1", "3", "word", "0", "-1", "1.5", "0.0000001", "101", "256", "1001", "4295", "65536", "86401", "2678401", "2147483648",
	"4294967296", "99999999999", "+7", "0x10", "1e3", "7x", `""`,
}

// samples are words for the placeholders of the table's argument grammar, right ones first.
var samples = map[string][]string{
	"ADDR":       {"192.0.2.77", "2001:db8::7", "word", "192.0.2.300", "192.0.2.7/24", "fe80::1", "224.0.0.5", "0.0.0.0"},
	"IF":         {"eth1", "nosuch0", "averyverylonginterfacename", "lo"},
	"BOOL":       {"on", "off", "true", "false", "yes", "no", "ON", "True", "maybe", "1"},
	"CMD":        {"/bin/true", `"/bin/true a b"`, "/nowhere/script", "true", `""`, "/etc", "/etc/hostname", "'/bin/true' x"},
	"USER":       {"root", "nosuchuser", "root root", "root nosuchgroup", "0"},
	"NAME":       {"word", strings.Repeat("n", 40), strings.Repeat("n", 300), `"two words"`, `""`},
	"FIFO":       {"@DIR@/fifo", "relative", "@DIR@/fifo root", "@DIR@/fifo nosuchuser", "@DIR@/fifo root nosuchgroup", "/etc/hostname"},
	"PATH":       {"@DIR@/file", "relative", "/nowhere/file", `""`},
	"IPV4_MCAST": {"224.0.0.77", "192.0.2.1", "ff02::77", "word"},
	"IPV6_MCAST": {"ff02::77", "2001:db8::1", "224.0.0.77", "word"},
	"MCAST_ADDR": {"224.0.0.77", "ff02::77", "192.0.2.1", "word"},
	"MD5HEX":     {"0123456789abcdef0123456789abcdef", "0123", "0123456789abcdef0123456789abcdeg", "0123456789ABCDEF0123456789ABCDEF0"},
	"HEX_STR":    {"0123456789abcdef", `"01 23"`, "012", "xyz"},
	"FQDN":       {"example.org", "example.org.", ".", "a..b", strings.Repeat("a", 64) + ".org", `"a b"`},
	"PATTERN":    {"word", `"a.*b"`, `"("`, `""`},
}

// alias says which samples other placeholders take. "#" stands for numbers.
var alias = map[string]string{
	"N": "#", "SECS": "#", "DEC_SECS": "#", "TIMER": "#", "USECS": "#", "MS": "#", "PORT": "#", "NICE": "#", "INT32": "#", "UINT": "#",
	"BYTES": "#", "PRIO": "#", "CPU": "#", "ID": "#", "1..99": "#", "-1..99": "#", "0..4": "#", "2_or_3": "#", "1_or_2": "#",
	"VRF_IF": "IF", "SCRIPT": "CMD", "STRING": "NAME", "TABLE": "NAME", "BFD_NAME": "NAME", "FILE": "PATH", "DIR": "PATH", "ABS_PATH": "PATH",
	"LOGFILE": "PATH", "HOST_OR_IP": "ADDR", "PERCENT": "#",
}

// special are the arguments of keywords whose grammar says more than a list of words.
var special = map[string][]string{
	"state":                   {"MASTER", "BACKUP", "master", "FAULT", "bogus"},
	"lvs_sync_daemon":         {"eth0", "eth0 VI", "eth0 inst VI", "nosuch0", "eth0 nosuch", "eth0 id 3", "eth0 id 256", "eth0 VI id 3 maxlen 100 port 9 ttl 3 group 224.0.0.9", "eth0 maxlen 0", "eth0 maxlen 65508", "eth0 port 65536", "eth0 ttl 256", "eth0 group 192.0.2.1", "eth0 group ff02::9", "eth0 id", "eth0 bogus 3", "averyverylonginterfacename"},
	"lvs_timeouts":            {"tcp 1", "tcp 1 tcpfin 2 udp 3", "udp 2678401", "tcp", "bogus 3", "tcp word", "tcp 0", "3"},
	"lvs_method":              {"NAT", "DR", "TUN", "nat", "bogus", "TUN type ipip", "TUN type gue port 9", "TUN type gue", "TUN type gre csum", "TUN type gre remcsum", "TUN type ipip csum", "TUN type gue port 9 remcsum", "TUN type bogus", "TUN type", "NAT type gue", "TUN type gue port 65536", "TUN nocsum"},
	"lvs_sched":               {"rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos", "RR", "bogus", `""`},
	"use_vmac":                {"", "vrrp.51", "bogusname_that_is_too_long", "vrrp.51 02:00:00:00:00:01", "02:00:00:00:00:01", "00:00:5e:00:01", "vrrp.51 netlink_notify_msg", "netlink_notify_msg", "a/b"},
	"use_ipvlan":              {"", "ipvl0", "ipvl0 192.0.2.9", "ipvl0 192.0.2.9 private", "192.0.2.9/24", "private", "bridge", "vepa", "ipvl0 bogus", "bogusname_that_is_too_long"},
	"umask":                   {"022", "0x12", "18", "0777", "01000", "IRUSR", "IRUSR|IWUSR", "word", "-1"},
	"init_file":               {"", "3", "overwrite", "3 overwrite", "word", "99999999999", "-3"},
	"weight":                  {"2", "-2", "0", "253", "254", "255", "-253", "-254", "-255", "2147483647", "2147483648", "word", "2 reverse", "-2 noreverse", "2 bogus", "1.5"},
	"process":                 {"nosuchd", "nosuchd a b", `"nosuchd a"`, `""`, strings.Repeat("n", 300)},
	"include_check":           {"", "readable", "+readable", "-readable", "match wildcard_match", "brace_match", "bogus", "+bogus"},
	"vrrp_iptables":           {"", "IN", "IN OUT", strings.Repeat("c", 40), "IN OUT EXTRA"},
	"vrrp_ipsets":             {"", "a", "a b c", "a b c d e f", "a a", strings.Repeat("s", 40)},
	"persistence_granularity": {"255.255.255.0", "24", "33", "129", "word", "255.0.255.0", "0"},
	"persistence_engine":      {"sip", "bogus", strings.Repeat("e", 20)},
	"status_code":             {"200", "200-299", "200 301-303", "99", "600", "300-200", "word", "200-", "-300", "200 word"},
	"regex_options":           {"caseless", "multiline dotall", "bogus", "CASELESS"},
	"regex_stack":             {"1000 2000", "2000 1000", "1000", "word 3", "0 0"},
	"expires_within":          {"21", "21 warn", "21 fail", "0", "65536", "word", "21 die"},
	"fwmark":                  {"3", "3 inet", "3 inet6", "3 bogus", "word", "-1", "4294967295", "4294967296", "0", "0x10"},
	"sorry_server":            {"192.0.2.77 80", "192.0.2.77", "word 80", "192.0.2.77 65536", "192.0.2.77 word", "2001:db8::7 80", "192.0.2.77 0"},
	"smtp_server":             {"192.0.2.77", "192.0.2.77 25", "192.0.2.77 65536", "192.0.2.77 word", "2001:db8::7 25", "192.0.2.77 0"},
	"connect_ip":              {"192.0.2.77", "2001:db8::7", "word", "192.0.2.300", "192.0.2.7/24"},
	"require_reply":           {"", "01xx", `"01 xx"`, "0", "zz"},
	"smtp_auth":               {"alerts @DIR@/file", "alerts", "alerts /nowhere/file", "alerts @DIR@/file extra"},
	"script_user":             {"root", "root root", "nosuchuser", "root nosuchgroup", "root root extra"},
	"vrrp_rx_bufs_policy":     {"MTU", "ADVERT", "4096", "mtu", "bogus", "0", "-1"},
	"reload_file":             {"", "@DIR@/reload", "relative"},
	"smtp_helo_name":          {"host.example.org", `"two words"`},
	"snmp_socket":             {"udp:127.0.0.1:705", "unix:/x", `""`},
	"notification_email_from": {"a@example.org", `"A B <a@example.org>"`, `""`},
	"net_namespace":           {"nosuchns"},
	"net_namespace_ipvs":      {"", "nosuchns"},
	"include":                 {"nosuch.part", "part.inc", "*.nosuch", "pa*.inc", "{part,nosuch}.inc", "sub"},
	"vrrp_version":            {"2", "3", "1", "4", "word", "2.5"},
	"version":                 {"2", "3", "1", "4", "word", "2.5"},
	"dynamic_interfaces":      {"", "allow_if_changes", "bogus"},
	"mcast_src_ip":            {"198.51.100.1", "192.0.2.7", "2001:db8::7", "word"},
	"unicast_src_ip":          {"198.51.100.1", "192.0.2.7", "2001:db8::7", "word"},
	"preempt_delay":           {"3", "0.5", "1000", "1001", "0", "-1", "word", "1e3"},
	"virtual_server":          {"192.0.2.100 80", "192.0.2.100", "192.0.2.100 65536", "192.0.2.100 word", "word 80", "fwmark 3", "fwmark word", "fwmark 0", "fwmark", "group VG", "group", "2001:db8::7 80", "192.0.2.100 0", "192.0.2.100 80 extra"},
	"real_server":             {"192.0.2.101 80", "192.0.2.101", "192.0.2.101 65536", "192.0.2.101 word", "word 80", "2001:db8::7 80", "192.0.2.101 0", "192.0.2.101 80 extra"},
}

// byGrammar are the arguments of keywords whose name is another's too.
var byGrammar = map[string][]string{
	"ID hex:HEX or TEXT or file:PATH": {
		"1 hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "2 0123456789abcdef0123456789abcdef", "3 file:/nowhere/key", "0 hex:00", "256 hex:00",
		"1 hex:00", "1 hex:zz", "1 short", "1", "word hex:00",
	},
}

// like says which keywords share the arguments of another.
var like = map[string]string{
	"lb_algo": "lvs_sched", "lb_kind": "lvs_method", "sorry_server_lvs_method": "lvs_method", "user": "script_user",
	"includer": "include", "includem": "include", "includew": "include", "includeb": "include", "includea": "include",
}

// lead are statements that a keyword needs before it.
var lead = map[string]string{
	"sh-port": "lb_algo sh", "sh-fallback": "lb_algo sh", "mh-port": "lb_algo mh", "mh-fallback": "lb_algo mh", "hashed": "lb_algo sh",
	"flag-1": "lb_algo sh", "sorry_server_inhibit": "sorry_server 192.0.2.77 80", "sorry_server_lvs_method": "sorry_server 192.0.2.77 80",
	"hysteresis": "quorum 1", "timer_expired_backup": "nopreempt", "thread_timer_expired": "nopreempt", "regex_max_offset": "regex word", "regex_min_offset": "regex word",
	"regex_no_match": "regex word", "regex_stack": "regex word", "regex_options": "regex word",
}

// arguments gives the texts to try behind a keyword; the first one is right as far as the table tells.
func arguments(keyword, grammar string) []string {
	if l, ok := like[keyword]; ok {
		keyword = l
	}
	if s, ok := special[keyword]; ok {
		return s
	}
	if s, ok := byGrammar[grammar]; ok {
		return s
	}
	switch {
	case grammar == "(none)" || grammar == "":
		return []string{""}
	case strings.Contains(grammar, "|") && !strings.ContainsAny(grammar, "[] "):
		return choices(grammar)
	}
	optional := strings.HasPrefix(grammar, "[")
	words := strings.Fields(strings.NewReplacer("[", " ", "]", " ", "...", " ", "{", " ", "}", " ").Replace(grammar))
	if len(words) == 0 {
		return []string{""}
	}
	first := words[0]
	out := pick(first)
	if len(words) > 1 && words[1] == "USER" {
		for _, u := range samples["USER"] {
			out = append(out, out[0]+" "+u)
		}
	}
	if words[0] == "all" {
		out = append(slices.Clone(numbers), "all", "all 3", "all word")
	}
	if optional {
		out = append([]string{""}, out...)
	}
	return out
}

// pick gives the samples of one placeholder, or the word itself and a wrong one.
func pick(placeholder string) []string {
	if a, ok := alias[placeholder]; ok {
		placeholder = a
	}
	switch s, ok := samples[placeholder]; {
	case placeholder == "#":
		return slices.Clone(numbers)
	case ok:
		return slices.Clone(s)
	case strings.Contains(placeholder, "|"):
		return choices(placeholder)
	}
	return []string{placeholder, strings.ToLower(placeholder), "bogus", "3"}
}

// choices splits a|b|c and adds what is none of them.
func choices(s string) []string {
	out := strings.Split(s, "|")
	for _, more := range []string{strings.ToLower(out[0]), strings.ToUpper(out[0]), "bogus"} {
		if !slices.Contains(out, more) {
			out = append(out, more)
		}
	}
	return out
}
