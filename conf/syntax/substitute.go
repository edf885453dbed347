package syntax

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// substitution is a line with definitions in place of its references.
type substitution struct {
	line    *line
	below   []*line // what a definition over several lines puts below it
	changed bool
	full    bool // it is too long to go on
}

// maxRounds bounds how often a line is gone through for references that references make, such as ${${A}}.
const maxRounds = 32

// substitute replaces the references of l, from the left, one after the other; each value is gone through again.
// compat: it stops as soon as the line is a repetition, whose variable must not be replaced before it is set.
func (e *expander) substitute(l *line) substitution {
	s := substitution{line: l}
	for range maxRounds {
		before := s.changed
		s.changed = false
		done := e.round(&s)
		again := s.changed
		s.changed = s.changed || before
		if done || !again || e.ended {
			return s
		}
	}
	s.full = true
	return s
}

// round goes through the line once. It reports whether nothing more is to be done.
func (e *expander) round(s *substitution) (done bool) {
	out := &line{segs: []segment{s.line.segs[0]}}
	rest := s.line
	flush := func() { out.join(rest); rest = &line{} }
	for {
		n := strings.IndexByte(rest.text, '$')
		if n < 0 {
			flush()
			break
		}
		name, arg, end := reference(rest.text, n)
		if end == 0 {
			end = n + 1
		}
		value, ok := e.value(rest, name, arg, n, end)
		if e.ended {
			return true
		}
		if !ok {
			out.join(rest.cut(0, end))
			rest = rest.cut(end, len(rest.text))
			continue
		}
		s.changed = true
		out.join(rest.cut(0, n))
		s.below = append(value[1:len(value):len(value)], s.below...)
		next := &line{text: value[0].text, segs: slices.Clone(value[0].segs)}
		next.join(rest.cut(end, len(rest.text)))
		rest = next
		s.full = !e.grown(rest, len(value[0].text), len(out.text))
		if s.full || strings.TrimLeft(out.text, blanks) == "" && isRepetition(rest.text) {
			flush()
			done = true
			break
		}
	}
	s.line = out
	return done
}

// grown accounts for a replacement by n bytes that leaves rest to be gone through, behind before bytes that are done; false
// when the line is too long.
func (e *expander) grown(rest *line, n, before int) bool {
	e.work.followed++
	e.work.grown += n
	e.work.moved += before + len(rest.text)
	switch {
	case e.work.followed > maxFollowed>>e.opt.tight:
		e.exceeded(rest, "expansion-too-long", "the configuration follows more than "+strconv.Itoa(maxFollowed)+" references")
	case e.work.grown > maxGrowth>>e.opt.tight:
		e.exceeded(rest, "expansion-too-long", "the references expand to more than "+strconv.Itoa(maxGrowth>>20)+" MiB")
	case e.work.moved > maxMoved>>e.opt.tight:
		e.exceeded(rest, "expansion-too-long", "the references of long lines are too many")
	case before+len(rest.text) > maxExpansion:
		at, via := rest.span(0, 1)
		e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "expansion-too-long", At: at, Via: via,
			Summary: "the references in this line expand to more than " + strconv.Itoa(maxExpansion) + " bytes",
			Effect:  "expanded no further",
		})
		return false
	}
	return !e.ended
}

// value returns what the reference at l.text[from:to] stands for, as lines that are where the reference is; false when it
// stays as it is written.
func (e *expander) value(l *line, name, arg string, from, to int) ([]*line, bool) {
	if name == "" {
		return nil, false
	}
	d, known := e.defs[name]
	switch {
	case known && arg != "" && !wellKnown(name):
		return nil, false
	case known && len(d.lines) > 1 && strings.TrimRight(l.text[to:], blanks) != "":
		return nil, false // compat: what has several lines counts only at the end of a line
	}
	var text string
	if !known {
		if text, known = e.predefined(l, name, arg, from, to); !known {
			return nil, false
		}
	}
	site := l.at(from)
	at, _ := l.span(from, to)
	seg := segment{pos: begin(at), fixed: at.Len(), deep: site.deep + 1, trail: site.trail}
	if d.lines == nil {
		return []*line{{text: text, segs: []segment{seg}}}, true
	}
	if seg.deep > maxReferences {
		e.loop(name, at, site.trail)
		return nil, false
	}
	if !e.step(l, len(d.lines), seg.deep) {
		return nil, false
	}
	outer := l.way(site, from, min(to, l.endOf(from)))
	out := make([]*line, len(d.lines))
	for i, dl := range d.lines {
		s := seg
		s.trail = &trail{step: diag.Via{What: "expanded from $" + name + d.note, At: dl.at}, outer: outer}
		if dl.own {
			s.home = begin(dl.at)
		}
		out[i] = &line{text: dl.text, segs: []segment{s}}
	}
	return out, true
}

// loop reports a definition that leads to itself, each step once.
func (e *expander) loop(name string, at diag.Span, t *trail) {
	var steps []diag.Via
	for _, v := range t.vias() {
		if !slices.Contains(steps, v) {
			steps = append(steps, v)
		}
	}
	e.once(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "definition-loop", At: at, Via: steps,
		Summary: "$" + name + " refers to itself", Effect: "expanded no further",
	})
}

// reference reads "$NAME", "${NAME}" or "${NAME ARGS}" at off; end is 0 when there is none.
// compat: without braces the name counts only when white space or the end of the line follows it.
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
		return inner[:n], inner[n:], i + 1 + stop + 1
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

// undefined reports the references that stay in a line.
func (e *expander) undefined(l *line) {
	for off := 0; off < len(l.text); {
		n := strings.IndexByte(l.text[off:], '$')
		if n < 0 {
			return
		}
		off += n
		name, arg, end := reference(l.text, off)
		if end == 0 {
			off++
			continue
		}
		e.undefinedAt(l, name, arg, off, end)
		off = end
	}
}

// undefinedAt reports one of them.
// compat: it is no fault, but unquoted braces are: keepalived then sees a block.
func (e *expander) undefinedAt(l *line, name, arg string, off, end int) {
	at, via := l.span(off, end)
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "undefined-reference", At: at, Via: via,
		Summary: "$" + name + " is not defined", Effect: "it stays as it is written",
	}
	quoted := strings.Count(l.text[:off], `"`)%2 == 1
	if l.text[off+1] == '{' && !quoted {
		d.Class = diag.ClassConfig
	}
	def, known := e.defs[name]
	last := strings.TrimRight(l.text[end:], blanks) == ""
	if known && (arg == "" || wellKnown(name)) && (len(def.lines) == 1 || last) {
		return // it leads to itself, which was told
	}
	if known && len(def.lines) > 1 {
		d.Summary = "$" + name + " has several lines and is not at the end of this one"
		d.Suggest = "put nothing behind it"
	} else if near := diag.Nearest(name, e.names()); near != "" && near != name {
		d.Suggest = "did you mean $" + near + "?"
	}
	e.once(d)
}

// names returns what is defined, sorted; nothing when that is too much to look through for a likeness.
func (e *expander) names() []string {
	const enough = 500
	if len(e.defs) > enough {
		return nil
	}
	return slices.Sorted(maps.Keys(e.defs))
}
