package corpus

import (
	"slices"
	"strconv"
	"strings"
)

// stmt is one statement of a block: its keyword and its text, which may have several lines.
type stmt struct{ keyword, text string }

// frame is where a block stands and what it needs to be valid: a case adds one statement to it.
type frame struct {
	parent string
	open   string   // the block's first line without "{"
	body   []stmt   // what makes the block valid
	needs  []string // blocks outside that it refers to, by their name in outside
}

// frames are the blocks that keywords stand in, by the names of the keyword table.
var frames = map[string]frame{
	"":            {},
	"global_defs": {parent: "", open: "global_defs", body: []stmt{{"router_id", "router_id node"}}},
	"garp_group": {parent: "", open: "garp_group", body: []stmt{
		{"garp_interval", "garp_interval 0.01"}, {"interface", "interface eth0"},
	}},
	"track_group":        {parent: "", open: "track_group T", body: []stmt{{"group", "group {\nVI\n}"}}, needs: []string{"VI"}},
	"track_file":         {parent: "", open: "track_file F", body: []stmt{{"file", `file "@DIR@/track"`}}, needs: []string{"uses F"}},
	"vrrp_track_process": {parent: "", open: "vrrp_track_process P", body: []stmt{{"process", "process nosuchd"}}, needs: []string{"uses P"}},
	"vrrp_script":        {parent: "", open: "vrrp_script S", body: []stmt{{"script", `script "/bin/true"`}}, needs: []string{"uses S"}},
	"vrrp_sync_group":    {parent: "", open: "vrrp_sync_group G", body: []stmt{{"group", "group {\nVI\nVJ\n}"}}, needs: []string{"VI", "VJ"}},
	"vrrp_instance": {parent: "", open: "vrrp_instance VI", body: []stmt{
		{"state", "state BACKUP"},
		{"interface", "interface eth0"},
		{"virtual_router_id", "virtual_router_id 51"},
		{"priority", "priority 100"},
		{"virtual_ipaddress", "virtual_ipaddress {\n192.0.2.50\n}"},
	}},
	"vrrp_instance/authentication": {parent: "vrrp_instance", open: "authentication", body: []stmt{
		{"auth_type", "auth_type PASS"}, {"auth_pass", "auth_pass secret"},
	}},
	"vrrp_instance/auth_hmac": {parent: "vrrp_instance", open: "auth_hmac", body: []stmt{
		{"key", "key 1 0123456789abcdef0123456789abcdef"}, {"active_key", "active_key 1"},
	}},
	"bfd_instance": {parent: "", open: "bfd_instance B", body: []stmt{
		{"neighbor_ip", "neighbor_ip 198.51.100.9"}, {"source_ip", "source_ip 198.51.100.1"},
	}},
	"SSL": {parent: "", open: "SSL", needs: []string{"VS"}},
	"virtual_server": {parent: "", open: "virtual_server 192.0.2.100 80", body: []stmt{
		{"delay_loop", "delay_loop 6"},
		{"lb_algo", "lb_algo rr"},
		{"lb_kind", "lb_kind NAT"},
		{"protocol", "protocol TCP"},
		{"real_server", "real_server 192.0.2.101 80 {\nweight 1\nTCP_CHECK {\n}\n}"},
	}},
	"virtual_server_group":       {parent: "", open: "virtual_server_group VG", body: []stmt{{"", "192.0.2.110 80"}}, needs: []string{"uses VG"}},
	"virtual_server/real_server": {parent: "virtual_server", open: "real_server 192.0.2.101 80", body: []stmt{{"weight", "weight 1"}, {"TCP_CHECK", "TCP_CHECK {\n}"}}},
	"HTTP_GET/SSL_GET":           {parent: "virtual_server/real_server", open: "HTTP_GET", body: []stmt{{"url", "url {\npath /\nstatus_code 200\n}"}}},
	"HTTP_GET/url":               {parent: "HTTP_GET/SSL_GET", open: "url", body: []stmt{{"path", "path /"}, {"status_code", "status_code 200"}}},
	"TCP_CHECK":                  {parent: "virtual_server/real_server", open: "TCP_CHECK"},
	"tls":                        {parent: "TCP_CHECK", open: "tls", body: []stmt{{"certificate", "certificate @DIR@/file"}, {"key", "key @DIR@/file"}}},
	"SMTP_CHECK":                 {parent: "virtual_server/real_server", open: "SMTP_CHECK"},
	"SMTP_CHECK/host":            {parent: "SMTP_CHECK", open: "host", body: []stmt{{"connect_ip", "connect_ip 192.0.2.101"}}},
	"DNS_CHECK":                  {parent: "virtual_server/real_server", open: "DNS_CHECK"},
	"MISC_CHECK":                 {parent: "virtual_server/real_server", open: "MISC_CHECK", body: []stmt{{"misc_path", `misc_path "/bin/true"`}}},
	"BFD_CHECK":                  {parent: "virtual_server/real_server", open: "BFD_CHECK", body: []stmt{{"name", "name B"}}, needs: []string{"B"}},
	"UDP_CHECK":                  {parent: "virtual_server/real_server", open: "UDP_CHECK"},
	"GRPC_CHECK":                 {parent: "virtual_server/real_server", open: "GRPC_CHECK"},
	"PING_CHECK":                 {parent: "virtual_server/real_server", open: "PING_CHECK"},
	"FILE_CHECK":                 {parent: "virtual_server/real_server", open: "FILE_CHECK", body: []stmt{{"track_file", "track_file F"}}, needs: []string{"F"}},
	"linkbeat_interfaces":        {parent: "", open: "linkbeat_interfaces"},
	"interface_up_down_delays":   {parent: "", open: "interface_up_down_delays"},
	"static_ipaddress":           {parent: "", open: "static_ipaddress", needs: []string{"T"}},
	"static_routes":              {parent: "", open: "static_routes", needs: []string{"T"}},
	"static_rules":               {parent: "", open: "static_rules", needs: []string{"T"}},

	"global_defs/notification_email":           {parent: "global_defs", open: "notification_email"},
	"garp_group/interfaces":                    {parent: "garp_group", open: "interfaces"},
	"vrrp_sync_group/group":                    {parent: "vrrp_sync_group", open: "group"},
	"track_group/group":                        {parent: "track_group", open: "group"},
	"vrrp_instance/unicast_peer":               {parent: "vrrp_instance", open: "unicast_peer"},
	"vrrp_instance/virtual_ipaddress":          {parent: "vrrp_instance", open: "virtual_ipaddress"},
	"vrrp_instance/virtual_ipaddress_excluded": {parent: "vrrp_instance", open: "virtual_ipaddress_excluded"},
	"vrrp_instance/virtual_routes":             {parent: "vrrp_instance", open: "virtual_routes"},
	"vrrp_instance/virtual_rules":              {parent: "vrrp_instance", open: "virtual_rules"},
	"vrrp_instance/track_interface":            {parent: "vrrp_instance", open: "track_interface"},
	"vrrp_instance/track_script":               {parent: "vrrp_instance", open: "track_script", needs: []string{"S"}},
	"vrrp_instance/track_file":                 {parent: "vrrp_instance", open: "track_file", needs: []string{"F"}},
	"vrrp_instance/track_process":              {parent: "vrrp_instance", open: "track_process", needs: []string{"P"}},
	"vrrp_instance/track_bfd":                  {parent: "vrrp_instance", open: "track_bfd", needs: []string{"B"}},
	"vrrp_sync_group/track_interface":          {parent: "vrrp_sync_group", open: "track_interface"},
	"vrrp_sync_group/track_script":             {parent: "vrrp_sync_group", open: "track_script", needs: []string{"S"}},
	"vrrp_sync_group/track_file":               {parent: "vrrp_sync_group", open: "track_file", needs: []string{"F"}},
	"vrrp_sync_group/track_process":            {parent: "vrrp_sync_group", open: "track_process", needs: []string{"P"}},
	"vrrp_sync_group/track_bfd":                {parent: "vrrp_sync_group", open: "track_bfd", needs: []string{"B"}},
}

// outside are the blocks that others refer to. Those of "uses" refer to the block under test, so that it is not idle.
var outside = map[string]string{
	"S":       "vrrp_script S {\nscript \"/bin/true\"\n}\n",
	"F":       "track_file F {\nfile \"@DIR@/track\"\n}\n",
	"P":       "vrrp_track_process P {\nprocess nosuchd\n}\n",
	"B":       "bfd_instance B {\nneighbor_ip 198.51.100.9\nsource_ip 198.51.100.1\n}\n",
	"T":       "track_group T {\ngroup {\nVI\n}\n}\n" + instance("VI", 51, ""),
	"VI":      instance("VI", 51, ""),
	"VJ":      instance("VJ", 52, ""),
	"uses S":  instance("VJ", 52, "track_script {\nS\n}\n"),
	"uses F":  instance("VJ", 52, "track_file {\nF\n}\n"),
	"uses P":  instance("VJ", 52, "track_process {\nP\n}\n"),
	"uses VG": "virtual_server group VG {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.101 80 {\nweight 1\nTCP_CHECK {\n}\n}\n}\n",
	"VS":      "virtual_server 192.0.2.100 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.101 80 {\nweight 1\nTCP_CHECK {\n}\n}\n}\n",
}

func instance(name string, id int, more string) string {
	n := strconv.Itoa(id)
	return "vrrp_instance " + name + " {\nstate BACKUP\ninterface eth0\nvirtual_router_id " + n +
		"\npriority 100\nvirtual_ipaddress {\n192.0.2." + n + "\n}\n" + more + "}\n"
}

// file writes a whole configuration with lines in the block named by its place in the table. The statement of the
// same keyword, if the block has one to be valid, makes way for them.
func file(block, keyword string, lines ...string) string {
	return fileWithout(block, keyword, nil, strings.Join(lines, "\n"))
}

// fileWithout leaves other statements of the block out, too: text has its own.
func fileWithout(block, keyword string, others []string, text string) string {
	needs := map[string]bool{}
	for b := block; b != ""; b = frames[b].parent {
		f := frames[b]
		for _, n := range f.needs {
			needs[n] = true
		}
		text = f.open + " {\n" + insert(f.body, keyword, others, text) + "}"
		keyword, others = firstWord(f.open), nil
	}
	var before, after strings.Builder
	if keyword != "global_defs" {
		before.WriteString("global_defs {\nenable_script_security\nscript_user root\n}\n")
	}
	for _, n := range []string{"S", "F", "P", "B"} {
		if needs[n] {
			before.WriteString(outside[n])
		}
	}
	for _, n := range []string{"T", "VI", "VJ", "VS", "uses S", "uses F", "uses P", "uses VG"} {
		if needs[n] {
			after.WriteString(outside[n])
		}
	}
	return before.String() + text + "\n" + after.String()
}

// insert puts text among the statements of a block: in the place of the one with that keyword, or before the first
// one that opens a block, or at the end. Those of others are left out.
func insert(body []stmt, keyword string, others []string, text string) string {
	body = slices.DeleteFunc(slices.Clone(body), func(s stmt) bool { return s.keyword != keyword && slices.Contains(others, s.keyword) })
	at, replaces := len(body), false
	for i, s := range body {
		if s.keyword == keyword {
			at, replaces = i, true
			break
		}
	}
	for i, s := range body {
		if at == len(body) && strings.Contains(s.text, "{") {
			at = i
		}
	}
	var b strings.Builder
	for i, s := range body {
		if i == at {
			b.WriteString(text + "\n")
			if replaces {
				continue
			}
		}
		b.WriteString(s.text + "\n")
	}
	if at == len(body) {
		b.WriteString(text + "\n")
	}
	return b.String()
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}
