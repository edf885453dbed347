package conf

import (
	"maps"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// Most keywords are one value of a simple kind. The functions below make their decoders from the place that the value
// goes to, its limits, and keepalived's words for a bad one, with WORD for the word as written.

// place finds where a keyword's value goes; it is asked while the keyword's block is being decoded.
type place[T any] func(*decoder) *Value[T]

// uintOpt takes a number from lo to hi.
func uintOpt[T ~uint8 | ~uint16 | ~uint32 | ~int](to place[T], lo, hi uint64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, hi, compat); ok {
			*to(d) = value(T(v), n.Args[0])
		}
	}}
}

// retryOpt takes a number of retries of at least lo; what does not fit into an int is as good as for ever.
func retryOpt(to place[int], lo uint64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, math.MaxUint32, compat); ok {
			*to(d) = value(int(min(v, math.MaxInt32)), n.Args[0])
		}
	}}
}

// secondsOpt takes a whole number of seconds.
func secondsOpt(to place[time.Duration], lo, hi uint64, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], lo, hi, compat); ok {
			*to(d) = value(wholeSeconds(v), n.Args[0])
		}
	}}
}

// boolOpt takes [BOOL].
func boolOpt(to place[bool], compat string) wired {
	return wired{0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, compat); ok {
			*to(d) = v
		}
	}}
}

// flagOpt is set by being there. Words behind it are not looked at, whatever they say.
func flagOpt(to place[bool]) wired {
	return wired{0, 0, func(d *decoder, n *syntax.Node) { *to(d) = value(true, n.Keyword) }}
}

// textOpt takes one word as it is. missing is what keepalived says when there is none; with "" it stops there.
func textOpt(to place[string], missing string) wired {
	lo := 1
	if missing != "" {
		lo = 0
	}
	return wired{lo, 1, func(d *decoder, n *syntax.Node) {
		if len(n.Args) == 0 {
			d.noWord(n, missing)
			return
		}
		*to(d) = value(n.Args[0].Text, n.Args[0])
	}}
}

// onlyWordOpt takes one word and drops the line if there are more.
func onlyWordOpt(to place[string], compat string) wired {
	return wired{0, -1, func(d *decoder, n *syntax.Node) {
		switch len(n.Args) {
		case 0:
			d.noWord(n, compat)
		case 1:
			*to(d) = value(n.Args[0].Text, n.Args[0])
		default:
			d.fault(n, n.Args[1], "extra-words", n.Keyword.Text+" takes one word", compat, "the line is ignored")
		}
	}}
}

// lastTextOpt is textOpt for what keepalived mentions when it is given a second time.
func lastTextOpt(to place[string], what string) wired {
	o := textOpt(to, what+" missing")
	set := o.set
	o.set = func(d *decoder, n *syntax.Node) {
		if v := to(d); v.Set() && len(n.Args) > 0 {
			d.fault(n, n.Keyword, "duplicate-keyword", n.Keyword.Text+" is given already, at "+v.At.String(),
				what+" already specified - replacing", "this one holds")
		}
		set(d, n)
	}
	return o
}

// noWord is for a keyword without its word that keepalived steps over.
func (d *decoder) noWord(n *syntax.Node, compat string) {
	d.fault(n, n.Keyword, "missing-argument", n.Keyword.Text+" needs an argument", compat, "the line is ignored")
}

// doubt reports something that keepalived puts into its log at most: it changes no exit status.
func (d *decoder) doubt(n *syntax.Node, w syntax.Word, code, summary, effect, suggest string) {
	d.report(n, w, diag.Diagnostic{Severity: diag.Warning, Code: code, Summary: summary, Effect: effect, Suggest: suggest})
}

// faulty makes a fault with a suggestion.
func faulty(code, summary, compat, suggest string) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, Summary: summary, Compat: compat,
		Effect: "the line is ignored", Suggest: suggest,
	}
}

func itoa[T ~uint8 | ~uint16 | ~uint32](v T) string { return strconv.FormatUint(uint64(v), 10) }

// near proposes a word for a misspelt one.
func near(word string, words []string) string {
	if n := diag.Nearest(word, words); n != "" {
		return "did you mean " + n + "?"
	}
	return ""
}

// merged joins tables of decoders; later ones win.
func merged(tables ...map[string]wired) map[string]wired {
	out := map[string]wired{}
	for _, t := range tables {
		maps.Copy(out, t)
	}
	return out
}

// parseHost reads an IP address as keepalived does: what follows a "/" or "-" is cut off, zones are not known.
func parseHost(s string) (netip.Addr, bool) {
	if i := strings.IndexAny(s, "/-"); i >= 0 {
		s = s[:i]
	}
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Zone() == ""
}

// endpoint reads ADDR [PORT]; without a port, and with port 0, the port is 0.
func (d *decoder) endpoint(n *syntax.Node, args []syntax.Word, compat func(ip, port string) string) (Value[netip.AddrPort], bool) {
	w, port, portText, f := args[0], uint64(0), "", ""
	if len(args) > 1 && (args[1].Quoted || !foreignWord(args[1].Text)) {
		portText = args[1].Text
		port, f = parsePort(portText)
	}
	ip, ok := parseHost(w.Text)
	if !ok || f != "" {
		at, what := w, "'"+w.Text+"' is not an IP address"
		if ok {
			at, what = args[1], "'"+portText+"' is not a port"
		}
		d.fault(n, at, "bad-address", what, lines(f, compat(w.Text, portText)), n.Keyword.Text+" is ignored")
		return Value[netip.AddrPort]{}, false
	}
	return value(netip.AddrPortFrom(ip, uint16(port)), w), true
}

// parsePort reads a port; 0 stands for none.
func parsePort(s string) (uint64, string) {
	if v, err := strconv.ParseUint(s, 10, 16); err == nil && v == 0 {
		return 0, ""
	}
	return parseUint(s, 1, math.MaxUint16)
}
