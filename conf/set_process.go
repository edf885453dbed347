package conf

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"holdfast/conf/syntax"
)

var processGlobals = joined(map[string]wired{
	"process_names": globalFlag(func(g *Global) *Value[bool] { return &g.ProcessNames }),
	"process_name":  processName(func(g *Global) *Value[string] { return &g.ProcessName }),

	"max_auto_priority":       {0, 1, (*decoder).setMaxAutoPriority},
	"min_auto_priority_delay": orMissing("min_auto_priority_delay requires delay time", wired{1, 1, (*decoder).setMinAutoPriorityDelay}),
	"lvs_process_name":        processName(func(g *Global) *Value[string] { return &g.CheckerProcess.Name }), // the old name of checker_process_name
}, processKeywords("vrrp", func(g *Global) processFields {
	return processFields{&g.VRRPProcessName, &g.VRRPPriority, &g.VRRPRTPriority, &g.VRRPNoSwap, &g.VRRPCPUAffinity, &g.VRRPRTLimit}
}), processKeywords("checker", func(g *Global) processFields { return g.CheckerProcess.fields() }), processKeywords("bfd", func(g *Global) processFields { return g.BFDProcess.fields() }), bufferKeywords("vrrp_netlink_cmd_rcv_bufs", func(g *Global) *SocketBuffer { return &g.VRRPCmdBuffer }), bufferKeywords("vrrp_netlink_monitor_rcv_bufs", func(g *Global) *SocketBuffer { return &g.VRRPWatchBuffer }), bufferKeywords("lvs_netlink_cmd_rcv_bufs", func(g *Global) *SocketBuffer { return &g.LVSCmdBuffer }), bufferKeywords("lvs_netlink_monitor_rcv_bufs", func(g *Global) *SocketBuffer { return &g.LVSWatchBuffer }), bufferKeywords("process_monitor_rcv_bufs", func(g *Global) *SocketBuffer { return &g.ProcessesBuffer }))

// processFields is where the keywords of one process put what they say.
type processFields struct {
	name                 *Value[string]
	priority, rtPriority *Value[int]
	noSwap               *Value[bool]
	cpus                 *Value[[]int]
	rtLimit              *Value[uint32]
}

func (p *Process) fields() processFields {
	return processFields{&p.Name, &p.Priority, &p.RTPriority, &p.NoSwap, &p.CPUAffinity, &p.RTLimit}
}

// processKeywords makes the decoders of the keywords that each process has.
func processKeywords(who string, at func(*Global) processFields) map[string]wired {
	limit := globalUint(func(g *Global) *Value[uint32] { return at(g).rtLimit }, 1, math.MaxUint32, "Invalid "+who+" real-time limit - WORD")
	return map[string]wired{
		who + "_process_name": processName(func(g *Global) *Value[string] { return at(g).name }),
		who + "_priority": orMissing("No "+who+" process priority specified",
			globalInt(func(g *Global) *Value[int] { return at(g).priority }, -20, 19, "Invalid "+who+" process priority specified")),
		who + "_rt_priority": orMissing("No "+who+" process real-time priority specified",
			wired{1, 1, func(d *decoder, n *syntax.Node) { d.setRTPriority(n, who, at(&d.cfg.Global).rtPriority) }}),
		who + "_no_swap": globalFlag(func(g *Global) *Value[bool] { return at(g).noSwap }),
		who + "_cpu_affinity": orMissing("No "+who+" cpu_id set specified",
			wired{1, -1, func(d *decoder, n *syntax.Node) { d.setAffinity(n, who, at(&d.cfg.Global).cpus) }}),
		who + "_rlimit_rttime": limit,
		who + "_rlimit_rtime":  limit, // the same, misspelt
	}
}

// bufferKeywords makes the decoders of a socket's receive buffer: NAME BYTES and NAME_force [BOOL].
func bufferKeywords(name string, at func(*Global) *SocketBuffer) map[string]wired {
	return map[string]wired{
		name: orMissing(name+" size missing",
			globalUint(func(g *Global) *Value[uint32] { return &at(g).Bytes }, 0, math.MaxUint32, "NAME size (WORD) invalid")),
		name + "_force": globalBool(func(g *Global) *Value[bool] { return &at(g).Force }, invalidGlobal),
	}
}

// maxProcessName is the longest name that the kernel shows of a process.
const maxProcessName = 15

func processName(at func(*Global) *Value[string]) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		w, name := n.Args[0], n.Args[0].Text
		if len(name) > maxProcessName {
			d.warn(n, w, "long-name", "a process's name has at most 15 characters",
				"Process name "+name+" more than 15 characters, truncating", "\""+name[:maxProcessName]+"\" is used")
			name = name[:maxProcessName]
		}
		*at(&d.cfg.Global) = value(name, w)
	}}
}

func (d *decoder) setRTPriority(n *syntax.Node, who string, to *Value[int]) {
	w := n.Args[0]
	v, ok := d.intWord(n, w, math.MinInt32, math.MaxInt32, who+" process real-time priority 'WORD' invalid")
	if !ok {
		return
	}
	const lo, hi = 1, 99
	switch {
	case v > hi:
		d.warn(n, w, "clamped", "a real-time priority is at most 99",
			fmt.Sprintf("%s process real-time priority %d greater than maximum %d - setting to maximum", who, v, hi), "99 is used")
		v = hi
	case v < lo:
		d.warn(n, w, "clamped", "a real-time priority is at least 1",
			fmt.Sprintf("%s process real-time priority %d less than minimum %d - setting to minimum", who, v, lo), "1 is used")
		v = lo
	}
	*to = value(int(v), w)
}

func (d *decoder) setAffinity(n *syntax.Node, who string, to *Value[[]int]) {
	top := int64(math.MaxInt32)
	if d.opt.CPUs > 0 {
		top = int64(d.opt.CPUs - 1)
	}
	var cpus []int
	for _, w := range n.Args {
		v, f := parseInt(w.Text, 0, top)
		if f != "" {
			code, suggest := "bad-number", "there is no CPU "+w.Text
			if !w.Quoted && foreignWord(w.Text) {
				code, suggest = "foreign-comment", "'"+commentSign(w.Text)+"' does not begin a comment in this language"
			}
			d.fault(n, w, code, suggest, lines(f, fmt.Sprintf("Invalid cpu_id:%d specified for %s process", beginsWith(w.Text), who)), "the line is ignored")
			return
		}
		cpus = append(cpus, int(v))
	}
	*to = value(cpus, n.Args[0])
}

// beginsWith is the number that a word begins with, as a C program with 32 bits for it has it.
func beginsWith(s string) int32 {
	t := strings.TrimLeft(s, blanks)
	number, _ := digits(trimSign(t))
	v, _ := strconv.ParseInt(t[:len(t)-len(trimSign(t))]+"0"+number, 10, 64)
	return int32(v)
}

func (d *decoder) setMaxAutoPriority(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.cfg.Global.MaxAutoPriority = value(99, n.Keyword)
		return
	}
	w := n.Args[0]
	if v, ok := d.intWord(n, w, -1, 99, "max_auto_priority 'WORD' must be in [0, 99] (or -1 to disable) - ignoring"); ok {
		d.cfg.Global.MaxAutoPriority = value(int(v), w)
	}
}

func (d *decoder) setMinAutoPriorityDelay(n *syntax.Node) {
	w := n.Args[0]
	if v, ok := d.intWord(n, w, 1, 10000000, "min_auto_priority_delay 'WORD' must be in [1, 10000000] - ignoring"); ok {
		d.cfg.Global.MinAutoPriorityDelay = value(uint32(v), w)
	}
}

// umaskBits are the names that umask takes. Those of whole groups (IRWXU and so on) came with 2.2.8.
var umaskBits = map[string]uint32{
	"IRUSR": 0o400, "IWUSR": 0o200, "IXUSR": 0o100, "IRWXU": 0o700,
	"IRGRP": 0o040, "IWGRP": 0o020, "IXGRP": 0o010, "IRWXG": 0o070,
	"IROTH": 0o004, "IWOTH": 0o002, "IXOTH": 0o001, "IRWXO": 0o007,
}

// setUmask reads a number in C notation or names of bits joined by "|".
func (d *decoder) setUmask(n *syntax.Node) {
	w := n.Args[0]
	if w.Text == "" || w.Text[0] < '0' || w.Text[0] > '9' {
		d.umaskNames(n)
		return
	}
	v, err := CNumber(w.Text)
	if err != nil || v > 0o777 {
		d.fault(n, w, "bad-number", "'"+w.Text+"' is not a file creation mask", "invalid umask value "+w.Text, "the line is ignored")
		return
	}
	if len(n.Args) > 1 {
		d.fault(n, n.Args[1], "extra-words", "umask takes one number", "Extra parameter(s) to umask option", "the line is ignored")
		return
	}
	d.cfg.Global.Umask = value(uint32(v), w)
}

// umaskNames reads NAME [| NAME …], the bars with or without space around them.
func (d *decoder) umaskNames(n *syntax.Node) {
	bad := func(w syntax.Word, compat string) {
		d.fault(n, w, "unknown-option", "'"+w.Text+"' is not a permission bit such as IRUSR", compat, "the line is ignored")
	}
	var mask uint32
	due := true // a name, not a bar, comes next
	last := n.Args[0]
	for _, a := range n.Args {
		last = a
		for text := a.Text; text != ""; {
			if !due {
				if text[0] != '|' {
					bad(a, "Invalid umask syntax "+a.Text)
					return
				}
				text, due = text[1:], true
				continue
			}
			end := strings.IndexFunc(text, func(r rune) bool { return r < 'A' || r > 'Z' })
			if end < 0 {
				end = len(text)
			}
			v, ok := umaskBits[text[:end]]
			if !ok {
				bad(a, "Unknown umask bit "+text)
				return
			}
			mask, text, due = mask|v, text[end:], false
		}
	}
	if due {
		bad(last, "umask missing bit value")
		return
	}
	d.cfg.Global.Umask = value(mask, n.Args[0])
}
