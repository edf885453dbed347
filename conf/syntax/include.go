package syntax

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// includeRules are the strictness of one of the include keywords.
type includeRules struct {
	readable bool // every file must be readable
	match    bool // a name without wildcards must match
	wildcard bool // a name with wildcards must match
	main     bool // the file named to Parse
}

func includeKeyword(word string) (includeRules, bool) {
	switch word {
	case "include":
		return includeRules{}, true
	case "includer":
		return includeRules{readable: true}, true
	case "includem", "includeb":
		return includeRules{match: true}, true
	case "includew":
		return includeRules{wildcard: true}, true
	case "includea":
		return includeRules{readable: true, match: true, wildcard: true}, true
	}
	return includeRules{}, false
}

// include follows an include line; false when the line is none.
// compat: include words are recognised before conditionals and definitions.
func (e *expander) include(p *physical, from int) bool {
	if !strings.HasPrefix(p.text[from:], "include") {
		return false
	}
	end := plainEnd(p.text, from)
	rules, ok := includeKeyword(p.text[from:end])
	if !ok {
		return false
	}
	i := skipSpace(p.text, end)
	pattern, stop := "", i
	switch {
	case i == len(p.text):
	case p.text[i] == '"':
		pattern, stop = quoted(p.text, i)
	default:
		stop = i + len(strings.TrimRight(p.text[i:], " \t\r\v\f"))
		pattern = p.text[i:stop]
	}
	if pattern == "" {
		e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-argument", At: p.at(from, end), Via: p.via,
			Summary: p.text[from:end] + " needs a file name", Effect: "ignored",
		})
		return true
	}
	at := p.at(i, stop)
	full := pattern
	if !path.IsAbs(full) {
		full = path.Join(path.Dir(p.pos.File), full)
	}
	paths, err := e.src.Glob(full)
	if err != nil || len(paths) == 0 {
		e.noMatch(pattern, at, p.via, rules, err)
		return true
	}
	via := append([]diag.Via{{What: "included from", At: p.at(from, end)}}, p.via...)
	for _, name := range paths {
		e.file(name, at, via, rules)
	}
	return true
}

func (e *expander) noMatch(pattern string, at diag.Span, via []diag.Via, rules includeRules, err error) {
	wild := strings.ContainsAny(pattern, "*?[")
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "include-no-match", At: at, Via: via,
		Summary: "no file matches " + strconv.Quote(pattern),
		Effect:  "nothing is included",
	}
	if err != nil {
		d.Summary += ": " + err.Error()
	}
	switch {
	case wild && !rules.wildcard:
		d.Severity = diag.Info
	case rules.match || rules.wildcard:
		d.Severity, d.Class = diag.Error, diag.ClassFatal
	}
	if !wild {
		d.Compat = "Config files missing '" + pattern + "'."
	} else if rules.wildcard {
		d.Compat = "No config files matched '" + pattern + "'."
	}
	e.out.diags.Add(d)
}

// file reads one file and feeds its lines.
func (e *expander) file(name string, at diag.Span, via []diag.Via, rules includeRules) {
	refuse := func(code, why string) {
		e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: code, At: at, Via: tail(via),
			Summary: "cannot include " + strconv.Quote(name) + ": " + why, Effect: "skipped",
		})
	}
	switch {
	case slices.Contains(e.stack, name):
		refuse("include-loop", "it is being read already")
		return
	case len(e.stack) >= maxIncludeDepth:
		refuse("include-too-deep", "includes nest deeper than "+strconv.Itoa(maxIncludeDepth))
		return
	case e.read >= maxFiles:
		refuse("too-many-files", "more than "+strconv.Itoa(maxFiles)+" files")
		return
	}
	content, err := e.src.ReadFile(name)
	if err != nil {
		e.unreadable(name, at, via, rules, err)
		return
	}
	if !e.seen[name] {
		e.seen[name] = true
		e.out.tree.Files = append(e.out.tree.Files, name)
	}
	e.read++
	e.stack = append(e.stack, name)
	e.lines(name, string(content), via)
	e.stack = e.stack[:len(e.stack)-1]
}

func tail(via []diag.Via) []diag.Via {
	if len(via) == 0 {
		return nil
	}
	return via[1:]
}

func (e *expander) unreadable(name string, at diag.Span, via []diag.Via, rules includeRules, err error) {
	d := diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: "cannot-read", At: at, Via: tail(via),
		Summary: "cannot read " + strconv.Quote(name) + ": " + cause(err),
		Effect:  "skipped",
		Compat:  "Configuration file '" + name + "' open problem (" + cause(err) + ") - skipping",
	}
	if rules.main || rules.readable {
		d.Severity, d.Class = diag.Error, diag.ClassFatal
	}
	if rules.main {
		d.Effect = "there is no configuration"
		d.Bare = true
		d.Compat = "Configuration file '" + name + "' open problem (" + cause(err) + ") - skipping"
		switch kindOf(err) {
		case notExist:
			d.Compat = "Config files missing '" + name + "'."
		case isDirectory:
			d.Compat = "Configuration file '" + name + "' is a directory - skipping"
		}
	}
	e.out.diags.Add(d)
}
