package manual

// The blocks of load balancing but the checkers.
var (
	sslExamples = map[string]string{
		"password":    `password s3cret42`,
		"ca":          `ca /etc/keepalived/tls/ca.pem`,
		"certificate": `certificate /etc/keepalived/tls/client.pem`,
		"key":         `key /etc/keepalived/tls/client.key`,
	}
	serverGroupExamples = map[string]string{
		"fwmark": `fwmark 80 inet`,
	}
	virtualExamples = map[string]string{
		"real_server": `
real_server 192.0.2.21 80 {
    weight 2
    TCP_CHECK {
        connect_timeout 3
    }
}`,
		"ip_family":               `ip_family inet`,
		"lvs_sched":               `lvs_sched wrr`,
		"lb_algo":                 `lb_algo wlc`,
		"hashed":                  "lb_algo sh\nhashed",
		"ops":                     "protocol UDP\nops",
		"flag-1":                  "lb_algo sh\nflag-1",
		"flag-2":                  "lb_algo sh\nflag-2",
		"flag-3":                  "lb_algo sh\nflag-3",
		"sh-port":                 "lb_algo sh\nsh-port",
		"sh-fallback":             "lb_algo sh\nsh-fallback",
		"mh-port":                 "lb_algo mh\nmh-port",
		"mh-fallback":             "lb_algo mh\nmh-fallback",
		"lvs_method":              `lvs_method TUN type gue port 6080`,
		"lb_kind":                 `lb_kind DR`,
		"persistence_engine":      `persistence_engine sip`,
		"persistence_timeout":     `persistence_timeout 300`,
		"persistence_granularity": `persistence_granularity 255.255.255.0`,
		"protocol":                `protocol TCP`,
		"ha_suspend":              `ha_suspend`,
		"follow_vrrp":             `follow_vrrp VI_1`,
		"smtp_alert":              `smtp_alert`,
		"virtualhost":             `virtualhost www.example.org`,
		"snmp_name":               `snmp_name web`,
		"alpha":                   `alpha`,
		"omega":                   `omega`,
		"quorum": `
quorum 3
real_server 192.0.2.21 80 {
    weight 5
}`,
		"hysteresis": `
quorum 3
hysteresis 1
real_server 192.0.2.21 80 {
    weight 5
}`,
		"quorum_up":               `quorum_up "/usr/local/bin/announce.sh up"`,
		"quorum_down":             `quorum_down "/usr/local/bin/announce.sh down"`,
		"sorry_server":            `sorry_server 192.0.2.30 80`,
		"sorry_server_inhibit":    "sorry_server 192.0.2.30 80\nsorry_server_inhibit",
		"sorry_server_lvs_method": "sorry_server 192.0.2.30 80\nsorry_server_lvs_method NAT",
		"connect_timeout":         `connect_timeout 3`,
		"delay_loop":              `delay_loop 6`,
		"retry":                   `retry 3`,
		"delay_before_retry":      `delay_before_retry 2`,
		"warmup":                  `warmup 5`,
		"inhibit_on_failure":      `inhibit_on_failure`,
		"drain_timeout":           `drain_timeout 300`,
		"slow_start":              "slow_start 60\nweight 100",
		"panic_threshold":         `panic_threshold 60`,
		"weight":                  `weight 10`,
	}
	realExamples = map[string]string{
		"weight":             `weight 10`,
		"lvs_method":         `lvs_method TUN`,
		"uthreshold":         `uthreshold 1000`,
		"lthreshold":         `lthreshold 800`,
		"inhibit_on_failure": `inhibit_on_failure`,
		"drain_timeout":      `drain_timeout 60`,
		"slow_start":         "weight 100\nslow_start 30",
		"notify_up":          `notify_up "/usr/local/bin/notify_server.sh web1 up"`,
		"notify_down":        `notify_down "/usr/local/bin/notify_server.sh web1 down"`,
		"alpha":              `alpha`,
		"retry":              `retry 3`,
		"delay_before_retry": `delay_before_retry 2`,
		"warmup":             `warmup 0`,
		"connect_timeout":    `connect_timeout 3`,
		"delay_loop":         `delay_loop 10`,
		"smtp_alert":         `smtp_alert off`,
		"virtualhost":        `virtualhost www.example.org`,
		"snmp_name":          `snmp_name web1`,
		"HTTP_GET": `
HTTP_GET {
    url {
        path /health
        status_code 200
    }
    connect_timeout 3
    retry 2
}`,
		"SSL_GET": `
SSL_GET {
    enable_sni
    url {
        path /health
        status_code 200
    }
}`,
		"TCP_CHECK": `
TCP_CHECK {
    connect_timeout 3
}`,
		"SMTP_CHECK": `
SMTP_CHECK {
    helo_name lb1.example.org
}`,
		"DNS_CHECK": `
DNS_CHECK {
    type A
    name www.example.org
}`,
		"MISC_CHECK": `
MISC_CHECK {
    misc_path "/usr/local/bin/check_db.sh 192.0.2.21"
    misc_timeout 5
}`,
		"BFD_CHECK": `
BFD_CHECK {
    name bfd_r1
}`,
		"GRPC_CHECK": `
GRPC_CHECK {
    service shop.Orders
}`,
		"UDP_CHECK": `
UDP_CHECK {
    payload 0123456789abcdef
    require_reply
}`,
		"PING_CHECK": `
PING_CHECK {
    retry 2
}`,
		"FILE_CHECK": `
FILE_CHECK {
    track_file weight_web
}`,
	}
)
