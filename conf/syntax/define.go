package syntax

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// nameEnd returns the end of the definition name at off, or off if there is none.
func nameEnd(s string, off int) int {
	i := off
	for i < len(s) {
		c := s[i]
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == off || c < '0' || c > '9') {
			break
		}
		i++
	}
	return i
}

// define handles "$NAME=VALUE". done says that the line was one; multi that its value goes on in the
// lines below.
func (e *expander) define(p *physical, from int) (done, multi bool) {
	if p.text[from] != '$' {
		return false, false
	}
	end := nameEnd(p.text, from+1)
	if end == from+1 || end >= len(p.text) || p.text[end] != '=' {
		return false, false
	}
	name := p.text[from+1 : end]
	value := strings.TrimRight(p.text[end+1:], " \t\r\v\f")
	at := p.at(from, end)
	if strings.HasSuffix(value, `\`) {
		e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "not-expanded-yet", At: at, Via: p.via,
			Summary: "definitions over several lines are not expanded yet",
			Effect:  "$" + name + " stays undefined and its lines are ignored",
		})
		return true, true
	}
	e.defs[name] = definition{value: value, at: at}
	return true, false
}

// growth is a line being expanded.
type growth struct {
	e    *expander
	p    *physical
	buf  strings.Builder
	segs []segment
	site diag.Span // the reference in the file that is being expanded
	via  []diag.Via
	deep int
	left int // references that may still be followed
	full bool
}

// expand puts definitions in place of references in p.text[from:].
func (e *expander) expand(p *physical, from int) *line {
	g := &growth{e: e, p: p, left: maxReferences * 32}
	base := p.at(from, from).Pos
	text := p.text[from:]
	lit := line{text: text, segs: []segment{{pos: base}}}
	loc := newLocator(&lit)
	for off := 0; off < len(text); {
		n := strings.IndexByte(text[off:], '$')
		if n < 0 {
			n = len(text) - off
		}
		if n > 0 {
			at, _ := loc.pos(off)
			g.put(text[off:off+n], segment{pos: at, via: p.via})
			off += n
			continue
		}
		name, arg, end := reference(text, off)
		g.site, _ = loc.span(off, max(end, off+1))
		if end == 0 || !g.refer(name, arg) {
			if end > 0 && !wellKnown(name) {
				g.undefined(name)
			}
			end = max(end, off+1)
			g.put(text[off:end], segment{pos: g.site.Pos, via: p.via})
		}
		off = end
	}
	if len(g.segs) == 0 {
		g.segs = []segment{{pos: base, via: p.via}}
	}
	return &line{text: g.buf.String(), segs: g.segs}
}

func (g *growth) put(s string, at segment) {
	if at.fixed > 0 {
		g.e.grown += len(s)
		if g.buf.Len()+len(s) > maxExpansion || g.e.grown > maxGrowth {
			g.overflow()
			return
		}
	}
	at.start = g.buf.Len()
	if s == "" {
		return
	}
	g.buf.WriteString(s)
	g.segs = append(g.segs, at)
}

// overflow ends the expansion of this line.
func (g *growth) overflow() {
	if g.full {
		return
	}
	g.full = true
	g.e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "expansion-too-long", At: g.site, Via: g.p.via,
		Summary: "the references in this line expand to too much",
		Effect:  "cut at " + strconv.Itoa(g.buf.Len()) + " bytes",
	})
}

// reference reads "$NAME" or "${NAME args}" at off; end is 0 when there is none. compat: without braces the
// name counts only when white space or the end of the line follows it.
func reference(s string, off int) (name, arg string, end int) {
	i := off + 1
	if i < len(s) && s[i] == '{' {
		stop := strings.IndexAny(s[i+1:], "}\"{$")
		if stop < 0 || s[i+1+stop] != '}' {
			return "", "", 0
		}
		inner := s[i+1 : i+1+stop]
		n := nameEnd(inner, 0)
		if n == 0 || n < len(inner) && inner[n] != ' ' {
			return "", "", 0
		}
		return inner[:n], strings.TrimSpace(inner[n:]), i + 1 + stop + 1
	}
	end = nameEnd(s, i)
	if end == i {
		return "", "", 0
	}
	if end < len(s) {
		if w, _ := space(s[end:]); w == 0 {
			return "", "", 0
		}
	}
	return s[i:end], "", end
}

func wellKnown(name string) bool { return strings.HasPrefix(name, "_") }

// refer writes what name stands for; false when nothing is known of it.
func (g *growth) refer(name, arg string) bool {
	seg := segment{pos: g.site.Pos, fixed: g.site.Len}
	if d, ok := g.e.defs[name]; ok {
		g.e.followed++
		if g.left--; g.left < 0 || g.e.followed > maxFollowed {
			g.overflow()
			return true
		}
		old := g.via
		g.via = append(slices.Clip(old), diag.Via{What: "expanded from $" + name, At: d.at})
		g.value(d.value, name)
		g.via = old
		return true
	}
	seg.via = g.chain()
	switch name {
	case "_PWD":
		g.put(path.Dir(g.p.pos.File), seg)
	case "_INSTANCE":
		g.put(g.e.opt.ConfigID, seg)
	case "_HASH":
		g.put("#", seg)
	case "_BANG":
		g.put("!", seg)
	case "_ENV":
		g.put(g.e.src.Getenv(arg), seg)
	case "_RANDOM":
		g.e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "not-expanded-yet", At: g.site, Via: g.p.via,
			Summary: "${_RANDOM} is not expanded yet", Effect: "nothing is put in its place",
		})
	default:
		return false
	}
	return true
}

// chain is the definitions gone through so far, innermost first, then the includes.
func (g *growth) chain() []diag.Via {
	out := make([]diag.Via, 0, len(g.via)+len(g.p.via))
	for i := len(g.via) - 1; i >= 0; i-- {
		out = append(out, g.via[i])
	}
	return append(out, g.p.via...)
}

// value writes a definition's value and expands what it refers to in turn.
func (g *growth) value(s, name string) {
	if g.deep >= maxReferences {
		g.loop(name)
		return
	}
	g.deep++
	defer func() { g.deep-- }()
	put := func(s string) {
		g.put(s, segment{pos: g.site.Pos, fixed: g.site.Len, via: g.chain()})
	}
	for s != "" && !g.full {
		n := strings.IndexByte(s, '$')
		if n < 0 {
			n = len(s)
		}
		if n > 0 {
			put(s[:n])
			s = s[n:]
			continue
		}
		inner, arg, end := reference(s, 0)
		if end == 0 || !g.refer(inner, arg) {
			end = max(end, 1)
			put(s[:end])
		}
		s = s[end:]
	}
}

func (g *growth) loop(name string) {
	if g.full {
		return
	}
	g.full = true
	g.e.out.diags.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "definition-loop", At: g.site, Via: g.chain(),
		Summary: "$" + name + " refers to itself", Effect: "expanded no further",
	})
}

func (g *growth) undefined(name string) {
	d := diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: "undefined-reference", At: g.site, Via: g.p.via,
		Summary: "$" + name + " is not defined", Effect: "it stays as it is written",
	}
	if near := diag.Nearest(name, g.e.names()); near != "" {
		d.Suggest = "did you mean $" + near + "?"
	}
	g.e.out.diags.Add(d)
}

// names returns what is defined, sorted; nothing when that is too much to look through for a likeness.
func (e *expander) names() []string {
	const enough = 500
	if len(e.defs) > enough {
		return nil
	}
	return slices.Sorted(maps.Keys(e.defs))
}
