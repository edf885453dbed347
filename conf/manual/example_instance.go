package manual

// instanceExamples are of vrrp_instance.
var instanceExamples = map[string]string{
	"authentication": `
authentication {
    auth_type PASS
    auth_pass s3cret42
}`,
	"state":             `state BACKUP`,
	"interface":         `interface eth0`,
	"vrf":               `vrf red`,
	"virtual_router_id": `virtual_router_id 51`,
	"priority":          `priority 150`,
	"version":           `version 3`,
	"advert_int":        "version 3\nadvert_int 0.5",
	"use_vmac":          `use_vmac vrrp.51`,
	"use_vmac_addr":     "use_vmac\nuse_vmac_addr",
	"vmac_xmit_base":    "use_vmac\nvmac_xmit_base",
	"use_ipvlan":        `use_ipvlan ipvl51 192.0.2.3/24`,
	"native_ipv6": `
native_ipv6
virtual_ipaddress {
    2001:db8::10/64
}`,
	"unicast_fault_no_peer": `unicast_fault_no_peer`,
	"unicast_peer": `
unicast_peer {
    198.51.100.2
    198.51.100.3 min_ttl 254
}`,
	"unicast_src_ip": `
unicast_src_ip 198.51.100.1
unicast_peer {
    198.51.100.2
}`,
	"mcast_src_ip": `mcast_src_ip 198.51.100.1`,
	"mcast_dst_ip": `mcast_dst_ip 224.0.0.118`,
	"track_src_ip": `
mcast_src_ip 198.51.100.1
track_src_ip`,
	"unicast_ttl": `
unicast_peer {
    198.51.100.2
}
unicast_ttl 64`,
	"check_unicast_src": `
unicast_peer {
    198.51.100.2
}
check_unicast_src`,
	"old_unicast_checksum": `
version 3
unicast_peer {
    198.51.100.2
}
old_unicast_checksum never`,
	"v3_checksum_as_v2": `
version 3
v3_checksum_as_v2`,
	"dont_track_primary": `dont_track_primary`,
	"track_interface": `
track_interface {
    eth1
    eth2 weight -20
}`,
	"track_script": `
track_script {
    chk_web weight -20
}`,
	"track_file": `
track_file {
    weight_web weight 2
}`,
	"track_process": `
track_process {
    proc_web weight 10
}`,
	"track_bfd": `
track_bfd {
    bfd_r1 weight -30
}`,
	"track_virtual_server": `
track_virtual_server {
    192.0.2.10 80 weight -20
    fwmark 7
}`,
	"virtual_ipaddress": `
virtual_ipaddress {
    192.0.2.10/24
    192.0.2.11/24 dev eth0 label eth0:web
}`,
	"virtual_ipaddress_excluded": `
virtual_ipaddress_excluded {
    203.0.113.10/24 dev eth1
    2001:db8::10/64 dev eth0
}`,
	"no_virtual_ipaddress": `no_virtual_ipaddress`,
	"promote_secondaries":  `promote_secondaries`,
	"virtual_routes": `
virtual_routes {
    default via 192.0.2.254 dev eth0 src 192.0.2.10
    203.0.113.0/24 via 198.51.100.9 dev eth1 metric 50
}`,
	"virtual_rules": `
virtual_rules {
    from 192.0.2.10 lookup 100 priority 1000
}`,
	"accept":        `accept`,
	"no_accept":     `no_accept`,
	"nopreempt":     `nopreempt`,
	"preempt":       `preempt`,
	"preempt_delay": `preempt_delay 60`,

	"skip_check_adv_addr": `skip_check_adv_addr`,
	"strict_mode":         `strict_mode off`,
	"debug":               `debug 1`,

	"notify_master":              `notify_master "/usr/local/bin/notify.sh master"`,
	"notify_backup":              `notify_backup "/usr/local/bin/notify.sh backup"`,
	"notify_fault":               `notify_fault "/usr/local/bin/notify.sh fault" keepalived_script`,
	"notify_stop":                `notify_stop "/usr/local/bin/notify.sh stop"`,
	"notify_deleted":             `notify_deleted "/usr/local/bin/notify.sh deleted"`,
	"notify":                     `notify /usr/local/bin/notify.sh`,
	"notify_master_rx_lower_pri": `notify_master_rx_lower_pri "/usr/local/bin/notify.sh lower"`,
	"notify_priority_changes":    `notify_priority_changes`,
	"smtp_alert":                 `smtp_alert`,

	"garp_master_delay":          `garp_master_delay 1`,
	"garp_master_repeat":         `garp_master_repeat 3`,
	"garp_master_refresh":        `garp_master_refresh 60`,
	"garp_master_refresh_repeat": `garp_master_refresh_repeat 2`,
	"garp_lower_prio_delay":      `garp_lower_prio_delay 5`,
	"garp_lower_prio_repeat":     `garp_lower_prio_repeat 2`,
	"garp_extra_if":              `garp_extra_if all 10`,
	"vmac_garp_intvl":            `vmac_garp_intvl all 10`,

	"down_timer_adverts":        `down_timer_adverts 4`,
	"timer_expired_backup":      "nopreempt\ntimer_expired_backup 200",
	"thread_timer_expired":      "nopreempt\nthread_timer_expired 200",
	"lower_prio_no_advert":      `lower_prio_no_advert`,
	"higher_prio_send_advert":   `higher_prio_send_advert`,
	"vip_removal_step_down":     `vip_removal_step_down`,
	"owner_ignore_adverts":      "priority 255\nowner_ignore_adverts",
	"kernel_rx_buf_size":        `kernel_rx_buf_size 65536`,
	"linkbeat_use_polling":      `linkbeat_use_polling`,
	"lvs_sync_daemon_interface": `lvs_sync_daemon_interface eth1`,
	"auth_hmac": `
auth_hmac {
    key 1 file:/etc/keepalived/vrrp.key
    active_key 1
}`,
}

// The blocks within a vrrp_instance.
var (
	authExamples = map[string]string{
		"auth_type": `auth_type PASS`,
		"auth_pass": `auth_pass s3cret42`,
	}
	hmacExamples = map[string]string{
		"key":         `key 1 hex:6f1d1c0a9e5b47328c64f0b1d2a3e4957086c5b4a392817f6e5d4c3b2a190807`,
		"active_key":  `active_key 1`,
		"anti_replay": `anti_replay time`,
		"time_window": `time_window 10`,
		"mode":        `mode permissive`,
	}
)
