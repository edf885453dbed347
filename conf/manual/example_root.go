package manual

// rootExamples are of the keywords outside all blocks.
var rootExamples = map[string]string{
	"global_defs": `
global_defs {
    router_id lb1
    enable_script_security
    script_user keepalived_script
}`,
	"linkbeat_interfaces": `
linkbeat_interfaces {
    eth0 ETHTOOL
    eth1
}`,
	"interface_up_down_delays": `
interface_up_down_delays {
    eth0 2 5
}`,
	"garp_group": `
garp_group {
    garp_interval 0.01
    interfaces {
        eth0
        eth1
    }
}`,
	"track_group": `
track_group TG_1 {
    group {
        VI_1
    }
}`,
	"static_ipaddress": `
static_ipaddress {
    192.0.2.3/24 dev eth0
    2001:db8::3/64 dev eth0
}`,
	"static_routes": `
static_routes {
    198.51.100.0/24 via 192.0.2.254 dev eth0
}`,
	"static_rules": `
static_rules {
    from 198.51.100.0/24 table 100 priority 1000
}`,
	"track_file": `
track_file weight_web {
    file /run/keepalived/weight_web
    weight 1
}`,
	"vrrp_track_file": `
vrrp_track_file weight_web {
    file /run/keepalived/weight_web
}`,
	"vrrp_track_process": `
vrrp_track_process proc_web {
    process haproxy
    weight 20
}`,
	"vrrp_script": `
vrrp_script chk_web {
    script "/usr/local/bin/check_web.sh"
    interval 2
    fall 3
    rise 2
    weight -20
}`,
	"vrrp_sync_group": `
vrrp_sync_group G_1 {
    group {
        VI_1
        VI_2
    }
}`,
	"vrrp_instance": `
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    virtual_ipaddress {
        192.0.2.10/24
    }
}`,
	"bfd_instance": `
bfd_instance bfd_r1 {
    neighbor_ip 198.51.100.9
    source_ip 198.51.100.1
    min_tx 50
    min_rx 50
    multiplier 3
}`,
	"SSL": `
SSL {
    ca /etc/keepalived/tls/ca.pem
    certificate /etc/keepalived/tls/client.pem
    key /etc/keepalived/tls/client.key
}`,
	"virtual_server_group": `
virtual_server_group web_vips {
    192.0.2.100 80
    192.0.2.101 80
}`,
	"virtual_server": `
virtual_server 192.0.2.100 80 {
    delay_loop 6
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 192.0.2.21 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
}`,
	"linkbeat_use_polling":  `linkbeat_use_polling`,
	"net_namespace":         `net_namespace edge`,
	"net_namespace_ipvs":    `net_namespace_ipvs services`,
	"namespace_with_ipsets": `namespace_with_ipsets`,
	"use_pid_dir":           `use_pid_dir`,
	"instance":              `instance edge1`,
	"child_wait_time":       `child_wait_time 10`,
	"include":               `include conf.d/*.conf`,
	"includer":              `includer conf.d/web.conf`,
	"includem":              `includem conf.d/web.conf`,
	"includew":              `includew conf.d/*.conf`,
	"includeb":              `includeb conf.d/{web,mail}.conf`,
	"includea":              `includea conf.d/{web,mail}.conf`,
}

// lineExamples are of the blocks that hold one entry a line instead of keywords.
var lineExamples = map[string]string{
	"linkbeat_interfaces":      `eth0 MII`,
	"interface_up_down_delays": `eth0 2 5`,
	"static_ipaddress": `
192.0.2.3/24 brd + dev eth0 scope global
2001:db8::3/64 dev eth0 preferred_lft 0 no_track`,
	"static_routes": `
198.51.100.0/24 via 192.0.2.254 dev eth0 metric 100
2001:db8:1::/48 via 2001:db8::fe dev eth0
blackhole 203.0.113.0/25 no_track
203.0.113.128/25 no_track nexthop via 192.0.2.253 dev eth0 weight 2 nexthop via 192.0.2.254 dev eth0 weight 1`,
	"static_rules": `
from 198.51.100.0/24 to 203.0.113.0/24 table 100 priority 1000
iif eth1 ipproto tcp dport 443-443 lookup main priority 1001`,
	"virtual_server_group": `
192.0.2.100 80
192.0.2.101-110 80`,
}
