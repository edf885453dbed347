package show

import (
	"maps"
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
	front   bool   // … and go in front of its own
	key     string // what they are called in JSON, if not as the field
	octal   bool
	always  bool // shown even if it is what the language begins with
	oneLine bool // all of them are words of one statement
	kinds   bool // the keyword is in the field Kind of each
	skip    bool // shown in another way
	alone   bool // of a command: the account has a keyword of its own
}

// rules are by type and field: "Type.Field" is about a field wherever the struct is part of a block, "Block.Part.Field" about
// the one in that block.
var rules = merged(generalRules, globalRules, vrrpRules, serverRules)

var generalRules = map[string]rule{
	"Config.Global":    {keyword: "global_defs"},
	"Config.Instances": {keyword: "vrrp_instance"},
	"Config.Groups":    {keyword: "vrrp_sync_group"},
	"Config.Scripts":   {keyword: "vrrp_script"},
	"Config.SSL":       {keyword: "SSL"},

	"Config.ServerGroups": {keyword: "virtual_server_group"},
	"ServerGroup.Entries": {keyword: "<entry>"},

	"Config.Carried":  {skip: true},
	"Config.Followed": {skip: true}, // as the virtual servers have it
	"Config.Files":    {skip: true},
	"Config.Origins":  {skip: true},

	"Global.DownTimerAdv":   {keyword: "vrrp_down_timer_adverts"},
	"Global.LowerPrioNoAd":  {keyword: "vrrp_lower_prio_no_advert"},
	"Global.HigherPrioAd":   {keyword: "vrrp_higher_prio_send_advert"},
	"Global.StepDown":       {keyword: "vrrp_vip_removal_step_down"},
	"Global.AllowIfChanges": {joins: "dynamic_interfaces", word: "allow_if_changes"},
	"Global.InstanceName":   {keyword: "instance"},
	"Global.Umask":          {keyword: "umask", octal: true},
}

func merged(all ...map[string]rule) map[string]rule {
	out := map[string]rule{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
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

// late are the statements that refer to others, which must come first. An address of use_ipvlan is of the family that the
// virtual addresses have decided.
var late = map[string]int{"vrrp_instance": 1, "vrrp_sync_group": 2, "virtual_server": 3, "use_ipvlan": 1, "track_group": -1}

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
			if t.Kind() == reflect.Pointer {
				t = t.Elem()
			}
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
