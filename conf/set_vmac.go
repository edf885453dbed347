package conf

import (
	"net/netip"
	"strconv"
	"strings"

	"holdfast/conf/syntax"
)

// linkOption is a word of use_vmac or use_ipvlan with a value behind it. Releases up to 2.2.7 know none of them; a word
// without a value is a name, as it is there.
func linkOption(args []syntax.Word) (option string, w syntax.Word, ok bool) {
	if len(args) < 2 || args[0].Text != "name" && args[0].Text != "group" {
		return "", syntax.Word{}, false
	}
	return args[0].Text, args[1], true
}

// setVMAC decodes use_vmac [[name] IF] [MAC] [netlink_notify_msg] [group G]. A second line adds what the first lacks.
func (d *decoder) setVMAC(n *syntax.Node) {
	if d.inst.VMAC == nil {
		d.inst.VMAC = &VMAC{At: n.Keyword.At}
	}
	v := d.inst.VMAC
	for i := 0; i < len(n.Args); i++ {
		w, ok := n.Args[i], true
		option, of, valued := linkOption(n.Args[i:])
		switch {
		case valued && option == "name":
			ok = d.vmacName(n, of, v)
			i++
		case valued:
			v.Group = value(of.Text, of)
			i++
		case w.Text == "netlink_notify_msg":
			v.NetlinkNotify = true
		case i > 1:
			d.extra(n, i) // compat: keepalived looks at two words and no further
			return
		case strings.Contains(w.Text, ":"):
			ok = d.vmacMAC(n, w, v)
		default:
			ok = d.vmacName(n, w, v)
		}
		if !ok {
			return
		}
	}
}

// vmacName reads the link's name; false ends the line.
func (d *decoder) vmacName(n *syntax.Node, w syntax.Word, v *VMAC) bool {
	switch {
	case v.Name.Set():
		d.fault(n, w, "duplicate-keyword", "the link has a name already, "+v.Name.V,
			"VMAC interface name already specified", "ignored from here to the end of the line")
		return false
	case !linkName(w.Text):
		d.fault(n, w, "bad-name", "'"+w.Text+"' cannot be the name of a link: at most 15 characters, no / and no white space",
			"VMAC interface name '"+w.Text+"' too long or invalid characters - ignoring", "keepalived chooses a name: vrrp.VRID")
	case d.linkTaken(n, w):
	default:
		v.Name = value(w.Text, w)
	}
	return true
}

// linkName reports whether the kernel takes s as a link's name.
func linkName(s string) bool {
	return s != "" && len(s) <= maxIfname && s != "." && s != ".." && !strings.ContainsAny(s, "/ \t\n\v\f\r")
}

// linkTaken reports, and says, that another instance makes a link of that name.
func (d *decoder) linkTaken(n *syntax.Node, w syntax.Word) bool {
	other, taken := d.links[w.Text]
	if !taken || other == d.inst {
		if d.links == nil {
			d.links = map[string]*Instance{}
		}
		d.links[w.Text] = d.inst
		return false
	}
	d.fault(n, w, "link-taken", w.Text+" is the link of vrrp_instance "+other.Name+" already, at "+other.At.String(),
		"("+d.inst.Name+") VRRP instance "+other.Name+" is already using "+w.Text+" - ignoring name", "the link gets another name")
	return true
}

// vmacMAC reads the link's address; false ends the line.
func (d *decoder) vmacMAC(n *syntax.Node, w syntax.Word, v *VMAC) bool {
	if v.MAC.Set() {
		d.fault(n, w, "duplicate-keyword", "the link has an address already, "+v.MAC.V.String(),
			"VMAC interface address already specified", "ignored from here to the end of the line")
		return false
	}
	m, compat := parseMAC(w.Text)
	if compat != "" {
		d.fault(n, w, "bad-mac", "'"+w.Text+"' is not a MAC address of five or six octets", compat, "the address goes by the VRID")
		return true
	}
	switch o := m.Octets; {
	case o[0]&1 != 0:
		d.fault(n, w, "bad-mac", w.Text+" is a multicast address",
			"VMAC MAC address is multicast "+w.Text+" - ignoring", "the address goes by the VRID")
	case o[0] == 0 && o[1] == 0 && o[2] == 0x5e && o[3] == 0 && (o[4] == 1 || o[4] == 2):
		d.fault(n, w, "bad-mac", w.Text+" is an address of VRRP's own (RFC 9568 §7.3)",
			"VMAC MAC address not allowed to be RFC5798 address ("+w.Text+") - ignoring", "the address goes by the VRID")
	default:
		v.MAC = value(m, w)
	}
	return true
}

// parseMAC reads octets of one or two hexadecimal digits. compat: a colon at the end and what stands behind the sixth octet are
// let pass. The second result is keepalived's complaint.
func parseMAC(s string) (MAC, string) {
	var m MAC
	if strings.Trim(s, "0123456789abcdefABCDEF:") != "" {
		return m, "VMAC invalid MAC address " + s
	}
	octets := strings.Split(strings.TrimSuffix(s, ":"), ":")
	if len(octets) < 5 {
		return m, "VMAC invalid MAC address " + s + " - ignored"
	}
	for i, o := range octets[:min(len(octets), len(m.Octets))] {
		v, err := strconv.ParseUint(o, 16, 8)
		if err != nil || len(o) > 2 {
			return m, "VMAC invalid MAC address " + s + " - ignored"
		}
		m.Octets[i] = byte(v)
	}
	m.VRIDLast = len(octets) == 5
	return m, ""
}

// setIPVLAN decodes use_ipvlan [[name] IF] [ADDR[/LEN]] [bridge|private|vepa] [group G].
func (d *decoder) setIPVLAN(n *syntax.Node) {
	if d.inst.IPVLAN != nil {
		d.fault(n, n.Keyword, "duplicate-keyword", "use_ipvlan is given already, at "+d.inst.IPVLAN.At.String(),
			"("+d.inst.Name+") use_ipvlan already specified", "the line is ignored")
		return
	}
	v := &IPVLAN{At: n.Keyword.At}
	d.inst.IPVLAN = v
	for i := 0; i < len(n.Args); i++ {
		w := n.Args[i]
		if option, of, ok := linkOption(n.Args[i:]); ok {
			if option == "name" {
				d.ipvlanName(n, of, v)
			} else {
				v.Group = value(of.Text, of)
			}
			i++
			continue
		}
		if mode, ok := ipvlanModes[w.Text]; ok {
			d.ipvlanMode(n, w, v, mode)
		} else if p, ok := parsePrefix(w.Text); ok {
			d.ipvlanAddress(n, w, v, p)
		} else {
			d.ipvlanName(n, w, v)
		}
	}
}

var ipvlanModes = map[string]IPVLANMode{"bridge": IPVLANBridge, "private": IPVLANPrivate, "vepa": IPVLANVEPA}

func (d *decoder) ipvlanMode(n *syntax.Node, w syntax.Word, v *IPVLAN, m IPVLANMode) {
	if v.Mode.Set() {
		d.fault(n, w, "duplicate-keyword", "the mode is "+v.Mode.V.String()+" already",
			"("+d.inst.Name+") ipvlan type already specified - ignoring '"+w.Text+"'", "the word is ignored")
		return
	}
	v.Mode = value(m, w)
}

func (d *decoder) ipvlanAddress(n *syntax.Node, w syntax.Word, v *IPVLAN, p netip.Prefix) {
	switch {
	case v.Address.Set():
		d.fault(n, w, "duplicate-keyword", "the link has an address already, "+v.Address.V.Addr().String(),
			"("+d.inst.Name+") ipvlan address already specified - ignoring '"+w.Text+"'", "the word is ignored")
	case !d.inst.fits(p.Addr()):
		d.fault(n, w, "wrong-family", w.Text+" is of another address family than the addresses above",
			"("+d.inst.Name+") ipvlan address["+w.Text+"] MUST match vrrp instance family !!! Skipping...", "the word is ignored")
	default:
		v.Address = value(p, w)
	}
}

func (d *decoder) ipvlanName(n *syntax.Node, w syntax.Word, v *IPVLAN) {
	switch {
	case v.Name.Set():
		d.fault(n, w, "duplicate-keyword", "the link has a name already, "+v.Name.V,
			"("+d.inst.Name+") IPVLAN interface already specified - ignoring '"+w.Text+"'", "the word is ignored")
	case len(w.Text) > maxIfname:
		d.fault(n, w, "long-name", "an interface name has at most 15 characters",
			"("+d.inst.Name+") IPVLAN interface name '"+w.Text+"' too long - ignoring", "keepalived chooses a name: vrrp.VRID")
	case w.Text == "":
		d.fault(n, w, "bad-name", "the empty word cannot be the name of a link",
			"("+d.inst.Name+") VRRP instance "+d.nameless().Name+" is already using  - ignoring name", "keepalived chooses a name: vrrp.VRID")
	case d.linkTaken(n, w):
	default:
		v.Name = value(w.Text, w)
	}
}

// nameless is the first instance whose link nobody named. compat: to keepalived its name is the empty one.
func (d *decoder) nameless() *Instance {
	for _, in := range d.cfg.Instances {
		if (in.VMAC == nil || !in.VMAC.Name.Set()) && (in.IPVLAN == nil || !in.IPVLAN.Name.Set()) {
			return in
		}
	}
	return d.inst
}

// parsePrefix reads ADDR or ADDR/LEN; without a length it is the full one.
func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, true
	}
	a, ok := parseIP(s)
	return netip.PrefixFrom(a, a.BitLen()), ok
}
