package conf

import (
	"math"
	"strconv"
	"strings"

	"holdfast/conf/syntax"
)

// nextHops reads nexthop … [nexthop …], which end the line.
func (l *routeLine) nextHops() {
	for l.peek() == "nexthop" && !l.drop {
		h := NextHop{At: l.words[l.i].At}
		l.i++
		for l.i < len(l.words) && !l.drop && l.nextHop(&h) {
			if l.bust {
				l.i = len(l.words) // compat: behind a faulty option the rest of the line is not looked at
			}
		}
		l.r.NextHops = append(l.r.NextHops, h)
	}
	l.rest = true
}

// nextHop reads one option of a next hop; false when the word is none.
func (l *routeLine) nextHop(h *NextHop) bool {
	kw := l.words[l.i]
	l.i++
	switch kw.Text {
	case "via":
		l.hopVia(h)
	case "dev", "oif":
		if w, ok := l.next(); ok {
			h.Dev = value(w.Text, w)
		}
	case "weight":
		l.hopWeight(h)
	case "onlink":
		h.OnLink = value(true, kw)
	case "encap":
		kind := l.peek()
		if h.Encap = l.encap(kw, false); h.Encap == nil && l.i < len(l.words) && unknownEncap(kind) {
			l.i++
			return false
		}
	case "realms":
		l.setRealms(h, false)
		l.bust = !h.Realms.Set()
	case "as":
		l.mind(kw, "unknown-option", "a next hop has no as", "'as [to]' (nat) not supported", "ignored from here to the end of the line")
		l.bust = true
	default:
		l.i--
		return false
	}
	return true
}

// unknownEncap tells whether a word is no kind of encapsulation. compat: in a next hop keepalived then steps over one word
// more and ends the hop.
func unknownEncap(kind string) bool {
	return kind != "mpls" && kind != "ip" && kind != "ip6" && kind != "ila"
}

func (l *routeLine) hopVia(h *NextHop) {
	w, fam, ok := l.hop()
	if !ok {
		return
	}
	if fam != 0 && l.fam != 0 && fam != l.fam {
		l.mind(w, "wrong-family", "the next hop is of the other address family", "IPv4/6 mismatch for nexthop", "the next hop has no address")
		l.bust = true
		return
	}
	a, ok := l.address(w, "invalid nexthop address WORD")
	l.drop = false // the route goes on without this address
	switch {
	case !ok:
		l.bust = true
	case l.fam != 0 && family(a.Is6()) != l.fam:
		l.mind(w, "wrong-family", "the next hop is of the other address family", "Address family mismatch for next hop", "the next hop has no address")
		l.bust = true
	default:
		l.fam = family(a.Is6())
		h.Via = value(a, w)
	}
}

func (l *routeLine) hopWeight(h *NextHop) {
	w, ok := l.next()
	if !ok {
		return
	}
	v, f := parseUint(w.Text, 0, 256)
	if f != "" || v == 0 {
		l.mind(w, "bad-weight", "a next hop's weight is from 1 to 256, not "+w.Text,
			lines(f, "Invalid weight WORD specified for route"), "the option is ignored")
		l.bust = true
		return
	}
	h.Weight = value(int(v), w)
}

// encap reads what follows the word encap. Words that it does not know are left to the line.
func (l *wordLine) encap(kw syntax.Word, fatal bool) *Encap {
	if l.i == len(l.words) {
		l.mind(kw, "missing-argument", "encap needs a kind: mpls, ip, ip6 or ila", "Missing encap type", "the option is ignored")
		return nil
	}
	w, _ := l.next()
	e := &Encap{Kind: value(w.Text, w)}
	switch w.Text {
	case "mpls":
		return l.labels(e, w)
	case "ila":
		return l.locator(e, w)
	case "ip", "ip6":
		return l.tunnel(e, w)
	}
	l.mind(w, "unknown-option", "an encapsulation is mpls, ip, ip6 or ila, not "+w.Text, "Unknown encap type - WORD", "the option is ignored")
	l.drop = l.drop || fatal
	return nil
}

func (l *wordLine) labels(e *Encap, kw syntax.Word) *Encap {
	if l.i == len(l.words) {
		l.mind(kw, "missing-argument", "mpls needs labels", "missing address for MPLS encapsulation", "the option is ignored")
		return nil
	}
	w, _ := l.next()
	for text := range strings.SplitSeq(w.Text, "/") {
		v, ok := exactly(text, nil, 1<<20-1)
		if !ok || len(e.Labels) == 16 {
			l.mind(w, "bad-number", "'"+w.Text+"' are not MPLS labels", "invalid mpls address WORD for encapsulation", "the option is ignored")
			return nil
		}
		e.Labels = append(e.Labels, v)
	}
	return e
}

func (l *wordLine) locator(e *Encap, kw syntax.Word) *Encap {
	if l.i == len(l.words) {
		l.mind(kw, "missing-argument", "ila needs a locator", "missing locator for ILA encapsulation", "the option is ignored")
		return nil
	}
	w, _ := l.next()
	parts := strings.Split(w.Text, ":")
	for _, p := range parts {
		v, err := strconv.ParseUint(p, 16, 16)
		if err != nil || len(parts) != 4 {
			l.mind(w, "bad-address", "'"+w.Text+"' is not a locator", "invalid locator WORD for ila encapsulation", "the option is ignored")
			return nil
		}
		e.Locator = e.Locator<<16 | v
	}
	return e
}

// tunnel reads the options of encap ip and encap ip6. At a faulty one it stops: the line reads that word again.
func (l *wordLine) tunnel(e *Encap, kw syntax.Word) *Encap {
	for l.i+1 < len(l.words) {
		if !l.tunnelOption(e, l.words[l.i], l.words[l.i+1], kw.Text) {
			break
		}
		l.i += 2
	}
	if !e.ID.Set() && !e.Dst.Set() {
		if !l.tunnelFault() {
			l.mind(kw, "missing-argument", "encap "+kw.Text+" needs id or dst", "address or id missing for "+kw.Text+" encapsulation", "the option is ignored")
		}
		return nil
	}
	return e
}

// tunnelFault tells that the next word is an option whose value is at fault, not one that is missing.
func (l *wordLine) tunnelFault() bool {
	switch l.peek() {
	case "id", "dst", "src", "tos", "ttl", "tc", "hoplimit", "flags":
		return l.i+1 < len(l.words)
	}
	return false
}

func (l *wordLine) tunnelOption(e *Encap, kw, w syntax.Word, kind string) bool {
	six := kind == "ip6"
	number := func(hi uint64, compat string) (uint64, bool) {
		v, f := parseUint(w.Text, 0, hi)
		if f != "" {
			l.mind(w, "bad-number", f, lines(f, compat), "the option is ignored")
		}
		return v, f == ""
	}
	switch name := kw.Text; {
	case name == "id":
		v, f := parseUint64(w.Text)
		if f != "" {
			compat := "encap id WORD value is invalid"
			if six {
				compat = "id WORD value invalid for IPv6 encapsulation"
			}
			l.mind(w, "bad-number", f, lines(f, compat), "the option is ignored")
			return false
		}
		e.ID = value(v, w)
	case name == "dst", name == "src":
		return l.tunnelEnd(e, kw, w, kind)
	case name == "tos" && !six:
		v, ok := l.tos(w)
		if !ok {
			l.mind(w, "bad-number", "'"+w.Text+"' is not a type of service", "dsfield WORD not valid for ip encapsulation", "the option is ignored")
			return false
		}
		e.TOS = value(v, w)
	case name == "tc" && six:
		v, ok := l.tos(w)
		if !ok {
			l.mind(w, "bad-number", "'"+w.Text+"' is not a traffic class", "tc value tc is invalid for ip6 encapsulation", "the option is ignored")
			return false
		}
		e.TOS = value(v, w)
	case name == "ttl" && !six:
		v, ok := number(math.MaxUint8, "ttl WORD is not valid for ip encapsulation")
		if !ok {
			return false
		}
		e.TTL = value(uint8(v), w)
	case name == "hoplimit" && six:
		v, ok := number(math.MaxUint8, "Invalid hoplimit WORD specified for ip6 encapsulation")
		if !ok {
			return false
		}
		e.TTL = value(uint8(v), w)
	case name == "flags":
		v, ok := number(math.MaxUint16, "flags WORD is not valid for "+kind+" encapsulation")
		if !ok {
			return false
		}
		e.Flags = value(uint16(v), w)
	default:
		return false
	}
	return true
}

// tunnelEnd reads dst or src.
func (l *wordLine) tunnelEnd(e *Encap, kw, w syntax.Word, kind string) bool {
	dropped := l.drop
	a, ok := l.address(w, "Invalid encap "+kind+" "+kw.Text+" WORD")
	l.drop = dropped
	switch {
	case !ok:
		return false
	case a.Is6() != (kind == "ip6"):
		l.mind(w, "wrong-family", "the address is not of the tunnel's family",
			familyName(family(a.Is6()))+" address WORD not valid for "+kind+" encapsulation", "the option is ignored")
		return false
	case kw.Text == "dst":
		e.Dst = value(a, w)
	default:
		e.Src = value(a, w)
	}
	return true
}
