package conf

import (
	"math"
	"net/netip"
	"slices"
	"strconv"

	"holdfast/conf/syntax"
)

// checkerBlocks are the blocks of checkers; each says at its end whether the checker is fit to run.
var checkerBlocks = map[string]wired{
	"HTTP_GET":   checkerBlock(func(c *Checker) { c.HTTP = &HTTPCheck{} }, (*decoder).endHTTP),
	"SSL_GET":    checkerBlock(func(c *Checker) { c.HTTP = &HTTPCheck{} }, (*decoder).endHTTP),
	"TCP_CHECK":  checkerBlock(nil, nil),
	"SMTP_CHECK": checkerBlock(func(c *Checker) { c.SMTP = &SMTPCheck{} }, (*decoder).endSMTP),
	"DNS_CHECK":  checkerBlock(func(c *Checker) { c.DNS = &DNSCheck{} }, nil),
	"MISC_CHECK": checkerBlock(func(c *Checker) { c.Misc = &MiscCheck{} }, (*decoder).endMisc),
	"BFD_CHECK":  checkerBlock(func(c *Checker) { c.BFD = &BFDCheck{} }, (*decoder).endBFD),
	"UDP_CHECK":  checkerBlock(func(c *Checker) { c.UDP = &UDPCheck{} }, (*decoder).endUDP),
	"PING_CHECK": checkerBlock(nil, nil),
	"GRPC_CHECK": checkerBlock(func(c *Checker) { c.GRPC = &GRPCCheck{} }, nil),
	"FILE_CHECK": checkerBlock(func(c *Checker) { c.File = &FileCheck{} }, (*decoder).endFile),
}

// checkerBlock decodes one checker. begin makes room for what the kind has of its own; end judges the whole and reports
// whether to keep it.
func checkerBlock(begin func(*Checker), end func(*decoder, *syntax.Node) bool) wired {
	return wired{0, 0, func(d *decoder, n *syntax.Node) {
		d.check = &Checker{Kind: n.Keyword.Text, At: n.Keyword.At}
		d.conn = &d.check.Connection
		if begin != nil {
			begin(d.check)
		}
		d.walk(n.Block, Block(n.Opens))
		keep := end == nil || end(d, n)
		d.linkLocal(n)
		if keep {
			d.rs.Checkers = append(d.rs.Checkers, d.check)
		}
		d.check, d.conn = nil, nil
	}}
}

// alphaOption is the one option that every checker but FILE_CHECK has.
var alphaOption = map[string]wired{
	"alpha": boolOpt(func(d *decoder) *Value[bool] { return &d.check.Alpha }, "Invalid alpha parameter WORD"),
}

// shareOption is the option of checkers whose attempts others may share.
var shareOption = map[string]wired{
	"share_check": boolOpt(func(d *decoder) *Value[bool] { return &d.check.Share }, "Invalid share_check parameter WORD"),
}

// scheduleOptions are the options of MISC_CHECK among the common ones.
var scheduleOptions = merged(
	alphaOption,
	timingOptions(func(d *decoder) *Timing { return &d.check.Timing }, timingText{
		connect: "connect_timeout WORD invalid - ignoring",
		delay:   "delay_loop 'WORD' is invalid - ignoring",
		pause:   "Invalid delay_before_retry connection value 'WORD'",
		warmup:  "Invalid warmup connection value 'WORD'",
		retry:   "Invalid retry connection value 'WORD'",
	}),
	map[string]wired{
		"log_all_failures": boolOpt(func(d *decoder) *Value[bool] { return &d.check.LogAll }, "Invalid log_all_failures parameter WORD"),
	})

// commonOptions are the options of the checkers that connect to somebody.
var commonOptions = merged(scheduleOptions, map[string]wired{
	"connect_ip": {1, 1, func(d *decoder, n *syntax.Node) {
		d.setCheckerIP(n, &d.conn.ConnectIP, "bindto", d.conn.BindTo)
	}},
	"connect_port": checkerPort(func(d *decoder) *Value[uint16] { return &d.conn.ConnectPort }, "connect_port"),
	"bindto": {1, 1, func(d *decoder, n *syntax.Node) {
		peer := d.conn.ConnectIP
		// compat: SMTP_CHECK knows no peer by itself: it may have hosts.
		if !peer.Set() && (d.check.SMTP == nil || d.host != nil) {
			peer = value(d.rs.Address.V.Addr(), n.Keyword)
		}
		d.setCheckerIP(n, &d.conn.BindTo, "connect_ip", peer)
	}},
	"bind_port": checkerPort(func(d *decoder) *Value[uint16] { return &d.conn.BindPort }, "bind_port"),
	"bind_if":   {1, 1, (*decoder).setBindIf},
	"fwmark": uintOpt(func(d *decoder) *Value[uint32] { return &d.conn.Mark }, 0, math.MaxUint32,
		"Invalid fwmark connection value 'WORD'"),
})

func checkerPort(to place[uint16], name string) wired {
	return uintOpt(to, 1, math.MaxUint16, "Invalid checker "+name+" 'WORD'")
}

// setCheckerIP reads connect_ip or bindto, whose family is to be the one of the address at the other end.
func (d *decoder) setCheckerIP(n *syntax.Node, to *Value[netip.Addr], other string, peer Value[netip.Addr]) {
	w, kw := n.Args[0], n.Keyword.Text
	a, ok := parseHost(w.Text)
	switch {
	case !ok:
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"Invalid "+kw+" address "+w.Text+" - ignoring", "as if there were no "+kw+" so far")
		*to = Value[netip.Addr]{} // compat: what stands above is lost
	case peer.Set() && lvsFamily(peer.V) != lvsFamily(a):
		d.fault(n, w, "family", kw+" is of another family than "+other+", "+peer.V.String(),
			kw+" address "+w.Text+" does not match address family of "+other+" - skipping", "the line is ignored")
	default:
		*to = value(a, w)
	}
}

func (d *decoder) setBindIf(n *syntax.Node) {
	w := n.Args[0]
	if len(w.Text) > maxIfname {
		d.fault(n, w, "long-name", "an interface name has at most "+strconv.Itoa(maxIfname)+" characters",
			"Interface name "+w.Text+" is too long - ignoring", "the line is ignored")
		return
	}
	d.conn.BindIf = value(w.Text, w)
}

// linkLocal finds fault with a checker that talks to a link-local address and does not say on which link.
func (d *decoder) linkLocal(n *syntax.Node) {
	c := d.check
	if slices.Contains([]string{"MISC_CHECK", "BFD_CHECK", "FILE_CHECK"}, c.Kind) || c.BindIf.Set() || c.SMTP != nil && c.SMTP.HostsOnly {
		return
	}
	a := d.rs.Address.V.Addr()
	if c.ConnectIP.Set() {
		a = c.ConnectIP.V
	}
	if a.Is6() && a.IsLinkLocalUnicast() {
		d.atClose(n, "link-local", "a checker of a link-local address needs bind_if",
			"Checker link local address "+a.String()+" requires a bind_if", "the kernel cannot tell where the address is")
	}
}
