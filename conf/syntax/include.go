package syntax

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// includeRules are how strict an include is.
type includeRules struct {
	readable bool // every file must be readable
	match    bool // a name without wildcards and braces must match
	wildcard bool // a name that is all wildcards must match
	brace    bool // what braces stand for must match, unless it has wildcards
	main     bool // the file named to Parse
}

func (r includeRules) and(s includeRules) includeRules {
	return includeRules{
		readable: r.readable || s.readable, match: r.match || s.match, wildcard: r.wildcard || s.wildcard, brace: r.brace || s.brace,
	}
}

var allChecks = includeRules{readable: true, match: true, wildcard: true, brace: true}

// includeKeyword returns the rules of an include keyword.
// compat: includew checks names without wildcards too, as include_check wildcard_match does not.
func includeKeyword(word string) (includeRules, bool) {
	switch word {
	case "include":
		return includeRules{}, true
	case "includer":
		return includeRules{readable: true}, true
	case "includem":
		return includeRules{readable: true, match: true}, true
	case "includew":
		return includeRules{readable: true, match: true, wildcard: true}, true
	case "includeb":
		return includeRules{readable: true, brace: true}, true
	case "includea":
		return allChecks, true
	}
	return includeRules{}, false
}

// inclusion is an include line.
type inclusion struct {
	pattern string // as it is written
	dir     string // what it is relative to
	at      diag.Span
	via     []diag.Via // of the line
	inner   []diag.Via // of what is included
	rules   includeRules
}

// include follows an include line; false when the line is none.
// compat: all the rest of the line is the name, with quotes and spaces.
func (e *expander) include(l *line) bool {
	if !strings.HasPrefix(l.text, "include") {
		return false
	}
	end := 0
	for end < len(l.text) && l.text[end] >= 'a' && l.text[end] <= 'z' {
		end++
	}
	rules, ok := includeKeyword(l.text[:end])
	if !ok || end < len(l.text) && skipSpace(l.text, end) == end {
		return false
	}
	i := skipSpace(l.text, end)
	if i == len(l.text) {
		at, via := l.span(0, end)
		e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-argument", At: at, Via: via,
			Summary: l.text + " needs a file name", Effect: "ignored", Compat: "Unknown keyword '" + l.text + "'",
		})
		return true
	}
	in := inclusion{pattern: l.text[i:], rules: rules.and(e.checks), dir: path.Dir(e.stack[len(e.stack)-1])}
	in.at, in.via = l.span(i, len(l.text))
	word, _ := l.span(0, end)
	in.inner = append([]diag.Via{{What: "included from", At: word}}, in.via...)
	if names, ok := e.match(&in); ok {
		for _, name := range names {
			e.file(name, &in)
		}
	}
	return true
}

// match returns the files that an include stands for; false when it must not stand for these.
func (e *expander) match(in *inclusion) ([]string, bool) {
	alternatives := expandBraces(in.pattern, maxAlternatives)
	if alternatives == nil {
		e.refuse(in, "include-too-many", "the braces stand for more than "+strconv.Itoa(maxAlternatives)+" names")
		return nil, false
	}
	var names []string
	missing, wild := 0, 0 // alternatives without a match, and those with wildcards
	for _, a := range alternatives {
		isWild := strings.ContainsAny(a, `*?[\`)
		if isWild {
			wild++
		}
		full := a
		if !path.IsAbs(full) {
			full = path.Join(in.dir, full)
		}
		found, err := e.src.Glob(full)
		if err != nil {
			e.refuse(in, "include-bad-pattern", err.Error())
			return nil, false
		}
		if len(found) == 0 && !isWild {
			missing++
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		e.noMatch(in, len(alternatives) > 1, wild == len(alternatives))
	} else if missing > 0 {
		e.someMissing(in)
		return names, !in.rules.brace
	}
	return names, true
}

func (e *expander) noMatch(in *inclusion, braces, wild bool) {
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "include-no-match", At: in.at, Via: in.via,
		Summary: "no file matches " + strconv.Quote(in.pattern), Effect: "nothing is included",
		Compat: "Config files missing '" + in.pattern + "'.",
	}
	must := in.rules.match
	switch {
	case wild:
		must = in.rules.wildcard
		d.Severity, d.Compat = diag.Info, ""
		if must {
			d.Compat = "No config files matched '" + in.pattern + "'."
		}
	case braces:
		must = in.rules.brace
	}
	if must {
		d.Severity, d.Class, d.Effect = diag.Error, diag.ClassInclude, "there is no configuration"
	}
	if strings.HasPrefix(in.pattern, `"`) {
		d.Suggest = "write the name without quotes"
	}
	e.out.diags.Add(d)
}

func (e *expander) someMissing(in *inclusion) {
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "include-some-missing", At: in.at, Via: in.via,
		Summary: "some of the names in " + strconv.Quote(in.pattern) + " match no file", Effect: "the others are included",
		Compat: "Some config files missing: \"" + in.pattern + "\".",
	}
	if in.rules.brace {
		d.Severity, d.Class, d.Effect = diag.Error, diag.ClassInclude, "there is no configuration"
	}
	e.out.diags.Add(d)
}

// refuse reports an include that is not followed.
func (e *expander) refuse(in *inclusion, code, why string) {
	e.once(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, At: in.at, Via: in.via,
		Summary: "cannot include " + strconv.Quote(in.pattern) + ": " + why, Effect: "skipped",
	})
}

// file reads one file and feeds its lines. What include_check says in it holds in it only.
func (e *expander) file(name string, in *inclusion) {
	switch {
	case e.ended:
		return
	case slices.Contains(e.stack, name):
		e.refuse(in, "include-loop", "it is being read already")
		return
	case len(e.stack) >= maxIncludeDepth:
		e.refuse(in, "include-too-deep", "includes nest deeper than "+strconv.Itoa(maxIncludeDepth))
		return
	case e.work.files >= maxFiles:
		e.stop(diag.Diagnostic{
			Code: "too-many-files", At: in.at, Via: in.via, Summary: "more than " + strconv.Itoa(maxFiles) + " files are included",
		})
		return
	}
	content, err := e.src.ReadFile(name)
	if err == nil && len(content) > maxFile>>e.opt.tight {
		err = errTooLarge
	}
	if err != nil {
		e.unreadable(name, in, err)
		return
	}
	if e.files[name] != nil {
		e.work.again += len(content)
	} else {
		e.out.files = append(e.out.files, name)
	}
	if e.work.again > maxAgain>>e.opt.tight {
		e.stop(diag.Diagnostic{
			Code: "too-many-files", At: in.at, Via: in.via,
			Summary: "more than " + strconv.Itoa(maxAgain>>20) + " MiB are included that were included before",
		})
		return
	}
	e.work.files++
	checks := e.checks
	e.stack = append(e.stack, name)
	e.lines(e.source(name, string(content)), in.inner)
	e.stack = e.stack[:len(e.stack)-1]
	e.checks = checks
}

// source returns the file of that name and content: one for all the times that it is read, so that its places are the same.
func (e *expander) source(name, text string) *diag.File {
	f := e.files[name]
	if f == nil || f.Text() != text {
		f = diag.NewFile(name, text)
		e.files[name] = f
	}
	return f
}

func (e *expander) unreadable(name string, in *inclusion, err error) {
	shown := name
	if in.dir != "." && !path.IsAbs(in.pattern) {
		shown = strings.TrimPrefix(name, in.dir+"/")
	}
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "cannot-read", At: in.at, Via: in.via,
		Summary: "cannot read " + strconv.Quote(name) + ": " + cause(err), Effect: "skipped",
		Compat: "Configuration file '" + shown + "' open problem (" + cause(err) + ") - skipping",
	}
	switch kindOf(err) {
	case isDirectory:
		slash := "/"
		if in.rules.main {
			slash = ""
		}
		d.Compat = "Configuration file '" + shown + slash + "' is a directory - skipping"
	case notPlain:
		d.Compat = "Configuration file '" + shown + "' is not a regular non-executable file - skipping"
	}
	if in.rules.readable {
		d.Severity, d.Class, d.Effect = diag.Error, diag.ClassInclude, "there is no configuration"
	}
	if in.rules.main {
		d.Severity, d.Class, d.Bare, d.Effect = diag.Error, diag.ClassFatal, true, "there is no configuration"
		if kindOf(err) == notExist {
			d.Compat = "Config files missing '" + name + "'."
		}
	}
	e.out.diags.Add(d)
}
