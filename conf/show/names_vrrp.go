package show

// vrrpRules are about the blocks of VRRP, and what these track.
var vrrpRules = map[string]rule{
	"Instance.TrackServices":  {keyword: "track_virtual_server"},
	"SyncGroup.TrackServices": {keyword: "track_virtual_server"},
	"Instance.VRID":           {keyword: "virtual_router_id"},
	"Instance.McastGroup":     {keyword: "mcast_dst_ip"},
	"Instance.SourceIP":       {keyword: "mcast_src_ip"},
	"Instance.Addresses":      {keyword: "virtual_ipaddress"},
	"Instance.Excluded":       {keyword: "virtual_ipaddress_excluded"},
	"Instance.StepDown":       {keyword: "vip_removal_step_down"},
	"Instance.Strict":         {keyword: "strict_mode"},
	"Instance.Accept":         {keyword: "accept", always: true},

	"Notify.Any": {keyword: "notify"},

	"Instance.Notify.Deleted": {joins: "notify_deleted", key: "notify_deleted_script"},

	"SyncGroup.Notify.Deleted":          {skip: true}, // instances only
	"SyncGroup.Notify.MasterRxLowerPri": {skip: true},
	"SyncGroup.Members":                 {keyword: "group"},
	"SyncGroup.TrackingWeight":          {keyword: "sync_group_tracking_weight"},

	"Script.Command": {keyword: "script", alone: true},
	"Script.Group":   {joins: "user"},
	"Script.Reverse": {joins: "weight", word: "reverse"},

	"Instance.HMAC":             {keyword: "auth_hmac"},
	"Instance.VMAC":             {keyword: "use_vmac"},
	"Instance.IPVLAN":           {keyword: "use_ipvlan"},
	"Instance.VMACAddr":         {keyword: "use_vmac_addr"},
	"Instance.XmitBase":         {keyword: "vmac_xmit_base"},
	"Instance.TrackSource":      {keyword: "track_src_ip"},
	"Instance.AskedInterfaces":  {skip: true}, // follows from TrackInterfaces
	"Instance.UnicastAsked":     {skip: true}, // follows from other keywords
	"Instance.FaultNoPeer":      {keyword: "unicast_fault_no_peer"},
	"Instance.OldChecksum":      {keyword: "old_unicast_checksum"},
	"Instance.ChecksumAsV2":     {keyword: "v3_checksum_as_v2"},
	"Instance.Routes":           {skip: true}, // shown as they are written
	"Instance.Rules":            {skip: true}, // shown as they are written
	"Instance.NoAddress":        {keyword: "no_virtual_ipaddress"},
	"Instance.TrackProcesses":   {keyword: "track_process"},
	"Instance.LinkbeatPolling":  {keyword: "linkbeat_use_polling"},
	"Instance.PriorityChanges":  {keyword: "notify_priority_changes"},
	"Instance.TimerExpired":     {keyword: "timer_expired_backup"},
	"Instance.KernelRxBuf":      {keyword: "kernel_rx_buf_size"},
	"Instance.LVSSyncInterface": {keyword: "lvs_sync_daemon_interface"},
	"Instance.ExtraGARP":        {keyword: "garp_extra_if"},
	"HMAC.Keys":                 {keyword: "key"},
	"HMAC.Replay":               {keyword: "anti_replay"},
	"HMAC.Window":               {keyword: "time_window"},
	"SyncGroup.TrackProcesses":  {keyword: "track_process"},
	"SyncGroup.PriorityChanges": {keyword: "notify_priority_changes"},

	"Static.Addresses":      {keyword: "static_ipaddress"},
	"Static.Routes":         {keyword: "static_routes"},
	"Static.Rules":          {keyword: "static_rules"},
	"Static.TrackProcesses": {keyword: "vrrp_track_process"},
	"Static.BFDs":           {keyword: "bfd_instance"},
	"Static.LinkPolls":      {keyword: "linkbeat_interfaces"},
	"Static.LinkDelays":     {keyword: "interface_up_down_delays"},
	"TrackGroup.Members":    {keyword: "group"},
	"TrackFile.Path":        {keyword: "file"},
	"TrackFile.Init":        {keyword: "init_file"},
	"TrackFile.Overwrite":   {joins: "init_file", word: "overwrite"},
	"TrackFile.Reverse":     {joins: "weight", word: "reverse"},
	"TrackProcess.Params":   {joins: "process"},
	"TrackProcess.Reverse":  {joins: "weight", word: "reverse"},
	"BFD.Neighbor":          {keyword: "neighbor_ip"},
	"BFD.Source":            {keyword: "source_ip"},
	"BFD.Reverse":           {joins: "weight", word: "reverse"},
}
