package lint

import (
	"fmt"
	"slices"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

// poolRules are about how real servers leave and return.
var poolRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT060", Title: "persistent clients go on to servers of weight 0",
			Means: "A virtual server is persistent, and a real server of it stays in the table with weight 0 when it fails or leaves (inhibit_on_failure, " +
				"drain_timeout). The kernel sends a client whose template still lives there all the same, unless its setting expire_quiescent_template is 1, " +
				"which this file does not set.",
			Hurts: "New connections of known clients go to a server that is down, until persistence_timeout has passed.",
			Example: `virtual_server 192.0.2.10 80 {
    persistence_timeout 300
    inhibit_on_failure
}`,
			Mend: "Say ipvs_sysctl { expire_quiescent_template 1 } in global_defs, or set net.ipv4.vs.expire_quiescent_template with sysctl.",
		},
		one: quiescentTemplates,
	},
	{
		Text: explain.Text{
			Code: "LINT061", Title: "the scheduler refuses clients while a server drains",
			Means: "drain_timeout keeps a server in the table with weight 0. The schedulers dh, and sh without sh-fallback, go on to choose it for the clients " +
				"that they hash to it.",
			Hurts: "New connections of those clients are refused until the server has drained.",
			Example: `virtual_server 192.0.2.10 80 {
    lb_algo sh
    drain_timeout 300
}`,
			Mend: "Use sh with sh-fallback, or mh.",
		},
		one: hashedDrain,
	},
	{
		Text: explain.Text{
			Code: "LINT062", Title: "slow_start has no steps",
			Means: "slow_start raises a weight from 1 to the configured one. Either that is 1 at most, or the scheduler does not look at weights.",
			Hurts: "A server that returns gets its full share at once.",
			Example: `virtual_server 192.0.2.10 80 {
    lb_algo wlc
    slow_start 60
    # weight 1, as nobody says otherwise
}`,
			Mend: "Give all servers larger weights, such as 100, and use wrr, wlc, sed, nq or mh.",
		},
		one: flatStart,
	},
	{
		Text: explain.Text{
			Code: "LINT063", Title: "panic_threshold keeps the sorry server away",
			Means: "When more than panic_threshold percent of the real servers have failed they all stay in and count for the quorum, so that the sorry server " +
				"does not take over when all of them fail.",
			Hurts: "Clients are sent to servers that are down where the page of excuse might be wanted.",
			Example: `virtual_server 192.0.2.10 80 {
    panic_threshold 60
    sorry_server 192.0.2.99 80
}`,
			Mend: "Choose one of the two.",
		},
		one: panicAndSorry,
	},
}

func quiescentTemplates(n *node, say report) {
	if v, set := n.cfg.Global.Sysctl("expire_quiescent_template"); set && v.V == 1 {
		return
	}
	for _, vs := range n.cfg.VirtualServers {
		i := slices.IndexFunc(vs.RealServers, func(rs *conf.RealServer) bool { return rs.InhibitOnFailure.V || rs.DrainTimeout.V > 0 })
		if vs.Persistence.V == 0 || i < 0 {
			continue
		}
		word := "inhibit_on_failure"
		if !vs.RealServers[i].InhibitOnFailure.V {
			word = "drain_timeout"
		}
		say(finding{
			at: first(vs.Persistence.At, vs.Granularity.At, vs.At), severity: diag.Info, in: withinVirtual(vs),
			summary: "persistence and " + word + " without expire_quiescent_template",
			effect:  "known clients go on to connect to servers of weight 0, unless the kernel is set otherwise",
			suggest: "say ipvs_sysctl { expire_quiescent_template 1 } in global_defs",
		})
	}
}

func hashedDrain(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		if s := vs.Scheduler.V; s != "dh" && (s != "sh" || vs.Flag1.V) {
			continue
		}
		i := slices.IndexFunc(vs.RealServers, func(rs *conf.RealServer) bool { return rs.DrainTimeout.V > 0 })
		if i < 0 {
			continue
		}
		say(finding{
			at: vs.RealServers[i].DrainTimeout.At, severity: diag.Warning, in: withinVirtual(vs),
			summary: "drain_timeout with the scheduler " + vs.Scheduler.V,
			effect:  "clients that it hashes to a server that drains are refused",
			suggest: "use sh with sh-fallback, or mh",
		})
	}
}

// weighing are the schedulers that look at weights above 0.
var weighing = []string{"wrr", "wlc", "sed", "nq", "mh", "sh", "fo", "ovf", "lblc", "lblcr"}

func flatStart(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		blind := !slices.Contains(weighing, vs.Scheduler.V)
		told := map[diag.Span]bool{}
		for _, rs := range vs.RealServers {
			if rs.SlowStart.V == 0 || !blind && rs.Weight.V > 1 || told[rs.SlowStart.At] {
				continue
			}
			told[rs.SlowStart.At] = true
			f := finding{
				at: rs.SlowStart.At, severity: diag.Warning, in: withinVirtual(vs),
				summary: fmt.Sprintf("slow_start with the weight %d", rs.Weight.V),
				effect:  "the server gets its full share at once",
				suggest: "give all servers larger weights, such as 100",
			}
			if blind {
				f.summary = "slow_start with the scheduler " + vs.Scheduler.V + ", which does not look at weights"
				f.suggest = "use wrr, wlc, sed, nq or mh"
			}
			say(f)
		}
	}
}

func panicAndSorry(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		if vs.PanicThreshold.V > 0 && vs.SorryServer.Set() {
			say(finding{
				at: vs.PanicThreshold.At, severity: diag.Info, in: withinVirtual(vs),
				summary: "panic_threshold and sorry_server",
				effect:  "when all real servers fail they stay in, and the sorry server does not take over",
				suggest: "choose one of the two",
			})
		}
	}
}
