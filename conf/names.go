package conf

import (
	"errors"
	"strconv"
	"strings"
)

// Names are the names for numbers that a host keeps in iproute2's files and in /etc/protocols. They add to those
// that iproute2 and Debian ship.
type Names struct {
	Only bool // there are no others: the configuration is judged for this host

	Tables      map[string]uint32 // rt_tables
	Protocols   map[string]uint32 // rt_protos
	Scopes      map[string]uint32 // rt_scopes
	Realms      map[string]uint32 // rt_realms
	TOS         map[string]uint32 // rt_dsfield
	Groups      map[string]uint32 // group
	IPProtocols map[string]uint32 // /etc/protocols
}

// commonNames are what iproute2 and Debian ship.
var commonNames = Names{
	Tables: map[string]uint32{"unspec": 0, "default": 253, "main": 254, "local": 255},
	Protocols: map[string]uint32{
		"unspec": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11,
		"bird": 12, "dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "keepalived": 18, "babel": 42, "openr": 99,
		"bgp": 186, "isis": 187, "ospf": 188, "rip": 189, "eigrp": 192,
	},
	Scopes: map[string]uint32{"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255},
	Realms: map[string]uint32{"cosmos": 0},
	TOS: map[string]uint32{
		"default": 0, "AF11": 0x28, "AF12": 0x30, "AF13": 0x38, "AF21": 0x48, "AF22": 0x50, "AF23": 0x58, "AF31": 0x68,
		"AF32": 0x70, "AF33": 0x78, "AF41": 0x88, "AF42": 0x90, "AF43": 0x98, "CS1": 0x20, "CS2": 0x40, "CS3": 0x60,
		"CS4": 0x80, "CS5": 0xa0, "CS6": 0xc0, "CS7": 0xe0, "EF": 0xb8,
	},
	Groups: map[string]uint32{"default": 0},
	IPProtocols: map[string]uint32{
		"ip": 0, "IP": 0, "icmp": 1, "ICMP": 1, "igmp": 2, "IGMP": 2, "ipencap": 4, "IP-ENCAP": 4, "tcp": 6, "TCP": 6,
		"udp": 17, "UDP": 17, "dccp": 33, "DCCP": 33, "ipv6": 41, "IPv6": 41, "gre": 47, "GRE": 47, "esp": 50,
		"IPSEC-ESP": 50, "ah": 51, "IPSEC-AH": 51, "ipv6-icmp": 58, "IPv6-ICMP": 58, "ospf": 89, "OSPFIGP": 89,
		"pim": 103, "PIM": 103, "vrrp": 112, "VRRP": 112, "l2tp": 115, "L2TP": 115, "sctp": 132, "SCTP": 132,
		"udplite": 136, "UDPLite": 136, "mpls-in-ip": 137, "MPLS-in-IP": 137,
	},
}

// named looks a word up: a name or a number up to hi in C notation. kind chooses the map.
func (n *Names) named(s string, kind func(*Names) map[string]uint32, hi uint64) (uint32, bool) {
	if v, ok := n.name(s, kind); ok {
		return v, true
	}
	return named(s, nil, hi)
}

// named looks a word up that is one of names or a number up to hi in C notation.
func named(s string, names map[string]uint32, hi uint64) (uint32, bool) {
	if v, ok := names[s]; ok {
		return v, true
	}
	v, ok := wrapped(s)
	return v, ok && uint64(v) <= hi
}

// exactly is named for numbers that are too large when they have more than 32 bits.
func exactly(s string, common map[string]uint32, hi uint64) (uint32, bool) {
	if v, ok := common[s]; ok {
		return v, true
	}
	v, err := CNumber(strings.TrimPrefix(strings.TrimLeft(s, blanks), "+"))
	return uint32(v), err == nil && v <= hi
}

// wrapped reads a number in C notation.
//
// compat: of what is larger than 32 bits the low ones count, of what is larger than 64 all of them; a minus wraps round.
func wrapped(s string) (uint32, bool) {
	t := strings.TrimLeft(s, blanks)
	v, err := CNumber(trimSign(t))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	if err == nil && t[0] == '-' {
		v = -v
	}
	return uint32(v), true
}

// name looks a word up: a name of the host's or, unless there are no others, a common one.
func (n *Names) name(s string, kind func(*Names) map[string]uint32) (uint32, bool) {
	v, ok := kind(n)[s]
	if !ok && !n.Only {
		v, ok = kind(&commonNames)[s]
	}
	return v, ok
}

// The kinds of names.
func tableNames(n *Names) map[string]uint32      { return n.Tables }
func protocolNames(n *Names) map[string]uint32   { return n.Protocols }
func scopeNames(n *Names) map[string]uint32      { return n.Scopes }
func realmNames(n *Names) map[string]uint32      { return n.Realms }
func tosNames(n *Names) map[string]uint32        { return n.TOS }
func groupNames(n *Names) map[string]uint32      { return n.Groups }
func ipProtocolNames(n *Names) map[string]uint32 { return n.IPProtocols }

// CNumber reads a number without a sign as C does: 0x begins a hexadecimal one, 0 an octal one. The errors are strconv's; with
// strconv.ErrRange the number is the largest.
func CNumber(s string) (uint64, error) {
	switch {
	case strings.HasPrefix(s, "0x"), strings.HasPrefix(s, "0X"):
		return strconv.ParseUint(s[2:], 16, 64)
	case len(s) > 1 && s[0] == '0':
		return strconv.ParseUint(s[1:], 8, 64)
	}
	return strconv.ParseUint(s, 10, 64)
}
