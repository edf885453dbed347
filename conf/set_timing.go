package conf

import (
	"math"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// setExtraIf decodes garp_extra_if [all] SECS, in any order, and its old name.
func (d *decoder) setExtraIf(n *syntax.Node) {
	kw := n.Keyword.Text
	if kw != "garp_extra_if" {
		d.warn(n, n.Keyword, "deprecated", kw+" is an old name of garp_extra_if",
			`Keyword "`+kw+`" is deprecated - please use "garp_extra_if"`, "read as garp_extra_if")
	}
	var extra Value[ExtraGARP]
	for _, w := range n.Args {
		if w.Text == "all" {
			extra.V.All = true
			continue
		}
		v, ok := d.uintWord(n, w, 0, 86400, "("+d.inst.Name+"): "+kw+" 'WORD' invalid - ignoring")
		if !ok {
			return
		}
		extra.V.Period, extra.At = wholeSeconds(v), w.At
	}
	if !extra.Set() {
		d.fault(n, n.Keyword, "missing-argument", kw+" needs a number of seconds",
			"("+d.inst.Name+"): "+kw+" specified without time - ignoring", "the line is ignored")
		return
	}
	d.inst.ExtraGARP = extra
}

// stalledPriority is what a bare timer_expired_backup means.
const stalledPriority = 254

// setTimerExpired decodes timer_expired_backup [PRIO], which 2.3.2 calls thread_timer_expired.
func (d *decoder) setTimerExpired(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.inst.TimerExpired = value[uint8](stalledPriority, n.Keyword)
		return
	}
	w := n.Args[0]
	if v, ok := d.uintWord(n, w, 1, stalledPriority, "("+d.inst.Name+") "+n.Keyword.Text+" priority 'WORD' invalid - ignoring"); ok {
		d.inst.TimerExpired = value(uint8(v), w)
	}
}

// setRxBuf decodes kernel_rx_buf_size. compat: a missing number is no reason to stop, and another word a reason to ignore the line.
func (d *decoder) setRxBuf(n *syntax.Node) {
	compat := "(" + d.inst.Name + ") invalid kernel_rx_buf_size specified"
	if len(n.Args) != 1 {
		d.fault(n, n.Keyword, "missing-argument", "kernel_rx_buf_size needs a number of bytes, and nothing else", compat, "the line is ignored")
		return
	}
	if v, ok := d.uintWord(n, n.Args[0], 0, math.MaxUint32, compat); ok {
		d.inst.KernelRxBuf = value(uint32(v), n.Args[0])
	}
}

// setLVSSync decodes lvs_sync_daemon_interface. compat: it is called deprecated before its word is looked for.
func (d *decoder) setLVSSync(n *syntax.Node) {
	// compat: the second line is indented to where the first one goes on behind the name.
	indent := len(d.inst.Name) + 4
	if indent == 5 {
		indent = 7
	}
	d.warn(n, n.Keyword, "deprecated", "lvs_sync_daemon_interface is the old way to say lvs_sync_daemon in global_defs",
		"("+d.inst.Name+") Specifying lvs_sync_daemon_interface against a vrrp is deprecated.\n"+strings.Repeat(" ", indent)+"Please use global lvs_sync_daemon",
		"the synchronization daemons follow this instance, with sync id 0")
	if len(n.Args) == 0 {
		d.missing(n, 1)
		return
	}
	// compat: the kernel has one such thread, so one line for all of the file is enough.
	for _, in := range d.cfg.Instances {
		if in.LVSSyncInterface.Set() {
			d.secondSync(n, in.LVSSyncInterface)
			return
		}
	}
	if g := d.cfg.Global.SyncDaemon; g.Set() {
		d.secondSync(n, g.V.Interface)
		return
	}
	d.inst.LVSSyncInterface = value(n.Args[0].Text, n.Args[0])
}

func (d *decoder) secondSync(n *syntax.Node, first Value[string]) {
	d.fault(n, n.Args[0], "duplicate-keyword", "the interface of the synchronization is given already, at "+first.At.String(),
		"("+d.inst.Name+") lvs_sync_daemon_interface has already been specified as "+first.V+" - ignoring", "the line is ignored")
}

func (d *decoder) setLinkbeat(n *syntax.Node) {
	d.warn(n, n.Keyword, "deprecated", "linkbeat_use_polling is the old way to name the interface in linkbeat_interfaces",
		"("+d.inst.Name+") 'linkbeat_use_polling' in vrrp instance deprecated - use linkbeat_interfaces block", "it is read, and nothing acts on it yet")
	d.inst.LinkbeatPolling = value(true, n.Keyword)
}

// timingText is what keepalived says about bad timing keywords; it has other words at each level.
type timingText struct {
	connect, delay, pause, warmup, retry string
	fewest                               uint64 // retries
}

// timingOptions are the timing keywords of virtual servers, real servers and checkers.
func timingOptions(of func(*decoder) *Timing, text timingText) map[string]wired {
	return map[string]wired{
		"connect_timeout": microsOpt(func(d *decoder) *Value[time.Duration] { return &of(d).ConnectTimeout },
			time.Microsecond, maxMicros, text.connect),
		"delay_loop": microsOpt(func(d *decoder) *Value[time.Duration] { return &of(d).DelayLoop },
			time.Microsecond, longest, text.delay),
		"delay_before_retry": microsOpt(func(d *decoder) *Value[time.Duration] { return &of(d).DelayBeforeRetry }, 0, longest, text.pause),
		"warmup":             microsOpt(func(d *decoder) *Value[time.Duration] { return &of(d).Warmup }, 0, longest, text.warmup),
		"retry":              retryOpt(func(d *decoder) *Value[int] { return &of(d).Retry }, text.fewest, text.retry),
	}
}

// microsOpt takes seconds with decimals from lo to hi.
func microsOpt(to place[time.Duration], lo, hi time.Duration, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.microsWord(n, n.Args[0], lo, hi, compat); ok {
			*to(d) = value(v, n.Args[0])
		}
	}}
}
