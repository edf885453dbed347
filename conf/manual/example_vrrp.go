package manual

// The blocks of VRRP and BFD but vrrp_instance.
var (
	garpExamples = map[string]string{
		"garp_interval": `garp_interval 0.01`,
		"gna_interval":  `gna_interval 0.01`,
		"interface":     `interface eth0`,
		"interfaces": `
interfaces {
    eth1
    eth2
}`,
	}
	trackGroupExamples = map[string]string{
		"group": `
group {
    VI_1 VI_2
}`,
	}
	trackFileExamples = map[string]string{
		"file":      `file /run/keepalived/weight_web`,
		"weight":    `weight 10`,
		"init_file": `init_file 0 overwrite`,
	}
	trackProcessExamples = map[string]string{
		"process": `process haproxy`,
		"param_match": `
process haproxy -f /etc/haproxy/haproxy.cfg
param_match initial`,
		"weight":          `weight 20`,
		"quorum":          `quorum 2`,
		"quorum_max":      `quorum_max 4`,
		"delay":           `delay 1.5`,
		"fork_delay":      `fork_delay 0.5`,
		"terminate_delay": `terminate_delay 2`,
		"full_command":    `full_command`,
	}
	scriptExamples = map[string]string{
		"script":    `script "/usr/local/bin/check_web.sh 192.0.2.21 80"`,
		"interval":  `interval 2`,
		"timeout":   `timeout 3`,
		"weight":    `weight -20`,
		"rise":      `rise 2`,
		"fall":      `fall 3`,
		"user":      `user keepalived_script`,
		"init_fail": `init_fail`,
	}
	bfdExamples = map[string]string{
		"neighbor_ip":  `neighbor_ip 198.51.100.9`,
		"neighbour_ip": `neighbour_ip 198.51.100.9`,
		"source_ip":    `source_ip 198.51.100.1`,
		"min_rx":       `min_rx 50`,
		"min_tx":       `min_tx 50`,
		"idle_tx":      `idle_tx 2000`,
		"multiplier":   `multiplier 3`,
		"passive":      `passive`,
		"ttl":          `ttl 255`,
		"hoplimit":     `hoplimit 255`,
		"max_hops":     `max_hops 2`,
		"multihop":     `multihop`,
		"weight":       `weight -30`,
		"vrrp":         `vrrp`,
		"checker":      `checker`,
	}
	groupExamples = map[string]string{
		"group": `
group {
    VI_1
    VI_2
}`,
		"track_interface": `
track_interface {
    eth1
}`,
		"track_script": `
track_script {
    chk_web
}`,
		"track_virtual_server": `
track_virtual_server {
    192.0.2.10 80
}`,
		"track_file": `
track_file {
    weight_web
}`,
		"track_process": `
track_process {
    proc_web
}`,
		"track_bfd": `
track_bfd {
    bfd_r1
}`,
		"notify_master":              `notify_master "/usr/local/bin/notify.sh group master"`,
		"notify_backup":              `notify_backup "/usr/local/bin/notify.sh group backup"`,
		"notify_fault":               `notify_fault "/usr/local/bin/notify.sh group fault"`,
		"notify_stop":                `notify_stop "/usr/local/bin/notify.sh group stop"`,
		"notify":                     `notify /usr/local/bin/notify.sh keepalived_script`,
		"smtp_alert":                 `smtp_alert`,
		"notify_priority_changes":    `notify_priority_changes`,
		"global_tracking":            `global_tracking`,
		"sync_group_tracking_weight": `sync_group_tracking_weight`,
	}
)
