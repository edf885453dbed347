package conf

import (
	"math"
	"strings"
	"time"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

var groupSetters = map[string]wired{
	"group":         {0, 0, (*decoder).setMembers},
	"notify_master": {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "vrrp group "+d.group.Name+": ", &d.group.Notify.Master) }},
	"notify_backup": {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "vrrp group "+d.group.Name+": ", &d.group.Notify.Backup) }},
	"notify_fault":  {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "vrrp group "+d.group.Name+": ", &d.group.Notify.Fault) }},
	"notify_stop":   {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "vrrp group "+d.group.Name+": ", &d.group.Notify.Stop) }},
	"notify":        {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "vrrp group "+d.group.Name+": ", &d.group.Notify.Any) }},
	"track_interface": {0, 0, func(d *decoder, n *syntax.Node) {
		d.trackInterfaces(n, d.group.Name, &d.group.TrackInterfaces)
	}},
	"track_script":         {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.group.Name, &d.group.TrackScripts) }},
	"track_file":           {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.group.Name, &d.group.TrackFiles) }},
	"track_process":        {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.group.Name, &d.group.TrackProcesses) }},
	"track_virtual_server": {0, 0, func(d *decoder, n *syntax.Node) { d.trackServices(n, &d.group.TrackServices) }},
	"track_bfd":            {0, 0, func(d *decoder, n *syntax.Node) { d.track(n, d.group.Name, &d.group.TrackBFDs) }},
	"smtp_alert": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid vrrp_group smtp_alert parameter WORD"); ok {
			d.group.SMTPAlert = v
		}
	}},
	"notify_priority_changes": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "("+d.group.Name+") Invalid value 'WORD' for sync group notify_priority_changes specified"); ok {
			d.group.PriorityChanges = v
		}
	}},
	"sync_group_tracking_weight": {0, 0, func(d *decoder, n *syntax.Node) { d.group.TrackingWeight = value(true, n.Keyword) }},
	"global_tracking": {0, 0, func(d *decoder, n *syntax.Node) {
		d.warn(n, n.Keyword, "deprecated", "global_tracking is deprecated",
			"("+d.group.Name+") global_tracking is deprecated. Use track_interface/script/file on the sync group",
			"read as sync_group_tracking_weight")
		d.group.TrackingWeight = value(true, n.Keyword)
	}},
}

// setGroup decodes one vrrp_sync_group block.
func (d *decoder) setGroup(n *syntax.Node) {
	if len(n.Args) != 1 {
		w := n.Keyword
		if len(n.Args) > 1 {
			w = n.Args[1]
		}
		d.fault(n, w, "missing-name", "a vrrp_sync_group has one name", "vrrp_sync_group must have a name - skipping", "the block is ignored")
		return
	}
	w := n.Args[0]
	if old, ok := d.groups[w.Text]; ok {
		d.duplicate(n, w, "vrrp sync group "+w.Text+" already defined", old.At)
		return
	}
	d.group = &SyncGroup{Name: w.Text, At: w.At}
	d.groups[w.Text] = d.group
	d.cfg.Groups = append(d.cfg.Groups, d.group)
	own, second := untilSecondList(n.Block)
	d.walk(own, blockGroup)
	d.group = nil
	if second {
		d.spill(n, n.Block[len(own):])
	}
}

// untilSecondList gives the statements up to the second list of members. compat: keepalived does not read that one as a list, so
// that its "}" ends the group; second tells that there is one.
func untilSecondList(nodes []*syntax.Node) (own []*syntax.Node, second bool) {
	lists := 0
	for i, n := range nodes {
		if n.Keyword.Text == "group" && n.HasBlock && (lists == 1 || len(n.Block) > 0) {
			lists++
		}
		if lists == 2 {
			return nodes[:i+1], true
		}
	}
	return nodes, false
}

// spill tells in keepalived's words what becomes of the statements behind the premature end of the block n.
func (d *decoder) spill(n *syntax.Node, rest []*syntax.Node) {
	words := make([]syntax.Word, 0, len(rest)+1)
	for _, r := range rest {
		words = append(words, r.Keyword)
	}
	if !n.Close.IsZero() {
		words = append(words, syntax.NewWord("}", n.Close, n.Keyword.Via()))
	}
	for _, w := range words {
		d.fault(n, w, "spilled-list", "keepalived takes '"+w.Text+"' for a keyword outside of the group", "Unknown keyword '"+w.Text+"'", "the line is ignored")
	}
}

func (d *decoder) setMembers(n *syntax.Node) {
	if d.group.hasList {
		d.fault(n, n.Keyword, "duplicate-keyword", "the group's members are listed already",
			"Group list already specified for sync group "+d.group.Name, "the block is ignored")
		return
	}
	d.group.hasList = len(n.Block) > 0
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockMembers)
			continue
		}
		d.cutComment(e)
		for _, w := range append([]syntax.Word{e.Keyword}, e.Args...) {
			d.group.Members = append(d.group.Members, value(w.Text, w))
		}
	}
	if len(d.group.Members) == 0 {
		d.report(n, n.Keyword, diag.Diagnostic{
			Severity: diag.Warning, Class: diag.ClassConfig, Code: "empty-group", Summary: "the group has no members",
			Compat: "Warning - sync group " + d.group.Name + " has empty group block", CompatLine: n.Close.Line(), Effect: "the group is removed",
		})
	}
}

var scriptSetters = map[string]wired{
	"script": {0, -1, func(d *decoder, n *syntax.Node) {
		if c, ok := d.command(n); ok {
			if c.User != "" {
				d.tell(n, n.Keyword, "extra-words", "a script is one word, in quotes if it has more; whom it runs as is said by \"user\"", "",
					"what stands behind it is ignored")
			}
			c.User, c.Group = "", ""
			d.script.Command = c
		}
	}},
	"interval": {1, 1, func(d *decoder, n *syntax.Node) {
		d.scriptTime(n, &d.script.Interval, "interval", "("+d.script.Name+"): vrrp script interval 'WORD' must be between 1 and 4294 - ignoring")
	}},
	"timeout": {1, 1, func(d *decoder, n *syntax.Node) {
		d.scriptTime(n, &d.script.Timeout, "timeout", "("+d.script.Name+"): vrrp script timeout 'WORD' invalid - ignoring")
	}},
	"weight":    {1, 2, (*decoder).setScriptWeight},
	"rise":      {1, 1, func(d *decoder, n *syntax.Node) { d.scriptCount(n, &d.script.Rise) }},
	"fall":      {1, 1, func(d *decoder, n *syntax.Node) { d.scriptCount(n, &d.script.Fall) }},
	"init_fail": {0, 0, func(d *decoder, n *syntax.Node) { d.script.InitFail = value(true, n.Keyword) }},
	"user": {1, 2, func(d *decoder, n *syntax.Node) {
		d.script.refused = "Unable to set uid/gid for script"
		if c := d.script.Command; c != nil {
			d.script.refused += " " + c.quoted()
		}
		d.script.User, d.script.Group = value(n.Args[0].Text, n.Args[0]), Value[string]{}
		if len(n.Args) > 1 {
			d.script.Group = groupName(n.Args[1])
		}
	}},
}

// setScript decodes one vrrp_script block.
func (d *decoder) setScript(n *syntax.Node) {
	w := n.Args[0]
	d.script = &Script{Name: w.Text, At: w.At}
	d.walk(n.Block, blockScript)
	s := d.script
	s.End = n.Close
	d.script = nil
	if s.Command == nil {
		d.report(n, w, diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-script",
			Summary: "vrrp_script " + s.Name + " has no script",
			Compat:  "No script set for vrrp_script " + s.Name + " - removing", CompatLine: n.Close.Line(),
			Effect: "it is ignored",
		})
		return
	}
	if s.User.Set() {
		s.Command.User, s.Command.Group = s.User.V, s.Group.V
	}
	if old, ok := d.scripts[s.Name]; ok {
		d.tell(n, w, "duplicate-name", "vrrp_script "+s.Name+" is defined already, at "+old.At.String(), "", "the first one holds")
		return
	}
	d.scripts[s.Name] = s
	d.cfg.Scripts = append(d.cfg.Scripts, s)
}

// scriptTime reads a period. compat: keepalived 2.2.7 takes whole seconds only; fractions came with 2.3.2.
func (d *decoder) scriptTime(n *syntax.Node, to *Value[time.Duration], what, compat string) {
	w := n.Args[0]
	var v time.Duration
	if _, _, valid := micros(w.Text); !valid || !strings.Contains(w.Text, ".") {
		u, ok := d.uintWord(n, w, 0, 4294, compat)
		if !ok {
			return
		}
		v = wholeSeconds(u)
	} else {
		m, ok := d.microsWord(n, w, 0, 4294*time.Second, compat)
		if !ok {
			return
		}
		v = m.Round(time.Millisecond)
	}
	if v == 0 {
		d.warn(n, w, "zero-time", "the "+what+" must be greater than 0",
			"("+d.script.Name+"): vrrp script "+what+" must be greater than 0, setting to 1", "1 second is used")
		v = time.Second
	}
	*to = value(v, w)
}

func (d *decoder) setScriptWeight(n *syntax.Node) {
	w := n.Args[0]
	v, ok := d.intWord(n, w, -253, 253, "vrrp_script "+d.script.Name+" weight WORD must be in [-253, 253]")
	if !ok {
		return
	}
	d.script.Weight = value(int(v), w)
	if len(n.Args) > 1 {
		if o := n.Args[1]; o.Text == "reverse" {
			d.script.Reverse = true
		} else if foreignWord(o.Text) && !o.Quoted {
			d.extra(n, 1)
		} else {
			d.fault(n, o, "unknown-option", "'"+o.Text+"' is not an option of a weight",
				"vrrp_script "+d.script.Name+" unknown weight option "+o.Text, "the word is ignored")
		}
	}
}

func (d *decoder) scriptCount(n *syntax.Node, to *Value[int]) {
	w := n.Args[0]
	v, ok := d.uintWord(n, w, 1, math.MaxInt32,
		"("+d.script.Name+"): vrrp script "+n.Keyword.Text+" value 'WORD' invalid, defaulting to 1")
	if !ok {
		v = 1
	}
	*to = value(int(v), w)
}
