" Vim syntax file
" Language:    keepalived.conf
" Made from Holdfast's keyword table ("holdfast grammar vim"); do not edit.

if exists("b:current_syntax")
  finish
endif

syntax case match
syntax sync fromstart

syntax match keepalivedUnknown /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs[[:alpha:]_][[:alnum:]_-]*\ze%([[:blank:]{}"#!]|$)/ contained
syntax match keepalivedConstant /\v<%(receive-only|permissive|monotonic|implicit|starttls|enforce|ADVERT|BACKUP|DNSKEY|MASTER|NUMBER|BYTES|CNAME|RRSIG|inet6|lblcr|AAAA|BITS|PASS|SCTP|inet|lblc|time|twos|MTU|SOA|TCP|TXT|UDP|off|ovf|sed|wlc|wrr|AH|MX|NS|dh|fo|lc|mh|nq|rr|sh)>/ contained

syntax match keepalivedKeyword_BFD_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(alpha|name)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_BFD_CHECK keepalivedKeyword
syntax cluster keepalivedIn_BFD_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_BFD_CHECK

syntax match keepalivedKeyword_DNS_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|connect_timeout|connect_port|share_check|connect_ip|delay_loop|bind_port|bind_if|bindto|fwmark|warmup|alpha|retry|name|type)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_DNS_CHECK keepalivedKeyword
syntax cluster keepalivedIn_DNS_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_DNS_CHECK

syntax match keepalivedKeyword_FILE_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(track_file|weight)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_FILE_CHECK keepalivedKeyword
syntax cluster keepalivedIn_FILE_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_FILE_CHECK

syntax match keepalivedKeyword_GRPC_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|connect_timeout|connect_port|share_check|virtualhost|connect_ip|delay_loop|bind_port|bind_if|service|bindto|fwmark|warmup|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_GRPC_CHECK keepalivedKeyword
syntax region keepalivedRegion_GRPC_CHECK_tls matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstls\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_tls
syntax cluster keepalivedIn_GRPC_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_GRPC_CHECK_tls,keepalivedKeyword_GRPC_CHECK

syntax match keepalivedKeyword_HTTP_GET_SSL_GET /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|connect_timeout|recover_at_once|fast_recovery|http_protocol|tls_compliant|connect_port|share_check|virtualhost|connect_ip|delay_loop|enable_sni|bind_port|sni_name|bind_if|bindto|fwmark|warmup|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_HTTP_GET_SSL_GET keepalivedKeyword
syntax match keepalivedObsolete_HTTP_GET_SSL_GET /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(nb_get_retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedObsolete_HTTP_GET_SSL_GET keepalivedObsolete
syntax region keepalivedRegion_HTTP_GET_SSL_GET_tls matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstls\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_tls
syntax region keepalivedRegion_HTTP_GET_SSL_GET_url matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsurl\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_HTTP_GET_url
syntax cluster keepalivedIn_HTTP_GET_SSL_GET contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_HTTP_GET_SSL_GET_tls,keepalivedRegion_HTTP_GET_SSL_GET_url,keepalivedKeyword_HTTP_GET_SSL_GET,keepalivedObsolete_HTTP_GET_SSL_GET

syntax match keepalivedKeyword_HTTP_GET_url /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(regex_max_offset|regex_min_offset|regex_no_match|regex_options|tls_compliant|regex_stack|status_code|virtualhost|digest|regex|path)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_HTTP_GET_url keepalivedKeyword
syntax cluster keepalivedIn_HTTP_GET_url contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_HTTP_GET_url

syntax match keepalivedKeyword_MISC_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|misc_dynamic|misc_timeout|share_check|delay_loop|misc_path|warmup|alpha|retry|user)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_MISC_CHECK keepalivedKeyword
syntax cluster keepalivedIn_MISC_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_MISC_CHECK

syntax match keepalivedKeyword_PING_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|connect_timeout|connect_port|share_check|connect_ip|delay_loop|bind_port|bind_if|bindto|fwmark|warmup|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_PING_CHECK keepalivedKeyword
syntax cluster keepalivedIn_PING_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_PING_CHECK

syntax match keepalivedKeyword_SMTP_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|connect_timeout|connect_port|share_check|connect_ip|delay_loop|bind_port|helo_name|bind_if|bindto|fwmark|warmup|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_SMTP_CHECK keepalivedKeyword
syntax region keepalivedRegion_SMTP_CHECK_host matchgroup=keepalivedObsolete start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zshost\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_SMTP_CHECK_host
syntax region keepalivedRegion_SMTP_CHECK_tls matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstls\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_tls
syntax cluster keepalivedIn_SMTP_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_SMTP_CHECK_host,keepalivedRegion_SMTP_CHECK_tls,keepalivedKeyword_SMTP_CHECK

syntax match keepalivedKeyword_SMTP_CHECK_host /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|connect_timeout|connect_port|connect_ip|delay_loop|bind_port|bind_if|bindto|fwmark|warmup|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_SMTP_CHECK_host keepalivedKeyword
syntax cluster keepalivedIn_SMTP_CHECK_host contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_SMTP_CHECK_host

syntax match keepalivedKeyword_SSL /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(certificate|password|key|ca)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_SSL keepalivedKeyword
syntax cluster keepalivedIn_SSL contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_SSL

syntax match keepalivedKeyword_TCP_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|connect_timeout|connect_port|share_check|connect_ip|delay_loop|bind_port|bind_if|bindto|fwmark|warmup|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_TCP_CHECK keepalivedKeyword
syntax region keepalivedRegion_TCP_CHECK_tls matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstls\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_tls
syntax cluster keepalivedIn_TCP_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_TCP_CHECK_tls,keepalivedKeyword_TCP_CHECK

syntax match keepalivedKeyword_UDP_CHECK /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|log_all_failures|max_reply_length|min_reply_length|connect_timeout|require_reply|connect_port|share_check|connect_ip|delay_loop|bind_port|bind_if|payload|bindto|fwmark|warmup|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_UDP_CHECK keepalivedKeyword
syntax cluster keepalivedIn_UDP_CHECK contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_UDP_CHECK

syntax match keepalivedKeyword_bfd_instance /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(neighbour_ip|neighbor_ip|multiplier|source_ip|hoplimit|max_hops|multihop|checker|idle_tx|passive|min_rx|min_tx|weight|vrrp|ttl)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_bfd_instance keepalivedKeyword
syntax cluster keepalivedIn_bfd_instance contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_bfd_instance

syntax cluster keepalivedIn_entries_group contains=@keepalivedValues,@keepalivedAnywhere

syntax cluster keepalivedIn_entries_interface_up_down_delays contains=@keepalivedValues,@keepalivedAnywhere

syntax cluster keepalivedIn_entries_interfaces contains=@keepalivedValues,@keepalivedAnywhere

syntax cluster keepalivedIn_entries_ipvs_sysctl contains=@keepalivedValues,@keepalivedAnywhere

syntax match keepalivedOption_entries_linkbeat_interfaces /\v%(^|[[:blank:]{])@1<=%(ETHTOOL|IOCTL|MII)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_linkbeat_interfaces keepalivedOption
syntax cluster keepalivedIn_entries_linkbeat_interfaces contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_linkbeat_interfaces

syntax cluster keepalivedIn_entries_notification_email contains=@keepalivedValues,@keepalivedAnywhere

syntax match keepalivedOption_entries_static_ipaddress /\v%(^|[[:blank:]{])@1<=%(noprefixroute|preferred_lft|track_group|mngtmpaddr|broadcast|autojoin|no_track|use_vmac|-nodad|label|scope|home|peer|brd|dev)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_static_ipaddress keepalivedOption
syntax cluster keepalivedIn_entries_static_ipaddress contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_static_ipaddress

syntax match keepalivedOption_entries_static_routes /\v%(^|[[:blank:]{])@1<=%(fastopen_no_cookie|ttl-propagate|track_group|unreachable|preference|reordering|blackhole|features|hoplimit|initcwnd|initrwnd|no_track|priority|prohibit|protocol|quickack|ssthresh|congctl|dsfield|expires|nexthop|prepend|rto_min|unicast|advmss|append|metric|onlink|realms|rttvar|weight|window|encap|inet6|scope|table|throw|cwnd|from|inet|pref|add|dev|mtu|oif|rtt|src|tos|via|vrf|as|gw|or|to)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_static_routes keepalivedOption
syntax cluster keepalivedIn_entries_static_routes contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_static_routes

syntax match keepalivedOption_entries_static_rules /\v%(^|[[:blank:]{])@1<=%(suppress_prefixlength|suppress_ifgroup|track_group|preference|sup_group|tunnel-id|no_track|priority|protocol|uidrange|dsfield|ipproto|fwmark|l3mdev|lookup|realms|sup_pl|dport|inet6|order|sport|table|from|goto|inet|type|dev|iif|nop|not|oif|tos|to)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_static_rules keepalivedOption
syntax cluster keepalivedIn_entries_static_rules contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_static_rules

syntax match keepalivedOption_entries_track_bfd /\v%(^|[[:blank:]{])@1<=%(noreverse|reverse|weight)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_track_bfd keepalivedOption
syntax cluster keepalivedIn_entries_track_bfd contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_track_bfd

syntax match keepalivedOption_entries_track_file /\v%(^|[[:blank:]{])@1<=%(noreverse|reverse|weight)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_track_file keepalivedOption
syntax cluster keepalivedIn_entries_track_file contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_track_file

syntax match keepalivedOption_entries_track_interface /\v%(^|[[:blank:]{])@1<=%(reverse|weight)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_track_interface keepalivedOption
syntax cluster keepalivedIn_entries_track_interface contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_track_interface

syntax match keepalivedOption_entries_track_process /\v%(^|[[:blank:]{])@1<=%(noreverse|reverse|weight)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_track_process keepalivedOption
syntax cluster keepalivedIn_entries_track_process contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_track_process

syntax match keepalivedOption_entries_track_script /\v%(^|[[:blank:]{])@1<=%(noreverse|reverse|weight)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_track_script keepalivedOption
syntax cluster keepalivedIn_entries_track_script contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_track_script

syntax cluster keepalivedIn_entries_track_virtual_server contains=@keepalivedValues,@keepalivedAnywhere

syntax match keepalivedOption_entries_unicast_peer /\v%(^|[[:blank:]{])@1<=%(max_ttl|min_ttl)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_unicast_peer keepalivedOption
syntax cluster keepalivedIn_entries_unicast_peer contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_unicast_peer

syntax match keepalivedOption_entries_virtual_ipaddress /\v%(^|[[:blank:]{])@1<=%(noprefixroute|preferred_lft|track_group|mngtmpaddr|broadcast|autojoin|no_track|use_vmac|-nodad|label|scope|home|peer|brd|dev)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_virtual_ipaddress keepalivedOption
syntax cluster keepalivedIn_entries_virtual_ipaddress contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_virtual_ipaddress

syntax match keepalivedOption_entries_virtual_ipaddress_excluded /\v%(^|[[:blank:]{])@1<=%(noprefixroute|preferred_lft|track_group|mngtmpaddr|broadcast|autojoin|no_track|use_vmac|-nodad|label|scope|home|peer|brd|dev)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_virtual_ipaddress_excluded keepalivedOption
syntax cluster keepalivedIn_entries_virtual_ipaddress_excluded contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_virtual_ipaddress_excluded

syntax match keepalivedOption_entries_virtual_routes /\v%(^|[[:blank:]{])@1<=%(fastopen_no_cookie|ttl-propagate|track_group|unreachable|preference|reordering|blackhole|features|hoplimit|initcwnd|initrwnd|no_track|priority|prohibit|protocol|quickack|ssthresh|congctl|dsfield|expires|nexthop|prepend|rto_min|unicast|advmss|append|metric|onlink|realms|rttvar|weight|window|encap|inet6|scope|table|throw|cwnd|from|inet|pref|add|dev|mtu|oif|rtt|src|tos|via|vrf|as|gw|or|to)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_virtual_routes keepalivedOption
syntax cluster keepalivedIn_entries_virtual_routes contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_virtual_routes

syntax match keepalivedOption_entries_virtual_rules /\v%(^|[[:blank:]{])@1<=%(suppress_prefixlength|suppress_ifgroup|track_group|preference|sup_group|tunnel-id|no_track|priority|protocol|uidrange|dsfield|ipproto|fwmark|l3mdev|lookup|realms|sup_pl|dport|inet6|order|sport|table|from|goto|inet|type|dev|iif|nop|not|oif|tos|to)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedOption_entries_virtual_rules keepalivedOption
syntax cluster keepalivedIn_entries_virtual_rules contains=@keepalivedValues,@keepalivedAnywhere,keepalivedOption_entries_virtual_rules

syntax match keepalivedKeyword_entries_virtual_server_group /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(fwmark)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_entries_virtual_server_group keepalivedKeyword
syntax cluster keepalivedIn_entries_virtual_server_group contains=@keepalivedValues,@keepalivedAnywhere,keepalivedKeyword_entries_virtual_server_group

syntax match keepalivedKeyword_garp_group /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(garp_interval|gna_interval|interface)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_garp_group keepalivedKeyword
syntax region keepalivedRegion_garp_group_interfaces matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsinterfaces\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_interfaces
syntax cluster keepalivedIn_garp_group contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_garp_group_interfaces,keepalivedKeyword_garp_group

syntax match keepalivedKeyword_global_defs /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(vrrp_netlink_monitor_rcv_bufs_force|lvs_netlink_monitor_rcv_bufs_force|fifo_write_vrrp_states_on_reload|vrrp_garp_master_refresh_repeat|vrrp_netlink_cmd_rcv_bufs_force|lvs_netlink_cmd_rcv_bufs_force|process_monitor_rcv_bufs_force|snmp_rs_stats_update_interval|snmp_vs_stats_update_interval|vrrp_netlink_monitor_rcv_bufs|lvs_netlink_monitor_rcv_bufs|vrrp_higher_prio_send_advert|vrrp_notify_priority_changes|vrrp_garp_lower_prio_repeat|nftables_ipvs_start_fwmark|vrrp_garp_lower_prio_delay|vrrp_vip_removal_step_down|vrrp_lower_prio_no_advert|vrrp_netlink_cmd_rcv_bufs|vrrp_owner_ignore_adverts|checker_log_all_failures|lvs_netlink_cmd_rcv_bufs|process_monitor_rcv_bufs|set_supplementary_groups|vrrp_garp_master_refresh|vrrp_skip_check_adv_addr|min_auto_priority_delay|notification_email_from|shutdown_script_timeout|vrrp_down_timer_adverts|vrrp_garp_master_repeat|vrrp_notify_fifo_script|vrrp_rx_bufs_multiplier|dbus_no_interface_name|enable_script_security|lvs_notify_fifo_script|nftables_ipvs_priority|startup_script_timeout|vrrp_check_unicast_src|vrrp_garp_master_delay|checker_rlimit_rttime|vrrp_delay_after_boot|checker_cpu_affinity|checker_process_name|smtp_connect_timeout|tmp_config_directory|checker_rt_priority|enable_snmp_checker|reload_check_config|vrrp_rx_bufs_policy|disable_local_igmp|dynamic_interfaces|notify_fifo_script|smtp_alert_checker|vrrp_garp_extra_if|vrrp_garp_interval|vrrp_rlimit_rttime|vrrp_startup_delay|bfd_rlimit_rttime|data_use_instance|dbus_service_name|default_interface|enable_snmp_rfcv2|enable_snmp_rfcv3|log_unknown_vrids|lvs_flush_on_stop|max_auto_priority|nftables_counters|nftables_priority|no_checker_emails|use_symlink_paths|v3_checksum_as_v2|vrrp_cpu_affinity|vrrp_gna_interval|vrrp_mcast_group4|vrrp_mcast_group6|vrrp_process_name|bfd_cpu_affinity|bfd_process_name|checker_priority|enable_snmp_vrrp|nftables_ifindex|reload_time_file|rs_init_notifies|vmac_addr_prefix|vrrp_notify_fifo|vrrp_rt_priority|bfd_rt_priority|checker_no_swap|config_save_dir|enable_snmp_rfc|iproute_etc_dir|iproute_usr_dir|lvs_notify_fifo|lvs_sync_daemon|no_email_faults|shutdown_script|smtp_alert_vrrp|state_dump_file|stats_dump_file|json_dump_file|smtp_helo_name|startup_script|include_check|nftables_ipvs|process_names|reload_repeat|vrrp_iptables|vrrp_min_garp|vrrp_priority|bfd_priority|enable_traps|json_version|lvs_timeouts|process_name|share_checks|vrrp_no_swap|vrrp_version|bfd_no_swap|enable_dbus|notify_fifo|random_seed|reload_file|script_user|smtp_server|snmp_socket|vmac_prefix|vrrp_ipsets|vrrp_strict|smtp_alert|lvs_flush|router_id|smtp_auth|nftables|smtp_tls|smtp_ca|umask)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_global_defs keepalivedKeyword
syntax match keepalivedObsolete_global_defs /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(enable_snmp_keepalived|checker_rlimit_rtime|vrrp_vmac_garp_intvl|vrrp_rlimit_rtime|bfd_rlimit_rtime|lvs_flush_onstop|lvs_process_name)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedObsolete_global_defs keepalivedObsolete
syntax region keepalivedRegion_global_defs_ipvs_sysctl matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsipvs_sysctl\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_ipvs_sysctl
syntax region keepalivedRegion_global_defs_notification_email matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsnotification_email\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_notification_email
syntax cluster keepalivedIn_global_defs contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_global_defs_ipvs_sysctl,keepalivedRegion_global_defs_notification_email,keepalivedKeyword_global_defs,keepalivedObsolete_global_defs

syntax match keepalivedUnknown_root /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs[[:alpha:]_][[:alnum:]_-]*\ze%([[:blank:]{}"#!]|$)/
highlight default link keepalivedUnknown_root keepalivedUnknown
syntax match keepalivedKeyword_root /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(namespace_with_ipsets|linkbeat_use_polling|net_namespace_ipvs|child_wait_time|net_namespace|use_pid_dir|instance)\ze%([[:blank:]{}"#!]|$)/
highlight default link keepalivedKeyword_root keepalivedKeyword
syntax region keepalivedRegion_root_SSL matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsSSL\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_SSL
syntax region keepalivedRegion_root_bfd_instance matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsbfd_instance\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_bfd_instance
syntax region keepalivedRegion_root_garp_group matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsgarp_group\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_garp_group
syntax region keepalivedRegion_root_global_defs matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsglobal_defs\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_global_defs
syntax region keepalivedRegion_root_interface_up_down_delays matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsinterface_up_down_delays\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_entries_interface_up_down_delays
syntax region keepalivedRegion_root_linkbeat_interfaces matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zslinkbeat_interfaces\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_entries_linkbeat_interfaces
syntax region keepalivedRegion_root_static_ipaddress matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsstatic_ipaddress\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_entries_static_ipaddress
syntax region keepalivedRegion_root_static_routes matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsstatic_routes\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_entries_static_routes
syntax region keepalivedRegion_root_static_rules matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsstatic_rules\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_entries_static_rules
syntax region keepalivedRegion_root_track_file matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_file\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_track_file
syntax region keepalivedRegion_root_track_group matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_group\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_track_group
syntax region keepalivedRegion_root_virtual_server matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvirtual_server\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_virtual_server
syntax region keepalivedRegion_root_virtual_server_group matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvirtual_server_group\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_entries_virtual_server_group
syntax region keepalivedRegion_root_vrrp_instance matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvrrp_instance\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_vrrp_instance
syntax region keepalivedRegion_root_vrrp_script matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvrrp_script\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_vrrp_script
syntax region keepalivedRegion_root_vrrp_sync_group matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvrrp_sync_group\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_vrrp_sync_group
syntax region keepalivedRegion_root_vrrp_track_file matchgroup=keepalivedObsolete start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvrrp_track_file\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_track_file
syntax region keepalivedRegion_root_vrrp_track_process matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvrrp_track_process\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ fold transparent contains=@keepalivedIn_vrrp_track_process
syntax cluster keepalivedIn_root contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_root_SSL,keepalivedRegion_root_bfd_instance,keepalivedRegion_root_garp_group,keepalivedRegion_root_global_defs,keepalivedRegion_root_interface_up_down_delays,keepalivedRegion_root_linkbeat_interfaces,keepalivedRegion_root_static_ipaddress,keepalivedRegion_root_static_routes,keepalivedRegion_root_static_rules,keepalivedRegion_root_track_file,keepalivedRegion_root_track_group,keepalivedRegion_root_virtual_server,keepalivedRegion_root_virtual_server_group,keepalivedRegion_root_vrrp_instance,keepalivedRegion_root_vrrp_script,keepalivedRegion_root_vrrp_sync_group,keepalivedRegion_root_vrrp_track_file,keepalivedRegion_root_vrrp_track_process,keepalivedKeyword_root

syntax match keepalivedKeyword_tls /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(expires_within|certificate|min_version|password|verify|key|sni|ca)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_tls keepalivedKeyword
syntax cluster keepalivedIn_tls contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_tls

syntax match keepalivedKeyword_track_file /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(init_file|weight|file)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_track_file keepalivedKeyword
syntax cluster keepalivedIn_track_file contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_track_file

syntax region keepalivedRegion_track_group_group matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsgroup\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_group
syntax cluster keepalivedIn_track_group contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_track_group_group

syntax match keepalivedKeyword_virtual_server /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(persistence_granularity|sorry_server_lvs_method|sorry_server_inhibit|persistence_timeout|delay_before_retry|inhibit_on_failure|persistence_engine|connect_timeout|panic_threshold|drain_timeout|sorry_server|follow_vrrp|mh-fallback|quorum_down|sh-fallback|virtualhost|delay_loop|ha_suspend|hysteresis|lvs_method|slow_start|smtp_alert|ip_family|lvs_sched|quorum_up|snmp_name|protocol|lb_algo|lb_kind|mh-port|sh-port|flag-1|flag-2|flag-3|hashed|quorum|warmup|weight|alpha|omega|retry|ops)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_virtual_server keepalivedKeyword
syntax region keepalivedRegion_virtual_server_real_server matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsreal_server\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_virtual_server_real_server
syntax cluster keepalivedIn_virtual_server contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_virtual_server_real_server,keepalivedKeyword_virtual_server

syntax match keepalivedKeyword_virtual_server_real_server /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(delay_before_retry|inhibit_on_failure|connect_timeout|drain_timeout|notify_down|virtualhost|delay_loop|lthreshold|lvs_method|slow_start|smtp_alert|uthreshold|notify_up|snmp_name|warmup|weight|alpha|retry)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_virtual_server_real_server keepalivedKeyword
syntax region keepalivedRegion_virtual_server_real_server_BFD_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsBFD_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_BFD_CHECK
syntax region keepalivedRegion_virtual_server_real_server_DNS_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsDNS_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_DNS_CHECK
syntax region keepalivedRegion_virtual_server_real_server_FILE_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsFILE_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_FILE_CHECK
syntax region keepalivedRegion_virtual_server_real_server_GRPC_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsGRPC_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_GRPC_CHECK
syntax region keepalivedRegion_virtual_server_real_server_HTTP_GET matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsHTTP_GET\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_HTTP_GET_SSL_GET
syntax region keepalivedRegion_virtual_server_real_server_MISC_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsMISC_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_MISC_CHECK
syntax region keepalivedRegion_virtual_server_real_server_PING_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsPING_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_PING_CHECK
syntax region keepalivedRegion_virtual_server_real_server_SMTP_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsSMTP_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_SMTP_CHECK
syntax region keepalivedRegion_virtual_server_real_server_SSL_GET matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsSSL_GET\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_HTTP_GET_SSL_GET
syntax region keepalivedRegion_virtual_server_real_server_TCP_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsTCP_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_TCP_CHECK
syntax region keepalivedRegion_virtual_server_real_server_UDP_CHECK matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsUDP_CHECK\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_UDP_CHECK
syntax cluster keepalivedIn_virtual_server_real_server contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_virtual_server_real_server_BFD_CHECK,keepalivedRegion_virtual_server_real_server_DNS_CHECK,keepalivedRegion_virtual_server_real_server_FILE_CHECK,keepalivedRegion_virtual_server_real_server_GRPC_CHECK,keepalivedRegion_virtual_server_real_server_HTTP_GET,keepalivedRegion_virtual_server_real_server_MISC_CHECK,keepalivedRegion_virtual_server_real_server_PING_CHECK,keepalivedRegion_virtual_server_real_server_SMTP_CHECK,keepalivedRegion_virtual_server_real_server_SSL_GET,keepalivedRegion_virtual_server_real_server_TCP_CHECK,keepalivedRegion_virtual_server_real_server_UDP_CHECK,keepalivedKeyword_virtual_server_real_server

syntax match keepalivedKeyword_vrrp_instance /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(garp_master_refresh_repeat|notify_master_rx_lower_pri|higher_prio_send_advert|notify_priority_changes|garp_lower_prio_repeat|garp_lower_prio_delay|unicast_fault_no_peer|vip_removal_step_down|lower_prio_no_advert|no_virtual_ipaddress|old_unicast_checksum|owner_ignore_adverts|timer_expired_backup|garp_master_refresh|promote_secondaries|skip_check_adv_addr|dont_track_primary|down_timer_adverts|garp_master_repeat|kernel_rx_buf_size|check_unicast_src|garp_master_delay|v3_checksum_as_v2|virtual_router_id|notify_deleted|unicast_src_ip|vmac_xmit_base|garp_extra_if|notify_backup|notify_master|preempt_delay|use_vmac_addr|mcast_dst_ip|mcast_src_ip|notify_fault|track_src_ip|notify_stop|strict_mode|unicast_ttl|advert_int|smtp_alert|use_ipvlan|interface|no_accept|nopreempt|priority|use_vmac|preempt|version|accept|notify|debug|state|vrf)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_vrrp_instance keepalivedKeyword
syntax match keepalivedObsolete_vrrp_instance /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(lvs_sync_daemon_interface|linkbeat_use_polling|thread_timer_expired|vmac_garp_intvl|native_ipv6)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedObsolete_vrrp_instance keepalivedObsolete
syntax region keepalivedRegion_vrrp_instance_auth_hmac matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsauth_hmac\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_vrrp_instance_auth_hmac
syntax region keepalivedRegion_vrrp_instance_authentication matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsauthentication\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_vrrp_instance_authentication
syntax region keepalivedRegion_vrrp_instance_track_bfd matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_bfd\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_bfd
syntax region keepalivedRegion_vrrp_instance_track_file matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_file\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_file
syntax region keepalivedRegion_vrrp_instance_track_interface matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_interface\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_interface
syntax region keepalivedRegion_vrrp_instance_track_process matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_process\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_process
syntax region keepalivedRegion_vrrp_instance_track_script matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_script\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_script
syntax region keepalivedRegion_vrrp_instance_track_virtual_server matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_virtual_server\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_virtual_server
syntax region keepalivedRegion_vrrp_instance_unicast_peer matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsunicast_peer\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_unicast_peer
syntax region keepalivedRegion_vrrp_instance_virtual_ipaddress matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvirtual_ipaddress\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_virtual_ipaddress
syntax region keepalivedRegion_vrrp_instance_virtual_ipaddress_excluded matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvirtual_ipaddress_excluded\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_virtual_ipaddress_excluded
syntax region keepalivedRegion_vrrp_instance_virtual_routes matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvirtual_routes\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_virtual_routes
syntax region keepalivedRegion_vrrp_instance_virtual_rules matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsvirtual_rules\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_virtual_rules
syntax cluster keepalivedIn_vrrp_instance contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_vrrp_instance_auth_hmac,keepalivedRegion_vrrp_instance_authentication,keepalivedRegion_vrrp_instance_track_bfd,keepalivedRegion_vrrp_instance_track_file,keepalivedRegion_vrrp_instance_track_interface,keepalivedRegion_vrrp_instance_track_process,keepalivedRegion_vrrp_instance_track_script,keepalivedRegion_vrrp_instance_track_virtual_server,keepalivedRegion_vrrp_instance_unicast_peer,keepalivedRegion_vrrp_instance_virtual_ipaddress,keepalivedRegion_vrrp_instance_virtual_ipaddress_excluded,keepalivedRegion_vrrp_instance_virtual_routes,keepalivedRegion_vrrp_instance_virtual_rules,keepalivedKeyword_vrrp_instance,keepalivedObsolete_vrrp_instance

syntax match keepalivedKeyword_vrrp_instance_auth_hmac /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(anti_replay|time_window|active_key|mode|key)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_vrrp_instance_auth_hmac keepalivedKeyword
syntax cluster keepalivedIn_vrrp_instance_auth_hmac contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_vrrp_instance_auth_hmac

syntax match keepalivedKeyword_vrrp_instance_authentication /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(auth_pass|auth_type)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_vrrp_instance_authentication keepalivedKeyword
syntax cluster keepalivedIn_vrrp_instance_authentication contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_vrrp_instance_authentication

syntax match keepalivedKeyword_vrrp_script /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(init_fail|interval|timeout|script|weight|fall|rise|user)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_vrrp_script keepalivedKeyword
syntax cluster keepalivedIn_vrrp_script contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_vrrp_script

syntax match keepalivedKeyword_vrrp_sync_group /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(sync_group_tracking_weight|notify_priority_changes|notify_backup|notify_master|notify_fault|notify_stop|smtp_alert|notify)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_vrrp_sync_group keepalivedKeyword
syntax match keepalivedObsolete_vrrp_sync_group /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(global_tracking)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedObsolete_vrrp_sync_group keepalivedObsolete
syntax region keepalivedRegion_vrrp_sync_group_group matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zsgroup\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_group
syntax region keepalivedRegion_vrrp_sync_group_track_bfd matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_bfd\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_bfd
syntax region keepalivedRegion_vrrp_sync_group_track_file matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_file\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_file
syntax region keepalivedRegion_vrrp_sync_group_track_interface matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_interface\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_interface
syntax region keepalivedRegion_vrrp_sync_group_track_process matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_process\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_process
syntax region keepalivedRegion_vrrp_sync_group_track_script matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_script\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_script
syntax region keepalivedRegion_vrrp_sync_group_track_virtual_server matchgroup=keepalivedBlock start=/\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zstrack_virtual_server\ze%([[:blank:]{}"#!]|$)/ matchgroup=keepalivedBrace end=/}/ contained fold transparent contains=@keepalivedIn_entries_track_virtual_server
syntax cluster keepalivedIn_vrrp_sync_group contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedRegion_vrrp_sync_group_group,keepalivedRegion_vrrp_sync_group_track_bfd,keepalivedRegion_vrrp_sync_group_track_file,keepalivedRegion_vrrp_sync_group_track_interface,keepalivedRegion_vrrp_sync_group_track_process,keepalivedRegion_vrrp_sync_group_track_script,keepalivedRegion_vrrp_sync_group_track_virtual_server,keepalivedKeyword_vrrp_sync_group,keepalivedObsolete_vrrp_sync_group

syntax match keepalivedKeyword_vrrp_track_process /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(terminate_delay|full_command|param_match|fork_delay|quorum_max|process|quorum|weight|delay)\ze%([[:blank:]{}"#!]|$)/ contained
highlight default link keepalivedKeyword_vrrp_track_process keepalivedKeyword
syntax cluster keepalivedIn_vrrp_track_process contains=@keepalivedValues,@keepalivedAnywhere,keepalivedUnknown,keepalivedKeyword_vrrp_track_process

syntax match keepalivedInclude /\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs%(includea|includeb|includem|includer|includew|include)\ze%([[:blank:]{}"#!]|$)/

syntax match keepalivedNumber /\v<[+-]?\d+%(\.\d+)?>/ contained
syntax match keepalivedAddress /\v<\d+%(\.\d+){3}%([-\/]\d+)?>/ contained
syntax match keepalivedAddress /\v<\x*:\x*:[0-9a-fA-F:.]*%(\/\d+)?/ contained
syntax match keepalivedBoolean /\v<%(on|off|true|false|yes|no)>/ contained
syntax match keepalivedRepeat /\v\~%(SEQx?|LST)\([^)]*\)/
syntax match keepalivedCondition /\v^\s*\zs\@\^?\S*/
syntax match keepalivedDefinition /\v^\s*%(\@\^?\S+\s+)?\zs\$\h\w*\ze\=/
syntax match keepalivedReference /\v\$\{\h\w*%(\s+[^}]*)?\}|\$\h\w*>\=@!/
syntax match keepalivedEscape /\v\\[#!]/
syntax match keepalivedContinuation /\v\\\s*$/
syntax region keepalivedString start=/"/ end=/"/ oneline contains=keepalivedReference
syntax match keepalivedComment /\v\\@1<![#!].*$/ contains=@Spell

syntax cluster keepalivedValues contains=keepalivedNumber,keepalivedAddress,keepalivedBoolean,keepalivedConstant
syntax cluster keepalivedAnywhere contains=keepalivedInclude,keepalivedRepeat,keepalivedCondition,keepalivedDefinition,keepalivedReference,keepalivedEscape,keepalivedContinuation,keepalivedString,keepalivedComment

highlight default link keepalivedAddress Constant
highlight default link keepalivedBlock Statement
highlight default link keepalivedBoolean Boolean
highlight default link keepalivedBrace Delimiter
highlight default link keepalivedComment Comment
highlight default link keepalivedCondition PreCondit
highlight default link keepalivedConstant Constant
highlight default link keepalivedContinuation Special
highlight default link keepalivedDefinition Define
highlight default link keepalivedEscape Special
highlight default link keepalivedInclude Include
highlight default link keepalivedKeyword Identifier
highlight default link keepalivedNumber Number
highlight default link keepalivedObsolete Todo
highlight default link keepalivedOption Type
highlight default link keepalivedReference PreProc
highlight default link keepalivedRepeat Repeat
highlight default link keepalivedString String
highlight default link keepalivedUnknown Error

let b:current_syntax = "keepalived"
