package conf

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// setServerGroup decodes one virtual_server_group block. Of groups with one name the first is used; keepalived does
// not mention the others.
func (d *decoder) setServerGroup(n *syntax.Node) {
	if len(n.Args) > 1 {
		d.report(n, n.Args[1], diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassAbort, Code: "group-name", Summary: "a virtual_server_group has one name",
			Compat: "*** Configuration line starting `***MISSING ***` is missing a parameter at word position 1",
			Effect: "keepalived stops here",
		})
	}
	g := &ServerGroup{Name: n.Args[0].Text, At: n.Keyword.At}
	for _, e := range n.Block {
		switch {
		case e.Foreign:
			d.foreign(e, blockServerGroup)
		case e.Keyword.Text == "fwmark":
			d.groupMark(e, g)
		default:
			d.groupAddress(e, g)
		}
	}
	if !d.groupStands(n, g) {
		return
	}
	if _, twin := d.serverGroups[g.Name]; twin {
		d.doubt(n, n.Args[0], "duplicate-block", "there is a virtual_server_group "+g.Name+" already", "this one is ignored", "")
		return
	}
	d.serverGroups[g.Name] = g
	d.cfg.ServerGroups = append(d.cfg.ServerGroups, g)
}

// groupStands drops a group that keepalived takes away at the end of the block.
func (d *decoder) groupStands(n *syntax.Node, g *ServerGroup) bool {
	f := g.facts()
	switch {
	case len(g.Entries) == 0:
		d.atClose(n, "empty-group", "the group has no entries",
			"virtual server group "+g.Name+" has no entries - removing", "there is no such group")
	case f.four && f.six && f.bare:
		d.atClose(n, "family", "the group has IPv4, IPv6 and a fwmark that does not say which it is for",
			"virtual server group "+g.Name+" cannot have IPv4, IPv6 and fwmark without family - removing", "there is no such group")
	default:
		return true
	}
	return false
}

// groupMark reads fwmark N [inet|inet6].
func (d *decoder) groupMark(e *syntax.Node, g *ServerGroup) {
	if len(e.Args) == 0 {
		d.missing(e, 1)
		return
	}
	w := e.Args[0]
	v, f := parseUint(w.Text, 0, math.MaxUint32)
	if f != "" {
		d.fault(e, w, "bad-number", "a firewall mark is a number, not '"+w.Text+"'",
			lines(f, "("+g.Name+"): fwmark '"+w.Text+"' must be in [0, 4294967295] - ignoring"), "the line is ignored")
		return
	}
	entry := GroupEntry{At: w.At, Mark: uint32(v)}
	if len(e.Args) > 1 && (e.Args[1].Quoted || !foreignWord(e.Args[1].Text)) {
		family, ok := families[e.Args[1].Text]
		if !ok {
			d.fault(e, e.Args[1], "unknown-option", "a family is inet or inet6, not '"+e.Args[1].Text+"'",
				"("+g.Name+"): fwmark '"+w.Text+"' family "+e.Args[1].Text+" unknown - ignoring", "the line is ignored")
			return
		}
		entry.Family = family
	}
	g.Entries = append(g.Entries, entry)
}

// groupAddress reads ADDR [PORT], where ADDR is one address, FIRST-LAST, FIRST-LASTPART or ADDR/LEN.
func (d *decoder) groupAddress(e *syntax.Node, g *ServerGroup) {
	w := e.Keyword
	drop := func(w syntax.Word, summary, compat string) {
		d.fault(e, w, "bad-address", summary, compat, "the line is ignored")
	}
	var port uint64
	portText, portFault := "", ""
	if len(e.Args) > 0 && (e.Args[0].Quoted || !foreignWord(e.Args[0].Text)) {
		portText = "/port/" + e.Args[0].Text
		port, portFault = parsePort(e.Args[0].Text)
	}
	invalid := lines(portFault, "Invalid virtual server group IP address "+w.Text+" "+portText+" - skipping")
	if portFault != "" {
		drop(e.Args[0], "'"+e.Args[0].Text+"' is not a port", invalid)
		return
	}
	first, last, summary, compat := addressRange(w.Text)
	switch {
	case compat != "":
		drop(w, summary, compat)
	case summary != "":
		drop(w, summary, invalid)
	default:
		g.Entries = append(g.Entries, GroupEntry{At: w.At, First: first, Last: last, Port: uint16(port)})
	}
}

// addressRange reads the addresses of one entry. compat is what keepalived says instead of its usual words.
func addressRange(s string) (first, last netip.Addr, summary, compat string) {
	i := strings.IndexAny(s, "-/")
	if i < 0 {
		first, err := netip.ParseAddr(s)
		if err != nil || first.Zone() != "" {
			summary = "'" + s + "' is not an IP address"
		}
		return first, first, summary, ""
	}
	first, err := netip.ParseAddr(s[:i])
	switch rest := s[i+1:]; {
	case err != nil || first.Zone() != "":
		return first, first, "'" + s[:i] + "' is not an IP address", ""
	case s[i] == '/':
		return prefixRange(s, first, rest)
	default:
		return spanRange(s, first, rest)
	}
}

// prefixRange reads ADDR/LEN.
func prefixRange(s string, first netip.Addr, bits string) (_, last netip.Addr, summary, compat string) {
	if strings.Contains(bits, "-") {
		return first, first, "'" + s + "' is a prefix and a range", ""
	}
	n, f := parseUint(bits, 1, uint64(first.BitLen()))
	if f != "" {
		return first, first, "'" + bits + "' is not the length of a prefix", "Invalid netmask - " + s + " - skipping"
	}
	p := netip.PrefixFrom(first, int(n))
	if p.Masked().Addr() != first {
		return first, first, "there are bits set behind the prefix of " + s, "Address mask bits not empty - " + s + " - skipping"
	}
	b := first.AsSlice()
	for i := int(n); i < first.BitLen(); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ = netip.AddrFromSlice(b)
	return first, last, "", ""
}

// spanRange reads FIRST-LAST, where LAST is an address or what its last part is.
func spanRange(s string, first netip.Addr, end string) (_, last netip.Addr, summary, compat string) {
	if a, err := netip.ParseAddr(end); err == nil && a.Zone() == "" {
		if a.Is4() != first.Is4() && !strings.Contains(end, ".") {
			return first, first, "the ends of " + s + " are of two families", ""
		}
		if a.Is4() == first.Is4() {
			if a.Less(first) {
				return first, a, "the range " + s + " ends before it begins",
					"Address range end is less than address range start - " + s + " - skipping"
			}
			return first, a, "", ""
		}
	}
	base, most := 10, uint64(math.MaxUint8)
	if first.Is6() {
		base, most = 16, math.MaxUint16
	}
	digits := len(end)
	for i := range end {
		if _, err := strconv.ParseUint(end[i:i+1], base, 8); err != nil {
			digits = i
			break
		}
	}
	v, err := strconv.ParseUint("0"+end[:digits], base, 64)
	switch {
	case digits < len(end):
		return first, first, "'" + end + "' is not the end of a range",
			"Virtual server group range '" + s + "' has extra characters at end '" + end[digits:] + "'"
	case err != nil || v > most:
		return first, first, "'" + end + "' is more than the last part of an address can be",
			"Virtual server group range '" + s + "' end '" + end + "' too large"
	}
	b := first.AsSlice()
	b[len(b)-1] = byte(v)
	if first.Is6() {
		b[len(b)-2] = byte(v >> 8)
	}
	last, _ = netip.AddrFromSlice(b)
	// compat: one address written twice in full is a range, by its last part it is not.
	if !first.Less(last) {
		return first, last, "the range " + s + " does not end behind its beginning",
			"Address range end is not greater than address range start - " + s + " - skipping"
	}
	return first, last, "", ""
}

// text gives the entry as keepalived's lines have it.
func (e *GroupEntry) text() string {
	s := e.First.String()
	if e.Last != e.First {
		s += "-" + e.Last.String()
	}
	return s + "," + itoa(e.Port)
}

// sslSetters are the keywords of the SSL block.
var sslSetters = map[string]wired{
	"password":    lastTextOpt(func(d *decoder) *Value[string] { return &d.cfg.SSL.Password }, "SSL password"),
	"ca":          lastTextOpt(func(d *decoder) *Value[string] { return &d.cfg.SSL.CA }, "SSL cafile"),
	"certificate": lastTextOpt(func(d *decoder) *Value[string] { return &d.cfg.SSL.Certificate }, "SSL certfile"),
	"key":         lastTextOpt(func(d *decoder) *Value[string] { return &d.cfg.SSL.Key }, "SSL keyfile"),
}

// setSSL decodes an SSL block; a second one takes the place of the first.
func (d *decoder) setSSL(n *syntax.Node) {
	if had := d.cfg.SSL; had != nil {
		d.fault(n, n.Keyword, "duplicate-block", "there is an SSL block already, at "+had.At.String(),
			"SSL context already specified - replacing", "this one holds, and nothing of the other")
	}
	d.cfg.SSL = &SSL{At: n.Keyword.At}
	d.walk(n.Block, blockSSL)
}
