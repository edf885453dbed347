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

	"Global.SMTPServerPort": {joins: "smtp_server"},
	"Global.DownTimerAdv":   {keyword: "vrrp_down_timer_adverts"},
	"Global.LowerPrioNoAd":  {keyword: "vrrp_lower_prio_no_advert"},
	"Global.HigherPrioAd":   {keyword: "vrrp_higher_prio_send_advert"},
	"Global.StepDown":       {keyword: "vrrp_vip_removal_step_down"},
	"Global.AllowIfChanges": {joins: "dynamic_interfaces", word: "allow_if_changes"},
	"Global.InstanceName":   {keyword: "instance"},
	"Global.ScriptGroup":    {joins: "script_user"},
	"Global.Umask":          {keyword: "umask", octal: true},

	"Instance.VRID":       {keyword: "virtual_router_id"},
	"Instance.McastGroup": {keyword: "mcast_dst_ip"},
	"Instance.SourceIP":   {keyword: "mcast_src_ip"},
	"Instance.Addresses":  {keyword: "virtual_ipaddress"},
	"Instance.Excluded":   {keyword: "virtual_ipaddress_excluded"},
	"Instance.StepDown":   {keyword: "vip_removal_step_down"},
	"Instance.Strict":     {keyword: "strict_mode"},
	"Instance.Accept":     {keyword: "accept", always: true},

	"Notify.Any":                        {keyword: "notify"},
	"Instance.Notify.Deleted":           {joins: "notify_deleted", key: "notify_deleted_script"},
	"SyncGroup.Notify.Deleted":          {skip: true}, // instances only
	"SyncGroup.Notify.MasterRxLowerPri": {skip: true},

	"SyncGroup.Members":        {keyword: "group"},
	"SyncGroup.TrackingWeight": {keyword: "sync_group_tracking_weight"},

	"Script.Command": {keyword: "script"},
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
