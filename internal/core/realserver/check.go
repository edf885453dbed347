package realserver

import (
	"fmt"
	"net/netip"
	"slices"
)

// Check says what keeps the host from being a real server of vips, in an order in which it can be mended. Nothing is changed, and
// nothing is needed of what Up recorded: whoever did it, it is as it should be or not.
func Check(p *Picture, vips []VIP) (found []Finding) {
	found = append(silent(p, vips), tunnels(p, vips)...)
	down := map[string]bool{}
	for _, v := range vips {
		if v.Method != Direct { // its link has been looked at
			down[v.tunnel().Name] = true
		}
	}
	seen := map[netip.Addr]bool{}
	// Where an address belongs that comes through a tunnel, it does for direct routing as well.
	direct := func(v VIP) bool { return v.Method == Direct }
	tunnelled := slices.DeleteFunc(slices.Clone(vips), direct)
	for _, v := range append(tunnelled, vips...) {
		if seen[v.Addr] { // it comes in several ways
			continue
		}
		seen[v.Addr] = true
		places := p.places(v.Addr)
		if len(places) == 0 {
			found = append(found, absent(v))
		}
		good := false
		for _, at := range places {
			if f := misplaced(p, v, at); f != nil {
				found = append(found, *f)
			}
			good = good || at.on.Flags&flagUp != 0
		}
		if !good {
			found = append(found, lowered(p, v, places, down)...)
		}
	}
	return found
}

// silent says what the host tells others about the addresses of IPv4.
func silent(p *Picture, vips []VIP) (found []Finding) {
	var ips []netip.Addr
	seen := map[netip.Addr]bool{}
	for _, v := range vips {
		if v.Addr.Is4() && !seen[v.Addr] {
			seen[v.Addr] = true
			ips = append(ips, v.Addr)
		}
	}
	if len(ips) == 0 {
		return nil
	}
	for _, s := range silences {
		links := s.loud(p)
		if len(links) == 0 {
			continue
		}
		f := Finding{VIPs: ips, Links: links, Mend: commands(s.steps(p))}
		switch s.key {
		case arpIgnore:
			f.Code = CodeIgnore
			f.Summary = fmt.Sprintf("this host answers ARP on %s for addresses of other interfaces (%s)", list(links), values(p, s.key, links))
			f.Effect = "whoever asks for a virtual address may find this host instead of the director"
		case arpAnnounce:
			f.Code = CodeAnnounce
			f.Summary = fmt.Sprintf("ARP requests of this host on %s may have a virtual address as their sender (%s)", list(links), values(p, s.key, links))
			f.Effect = "whoever hears one takes this host for the one with the virtual address, and the director gets no more"
		}
		found = append(found, f)
	}
	return found
}

// values says what is in force where.
func values(p *Picture, key string, links []string) string {
	same := true
	for _, l := range links {
		same = same && p.inForce(l, key) == p.inForce(links[0], key)
	}
	if same {
		return fmt.Sprintf("%s %d", key, p.inForce(links[0], key))
	}
	var words []string
	for _, l := range links {
		words = append(words, fmt.Sprintf("%s %s %d", l, key, p.inForce(l, key)))
	}
	return list(words)
}

func absent(v VIP) Finding {
	return Finding{
		Code: CodeAbsent, VIPs: []netip.Addr{v.Addr},
		Summary: fmt.Sprintf("this host does not have %v", v.Addr),
		Effect:  "what the director sends here for it is dropped or sent back",
		Mend:    commands([]Step{{Kind: AddAddr, Link: v.home(), Prefix: whole(v.Addr)}}),
	}
}

// lowered says that the link that an address needs is down; each link once.
func lowered(p *Picture, v VIP, places []place, told map[string]bool) []Finding {
	name := v.home()
	if len(places) > 0 {
		name = places[0].on.Name
	}
	l, ok := p.named(name)
	if !ok || l.Flags&flagUp != 0 || told[name] {
		return nil
	}
	told[name] = true
	return []Finding{{
		Code: CodeDown, VIPs: []netip.Addr{v.Addr}, Links: []string{name},
		Summary: fmt.Sprintf("interface %s is down", name),
		Effect:  fmt.Sprintf("%v, which is or belongs there, is not taken for this host's", v.Addr),
		Mend:    commands([]Step{{Kind: Raise, Link: name}}),
	}}
}
