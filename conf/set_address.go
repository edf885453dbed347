package conf

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// addresses decodes the lines of an address block.
func (d *decoder) addresses(n *syntax.Node, to *[]Address) {
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockVIP)
			continue
		}
		a, ok := d.address(e)
		if !ok {
			continue
		}
		if to == &d.inst.Addresses && !d.inst.fits(a.Prefix.Addr()) {
			d.fault(e, e.Keyword, "wrong-family", "all addresses of an advert are of one family",
				"("+d.inst.Name+"): address family must match VRRP instance ["+a.Written()+"] - ignoring", "the address is ignored")
			continue
		}
		if a.Prefix.Addr().Is6() {
			d.inactive(e, "IPv6", "IPv6 is loaded but not active yet")
		}
		*to = append(*to, a)
	}
}

// addressLine is one line of an address block while it is read.
type addressLine struct {
	d     *decoder
	n     *syntax.Node
	a     Address
	text  string // the address as written
	sized bool   // a prefix length was written
	fixed bool   // the line is one of static_ipaddress
}

func (d *decoder) address(n *syntax.Node) (Address, bool) { return d.addressOf(n, false) }

// addressOf is address; fixed tells that the line is one of static_ipaddress, which know other options.
func (d *decoder) addressOf(n *syntax.Node, fixed bool) (Address, bool) {
	l := addressLine{d: d, n: n, text: n.Keyword.Text, fixed: fixed}
	p, ok := l.prefix(n.Keyword)
	if !ok {
		return Address{}, false
	}
	l.a = Address{Prefix: p, At: n.Keyword.At}
	for i := 0; i < len(n.Args); {
		used, ok := l.option(n.Args[i:])
		if !ok {
			return Address{}, false
		}
		i += used
	}
	return l.a, true
}

// prefix reads ADDR or ADDR/LEN. A bad length is replaced by the full one.
func (l *addressLine) prefix(w syntax.Word) (netip.Prefix, bool) {
	text, length, sized := strings.Cut(w.Text, "/")
	ip, valid := parseIP(text)
	invalid := "VRRP parsed invalid IP " + w.Text + ". skipping IP..."
	full := 32
	if strings.ContainsRune(text, ':') {
		full = 128
	}
	bits, complaint := full, ""
	if sized && length == "" {
		bits = 0 // compat: nothing behind the slash is 0
	} else if sized {
		v, f := parseUint(length, 0, uint64(full))
		if f != "" {
			complaint = lines(f, "Invalid address prefix len "+length+" for address "+w.Text+" - using "+strconv.Itoa(full))
		} else {
			bits = int(v)
		}
	}
	if !valid {
		l.d.fault(l.n, w, "bad-address", "'"+w.Text+"' is not an IP address", lines(complaint, invalid), "the line is ignored")
		return netip.Prefix{}, false
	}
	if complaint != "" {
		l.d.warn(l.n, w, "bad-prefix-length", "'"+length+"' is not a prefix length",
			complaint, "/"+strconv.Itoa(full)+" is used")
	}
	l.sized = sized
	return netip.PrefixFrom(ip, bits), true
}

// option reads the option at args[0]; it returns how many words it took, and false when the whole address
// is to be dropped.
func (l *addressLine) option(args []syntax.Word) (int, bool) {
	w := args[0]
	if l.fixed && w.Text == "use_vmac" {
		return l.unknown(args)
	}
	if l.fixed && w.Text == "track_group" {
		return l.trackGroup(args)
	}
	switch w.Text {
	case "home":
		l.a.Home = true
	case "-nodad":
		l.a.NoDADWord = true
	case "mngtmpaddr":
		l.a.MngTmpAddr = true
	case "noprefixroute":
		l.a.NoPrefixRout = true
	case "autojoin":
		l.a.AutoJoin = true
	case "no_track":
		l.a.NoTrack = true
	case "use_vmac":
		l.a.UseVMAC = value(true, w)
		l.d.inactive(l.n, "use_vmac in an address", "use_vmac is loaded but not active yet")
	case "brd", "broadcast", "dev", "scope", "label", "peer", "preferred_lft":
		if len(args) < 2 {
			l.d.fault(l.n, w, "missing-argument", w.Text+" needs a value",
				"No "+w.Text+" parameter specified for "+l.text, "the address is ignored")
			return 0, false
		}
		return l.valued(w, args[1])
	default:
		return l.unknown(args)
	}
	return 1, true
}

// trackGroup reads the track_group of a static address.
func (l *addressLine) trackGroup(args []syntax.Word) (int, bool) {
	if len(args) < 2 {
		l.d.fault(l.n, args[0], "missing-argument", "track_group needs a value",
			"No track_group parameter specified for "+l.text, "the address is ignored")
		return 0, false
	}
	w := args[1]
	if l.d.trackGroups[w.Text] == nil {
		l.d.fault(l.n, w, "unknown-track-group", "there is no track_group "+w.Text+" above this line",
			"track_group "+w.Text+" not found", "nobody tracks the address")
	} else {
		l.a.TrackGroup = value(w.Text, w)
	}
	return 2, true
}

// unknown reports a word that no option begins with. Behind // or ; the rest of the line is a comment.
func (l *addressLine) unknown(args []syntax.Word) (int, bool) {
	w := args[0]
	dg := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-option",
		Summary: "'" + w.Text + "' is not an address option",
		Compat:  "Unknown configuration entry '" + w.Text + "' for ip address - ignoring", Effect: "the word is ignored",
	}
	if w.Quoted || !foreignWord(w.Text) {
		if near := diag.Nearest(w.Text, addressOptions); near != "" {
			dg.Suggest = "did you mean " + near + "?"
		}
		l.d.report(l.n, w, dg)
		return 1, true
	}
	dg.Severity, dg.Code = diag.Warning, "foreign-comment"
	dg.Summary = "'" + commentSign(w.Text) + "' does not begin a comment in this language"
	dg.Effect, dg.Suggest = "the rest of the line is ignored", "begin comments with # or !"
	for i := 1; i < len(args); i++ {
		switch more := args[i].Text; {
		case slices.Contains(valuedOptions, more):
			i++
		case !slices.Contains(addressOptions, more):
			dg.Compat += "\nUnknown configuration entry '" + more + "' for ip address - ignoring"
		}
	}
	l.d.report(l.n, w, dg)
	return len(args), true
}

var (
	valuedOptions  = []string{"brd", "broadcast", "dev", "scope", "label", "peer", "preferred_lft"}
	addressOptions = append([]string{"home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "use_vmac"}, valuedOptions...)
)

// valued reads an option with a value; it returns how many words it took, and false when the address is to be dropped.
func (l *addressLine) valued(option, w syntax.Word) (int, bool) {
	switch option.Text {
	case "brd", "broadcast":
		return 2, l.broadcast(option, w)
	case "dev":
		return 2, l.dev(w)
	case "scope":
		l.scope(w)
	case "label":
		return 2, l.label(w)
	case "peer":
		return l.peer(w)
	case "preferred_lft":
		l.preferred(w)
	}
	return 2, true
}

// dev reads a link's name. compat: one that is too long for a link is merely missing.
func (l *addressLine) dev(w syntax.Word) bool {
	if l.a.Dev.Set() {
		l.d.fault(l.n, w, "duplicate-keyword", "the address has a device already, "+l.a.Dev.V,
			"Cannot specify ipaddress device more than once for "+l.n.Keyword.Text, "the address is ignored")
		return false
	}
	if len(w.Text) > maxIfname {
		l.d.tell(l.n, w, "long-name", "an interface name has at most 15 characters", "", "there can be no such interface")
	}
	l.a.Dev = value(w.Text, w)
	return true
}

func (l *addressLine) label(w syntax.Word) bool {
	switch {
	case l.a.Prefix.Addr().Is6():
		l.d.fault(l.n, w, "wrong-family", "IPv6 addresses have no labels",
			"Cannot specify label for IPv6 addresses ("+l.text+") - ignoring label", "the address has no label")
	case len(w.Text) > maxIfname:
		l.d.fault(l.n, w, "long-name", "a label has at most 15 characters",
			"Address label "+w.Text+" is longer than maximum length 15 - removing address", "the address is ignored")
		return false
	default:
		l.a.Label = value(w.Text, w)
	}
	return true
}

func (l *addressLine) broadcast(option, w syntax.Word) bool {
	ip, plain := l.a.Prefix.Addr(), w.Text == "+" || w.Text == "-"
	b, valid := parseIP(w.Text)
	switch {
	case ip.Is6():
		l.d.fault(l.n, w, "wrong-family", "IPv6 has no broadcast addresses",
			"VRRP is trying to assign a broadcast "+option.Text+" to the IPv6 address "+l.text+" !!?? WTF... skipping VIP...", "the address is ignored")
		return false
	case plain && l.a.Prefix.Bits() > 30:
		l.d.fault(l.n, w, "no-broadcast", fmt.Sprintf("a /%d has no broadcast address", l.a.Prefix.Bits()),
			fmt.Sprintf("Address prefix length %d too long for broadcast", l.a.Prefix.Bits()), "the address has no broadcast address")
	case plain:
		l.a.Broadcast = hostBits(l.a.Prefix, w.Text == "+")
	case valid && b.Is4():
		l.a.Broadcast = b
	default:
		l.d.fault(l.n, w, "bad-address", "'"+w.Text+"' is not a broadcast address",
			"VRRP is trying to assign invalid broadcast "+w.Text+". skipping VIP...", "the address is ignored")
		return false
	}
	return true
}

// hostBits returns the prefix's address with all host bits set or cleared.
func hostBits(p netip.Prefix, ones bool) netip.Addr {
	b := p.Masked().Addr().As4()
	if ones {
		for i := p.Bits(); i < 32; i++ {
			b[i/8] |= 0x80 >> (i % 8)
		}
	}
	return netip.AddrFrom4(b)
}

// scopes are the names of rt_scopes that every host has.
var scopes = map[string]uint8{"global": 0, "universe": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}

func (l *addressLine) scope(w syntax.Word) {
	s, ok := scopes[w.Text]
	if v, is := named(w.Text, l.d.opt.Names.Scopes, math.MaxUint8); !ok && is {
		s, ok = uint8(v), true
	}
	switch {
	case !ok:
		l.d.warn(l.n, w, "unknown-option", "'"+w.Text+"' is not an address scope",
			"Invalid scope '"+w.Text+"' specified for "+l.text+" - ignoring", "scope global is used")
	case l.a.Prefix.Addr().Is6():
		l.d.fault(l.n, w, "wrong-family", "the kernel chooses the scope of IPv6 addresses",
			"Cannot specify scope for IPv6 addresses ("+l.text+") - ignoring scope", "the word is ignored")
	default:
		l.a.Scope = value(s, w)
	}
}

// peer reads the other end's address. compat: a second one is taken for an option, and so it is unknown.
func (l *addressLine) peer(w syntax.Word) (int, bool) {
	ip, ok := parseIP(w.Text)
	switch {
	case l.a.Peer.IsValid():
		l.d.fault(l.n, w, "duplicate-keyword", "the address has a peer already, "+l.a.Peer.Addr().String(),
			"Peer "+w.Text+" - another peer has already been specified", "the word is ignored")
		return 1, true
	case !ok: // compat: also with a length, which iproute2 would accept
		l.d.fault(l.n, w, "bad-address", "'"+w.Text+"' is not a peer address",
			lines("Invalid peer address "+w.Text, "VRRP parsed invalid IP "+w.Text+". skipping IP..."), "the address has no peer")
		return 2, true
	case ip.Is4() != l.a.Prefix.Addr().Is4():
		l.d.fault(l.n, w, "wrong-family", "the peer is of the other address family",
			"Peer address "+w.Text+" does not match address family", "the address has no peer")
		return 2, true
	}
	l.a.Peer = netip.PrefixFrom(ip, ip.BitLen())
	if l.sized {
		l.d.warn(l.n, l.n.Keyword, "prefix-with-peer", "the prefix length belongs to the peer, not to the address",
			"Cannot specify address prefix when specifying peer address - ignoring", "the address has its full length")
		a := l.a.Prefix.Addr()
		l.a.Prefix = netip.PrefixFrom(a, a.BitLen())
	}
	return 2, true
}

func (l *addressLine) preferred(w syntax.Word) {
	if w.Text == "forever" {
		l.a.PreferredLft = value(uint32(math.MaxUint32), w)
		return
	}
	v, f := parseUint(w.Text, 0, math.MaxUint32)
	if f != "" {
		l.d.warn(l.n, w, "bad-number", "preferred_lft: "+f, lines(f, "preferred_lft "+w.Text+" is invalid"), "the option is ignored")
		return
	}
	l.a.PreferredLft = value(uint32(v), w)
}
