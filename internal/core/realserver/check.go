package realserver

import (
	"fmt"
	"net/netip"
)

// Check says what keeps the host from being a real server of vips, in an order in which it can be mended. Nothing is changed, and
// nothing is needed of what Up recorded: whoever did it, it is as it should be or not.
func Check(p *Picture, vips []VIP) (found []Finding) {
	found = silent(p, vips)
	down := map[string]bool{}
	for _, v := range vips {
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
	for _, v := range vips {
		if v.Addr.Is4() {
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
		Mend:    commands([]Step{{Kind: AddAddr, Link: home(v.Method, ""), Prefix: whole(v.Addr)}}),
	}
}

// lowered names the links that an address needs and that are down, each once.
func lowered(p *Picture, v VIP, places []place, told map[string]bool) (found []Finding) {
	names := []string{home(v.Method, "")}
	if len(places) > 0 {
		names = []string{places[0].on.Name}
	}
	for _, name := range names {
		l, ok := p.named(name)
		if !ok || l.Flags&flagUp != 0 || told[name] {
			continue
		}
		told[name] = true
		found = append(found, Finding{
			Code: CodeDown, VIPs: []netip.Addr{v.Addr}, Links: []string{name},
			Summary: fmt.Sprintf("interface %s is down", name),
			Effect:  fmt.Sprintf("%v, which is or belongs there, is not taken for this host's", v.Addr),
			Mend:    commands([]Step{{Kind: Raise, Link: name}}),
		})
	}
	return found
}
