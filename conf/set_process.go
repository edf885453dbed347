package conf

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"holdfast/conf/syntax"
)

func (d *decoder) setRTPriority(n *syntax.Node) {
	w := n.Args[0]
	v, ok := d.intWord(n, w, math.MinInt32, math.MaxInt32, "vrrp process real-time priority 'WORD' invalid")
	if !ok {
		return
	}
	const lo, hi = 1, 99
	switch {
	case v > hi:
		d.warn(n, w, "clamped", "a real-time priority is at most 99",
			fmt.Sprintf("vrrp process real-time priority %d greater than maximum %d - setting to maximum", v, hi), "99 is used")
		v = hi
	case v < lo:
		d.warn(n, w, "clamped", "a real-time priority is at least 1",
			fmt.Sprintf("vrrp process real-time priority %d less than minimum %d - setting to minimum", v, lo), "1 is used")
		v = lo
	}
	d.cfg.Global.VRRPRTPriority = value(int(v), w)
}

func (d *decoder) setAffinity(n *syntax.Node) {
	top := uint64(math.MaxInt32)
	if d.opt.CPUs > 0 {
		top = uint64(d.opt.CPUs - 1)
	}
	var cpus []int
	for i, w := range n.Args {
		if !w.Quoted && foreignWord(w.Text) {
			d.extra(n, i)
			break
		}
		v, f := parseUint(w.Text, 0, top)
		if f != "" {
			d.fault(n, w, "bad-number", "there is no CPU "+w.Text,
				lines(f, fmt.Sprintf("Invalid cpu_id:%d specified for vrrp process", v)), "the line is ignored")
			return
		}
		cpus = append(cpus, int(v))
	}
	d.cfg.Global.VRRPCPUAffinity = value(cpus, n.Args[0])
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

// umaskBits are the names that umask takes, without their optional S_ prefix.
var umaskBits = map[string]uint32{
	"IRUSR": 0o400, "IWUSR": 0o200, "IXUSR": 0o100, "IRWXU": 0o700,
	"IRGRP": 0o040, "IWGRP": 0o020, "IXGRP": 0o010, "IRWXG": 0o070,
	"IROTH": 0o004, "IWOTH": 0o002, "IXOTH": 0o001, "IRWXO": 0o007,
}

// setUmask reads a number in C notation or names of bits joined by "|".
func (d *decoder) setUmask(n *syntax.Node) {
	w := n.Args[0]
	if w.Text != "" && w.Text[0] >= '0' && w.Text[0] <= '9' {
		v, err := strconv.ParseUint(w.Text, 0, 32)
		if err != nil || v > 0o777 || strings.Contains(w.Text, "_") {
			d.fault(n, w, "bad-number", "'"+w.Text+"' is not a file creation mask", "invalid umask value "+w.Text, "the line is ignored")
			return
		}
		d.cfg.Global.Umask = value(uint32(v), w)
		return
	}
	var mask uint32
	for _, a := range n.Args {
		for bit := range strings.SplitSeq(a.Text, "|") {
			v, ok := umaskBits[bit]
			if !ok && bit != "" {
				d.fault(n, a, "unknown-option", "'"+bit+"' is not a permission bit", "Unknown umask bit "+bit, "the line is ignored")
				return
			}
			mask |= v
		}
	}
	d.cfg.Global.Umask = value(mask, w)
}
