package show

// vrrpRules are about the blocks of VRRP, and what these track.
var vrrpRules = map[string]rule{
	"Instance.VRID":       {keyword: "virtual_router_id"},
	"Instance.McastGroup": {keyword: "mcast_dst_ip"},
	"Instance.SourceIP":   {keyword: "mcast_src_ip"},
	"Instance.Addresses":  {keyword: "virtual_ipaddress"},
	"Instance.Excluded":   {keyword: "virtual_ipaddress_excluded"},
	"Instance.StepDown":   {keyword: "vip_removal_step_down"},
	"Instance.Strict":     {keyword: "strict_mode"},
	"Instance.Accept":     {keyword: "accept", always: true},

	"Notify.Any": {keyword: "notify"},

	"Instance.Notify.Deleted": {joins: "notify_deleted", key: "notify_deleted_script"},

	"SyncGroup.Notify.Deleted":          {skip: true}, // instances only
	"SyncGroup.Notify.MasterRxLowerPri": {skip: true},
	"SyncGroup.Members":                 {keyword: "group"},
	"SyncGroup.TrackingWeight":          {keyword: "sync_group_tracking_weight"},

	"Script.Command": {keyword: "script"},
	"Script.Reverse": {joins: "weight", word: "reverse"},
}
