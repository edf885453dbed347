package conf

import (
	"fmt"
	"math"

	"holdfast/conf/syntax"
)

// setPeers decodes a unicast_peer block; a second one adds to the first.
func (d *decoder) setPeers(n *syntax.Node) {
	d.inst.UnicastAsked = value(true, n.Keyword)
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockPeers)
			continue
		}
		if p, ok := d.peer(e); ok {
			d.inst.UnicastPeers = append(d.inst.UnicastPeers, p)
		}
	}
}

// peer reads ADDR[/LEN] [min_ttl N] [max_ttl N]. compat: a length is read over.
func (d *decoder) peer(e *syntax.Node) (Peer, bool) {
	w, who := e.Keyword, "VRRP instance["+d.inst.Name+"] "
	a, ok := parseEnd(w.Text)
	if !ok {
		d.fault(e, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"Configuration error: "+who+"malformed unicast peer address["+w.Text+"]. Skipping...", "the line is ignored")
		return Peer{}, false
	}
	if !d.inst.fits(a) {
		d.fault(e, w, "wrong-family", w.Text+" is of another address family than the addresses above",
			"Configuration error: "+who+"and unicast peer address["+w.Text+"] MUST be of the same family !!! Skipping...", "the line is ignored")
		return Peer{}, false
	}
	p := Peer{Value: value(a, w)}
	d.peerOptions(e, &p)
	otherwise(&p.MaxTTL, math.MaxUint8)
	if p.MinTTL.V > p.MaxTTL.V {
		d.fault(e, syntax.NewWord("", p.MinTTL.At, w.Via()), "empty-range", "no TTL is both at least min_ttl and at most max_ttl",
			fmt.Sprintf("(%s) min_ttl %d > max_ttl %d - all packets will be discarded", d.inst.Name, p.MinTTL.V, p.MaxTTL.V),
			"nothing from this peer is believed")
	}
	return p, true
}

// peerOptions reads the TTL options. compat: a word without a value behind it ends the line, and so does an unknown one, unless
// what stands behind it is no number; a bad number alone does not.
func (d *decoder) peerOptions(e *syntax.Node, p *Peer) {
	who := "(" + d.inst.Name + ") "
	for i := 0; i < len(e.Args); i += 2 {
		w := e.Args[i]
		if i+1 == len(e.Args) {
			d.fault(e, w, "missing-argument", "'"+w.Text+"' needs a value; each peer has a line of its own",
				who+w.Text+" is missing a value", "ignored from here to the end of the line")
			return
		}
		v, f := parseUint(e.Args[i+1].Text, 0, math.MaxUint8)
		if f != "" {
			d.fault(e, e.Args[i+1], "bad-number", w.Text+": "+f, f, "the option is ignored")
			continue
		}
		to := &p.MinTTL
		switch w.Text {
		case "min_ttl":
		case "max_ttl":
			to = &p.MaxTTL
		default:
			d.fault(e, w, "unknown-option", "'"+w.Text+"' is not an option of a peer",
				who+"unknown unicast_peer option "+w.Text, "ignored from here to the end of the line")
			return
		}
		*to = value(uint8(v), e.Args[i+1])
		d.inst.CheckUnicastSrc = value(true, w)
	}
}

// setOldChecksum decodes old_unicast_checksum [never].
func (d *decoder) setOldChecksum(n *syntax.Node) {
	d.inst.UnicastAsked = value(true, n.Keyword)
	switch {
	case len(n.Args) == 0:
		d.inst.OldChecksum = value(ChecksumOld, n.Keyword)
	case n.Args[0].Text == "never":
		d.inst.OldChecksum = value(ChecksumNever, n.Args[0])
	default:
		w := n.Args[0]
		// compat: keepalived's own spelling of the keyword.
		d.fault(n, w, "unknown-option", "old_unicast_checksum takes never or nothing, not '"+w.Text+"'",
			"("+d.inst.Name+") Unknown old_unicast_chksum mode "+w.Text+" - ignoring", "the line is ignored")
	}
}
