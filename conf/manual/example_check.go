package manual

// The checkers of real servers.
var (
	commonExamples = map[string]string{
		"connect_ip":         `connect_ip 192.0.2.21`,
		"connect_port":       `connect_port 8080`,
		"bindto":             `bindto 192.0.2.3`,
		"bind_port":          `bind_port 20001`,
		"bind_if":            `bind_if eth0`,
		"connect_timeout":    `connect_timeout 3`,
		"fwmark":             `fwmark 7`,
		"retry":              `retry 2`,
		"delay_before_retry": `delay_before_retry 1.5`,
		"warmup":             `warmup 5`,
		"delay_loop":         `delay_loop 10`,
		"alpha":              `alpha`,
		"log_all_failures":   `log_all_failures`,
		"share_check":        `share_check off`,
		"tls": `
tls {
    verify
    ca /etc/ssl/ca.pem
    expires_within 21
}`,
	}
	tlsExamples = map[string]string{
		"verify":         `verify`,
		"ca":             "verify\nca /etc/ssl/ca.pem",
		"sni":            "verify\nsni www.example.org",
		"min_version":    `min_version 1.2`,
		"expires_within": `expires_within 21 fail`,
		"certificate":    "certificate /etc/keepalived/lb1.pem\nkey /etc/keepalived/lb1.key",
		"key":            "certificate /etc/keepalived/lb1.pem\nkey /etc/keepalived/lb1.key",
		"password":       "certificate /etc/keepalived/lb1.pem\nkey /etc/keepalived/lb1.key\npassword s3same",
	}
	httpExamples = map[string]string{
		"nb_get_retry":    `nb_get_retry 2`,
		"virtualhost":     `virtualhost www.example.org`,
		"http_protocol":   `http_protocol 1.1`,
		"fast_recovery":   `fast_recovery`,
		"recover_at_once": `recover_at_once`,
		"enable_sni":      `enable_sni`,
		"sni_name":        `sni_name www.example.org`,
		"tls_compliant":   `tls_compliant`,
		"url": `
url {
    path /health
    status_code 200
}`,
	}
	urlExamples = map[string]string{
		"path":             `path /health?node=web1`,
		"digest":           `digest 9b3a0c85a887a256d6939da88aabd8cd`,
		"status_code":      `status_code 200 301-302`,
		"virtualhost":      `virtualhost shop.example.org`,
		"regex":            `regex "status: *ok"`,
		"regex_no_match":   "regex \"out of service\"\nregex_no_match",
		"regex_options":    "regex \"status: *ok\"\nregex_options caseless multiline",
		"regex_min_offset": "regex \"status: *ok\"\nregex_min_offset 100",
		"regex_max_offset": "regex \"status: *ok\"\nregex_max_offset 4096",
		"regex_stack":      "regex \"status: *ok\"\nregex_stack 32768 524288",
		"tls_compliant":    `tls_compliant`,
	}
	smtpExamples = map[string]string{
		"helo_name": `helo_name lb1.example.org`,
		"host": `
host {
    connect_ip 192.0.2.21
    connect_port 587
}`,
	}
	dnsExamples = map[string]string{
		"type": `type A`,
		"name": `name www.example.org`,
	}
	miscExamples = map[string]string{
		"misc_path":    `misc_path "/usr/local/bin/check_db.sh 192.0.2.21"`,
		"misc_timeout": `misc_timeout 5`,
		"misc_dynamic": `misc_dynamic`,
		"user":         `user keepalived_script`,
	}
	bfdCheckExamples = map[string]string{
		"name": `name bfd_r1`,
	}
	udpExamples = map[string]string{
		"payload":          `payload 0123456789abcdef`,
		"require_reply":    `require_reply 0123xxxx`,
		"min_reply_length": `min_reply_length 12`,
		"max_reply_length": `max_reply_length 512`,
	}
	grpcExamples = map[string]string{
		"service":     `service shop.Orders`,
		"virtualhost": `virtualhost grpc.example.org`,
	}
	fileExamples = map[string]string{
		"track_file": `track_file weight_web`,
		"weight":     `weight 2`,
	}
)
