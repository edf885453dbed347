package conf

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// wordLine is a line of options while it is read word by word. Whatever finds the line useless sets drop.
type wordLine struct {
	d     *decoder
	n     *syntax.Node
	words []syntax.Word
	i     int // the next word
	drop  bool
}

func newWordLine(d *decoder, n *syntax.Node) wordLine {
	return wordLine{d: d, n: n, words: append([]syntax.Word{n.Keyword}, n.Args...)}
}

// next returns the word behind the option, or reports that there is none: there keepalived stops reading.
func (l *wordLine) next() (syntax.Word, bool) {
	if l.i < len(l.words) {
		l.i++
		return l.words[l.i-1], true
	}
	last := l.words[len(l.words)-1]
	l.d.report(l.n, last, diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassAbort, Code: "missing-argument", Summary: last.Text + " needs an argument",
		Compat: "*** Configuration line starting `" + l.words[0].Text + "` is missing a parameter after keyword `" + last.Text +
			"` at word position " + strconv.Itoa(len(l.words)+1),
		Effect: "the line is ignored; keepalived stops here",
	})
	l.drop = true
	return syntax.Word{}, false
}

// peek returns the text of the next word, "" at the end.
func (l *wordLine) peek() string {
	if l.i < len(l.words) {
		return l.words[l.i].Text
	}
	return ""
}

// bad reports w and drops the line. compat has WORD for the word.
func (l *wordLine) bad(w syntax.Word, code, summary, compat string) {
	l.mind(w, code, summary, compat, "the line is ignored")
	l.drop = true
}

// mind reports w in keepalived's words; the line goes on.
func (l *wordLine) mind(w syntax.Word, code, summary, compat, effect string) {
	l.d.fault(l.n, w, code, summary, strings.ReplaceAll(compat, "WORD", w.Text), effect)
}

// warn is mind for what keepalived mends.
func (l *wordLine) warn(w syntax.Word, code, summary, compat, effect string) {
	l.d.warn(l.n, w, code, summary, strings.ReplaceAll(compat, "WORD", w.Text), effect)
}

// number reads a decimal number.
func (l *wordLine) number(w syntax.Word, lo, hi uint64, compat string) (uint32, bool) {
	v, f := parseUint(w.Text, lo, hi)
	if f != "" {
		l.bad(w, "bad-number", f, lines(f, compat))
		return 0, false
	}
	return uint32(v), true
}

// address reads an address without a length. compat is keepalived's second line.
func (l *wordLine) address(w syntax.Word, compat string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(w.Text)
	if err != nil || a.Zone() != "" {
		l.bad(w, "bad-address", "'"+w.Text+"' is not an IP address", lines(invalidIP(w.Text), compat))
		return a, false
	}
	return a, true
}

// invalidIP are keepalived's words for what is no address.
func invalidIP(text string) string { return "VRRP parsed invalid IP " + text + ". skipping IP..." }

// prefix reads ADDR or ADDR/LEN; a bad length is mended to the full one. compat is keepalived's second line for what is
// no address.
func (l *wordLine) prefix(w syntax.Word, compat string) (netip.Prefix, bool) {
	text, length, sized := strings.Cut(w.Text, "/")
	full := 32
	if strings.ContainsRune(text, ':') {
		full = 128
	}
	bits, complaint := full, ""
	if sized {
		v, f := parseUint(length, 0, uint64(full))
		if f == "" {
			bits = int(v)
		} else {
			complaint = lines(f, "Invalid address prefix len "+length+" for address "+w.Text+" - using "+strconv.Itoa(full))
		}
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		l.foreignTail(w, lines(complaint, invalidIP(w.Text), compat))
		return netip.Prefix{}, false
	}
	if complaint != "" {
		l.warn(w, "bad-prefix-length", "'"+length+"' is not a prefix length", complaint, "/"+strconv.Itoa(full)+" is used")
	}
	return netip.PrefixFrom(a, bits), true
}

// foreignTail drops the line for a word that nothing knows, and says so if the word looks like a comment.
func (l *wordLine) foreignTail(w syntax.Word, compat string) {
	l.drop = true
	dg := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-option", Summary: "'" + w.Text + "' is neither an option nor an address",
		Compat: strings.ReplaceAll(compat, "WORD", w.Text), Effect: "the line is ignored",
	}
	if !w.Quoted && foreignWord(w.Text) {
		dg.Code, dg.Suggest = "foreign-comment", "begin comments with # or !"
		dg.Summary = "'" + commentSign(w.Text) + "' does not begin a comment in this language"
	}
	l.d.report(l.n, w, dg)
}

// realms reads TO or FROM/TO.
func (l *wordLine) realms(w syntax.Word) (r Realms, ok bool) {
	from, to, both := strings.Cut(w.Text, "/")
	if !both {
		from, to = "", from
	}
	t, ok := l.d.opt.Names.named(to, realmNames, 255)
	if !ok {
		return r, false
	}
	r.To = uint8(t)
	if both {
		f, ok := l.d.opt.Names.named(from, realmNames, 255)
		if !ok {
			return r, false
		}
		r.From = uint8(f)
	}
	return r, true
}

// tos reads a name or a number for the field that RFC 2474 calls DS.
func (l *wordLine) tos(w syntax.Word) (uint8, bool) {
	v, ok := l.d.opt.Names.named(w.Text, tosNames, 255)
	return uint8(v), ok
}

// table reads a routing table. A number too large keeps its low 32 bits.
func (l *wordLine) table(w syntax.Word) (uint32, bool) {
	return l.d.opt.Names.named(w.Text, tableNames, math.MaxUint32)
}

// trackGroup reads the name of a track_group that must stand above.
func (l *wordLine) trackGroup(to *Value[string]) (again bool) {
	if to.Set() {
		l.mind(l.words[l.i-1], "duplicate-keyword", "a second track_group", "track_group "+l.peek()+" is a duplicate", "the first one holds")
		return true
	}
	w, ok := l.next()
	if !ok {
		return false
	}
	if l.d.trackGroups[w.Text] == nil {
		l.mind(w, "unknown-track-group", "there is no track_group "+w.Text+" above this line", "track_group WORD not found", "nobody tracks this")
		return false
	}
	*to = value(w.Text, w)
	return false
}

// family tells how an address relates to the family of its line.
func family(six bool) int {
	if six {
		return 6
	}
	return 4
}
