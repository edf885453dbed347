package realserver

import (
	"fmt"
	"net/netip"
	"strings"
)

// Finding is something that keeps the host from being a real server, or the director from being the only one who is asked.
type Finding struct {
	Code    string
	VIPs    []netip.Addr // those that suffer
	Links   []string     // those that it is about
	Summary string
	Effect  string
	Mend    []string // commands, in this order
}

// The codes.
const (
	CodeAbsent   = "absent"       // the host does not have the address
	CodeIgnore   = "arp-answered" // it answers ARP for it
	CodeAnnounce = "arp-sender"   // it asks with it as the sender
	CodePrefix   = "prefix"       // its prefix is too short
	CodeLoud     = "loud-link"    // it is on a link that speaks ARP
	CodeDown     = "link-down"    // its link is down
	CodeNoLink   = "no-link"      // there is no such link
	CodeForeign  = "not-ours"     // down is to take away what up did not add
)

func (plan *Plan) note(format string, args ...any) {
	plan.Notes = append(plan.Notes, fmt.Sprintf(format, args...))
}

func elsewhere(ip netip.Addr, has, wants string) Finding {
	return Finding{
		Code: CodeLoud, VIPs: []netip.Addr{ip}, Links: []string{has},
		Summary: fmt.Sprintf("%v is on %s, not on %s", ip, has, wants),
		Effect:  "an address is needed once",
		Mend:    commands([]Step{{Kind: DelAddr, Link: has, Prefix: whole(ip)}}),
	}
}

func noLink(ip netip.Addr, link string) Finding {
	return Finding{
		Code: CodeNoLink, VIPs: []netip.Addr{ip}, Links: []string{link},
		Summary: "there is no interface " + link,
		Effect:  fmt.Sprintf("%v cannot be added", ip),
		Mend:    []string{"ip link add " + quoted(link) + " type dummy"},
	}
}

func loudLink(ip netip.Addr, link string) Finding {
	return Finding{
		Code: CodeLoud, VIPs: []netip.Addr{ip}, Links: []string{link},
		Summary: link + " is an interface that speaks ARP",
		Effect:  fmt.Sprintf("whoever asks there for %v would be answered by this host instead of the director", ip),
		Mend:    []string{fmt.Sprintf("holdfast realserver up --dev %s %v", loopback, ip)},
	}
}

func notOurs(at place) Finding {
	return Finding{
		Code: CodeForeign, VIPs: []netip.Addr{at.Prefix.Addr()}, Links: []string{at.on.Name},
		Summary: fmt.Sprintf("%v on %s is not on record: up did not add it, or the record is lost", at.Prefix, at.on.Name),
		Effect:  "it is left there",
		Mend:    commands([]Step{{Kind: DelAddr, Link: at.on.Name, Prefix: at.Prefix}}),
	}
}

// misplaced says what is wrong with where an address is; nil if nothing is.
func misplaced(p *Picture, v VIP, at place) *Finding {
	name := at.on.Name
	move := []Step{{Kind: DelAddr, Link: name, Prefix: at.Prefix}, {Kind: AddAddr, Link: name, Prefix: whole(v.Addr)}}
	f := Finding{VIPs: []netip.Addr{v.Addr}, Links: []string{name}}
	switch {
	case p.resolves(at.on) && (v.Addr.Is6() || p.inForce(name, arpIgnore) != 8):
		move[1].Link = loopback
		f.Code = CodeLoud
		f.Summary = fmt.Sprintf("%v is on %s, an interface that speaks ARP", v.Addr, name)
		f.Effect = fmt.Sprintf("whoever asks there for %v is answered by this host instead of the director", v.Addr)
		if v.Addr.Is6() {
			f.Summary = fmt.Sprintf("%v is on %s, where neighbours ask for addresses", v.Addr, name)
		}
	case at.Prefix.Bits() != v.Addr.BitLen():
		f.Code = CodePrefix
		f.Summary = fmt.Sprintf("%v has the prefix length %d on %s instead of %d", v.Addr, at.Prefix.Bits(), name, v.Addr.BitLen())
		f.Effect = fmt.Sprintf("all of %v leads to %s: whoever is there, the director too, may be cut off", at.Prefix.Masked(), name)
		if at.on.Loopback() && v.Addr.Is4() {
			f.Effect = fmt.Sprintf("this host takes every address of %v for its own: whoever is there, the director too, is cut off", at.Prefix.Masked())
		}
	default:
		return nil
	}
	f.Mend = commands(move)
	return &f
}

func list(words []string) string { return strings.Join(words, ", ") }
