package conf

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"holdfast/conf/syntax"
)

// ruleLine is one line of static_rules or virtual_rules while it is read.
type ruleLine struct {
	wordLine
	r      Rule
	fam    int // 4 or 6; 0 as long as nothing has decided
	static bool
	rest   bool
}

// rule decodes one line of static_rules or virtual_rules; false drops the line. As with route, nobody has looked
// whether the devices exist.
func (d *decoder) rule(n *syntax.Node, static bool) (Rule, bool) {
	l := &ruleLine{wordLine: newWordLine(d, n), static: static}
	l.r.At = n.Keyword.At
	for l.i < len(l.words) && !l.drop && !l.rest {
		w := l.words[l.i]
		l.i++
		if option, ok := ruleOptions[w.Text]; ok {
			option(l, w)
		} else if w.Text == "track_group" && static {
			l.rest = l.trackGroup(&l.r.TrackGroup)
		} else {
			l.action(w)
		}
	}
	if l.drop {
		return Rule{}, false
	}
	return l.r, l.finish()
}

// ruleOptions are the words that are no action by themselves.
var ruleOptions = newRuleOptions()

func newRuleOptions() map[string]func(*ruleLine, syntax.Word) {
	return map[string]func(*ruleLine, syntax.Word){
		"inet": func(l *ruleLine, w syntax.Word) { l.force(w, 4) }, "inet6": func(l *ruleLine, w syntax.Word) { l.force(w, 6) },
		"not":   func(l *ruleLine, _ syntax.Word) { l.r.Not = true },
		"from":  func(l *ruleLine, w syntax.Word) { l.end(w, &l.r.From) },
		"to":    func(l *ruleLine, w syntax.Word) { l.end(w, &l.r.To) },
		"table": (*ruleLine).setTable, "lookup": (*ruleLine).setTable, "goto": (*ruleLine).setGoto, "l3mdev": (*ruleLine).l3mdev,
		"nop":        func(l *ruleLine, w syntax.Word) { l.setAction(w, RuleNop) },
		"preference": (*ruleLine).preference, "order": (*ruleLine).preference, "priority": (*ruleLine).preference,
		"tos": (*ruleLine).setTOS, "dsfield": (*ruleLine).setTOS, "fwmark": (*ruleLine).fwmark, "realms": (*ruleLine).setRealms,
		"suppress_prefixlength": (*ruleLine).suppressLength, "sup_pl": (*ruleLine).suppressLength,
		"suppress_ifgroup": (*ruleLine).suppressGroup, "sup_group": (*ruleLine).suppressGroup,
		"dev": func(l *ruleLine, _ syntax.Word) { l.dev(&l.r.IIF) }, "iif": func(l *ruleLine, _ syntax.Word) { l.dev(&l.r.IIF) },
		"oif":       func(l *ruleLine, _ syntax.Word) { l.dev(&l.r.OIF) },
		"tunnel-id": (*ruleLine).tunnelID, "uidrange": (*ruleLine).uidRange, "protocol": (*ruleLine).protocol, "ipproto": (*ruleLine).ipProto,
		"sport": func(l *ruleLine, w syntax.Word) { l.ports(w, &l.r.SourcePorts) },
		"dport": func(l *ruleLine, w syntax.Word) { l.ports(w, &l.r.DestPorts) },
		"type": func(l *ruleLine, _ syntax.Word) {
			if w, ok := l.next(); ok {
				l.typeWord(w)
			}
		},
		"no_track": func(l *ruleLine, _ syntax.Word) { l.r.NoTrack = true },
	}
}

// typeWord reads what follows the word type: keepalived takes goto and nop there too.
func (l *ruleLine) typeWord(w syntax.Word) {
	switch w.Text {
	case "goto":
		l.setGoto(w)
	case "nop":
		l.setAction(w, RuleNop)
	default:
		l.action(w)
	}
}

// force reads inet or inet6; see routeLine.force.
func (l *ruleLine) force(w syntax.Word, fam int) {
	if l.fam != 0 && l.fam != fam {
		l.bad(w, "wrong-family", "a rule is of one address family", "WORD specified for "+familyName(l.fam)+" rule")
		return
	}
	l.fam = fam
	l.swallow(w)
}

// end reads the prefix behind from or to.
func (l *ruleLine) end(kw syntax.Word, to *Value[netip.Prefix]) {
	w, ok := l.next()
	if !ok {
		return
	}
	var p netip.Prefix
	switch w.Text {
	case "all", "any", "default":
		p = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	default:
		if p, ok = l.prefix(w, "Invalid rule "+kw.Text+" address WORD"); !ok {
			return
		}
	}
	fam := family(p.Addr().Is6())
	if l.fam != 0 && l.fam != fam {
		l.bad(w, "wrong-family", "a rule is of one address family", "rule specification has mixed IPv4 and IPv6")
		return
	}
	l.fam = fam
	*to = value(p, w)
}

const (
	secondAction = "Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable/l3mdev for rule"
	secondTable  = "Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable for rule"
)

func (l *ruleLine) setAction(w syntax.Word, a RuleAction) bool {
	compat := secondAction
	switch {
	case !l.r.Action.Set():
		l.r.Action = value(a, w)
		return true
	case a == RuleTable:
		compat = secondTable
	case a == RuleL3MDev:
		compat = "Cannot specify l3mdev with other action"
	}
	l.bad(w, "second-action", "a rule has one action; it has one at "+l.r.Action.At.String(), compat)
	return false
}

// action reads a word that may be an action: a type of route, by name or number, that a rule can have.
func (l *ruleLine) action(w syntax.Word) {
	v, ok := exactly(w.Text, routeTypes, math.MaxUint8)
	switch a := RuleAction(v); {
	case !ok:
		l.foreignTail(w, "Unknown rule option WORD")
	case a != RuleBlackhole && a != RuleUnreachable && a != RuleProhibit:
		l.bad(w, "unknown-option", "a rule cannot be "+w.Text, "Invalid rule action WORD")
	default:
		l.setAction(w, a)
	}
}

func (l *ruleLine) setTable(kw syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	v, ok := l.table(w)
	switch {
	case !ok:
		l.bad(w, "unknown-name", "there is no routing table "+w.Text, "Routing table WORD not found for rule")
	case v == 0:
		l.bad(w, "bad-number", "table 0 is no table", "Table 0 is not valid")
	case l.setAction(kw, RuleTable):
		l.r.Table = value(v, w)
	}
}

func (l *ruleLine) setGoto(kw syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.number(w, 0, math.MaxUint32, "Invalid target "+kw.Text+" specified"); ok && l.setAction(kw, RuleGoto) {
		l.r.Goto = value(v, w)
	}
}

func (l *ruleLine) l3mdev(kw syntax.Word) { l.setAction(kw, RuleL3MDev) }

func (l *ruleLine) preference(kw syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.number(w, 0, math.MaxUint32, "Invalid rule preference "+kw.Text+" specified"); ok {
		l.r.Preference = value(v, w)
	}
}

func (l *ruleLine) setTOS(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.tos(w); ok {
		l.r.TOS = value(v, w)
	} else {
		l.bad(w, "bad-number", "'"+w.Text+"' is not a type of service", "TOS value WORD is invalid")
	}
}

// fwmark reads MARK or MARK/MASK. An empty half is 0.
func (l *ruleLine) fwmark(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	mark, mask, both := strings.Cut(w.Text, "/")
	m, okMark := exactly(mark, map[string]uint32{"": 0}, math.MaxUint32)
	k, okMask := exactly(mask, map[string]uint32{"": 0}, math.MaxUint32)
	if !okMark || !okMask {
		l.bad(w, "bad-number", "'"+w.Text+"' is not a firewall mark", "Invalid rule fwmark WORD specified")
		return
	}
	l.r.FwMark = value(m, w)
	if both {
		l.r.FwMask = value(k, w)
	}
}

func (l *ruleLine) setRealms(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if r, ok := l.realms(w); ok {
		l.r.Realms = value(r, w)
	} else {
		l.bad(w, "unknown-name", "'"+w.Text+"' are not realms", "invalid realms WORD for rule")
	}
}

func (l *ruleLine) suppressLength(kw syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.number(w, 0, math.MaxInt32, "Invalid suppress_prefixlength "+kw.Text+" specified"); ok {
		l.r.SuppressLength = value(int(v), w)
	}
}

func (l *ruleLine) suppressGroup(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if v, ok := l.d.opt.Names.named(w.Text, groupNames, math.MaxInt32); ok {
		l.r.SuppressGroup = value(v, w)
	} else {
		l.bad(w, "unknown-name", "there is no interface group "+w.Text, "suppress_group WORD is invalid")
	}
}

func (l *ruleLine) dev(to *Value[string]) {
	if w, ok := l.next(); ok {
		*to = value(w.Text, w)
	}
}

func (l *ruleLine) tunnelID(kw syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	v, f := parseUint64(w.Text)
	if f != "" {
		l.bad(w, "bad-number", f, lines(f, "Invalid tunnel-id "+kw.Text+" specified"))
		return
	}
	l.r.TunnelID = value(v, w)
}

// uidRange reads LO-HI. What follows the second number is ignored, and both keep their low 32 bits, as keepalived has it.
func (l *ruleLine) uidRange(kw syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	if lo, hi, ok := numberRange(w.Text); ok {
		l.r.UIDs = value(Range32{uint32(lo), uint32(hi)}, w)
	} else {
		l.bad(w, "bad-number", "'"+w.Text+"' is not a range of user ids", "Invalid uidrange "+kw.Text+" specified")
	}
}

func (l *ruleLine) ports(kw syntax.Word, to *Value[Range16]) {
	w, ok := l.next()
	if !ok {
		return
	}
	if lo, hi, ok := numberRange(w.Text); ok {
		*to = value(Range16{uint16(lo), uint16(hi)}, w)
	} else {
		l.mind(w, "bad-number", "'"+w.Text+"' is not a range of ports, such as 80-80", "invalid "+kw.Text+" range WORD", "the option is ignored")
	}
}

// numberRange reads LO-HI as scanf does.
func numberRange(s string) (lo, hi int64, ok bool) {
	lo, rest, ok := leadingInt(s)
	if !ok || !strings.HasPrefix(rest, "-") {
		return 0, 0, false
	}
	hi, _, ok = leadingInt(rest[1:])
	return lo, hi, ok
}

func leadingInt(s string) (v int64, rest string, ok bool) {
	end := 0
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		end = 1
	}
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	v, err := strconv.ParseInt(strings.TrimPrefix(s[:end], "+"), 10, 64)
	return v, s[end:], err == nil
}

func (l *ruleLine) protocol(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	v, f := parseUint(w.Text, 0, math.MaxUint8)
	if f != "" { // compat: names, which a route may use, are not taken
		l.mind(w, "bad-number", "a rule's protocol is a number up to 255, not '"+w.Text+"'", lines(f, "Invalid protocol WORD"), "protocol 18 is used")
		return
	}
	l.r.Protocol = value(uint8(v), w)
}

func (l *ruleLine) ipProto(syntax.Word) {
	w, ok := l.next()
	if !ok {
		return
	}
	v, ok := l.d.opt.Names.name(w.Text, ipProtocolNames)
	if !ok {
		n, f := parseUint(w.Text, 0, math.MaxUint8)
		v, ok = uint32(n), f == ""
	}
	if !ok {
		l.mind(w, "unknown-name", "there is no IP protocol "+w.Text, "Invalid ipproto WORD", "the option is ignored")
		return
	}
	l.r.IPProto = value(uint8(v), w)
}
