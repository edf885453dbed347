package conf

import (
	"math"
	"net/netip"
	"strings"
	"time"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// maxBFDName is the longest name of a bfd_instance.
const maxBFDName = 31

// setBFD decodes one bfd_instance block.
func (d *decoder) setBFD(n *syntax.Node) {
	w := n.Args[0]
	if old, ok := d.bfds[w.Text]; ok {
		d.duplicate(n, w, "BFD "+w.Text+" already specified\nConfiguration error: BFD instance "+w.Text+" already configured - ignoring", old.At)
		return
	}
	if len(w.Text) > maxBFDName {
		d.fault(n, w, "long-name", "a bfd_instance's name has at most 31 characters", "BFD name "+w.Text+
			" too long\nConfiguration error: BFD instance "+w.Text+" name too long (maximum length is 31 characters) - ignoring", "the block is ignored")
		return
	}
	b := &BFD{Name: w.Text, At: w.At}
	d.bfd = b
	d.walk(n.Block, blockBFD)
	d.bfd = nil
	if !d.bfdWhole(n, b) {
		return
	}
	d.bfds[b.Name] = b
	d.cfg.Static.BFDs = append(d.cfg.Static.BFDs, b)
}

// bfdWhole judges a block at its end and puts in the defaults; false drops it.
func (d *decoder) bfdWhole(n *syntax.Node, b *BFD) bool {
	who := "Configuration error: BFD instance " + b.Name
	if b.badNeighbor {
		return false // said where it stands
	}
	if !b.Neighbor.Set() {
		d.atClose(n, "missing-neighbor", "bfd_instance "+b.Name+" has no neighbor_ip", who+" has no neighbor address set, disabling instance", "it is ignored")
		return false
	}
	six := b.Neighbor.V.Is6()
	if b.Source.Set() && b.Source.V.Is6() != six {
		// compat: keepalived prints the source twice.
		s := b.Source.V.String()
		d.atCloseOf(n, b.Source.At, "wrong-family", "source_ip and neighbor_ip are of different families", who+" source address "+s+" and neighbor address "+s+
			" are not of the same family, disabling instance", "it is ignored")
		return false
	}
	if o, ok := d.neighbors[b.Neighbor.V]; ok {
		d.atCloseOf(n, b.Neighbor.At, "duplicate-neighbor", "bfd_instance "+o+" has this neighbor already",
			who+" has duplicate neighbor address "+b.Neighbor.V.String()+", ignoring instance", "it is ignored")
		return false
	}
	d.neighbors[b.Neighbor.V] = b.Name
	otherwise(&b.MinRx, 10*time.Millisecond)
	otherwise(&b.MinTx, 10*time.Millisecond)
	otherwise(&b.IdleTx, time.Second)
	otherwise(&b.Multiplier, 5)
	if six {
		otherwise(&b.TTL, 64)
	} else {
		otherwise(&b.TTL, 255)
	}
	if !b.VRRP.Set() && !b.Checker.Set() {
		b.VRRP.V, b.Checker.V = true, true
	}
	if b.MaxHops.V > b.TTL.V {
		d.atCloseOf(n, b.MaxHops.At, "clamped", "max_hops is more than the TTL", "BFD instance "+b.Name+": max_hops exceeds ttl/hoplimit - setting to ttl/hoplimit", "the TTL is used")
		b.MaxHops.V = b.TTL.V
	}
	return true
}

// atCloseOf is atClose for what is due to the word at a place in the block.
func (d *decoder) atCloseOf(n *syntax.Node, at diag.Span, code, summary, compat, effect string) {
	d.report(n, syntax.NewWord("", at, n.Keyword.Via()), diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, Summary: summary, Compat: compat, CompatLine: n.Close.Line(), Effect: effect,
	})
}

var bfdSetters = map[string]wired{
	"neighbor_ip": {1, 1, (*decoder).setNeighbor}, "neighbour_ip": {1, 1, (*decoder).setNeighbor},
	"source_ip": {1, 1, func(d *decoder, n *syntax.Node) {
		if a, ok := d.bfdAddress(n, "has malformed source address WORD, ignoring"); ok {
			d.bfd.Source = value(a, n.Args[0])
		}
	}},
	"min_rx":     bfdTime(func(b *BFD) *Value[time.Duration] { return &b.MinRx }, 1, "1"),
	"min_tx":     bfdTime(func(b *BFD) *Value[time.Duration] { return &b.MinTx }, 1, "1"),
	"idle_tx":    bfdTime(func(b *BFD) *Value[time.Duration] { return &b.IdleTx }, 1000, "1000"),
	"multiplier": bfdNumber(func(b *BFD) *Value[int] { return &b.Multiplier }, 1, math.MaxUint8, "multiplier value WORD not valid (must be in range [1-255]), ignoring"),
	"ttl":        bfdNumber(func(b *BFD) *Value[int] { return &b.TTL }, 1, math.MaxUint8, "ttl/hoplimit value WORD not valid (must be in range [1-255]), ignoring"),
	"hoplimit":   bfdNumber(func(b *BFD) *Value[int] { return &b.TTL }, 1, math.MaxUint8, "ttl/hoplimit value WORD not valid (must be in range [1-255]), ignoring"),
	"max_hops": {1, 1, func(d *decoder, n *syntax.Node) {
		v, ok := d.intWord(n, n.Args[0], -1, math.MaxUint8,
			"Configuration error: BFD instance "+d.bfd.Name+" max_hops value WORD not valid (must be in range [-1-255]), ignoring")
		if ok {
			d.bfd.MaxHops = value(int(uint8(v)), n.Args[0]) // -1 is 255
		}
	}},
	"weight": {1, 2, func(d *decoder, n *syntax.Node) {
		who := "Configuration error: BFD instance " + d.bfd.Name
		if v, ok := d.intWord(n, n.Args[0], -253, 253, who+" weight value WORD not valid (must be in range [-253-253]), ignoring"); ok {
			d.bfd.Weight, d.bfd.Reverse = value(int(v), n.Args[0]), false
			d.reverseWord(n, &d.bfd.Reverse, who+" unknown weight option ")
		}
	}},
	"passive": {0, 0, func(d *decoder, n *syntax.Node) { d.bfd.Passive = value(true, n.Keyword) }},
	"vrrp":    {0, 0, func(d *decoder, n *syntax.Node) { d.bfd.VRRP = value(true, n.Keyword) }},
	"checker": {0, 0, func(d *decoder, n *syntax.Node) { d.bfd.Checker = value(true, n.Keyword) }},
	"multihop": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Configuration error: BFD instance "+d.bfd.Name+" multihop value 'WORD' not valid"); ok {
			d.bfd.Multihop = v
		}
	}},
}

func (d *decoder) setNeighbor(n *syntax.Node) {
	if a, ok := d.bfdAddress(n, "has malformed neighbor address WORD, ignoring instance"); ok {
		d.bfd.Neighbor = value(a, n.Args[0])
	} else {
		d.bfd.badNeighbor = true
	}
}

// bfdAddress reads an address; a length behind it is stepped over.
func (d *decoder) bfdAddress(n *syntax.Node, compat string) (netip.Addr, bool) {
	w := n.Args[0]
	text, _, _ := strings.Cut(w.Text, "/")
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"Configuration error: BFD instance "+d.bfd.Name+" "+strings.ReplaceAll(compat, "WORD", w.Text), "the line is ignored")
		return a, false
	}
	return a, true
}

// bfdTime reads milliseconds with up to three decimals.
func bfdTime(at func(*BFD) *Value[time.Duration], lo uint64, low string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		w := n.Args[0]
		v, f, ok := parseDecimal(w.Text, lo*1000, 4294967000, 3, false)
		if !ok {
			d.badNumber(n, w, f, "Configuration error: BFD instance "+d.bfd.Name+" "+n.Keyword.Text+
				" value WORD is not valid (must be in range ["+low+"-4294967]), ignoring")
			return
		}
		if f != "" {
			d.fault(n, w, "too-exact", f, f, "rounded to microseconds")
		}
		*at(d.bfd) = value(time.Duration(v)*time.Microsecond, w)
	}}
}

func bfdNumber(at func(*BFD) *Value[int], lo, hi uint64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, hi, "Configuration error: BFD instance "+d.bfd.Name+" "+compat); ok {
			*at(d.bfd) = value(int(v), n.Args[0])
		}
	}}
}
