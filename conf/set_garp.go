package conf

import (
	"math"
	"strings"

	"holdfast/conf/syntax"
)

// setGARP decodes the announcement keywords, which global_defs has with "vrrp_" in front. who is "(NAME): " in an
// instance, empty in global_defs.
func (d *decoder) setGARP(n *syntax.Node, g *GARP, who string) {
	w, kw := n.Args[0], n.Keyword.Text
	invalid := who + kw + " 'WORD' invalid - ignoring"
	switch strings.TrimPrefix(kw, "vrrp_") {
	case "garp_master_delay":
		if v, ok := d.uintWord(n, w, 0, 4294, invalid); ok {
			g.MasterDelay = value(wholeSeconds(v), w)
		}
	case "garp_lower_prio_delay":
		if v, ok := d.uintWord(n, w, 0, 4294, invalid); ok {
			g.LowerPrioDelay = value(wholeSeconds(v), w)
		}
	case "garp_master_refresh":
		if v, ok := d.uintWord(n, w, 0, math.MaxUint32, who+"Invalid "+kw+" 'WORD' - ignoring"); ok {
			g.MasterRefresh = value(wholeSeconds(v), w)
		}
	case "garp_master_repeat":
		d.setRepeat(n, &g.MasterRepeat, who, invalid)
	case "garp_master_refresh_repeat":
		d.setRepeat(n, &g.MasterRefreshRepeat, who, invalid)
	case "garp_lower_prio_repeat":
		if v, ok := d.uintWord(n, w, 0, math.MaxInt32, who+"Invalid "+kw+" 'WORD'"); ok {
			g.LowerPrioRepeat = value(int(v), w)
		}
	}
}

// setRepeat reads a count of announcements; 0 becomes 1.
func (d *decoder) setRepeat(n *syntax.Node, to *Value[int], who, invalid string) {
	w := n.Args[0]
	v, ok := d.uintWord(n, w, 0, math.MaxUint32, invalid)
	if !ok {
		return
	}
	if v == 0 {
		d.warn(n, w, "zero-repeat", n.Keyword.Text+" must be at least 1",
			who+n.Keyword.Text+" must be greater than 0, setting to 1", "1 is used")
		v = 1
	}
	*to = value(int(min(v, math.MaxInt32)), w)
}
