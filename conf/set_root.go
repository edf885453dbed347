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
	"net_namespace_ipvs": {0, 1, func(d *decoder, n *syntax.Node) {
		to := &d.cfg.Global.NetNamespaceIPVS
		switch {
		case len(n.Args) > 0:
			d.firstWins(n, to)
		case to.Set():
			d.missing(n, 1) // compat: a second one must have the word that it complains of
		default:
			*to = Value[string]{At: n.Keyword.At}
		}
	}},
	"namespace_with_ipsets": globalFlag(func(g *Global) *Value[bool] { return &g.NamespaceIPSets }),
	"linkbeat_use_polling":  globalFlag(func(g *Global) *Value[bool] { return &g.LinkbeatPolling }),
	"use_pid_dir":           {0, 0, func(d *decoder, n *syntax.Node) { d.cfg.Global.UsePIDDir = value(true, n.Keyword) }},
	"child_wait_time": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 0, math.MaxUint32, "Invalid child_wait_time WORD"); ok {
			d.cfg.Global.ChildWaitTime = value(wholeSeconds(v), n.Args[0])
		}
	}},
	"linkbeat_interfaces":      keep(wired{0, 0, (*decoder).setLinkPolls}),
	"interface_up_down_delays": keep(wired{0, 0, (*decoder).setLinkDelays}),
	"garp_group":               keep(wired{0, -1, (*decoder).setGARPGroup}),
	"static_ipaddress":         keep(wired{0, 0, (*decoder).setStaticAddresses}),
	"static_routes":            keep(wired{0, 0, (*decoder).setStaticRoutes}),
	"static_rules":             keep(wired{0, 0, (*decoder).setStaticRules}),
	"track_group":              keep(wired{0, -1, (*decoder).setTrackGroup}),
	"track_file":               keep(wired{1, 1, (*decoder).setTrackFile}),
	"vrrp_track_file":          keep(wired{1, 1, (*decoder).setTrackFile}),
	"vrrp_track_process":       keep(wired{1, 1, (*decoder).setTrackProcess}),
	"bfd_instance":             keep(wired{1, 1, (*decoder).setBFD}),

	"vrrp_instance":   {1, -1, (*decoder).setInstance},
	"vrrp_sync_group": {0, -1, (*decoder).setGroup},
	"vrrp_script":     {1, 1, (*decoder).setScript},
	"virtual_server":  {1, 2, (*decoder).setVirtual},

	"virtual_server_group": {1, -1, (*decoder).setServerGroup},
	"SSL":                  {0, 0, (*decoder).setSSL},
}

// keep is w for a block that is also kept as it was written.
func keep(w wired) wired {
	set := w.set
	w.set = func(d *decoder, n *syntax.Node) {
		d.cfg.Kept = append(d.cfg.Kept, Carried{Node: d.keep(n)})
		set(d, n)
	}
	return w
}

// firstWins sets a name once.
func (d *decoder) firstWins(n *syntax.Node, to *Value[string]) {
	w := n.Args[0]
	if to.Set() {
		d.fault(n, w, "duplicate-keyword", "a second "+n.Keyword.Text,
			"Duplicate "+n.Keyword.Text+" definition "+w.Text+" - ignoring", "the first one holds: "+to.V)
		return
	}
	*to = value(w.Text, w)
}
