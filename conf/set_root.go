package conf

import (
	"math"

	"holdfast/conf/syntax"
)

var rootSetters = map[string]wired{
	"global_defs": {0, 0, func(d *decoder, n *syntax.Node) { d.walk(n.Block, blockGlobal) }},
	"net_namespace": {1, 1, func(d *decoder, n *syntax.Node) {
		d.firstWins(n, &d.cfg.Global.NetNamespace)
	}},
	"instance": {1, 1, func(d *decoder, n *syntax.Node) {
		d.firstWins(n, &d.cfg.Global.InstanceName)
	}},
	"use_pid_dir": {0, 0, func(d *decoder, n *syntax.Node) { d.cfg.Global.UsePIDDir = value(true, n.Keyword) }},
	"child_wait_time": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 0, math.MaxUint32, "Invalid child_wait_time WORD"); ok {
			d.cfg.Global.ChildWaitTime = value(wholeSeconds(v), n.Args[0])
		}
	}},
	"vrrp_instance":   {1, 1, (*decoder).setInstance},
	"vrrp_sync_group": {1, 1, (*decoder).setGroup},
	"vrrp_script":     {1, 1, (*decoder).setScript},
	"virtual_server":  {1, 2, (*decoder).setVirtual},

	"virtual_server_group": {1, -1, (*decoder).setServerGroup},
	"SSL":                  {0, 0, (*decoder).setSSL},
}

// firstWins sets a name once; keepalived mentions later ones and does not count them as faults.
func (d *decoder) firstWins(n *syntax.Node, to *Value[string]) {
	w := n.Args[0]
	if to.Set() {
		d.tell(n, w, "duplicate-keyword", "a second "+n.Keyword.Text,
			"Duplicate "+n.Keyword.Text+" definition "+w.Text+" - ignoring", "the first one holds: "+to.V)
		return
	}
	*to = value(w.Text, w)
}
