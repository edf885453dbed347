package corpus

import (
	"slices"
	"strconv"
	"strings"
)

// A wrap writes a line in a roundabout way that means the same, or means nothing. The line that is wrapped is no keyword:
// keepalived calls it unknown and thereby tells what it read, and where.
type wrap struct {
	name string
	text func(line string, n int) string
}

// All returns every case there is.
func All() []Case { return slices.Concat(Keywords(), Entries(), Preprocessor(), Examples()) }

// wraps are the preprocessor's features, each around a line. n makes names differ where wraps are nested.
var wraps = []wrap{
	{"plain", func(l string, _ int) string { return l }},
	{"comment behind", func(l string, _ int) string { return l + " # comment" }},
	{"comment between", func(l string, _ int) string { return "# comment\n! comment\n" + l }},
	{"blanks", func(l string, _ int) string { return "  \t" + l + "  \t" }},
	{"condition that holds", func(l string, _ int) string { return "@oracle " + l }},
	{"condition that fails", func(l string, _ int) string { return "@other " + l }},
	{"negated condition that holds", func(l string, _ int) string { return "@^other " + l }},
	{"negated condition that fails", func(l string, _ int) string { return "@^oracle " + l }},
	{"condition without text", func(l string, _ int) string { return "@oracle\n" + l }},
	{"definition", func(l string, n int) string { return name("D", n) + "=" + l + "\n$" + "D" + strconv.Itoa(n) }},
	{"definition in braces", func(l string, n int) string { return name("B", n) + "=" + l + "\n${B" + strconv.Itoa(n) + "}" }},
	{"definition inside a word", func(l string, n int) string { return name("W", n) + "=x\n" + l + "${W" + strconv.Itoa(n) + "}y" }},
	{"definition of nothing", func(l string, n int) string { return name("E", n) + "=\n" + l + "${E" + strconv.Itoa(n) + "}" }},
	{"definition defined again", func(l string, n int) string {
		return name("A", n) + "=wrong\n" + name("A", n) + "=" + l + "\n$" + "A" + strconv.Itoa(n)
	}},
	{"definition over lines", func(l string, n int) string {
		return name("M", n) + "= \\\n" + strings.ReplaceAll(l, "\n", " \\\n") + " \\\n second" + strconv.Itoa(n) + "\n\n$M" + strconv.Itoa(n)
	}},
	{"conditional definition", func(l string, n int) string {
		return "@oracle " + name("C", n) + "=" + l + "\n@^oracle " + name("C", n) + "=wrong\n$C" + strconv.Itoa(n)
	}},
	{"reference to nothing", func(l string, n int) string { return l + " $NOSUCH" + strconv.Itoa(n) + "\n${NOSUCH}" }},
	{"predefined", func(l string, _ int) string { return l + "${_INSTANCE}${_HASH}${_BANG}" }},
	{"sequence", func(l string, n int) string {
		return "~SEQ(s" + strconv.Itoa(n) + ", 1, 3) " + l + "$s" + strconv.Itoa(n)
	}},
	{"sequence with a step", func(l string, n int) string {
		return "~SEQ(t" + strconv.Itoa(n) + ", 1, 2, 5) " + l + "${t" + strconv.Itoa(n) + "}"
	}},
	{"sequence that falls", func(l string, n int) string {
		return "~SEQ(u" + strconv.Itoa(n) + ", 3, -1, 1) " + l + "${u" + strconv.Itoa(n) + "}"
	}},
	{"sequence of hex", func(l string, n int) string {
		return "~SEQx(h" + strconv.Itoa(n) + ", 9, 11) " + l + "${h" + strconv.Itoa(n) + "}"
	}},
	{"list", func(l string, n int) string {
		return "~LST(l" + strconv.Itoa(n) + ", a, b) " + l + "${l" + strconv.Itoa(n) + "}"
	}},
	{"list of tuples", func(l string, n int) string {
		i := strconv.Itoa(n)
		return "~LST({p" + i + ", q" + i + "}, {a, b}, {c, d}) " + l + "${p" + i + "}${q" + i + "}"
	}},
	{"quotes", func(l string, _ int) string { return `"` + l + `"` }},
	{"escaped comment sign", func(l string, _ int) string { return l + `\#x \!y` }},
}

func name(s string, n int) string { return "$" + s + strconv.Itoa(n) }

// spots are the places where a wrapped line stands.
var spots = []struct{ name, before, after string }{
	{"at the root", "", ""},
	{"in vrrp_instance", "vrrp_instance VI {\nstate BACKUP\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.50\n}\n", "}\n"},
	{"in virtual_ipaddress", "vrrp_instance VI {\nstate BACKUP\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.50\n", "}\n}\n"},
}

// Preprocessor returns every feature around a line, every feature around every other, and every form of each feature's own
// grammar.
func Preprocessor() []Case {
	var out []Case
	add := func(name, text string) {
		out = append(out, Case{Name: name, Keyword: "preprocessor", Block: "preprocessor", Text: text})
	}
	for _, s := range spots {
		for i, outer := range wraps {
			add(outer.name+" "+s.name, s.before+outer.text("probe", 1)+"\nend\n"+s.after)
			if s.name == "in virtual_ipaddress" {
				continue
			}
			for j, inner := range wraps {
				if i > 0 && j > 0 {
					add(outer.name+" around "+inner.name+" "+s.name, s.before+outer.text(inner.text("probe", 1), 2)+"\nend\n"+s.after)
				}
			}
		}
	}
	for _, f := range forms {
		add(short(strings.ReplaceAll(strconv.Quote(f), `\n`, " ⏎ ")), f+"\nend\n")
	}
	return out
}

// forms are right and wrong ways to write each feature.
var forms = []string{
	"$", "$=", "$ =x\n$", "$1A=x\n$1A", "$A-B=x\n$A-B", "$A =x\n$A", "$A= x y \n$A", "$A=$B\n$B=late\n$A", "$A=a\n$A=${A}b\n$A", "$A=x\n${A", "$A=x\n$A}", "$A=x\n$AB", "$A=x\n${AB}",
	"$A=x\n$A.y", "$A=x\n\"$A\"", "$A=x\n\\$A", "$A=x\n$$A", "$A=x\nprobe $A$A", "$A=x\nprobe${A}${A}", "$A=probe\n$A $A", "$A=# x\n$A", "$A=\"x y\"\n$A", "  $A=x\n  $A",
	"$A=\\\n\n$A", "$A=\\\none\n$A", "$A=\\\none \\\ntwo\n$A", "$A=\\\none \\\n\\\ntwo\n$A", "$A=one \\\ntwo\n$A", "$A=\\\none\\\ntwo\\\n\n$A three", "$A=\\\n$B=x\\\n${B}\n$A",
	"$A=\\\n@oracle one\\\n@other two\n$A", "$A=\\\n~SEQ(i, 1, 2) one$i\\\ntwo\n$A", "$A=\\\none",
	"@", "@ x", "@oracle", "@^", "@^ x", "@oraclex y", "@ORACLE y", "@^ORACLE y", " @oracle y", "@oracle@oracle y", "@oracle @oracle y", "@oracle @other y", "@^other @oracle y", "@oracle # y", "@oracle\ty", "@or y",
	"@oracle vrrp_script X {\n@oracle }", "@other vrrp_script X {\n}", "@oracle {",
	"~SEQ", "~SEQ(", "~SEQ()", "~SEQ(i)", "~SEQ(i) x", "~SEQ(i, 3)", "~SEQ(i, 3) x$i", "~SEQ(i,3)x$i", "~SEQ(i, 3, 1) x$i", "~SEQ(i, 1, 0, 3) x$i", "~SEQ(i, 1, -1, 3) x$i", "~SEQ(i, 3, 1, 1) x$i",
	"~SEQ(i, -3) x$i", "~SEQ(i, 0) x$i", "~SEQ(i, -1, 1) x$i", "~SEQ(i, word) x$i", "~SEQ(i, 1, 2, 3, 4) x$i", "~SEQ(1, 2) x", "~SEQ(, 2) x", "~SEQ(i, 1, 3 x$i", "~SEQ i, 1, 3) x$i", "~SEQ(i, 1, 3) ",
	"~SEQ( i , 1 , 3 ) x$i", "~SEQ(i, 1, 2) ~SEQ(j, 1, 2) x$i$j", "~SEQ(i, 1, 2) ~SEQ(j, 1, $i) x${i}y$j", "~SEQ(i, 1, 2) x$j", "~SEQ(i, 08, 10) x$i", "~SEQ(i, 1, 2) x$i # c", "$i=d\n~SEQ(i, 1, 2) x$i\ny$i",
	"~SEQ(i, 1, 99999999999) x", "~SEQ(i, 1.5) x$i", "~SEQx(i, 14, 17) x$i", "~SEQx(i, a, c) x$i", "~SEQx(i, 0xa, 0xc) x$i", "~SEQx(i, -3) x$i", "~SEQX(i, 3) x$i", "~seq(i, 3) x$i", "~SEQ(i, 1, 2) \"x$i y\"", "x ~SEQ(i, 1, 2) y$i",
	"$N=2\n~SEQ(i, 1, $N) x$i", "$N=2\n~SEQ(i, 1, ${N}) x$i", "~FOO(i, 1, 2) x", "~", "~ x",
	"~LST", "~LST(", "~LST()", "~LST(i)", "~LST(i) x$i", "~LST(i, a) x$i", "~LST(i,a,b)x$i", "~LST(i, a, b) x$i", "~LST(i, \"a b\", c) x$i", "~LST(i, a b, c) x$i", "~LST(i, , c) x$i", "~LST({i}, {a}, {b}) x$i",
	"~LST({i, j}, {a, b}) x$i$j", "~LST({i, j}, {a}) x$i$j", "~LST({i, j}, {a, b, c}) x$i$j", "~LST({i, j}, a, b) x$i$j", "~LST({i, j}, {a, b} x$i$j", "~LST(i, {a, b}) x$i", "~LST({}, {a}) x", "~LST(i, a, b) ~LST(j, c, d) x$i$j",
	"~LST(i, a, b) ~SEQ(j, 1, 2) x$i$j", "~LST(i, a, b", "$L=a, b\n~LST(i, $L) x$i", "~LST(i, a, b) $i", "~LST(i, x, y) vrrp_script $i {\nscript /bin/true\n}",
	"${_INSTANCE}", "$_INSTANCE", "${_HASH} x", "${_BANG}x", "x${_HASH}y z", "${_RANDOMX}", "${_ENV}", "${_NOSUCH}", "$_INSTANCE=x\n${_INSTANCE}", "${_INSTANCE", "${_RANDOM 5 5}", "${_RANDOM 5 3}", "${_RANDOM x}", "${_RANDOM 5 5 5}", "${_RANDOM -5 -5}",
	"x\\\ny", "x \\\ny", "x y\\", "\"x\\\ny\"", "\\x", "x\\ y", "# c \\\nx", "x # c \\\ny", "x \"y", "\"x\" y\"z\"", "\"\"", "x\"y\"z", "'x y'", "x\"#\"y", "\"x # y\" z", "x#y", "x!y", "\\#x", "\\!x", "\\\"x\\\" y", "x\ty",
	"{", "}", "{ }", "x {", "x { }", "x { y }", "x\n{\ny\n}", "} x", "x }", "{ x", "x {{", "global_defs { router_id x }", "global_defs\n{ router_id x }", "global_defs {\nrouter_id x } y", "global_defs { router_id x\n}", "global_defs {\nrouter_id { }\n}",
	"global_defs {", "global_defs {\nrouter_id x", "global_defs {\n{\n}\n}", "global_defs {}\nx", "global_defs{\n}\nx", "global_defs { }}\nx", "\"global_defs\" {\n}", "global_defs \"{\"\n}",
	"include part.inc", "include nosuch.inc", "include *.inc", "include *.nosuch", "include part.inc x", "include \"part.inc\"", "include ./part.inc", "include sub/part.inc", "include sub/up.inc", "include sub", "include @DIR@/part.inc", "include", "include \"\"",
	"include {part,other}.inc", "include {part,nosuch}.inc", "include {nosuch,none}.inc", "include loop.inc", "@oracle include part.inc", "@other include part.inc", "$F=part.inc\ninclude $F", "$F=include part.inc\n$F", "~LST(f, part, other) include $f.inc",
	"include define.inc\n$FROMINC", "$OUT=x\ninclude uses.inc", "include pwd.inc", "include sub/pwd.inc", "include cond.inc", "include multi.inc\n$MULTI", "include open.inc\nrouter_id x\n}", "global_defs {\ninclude id.inc\n}", "include empty.inc", "include unterminated.inc\nx",
	"includer part.inc", "includer nosuch.inc", "includer *.nosuch", "includem nosuch.inc", "includew nosuch.inc", "includeb {part,nosuch}.inc", "includeb {part,other}.inc", "includea part.inc", "includea nosuch.inc", "includea {part,nosuch}.inc", "includea part.inc\ninclude nosuch.inc",
	"includex part.inc", "INCLUDE part.inc", " include part.inc", "x include part.inc", "include part.inc # comment", "include part.inc other.inc", "include part.inc {", "global_defs {\ninclude_check readable\n}\ninclude nosuch.inc", "global_defs {\ninclude_check match\n}\ninclude nosuch.inc",
	"global_defs {\ninclude_check\n}\ninclude {part,nosuch}.inc", "global_defs {\ninclude_check wildcard_match\n}\ninclude *.nosuch", "global_defs {\ninclude_check brace_match\n}\ninclude {part,nosuch}.inc", "global_defs {\ninclude_check -readable\n}\nincluder nosuch.inc",
	strings.Repeat("x", 1022), strings.Repeat("x", 1023), strings.Repeat("x", 1024), strings.Repeat("x", 1025), strings.Repeat("x", 3000), "$A=" + strings.Repeat("x", 600) + "\n${A}${A}", "x " + strings.Repeat("y ", 700),
	"x\x00y", "x\r\ny", "\xef\xbb\xbfx", "é", "x\x01y", "\v x", "x\fy",
}

// beside are the files that cases include or name.
var beside = map[string]string{
	"part.inc": "inpart\n", "other.inc": "inother\n", "track": "0\n", "sub/part.inc": "insub\n", "sub/up.inc": "include ../part.inc\n", "loop.inc": "inloop\ninclude loop.inc\n",
	"define.inc": "$FROMINC=probe\n", "uses.inc": "$OUT\n", "pwd.inc": "probe ${_PWD}\nx${_PWD}\n", "sub/pwd.inc": "x${_PWD}\n", "cond.inc": "@oracle yes\n@other no\n@^other yes2\n",
	"multi.inc": "$MULTI=\\\none\\\ntwo\n", "open.inc": "global_defs {\n", "id.inc": "router_id x\nunknownhere\n", "empty.inc": "", "unterminated.inc": "lastline",
}
