package conf

import (
	"math"
	"net/netip"
	"time"

	"holdfast/conf/syntax"
)

var realSetters = merged(
	timingOptions(func(d *decoder) *Timing { return &d.rs.Timing }, timingText{
		connect: "real server connect_timeout WORD invalid - ignoring",
		delay:   "real server delay_loop 'WORD' invalid - ignoring",
		pause:   "real server delay_before_retry 'WORD' invalid - ignoring",
		warmup:  "real server warmup 'WORD' invalid - ignoring",
		retry:   "retry value invalid - WORD", fewest: 1,
	}),
	map[string]wired{
		"weight": uintOpt(func(d *decoder) *Value[int] { return &d.rs.Weight }, 0, math.MaxInt32,
			"Real server weight WORD is outside range 0-2147483647"),
		"lvs_method": {1, -1, func(d *decoder, n *syntax.Node) { d.setForward(n, &d.rs.Forward, &d.rs.Tunnel, "real server") }},
		"uthreshold": uintOpt(func(d *decoder) *Value[uint32] { return &d.rs.UpperThreshold }, 0, math.MaxUint32,
			"Invalid real_server uthreshold 'WORD' - ignoring"),
		"lthreshold": uintOpt(func(d *decoder) *Value[uint32] { return &d.rs.LowerThreshold }, 0, math.MaxUint32,
			"Invalid real_server lthreshold 'WORD' - ignoring"),
		"inhibit_on_failure": boolOpt(func(d *decoder) *Value[bool] { return &d.rs.InhibitOnFailure },
			"Invalid inhibit_on_failure parameter WORD"),
		"slow_start":    secondsOpt(func(d *decoder) *Value[time.Duration] { return &d.rs.SlowStart }, 0, maxSlowStart, ""),
		"drain_timeout": secondsOpt(func(d *decoder) *Value[time.Duration] { return &d.rs.DrainTimeout }, 0, maxDrain, ""),

		"alpha":       boolOpt(func(d *decoder) *Value[bool] { return &d.rs.Alpha }, "Invalid alpha parameter WORD"),
		"smtp_alert":  boolOpt(func(d *decoder) *Value[bool] { return &d.rs.SMTPAlert }, "Invalid real_server smtp_alert parameter WORD"),
		"virtualhost": textOpt(func(d *decoder) *Value[string] { return &d.rs.VirtualHost }, "real server virtualhost missing"),
		"snmp_name":   onlyWordOpt(func(d *decoder) *Value[string] { return &d.rs.SNMPName }, "real server snmp_name missing or extra parameters"),
		"notify_up":   {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, nobody, &d.rs.NotifyUp) }},
		"notify_down": {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, nobody, &d.rs.NotifyDown) }},
	},
	checkerBlocks)

// setReal decodes one real_server block.
func (d *decoder) setReal(n *syntax.Node) {
	a, ok := d.endpoint(n, n.Args, func(ip, port string) string {
		return "Invalid real server ip address/port " + ip + "/" + port + " - skipping"
	})
	if !ok {
		return
	}
	// compat: as a sorry server, a real server has the virtual server's method as it is here.
	d.rs = &RealServer{At: n.Keyword.At, Address: a, written: a.V.Port(), Forward: d.vs.Forward, Tunnel: d.vs.Tunnel}
	d.walk(n.Block, blockReal)
	if d.realFamily(n, a.V.Addr()) {
		d.vs.RealServers = append(d.vs.RealServers, d.rs)
	}
	d.rs = nil
}

// realFamily drops a real server that packets of the virtual server cannot be sent to. Where the virtual server's family
// is not known yet, the real server's is taken. keepalived judges by what stands above the end of the block.
func (d *decoder) realFamily(n *syntax.Node, a netip.Addr) bool {
	f := lvsFamily(a)
	switch {
	case d.rs.Forward.V == ForwardTUN, d.vs.Family.V == f:
		return true
	case d.vs.Family.V == FamilyUnknown:
		d.vs.Family.V = f
		return true
	}
	d.otherFamily(n, d.rs.Address.At, "real server", a, "the real server is ignored")
	return false
}
