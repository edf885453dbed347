package conf

import (
	"math"
	"net/netip"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

var forwards = map[string]Forward{"NAT": ForwardNAT, "DR": ForwardDR, "TUN": ForwardTUN}

var tunnelKinds = map[string]TunnelKind{"ipip": TunnelIPIP, "gue": TunnelGUE, "gre": TunnelGRE}

var tunnelChecksums = map[string]TunnelChecksum{"nocsum": ChecksumNone, "csum": ChecksumFull, "remcsum": ChecksumRemote}

// setForward reads NAT|DR|TUN and the options of a tunnel. who is whose it is, in keepalived's words.
func (d *decoder) setForward(n *syntax.Node, to *Value[Forward], tunnel **Tunnel, who string) {
	w := n.Args[0]
	f, ok := forwards[w.Text]
	if !ok {
		suggest := ""
		if _, upper := forwards[strings.ToUpper(w.Text)]; upper {
			suggest = "write it in capital letters: " + strings.ToUpper(w.Text)
		}
		d.report(n, w, faulty("unknown-option", "packets are forwarded by NAT, DR or TUN, not '"+w.Text+"'",
			"PARSER : unknown ["+w.Text+"] routing method for "+who+".", suggest))
		return
	}
	*to, *tunnel = value(f, w), nil
	if t, ok := d.tunnelOptions(n, who); ok && t != (Tunnel{}) {
		*tunnel = &t
	}
}

// tunnelOptions reads what follows the method. keepalived looks at it whatever the method is, and keeps the method
// whatever is wrong with it.
func (d *decoder) tunnelOptions(n *syntax.Node, who string) (t Tunnel, ok bool) {
	bad := func(w syntax.Word, summary, compat string) (Tunnel, bool) {
		d.fault(n, w, "bad-tunnel", summary, compat, "the options of the tunnel are ignored")
		return Tunnel{}, false
	}
	for i := 1; i < len(n.Args); i++ {
		w := n.Args[i]
		if !w.Quoted && foreignWord(w.Text) {
			d.extra(n, i)
			break
		}
		last := i+1 == len(n.Args)
		sum, isSum := tunnelChecksums[w.Text]
		switch {
		case w.Text == "type" && last:
			return bad(w, "type needs ipip, gue or gre", "Missing tunnel type for "+who+".")
		case w.Text == "type":
			i++
			k, known := tunnelKinds[n.Args[i].Text]
			if !known {
				return bad(n.Args[i], "a tunnel is ipip, gue or gre, not '"+n.Args[i].Text+"'",
					"Unknown tunnel type "+n.Args[i].Text+" for "+who+".")
			}
			t.Kind = value(k, n.Args[i])
		case w.Text == "port" && last:
			return bad(w, "port needs a number", "Missing port for "+who+" gue tunnel.")
		case w.Text == "port":
			i++
			v, f := parseUint(n.Args[i].Text, 1, math.MaxUint16)
			if f != "" {
				return bad(n.Args[i], "'"+n.Args[i].Text+"' is not a port",
					lines(f, "Invalid gue tunnel port "+n.Args[i].Text+" for "+who+"."))
			}
			t.Port = value(uint16(v), n.Args[i])
		case isSum:
			t.Checksum = value(sum, w)
		default:
			return bad(w, "'"+w.Text+"' is not an option of a tunnel", "Invalid tunnel option "+w.Text+" for "+who+".")
		}
	}
	switch {
	case (t.Kind.V == TunnelGUE) != t.Port.Set():
		return bad(n.Args[0], "a gue tunnel needs a port, other tunnels have none",
			"gue tunnels require port, otherwise cannot have port.")
	case t.Kind.V == TunnelIPIP && t.Checksum.V != ChecksumNone:
		return bad(n.Args[0], "an ipip tunnel has no checksum", "ipip tunnels do not support checksum option.")
	case t.Kind.V == TunnelGRE && t.Checksum.V == ChecksumRemote:
		return bad(n.Args[0], "a gre tunnel has no remote checksum", "gre tunnels do not support remote checksum option.")
	}
	return t, true
}

// setSorry reads the server of last resort; a second one takes the place of the first and its options.
func (d *decoder) setSorry(n *syntax.Node) {
	a, ok := d.endpoint(n, n.Args, func(ip, _ string) string {
		return "Invalid sorry server IP address " + ip + " - skipping"
	})
	if !ok {
		return
	}
	d.vs.SorryServer = a
	// compat: the virtual server's method as it is here; one that stands below counts only if there is none above.
	d.vs.SorryInhibit, d.vs.SorryForward, d.vs.SorryTunnel = Value[bool]{}, d.vs.Forward, d.vs.Tunnel
}

func (d *decoder) setSorryInhibit(n *syntax.Node) {
	if !d.vs.SorryServer.Set() {
		d.noSorry(n, "Ignoring sorry_server inhibit used before or without sorry_server")
		return
	}
	d.vs.SorryInhibit = value(true, n.Keyword)
}

func (d *decoder) setSorryForward(n *syntax.Node) {
	switch {
	case !d.vs.SorryServer.Set():
		d.noSorry(n, "sorry_server forwarding used without sorry_server")
	case len(n.Args) == 0:
		d.missing(n, 1)
	default:
		d.setForward(n, &d.vs.SorryForward, &d.vs.SorryTunnel, "sorry server")
	}
}

func (d *decoder) noSorry(n *syntax.Node, compat string) {
	d.fault(n, n.Keyword, "no-sorry-server", n.Keyword.Text+" comes after a sorry_server, and there is none above",
		compat, "the line is ignored")
}

// sorryFamily drops a sorry server that packets of the virtual server cannot be sent to; keepalived notices at the
// end of the block.
func (d *decoder) sorryFamily(n *syntax.Node) {
	vs := d.vs
	method := vs.SorryForward
	inherit(&method, vs.Forward)
	if !vs.SorryServer.Set() || method.V == ForwardTUN || vs.Family.V == FamilyUnknown {
		return
	}
	a := vs.SorryServer.V.Addr()
	if lvsFamily(a) == vs.Family.V {
		return
	}
	d.otherFamily(n, vs.SorryServer.At, "sorry server", a, "there is no sorry server")
	vs.SorryServer, vs.SorryInhibit = Value[netip.AddrPort]{}, Value[bool]{}
	vs.SorryForward, vs.SorryTunnel = Value[Forward]{}, nil
}

// otherFamily reports an address that packets of the virtual server cannot be sent to; keepalived notices at the end of
// n's block.
func (d *decoder) otherFamily(n *syntax.Node, at diag.Span, who string, a netip.Addr, effect string) {
	d.report(n, syntax.NewWord("", at, n.Keyword.Via()), diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "family",
		Summary:    "the " + who + " is of another family than the virtual server",
		Compat:     "Address family of virtual server and " + who + " " + a.String() + " don't match - skipping " + who + ".",
		CompatLine: n.Close.Line(), Effect: effect, Suggest: "lb_kind TUN can change the family, NAT and DR cannot",
	})
}
