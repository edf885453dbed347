package show

import (
	"reflect"
	"strings"
	"sync"
	"unicode"

	"holdfast/conf"
)

// rule says how a field is shown when its name does not spell the keyword.
type rule struct {
	keyword string // the keyword
	header  bool   // the words stand behind the keyword that opens the block, after word
	word    string // a word in front of the value, or for a bool that is true
	joins   string // the words belong to the statement of this keyword
	key     string // what they are called in JSON, if not as the field
	octal   bool
	always  bool // shown even if it is what the language begins with
	kinds   bool // the keyword is in the field Kind of each
	skip    bool // shown in another way
}

// rules are by type and field; a field of a struct that is part of a block may be given as "Type.Field" of that struct or,
// with what leads to it, as "Block.Part.Field".
var rules = map[string]rule{
	"Config.Global":    {keyword: "global_defs"},
	"Config.Instances": {keyword: "vrrp_instance"},
	"Config.Groups":    {keyword: "vrrp_sync_group"},
	"Config.Scripts":   {keyword: "vrrp_script"},
	"Config.Carried":   {skip: true},
	"Config.Files":     {skip: true},
	"Config.Origins":   {skip: true},

	"Global.DownTimerAdv":   {keyword: "vrrp_down_timer_adverts"},
	"Global.LowerPrioNoAd":  {keyword: "vrrp_lower_prio_no_advert"},
	"Global.HigherPrioAd":   {keyword: "vrrp_higher_prio_send_advert"},
	"Global.StepDown":       {keyword: "vrrp_vip_removal_step_down"},
	"Global.AllowIfChanges": {joins: "dynamic_interfaces", word: "allow_if_changes"},
	"Global.InstanceName":   {keyword: "instance"},
	"Global.Umask":          {keyword: "umask", octal: true},

	"Config.Static":                               {skip: true}, // shown as it is written
	"Config.Kept":                                 {skip: true},
	"Mail.SMTPServerPort":                         {joins: "smtp_server"},
	"Scripting.ScriptGroup":                       {joins: "script_user"},
	"Global.GARPExtra":                            {keyword: "vrrp_garp_extra_if"},
	"Global.ChecksumV2":                           {keyword: "v3_checksum_as_v2"},
	"Global.OwnerIgnores":                         {keyword: "vrrp_owner_ignore_adverts"},
	"Global.NotifyPriority":                       {keyword: "vrrp_notify_priority_changes"},
	"Global.RxPolicy":                             {keyword: "vrrp_rx_bufs_policy"},
	"Global.RxMultiplier":                         {keyword: "vrrp_rx_bufs_multiplier"},
	"Global.NamespaceIPSets":                      {keyword: "namespace_with_ipsets"},
	"Global.LinkbeatPolling":                      {keyword: "linkbeat_use_polling"},
	"Global.TmpConfigDir":                         {keyword: "tmp_config_directory"},
	"Scripting.StartupTimeout":                    {keyword: "startup_script_timeout"},
	"Scripting.ShutdownTimeout":                   {keyword: "shutdown_script_timeout"},
	"Scripting.SupplementaryGroups":               {keyword: "set_supplementary_groups"},
	"Scripting.FIFOOnReload":                      {keyword: "fifo_write_vrrp_states_on_reload"},
	"Processes.VRRPRTLimit":                       {keyword: "vrrp_rlimit_rttime"},
	"Firewall.IPTablesIn":                         {keyword: "vrrp_iptables"},
	"Firewall.IPTablesOut":                        {joins: "vrrp_iptables"},
	"Firewall.NFTablesIPVSStart":                  {keyword: "nftables_ipvs_start_fwmark"},
	"LVS.CheckerLogAll":                           {keyword: "checker_log_all_failures"},
	"LVS.Timeouts":                                {keyword: "lvs_timeouts"},
	"LVS.SyncDaemon":                              {keyword: "lvs_sync_daemon"},
	"Observed.SNMPVRRP":                           {keyword: "enable_snmp_vrrp"},
	"Observed.SNMPChecker":                        {keyword: "enable_snmp_checker"},
	"Observed.SNMPRFCv2":                          {keyword: "enable_snmp_rfcv2"},
	"Observed.SNMPRFCv3":                          {keyword: "enable_snmp_rfcv3"},
	"Observed.SNMPTraps":                          {keyword: "enable_traps"},
	"Observed.SNMPVSInterval":                     {keyword: "snmp_vs_stats_update_interval"},
	"Observed.SNMPRSInterval":                     {keyword: "snmp_rs_stats_update_interval"},
	"Observed.DBus":                               {keyword: "enable_dbus"},
	"Observed.DBusNoInterface":                    {keyword: "dbus_no_interface_name"},
	"Reload.CheckConfig":                          {keyword: "reload_check_config"},
	"Reload.CheckLog":                             {joins: "reload_check_config"},
	"Reload.TimeFile":                             {keyword: "reload_time_file"},
	"Reload.Repeat":                               {keyword: "reload_repeat"},
	"Reload.MarkFile":                             {keyword: "reload_file"},
	"Reload.IncludeChecks":                        {keyword: "include_check"},
	"Global.Scripting.NotifyFIFO.Path":            {keyword: "notify_fifo"},
	"Global.Scripting.NotifyFIFO.User":            {joins: "notify_fifo", key: "notify_fifo_user"},
	"Global.Scripting.NotifyFIFO.Group":           {joins: "notify_fifo", key: "notify_fifo_group"},
	"Global.Scripting.NotifyFIFO.Script":          {keyword: "notify_fifo_script"},
	"Global.Scripting.VRRPNotifyFIFO.Path":        {keyword: "vrrp_notify_fifo"},
	"Global.Scripting.VRRPNotifyFIFO.User":        {joins: "vrrp_notify_fifo", key: "vrrp_notify_fifo_user"},
	"Global.Scripting.VRRPNotifyFIFO.Group":       {joins: "vrrp_notify_fifo", key: "vrrp_notify_fifo_group"},
	"Global.Scripting.VRRPNotifyFIFO.Script":      {keyword: "vrrp_notify_fifo_script"},
	"Global.Scripting.LVSNotifyFIFO.Path":         {keyword: "lvs_notify_fifo"},
	"Global.Scripting.LVSNotifyFIFO.User":         {joins: "lvs_notify_fifo", key: "lvs_notify_fifo_user"},
	"Global.Scripting.LVSNotifyFIFO.Group":        {joins: "lvs_notify_fifo", key: "lvs_notify_fifo_group"},
	"Global.Scripting.LVSNotifyFIFO.Script":       {keyword: "lvs_notify_fifo_script"},
	"Global.Processes.CheckerProcess.Name":        {keyword: "checker_process_name"},
	"Global.Processes.CheckerProcess.Priority":    {keyword: "checker_priority"},
	"Global.Processes.CheckerProcess.RTPriority":  {keyword: "checker_rt_priority"},
	"Global.Processes.CheckerProcess.NoSwap":      {keyword: "checker_no_swap"},
	"Global.Processes.CheckerProcess.CPUAffinity": {keyword: "checker_cpu_affinity"},
	"Global.Processes.CheckerProcess.RTLimit":     {keyword: "checker_rlimit_rttime"},
	"Global.Processes.BFDProcess.Name":            {keyword: "bfd_process_name"},
	"Global.Processes.BFDProcess.Priority":        {keyword: "bfd_priority"},
	"Global.Processes.BFDProcess.RTPriority":      {keyword: "bfd_rt_priority"},
	"Global.Processes.BFDProcess.NoSwap":          {keyword: "bfd_no_swap"},
	"Global.Processes.BFDProcess.CPUAffinity":     {keyword: "bfd_cpu_affinity"},
	"Global.Processes.BFDProcess.RTLimit":         {keyword: "bfd_rlimit_rttime"},
	"Global.Processes.VRRPCmdBuffer.Bytes":        {keyword: "vrrp_netlink_cmd_rcv_bufs"},
	"Global.Processes.VRRPCmdBuffer.Force":        {keyword: "vrrp_netlink_cmd_rcv_bufs_force"},
	"Global.Processes.VRRPWatchBuffer.Bytes":      {keyword: "vrrp_netlink_monitor_rcv_bufs"},
	"Global.Processes.VRRPWatchBuffer.Force":      {keyword: "vrrp_netlink_monitor_rcv_bufs_force"},
	"Global.Processes.LVSCmdBuffer.Bytes":         {keyword: "lvs_netlink_cmd_rcv_bufs"},
	"Global.Processes.LVSCmdBuffer.Force":         {keyword: "lvs_netlink_cmd_rcv_bufs_force"},
	"Global.Processes.LVSWatchBuffer.Bytes":       {keyword: "lvs_netlink_monitor_rcv_bufs"},
	"Global.Processes.LVSWatchBuffer.Force":       {keyword: "lvs_netlink_monitor_rcv_bufs_force"},
	"Global.Processes.ProcessesBuffer.Bytes":      {keyword: "process_monitor_rcv_bufs"},
	"Global.Processes.ProcessesBuffer.Force":      {keyword: "process_monitor_rcv_bufs_force"},

	"Instance.VRID":             {keyword: "virtual_router_id"},
	"Instance.VMAC":             {keyword: "use_vmac"},
	"Instance.IPVLAN":           {keyword: "use_ipvlan"},
	"Instance.VMACAddr":         {keyword: "use_vmac_addr"},
	"Instance.XmitBase":         {keyword: "vmac_xmit_base"},
	"Instance.HMAC":             {keyword: "auth_hmac"},
	"HMAC.Replay":               {keyword: "anti_replay"},
	"HMAC.Window":               {keyword: "time_window"},
	"Instance.TrackSource":      {keyword: "track_src_ip"},
	"Instance.UnicastAsked":     {skip: true}, // follows from others
	"Instance.FaultNoPeer":      {keyword: "unicast_fault_no_peer"},
	"Instance.OldChecksum":      {keyword: "old_unicast_checksum"},
	"Instance.ChecksumAsV2":     {keyword: "v3_checksum_as_v2"},
	"Instance.Routes":           {skip: true},
	"Instance.Rules":            {skip: true},
	"Instance.NoAddress":        {keyword: "no_virtual_ipaddress"},
	"Instance.TrackProcesses":   {keyword: "track_process"},
	"SyncGroup.TrackProcesses":  {keyword: "track_process"},
	"Instance.LinkbeatPolling":  {keyword: "linkbeat_use_polling"},
	"Instance.ExtraGARP":        {keyword: "garp_extra_if"},
	"Instance.PriorityChanges":  {keyword: "notify_priority_changes"},
	"SyncGroup.PriorityChanges": {keyword: "notify_priority_changes"},
	"Instance.TimerExpired":     {keyword: "timer_expired_backup"},
	"Instance.KernelRxBuf":      {keyword: "kernel_rx_buf_size"},
	"Instance.LVSSyncInterface": {keyword: "lvs_sync_daemon_interface"},
	"Instance.McastGroup":       {keyword: "mcast_dst_ip"},
	"Instance.SourceIP":         {keyword: "mcast_src_ip"},
	"Instance.Addresses":        {keyword: "virtual_ipaddress"},
	"Instance.Excluded":         {keyword: "virtual_ipaddress_excluded"},
	"Instance.StepDown":         {keyword: "vip_removal_step_down"},
	"Instance.Strict":           {keyword: "strict_mode"},
	"Instance.Accept":           {keyword: "accept", always: true},

	"Notify.Any":                        {keyword: "notify"},
	"Instance.Notify.Deleted":           {joins: "notify_deleted", key: "notify_deleted_script"},
	"SyncGroup.Notify.Deleted":          {skip: true}, // instances only
	"SyncGroup.Notify.MasterRxLowerPri": {skip: true},

	"SyncGroup.Members":        {keyword: "group"},
	"SyncGroup.TrackingWeight": {keyword: "sync_group_tracking_weight"},

	"Script.Command": {keyword: "script"},
	"Script.User":    {skip: true}, // with the command
	"Script.Group":   {skip: true},
	"Script.Reverse": {joins: "weight", word: "reverse"},

	"VirtualServer.Address":      {header: true},
	"VirtualServer.Mark":         {header: true, word: "fwmark"},
	"VirtualServer.Group":        {header: true, word: "group"},
	"VirtualServer.Scheduler":    {keyword: "lb_algo"},
	"VirtualServer.Forward":      {keyword: "lb_kind"},
	"VirtualServer.Persistence":  {keyword: "persistence_timeout"},
	"VirtualServer.SorryInhibit": {keyword: "sorry_server_inhibit"},
	"VirtualServer.OnePacket":    {keyword: "ops"},

	"RealServer.Address":        {header: true},
	"RealServer.Forward":        {keyword: "lvs_method"},
	"RealServer.UpperThreshold": {keyword: "uthreshold"},
	"RealServer.LowerThreshold": {keyword: "lthreshold"},
	"RealServer.Checkers":       {kinds: true},

	"Checker.Kind":   {skip: true},
	"Checker.Mark":   {keyword: "fwmark"},
	"Checker.LogAll": {keyword: "log_all_failures"},

	"URL.Status": {keyword: "status_code"},
}

// negative are the keywords that take back what another one says.
var negative = map[string]string{"nopreempt": "preempt", "accept": "no_accept"}

// secrets are the keywords whose words nobody else shall read.
var secrets = map[string]bool{"auth_pass": true, "key": true, "password": true}

// parts are the blocks whose settings conf keeps with those of the block around them, or the other way round.
var parts = map[conf.Block][]conf.Block{
	"vrrp_instance": {"vrrp_instance/authentication", "vrrp_instance/auth_hmac"},
	"global_defs":   {""},
}

// late are the blocks that refer to others, which must come first.
var late = map[string]int{"vrrp_instance": 1, "vrrp_sync_group": 2, "virtual_server": 3}

// language is the keyword table by block and keyword, the keyword without underscores.
var language = sync.OnceValue(func() map[conf.Block]map[string]*conf.Keyword {
	all := map[conf.Block]map[string]*conf.Keyword{}
	rows := conf.Keywords()
	for i := range rows {
		for _, b := range rows[i].Where {
			if all[b] == nil {
				all[b] = map[string]*conf.Keyword{}
			}
			all[b][squeeze(rows[i].Name)] = &rows[i]
		}
	}
	return all
})

func squeeze(s string) string { return strings.ReplaceAll(s, "_", "") }

// name is what a field is called in a block.
type name struct {
	rule
	in  conf.Block // where the keyword belongs: the block, or one of its parts
	row *conf.Keyword
}

// nameOf finds the keyword of a field. path are the fields that lead from the block's struct to f's.
func nameOf(owner reflect.Type, path []string, f reflect.StructField, b conf.Block) (name, bool) {
	n := name{in: b}
	n.rule = ruleOf(owner, path, f)
	switch {
	case n.skip, n.header, n.kinds, n.joins != "":
		return n, true
	case n.keyword != "":
		n.in, n.row = find(b, n.keyword)
		return n, n.row != nil
	}
	for _, c := range candidates(path, f.Name) {
		if in, row := find(b, c); row != nil {
			n.keyword, n.in, n.row = row.Name, in, row
			return n, true
		}
	}
	return n, false
}

func ruleOf(owner reflect.Type, path []string, f reflect.StructField) rule {
	if r, ok := rules[owner.Name()+"."+strings.Join(append(path[:len(path):len(path)], f.Name), ".")]; ok {
		return r
	}
	if len(path) > 0 {
		t := owner
		for _, p := range path {
			inner, ok := t.FieldByName(p)
			if !ok {
				return rule{}
			}
			t = inner.Type
		}
		return rules[t.Name()+"."+f.Name]
	}
	return rule{}
}

// find looks a keyword up in a block and its parts.
func find(b conf.Block, keyword string) (conf.Block, *conf.Keyword) {
	for _, in := range append([]conf.Block{b}, parts[b]...) {
		if row := language()[in][squeeze(keyword)]; row != nil {
			return in, row
		}
	}
	return b, nil
}

// candidates are the keywords that a field's name may spell, but for their underscores.
func candidates(path []string, field string) []string {
	long, short := strings.ToLower(strings.Join(path, "")+field), strings.ToLower(field)
	var out []string
	for _, s := range []string{long, short, strings.TrimSuffix(long, "s"), strings.TrimSuffix(short, "s")} {
		out = append(out, s, "vrrp"+s)
	}
	return out
}

// snake spells a Go name in lower case with underscores: "SMTPAlertVRRP" is "smtp_alert_vrrp".
func snake(s string) string {
	var b strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && rs[i-1] != '_' &&
			(!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
