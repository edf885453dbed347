package editor

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"holdfast/conf"
)

// rule is one rule of a TextMate grammar.
type rule struct {
	Name          string          `json:"name,omitempty"`
	Match         string          `json:"match,omitempty"`
	Begin         string          `json:"begin,omitempty"`
	BeginCaptures map[string]name `json:"beginCaptures,omitempty"`
	End           string          `json:"end,omitempty"`
	EndCaptures   map[string]name `json:"endCaptures,omitempty"`
	Captures      map[string]name `json:"captures,omitempty"`
	Include       string          `json:"include,omitempty"`
	Patterns      []rule          `json:"patterns,omitempty"`
}

type name struct {
	Name string `json:"name"`
}

// tmGrammar is the whole document.
type tmGrammar struct {
	Schema     string          `json:"$schema"`
	Comment    string          `json:"comment"`
	Name       string          `json:"name"`
	ScopeName  string          `json:"scopeName"`
	FileTypes  []string        `json:"fileTypes"`
	Patterns   []rule          `json:"patterns"`
	Repository map[string]rule `json:"repository"`
}

// A statement begins a line or stands behind a brace, a condition or a repetition; its keyword ends at white space, a brace, a
// quote or a comment.
const (
	tmLead = `(?:^|(?<=[{}]))\s*(?:@\^?\S+\s+)?(?:~[A-Za-z]+\([^)]*\)\s*)*`
	tmEnd  = `(?=[\s{}"#!]|$)`
)

// TextMate returns a grammar in TextMate's format, as JSON.
func TextMate(table []conf.Keyword) ([]byte, error) {
	l := arrange(table)
	g := tmGrammar{
		Schema:  "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
		Comment: `Made from Holdfast's keyword table ("holdfast grammar textmate"); do not edit.`,
		Name:    "keepalived.conf", ScopeName: "source.keepalived", FileTypes: []string{"keepalived.conf"},
		Patterns:   []rule{{Include: "#in-root"}},
		Repository: map[string]rule{"anywhere": {Patterns: tmAnywhere(l)}, "values": {Patterns: tmValues(l)}},
	}
	for _, b := range l.blocks {
		g.Repository["in-"+b.id] = rule{Patterns: b.textMate()}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(g)
	return out.Bytes(), err
}

// tmAnywhere are the rules that hold in every block.
func tmAnywhere(l *language) []rule {
	return []rule{
		{Name: "constant.character.escape.keepalived", Match: `\\[#!]`},
		{Name: "comment.line.keepalived", Match: `[#!].*$`},
		{Name: "string.quoted.double.keepalived", Begin: `"`, End: `"|$`, Patterns: []rule{tmReference}},
		{
			Match:    `^\s*(?:(@\^?\S+)\s+)?(\$[A-Za-z_][A-Za-z0-9_]*)\s*(=)`,
			Captures: map[string]name{"1": {"keyword.control.conditional.keepalived"}, "2": {"variable.other.definition.keepalived"}, "3": {"keyword.operator.assignment.keepalived"}},
		},
		statement(l.includes, "keyword.control.import.keepalived"),
		{Name: "keyword.control.conditional.keepalived", Match: `^\s*@\^?\S*`},
		{Name: "keyword.control.loop.keepalived", Match: `~(?:SEQx?|LST)\([^)]*\)`},
		tmReference,
		{Name: "constant.character.escape.continuation.keepalived", Match: `\\\s*$`},
		{Name: "punctuation.section.block.begin.keepalived", Match: `\{`},
	}
}

var tmReference = rule{
	Name: "variable.other.keepalived", Match: `\$\{[A-Za-z_][A-Za-z0-9_]*(?:\s+[^}]*)?\}|\$[A-Za-z_][A-Za-z0-9_]*`,
}

// tmValues are the rules for arguments.
func tmValues(l *language) []rule {
	return []rule{
		{Name: "constant.numeric.address.keepalived", Match: `\b\d+(?:\.\d+){3}(?:[-/]\d+)?\b|\b[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:/\d+)?`},
		{Name: "constant.numeric.keepalived", Match: `\b\d+(?:\.\d+)?\b`},
		{Name: "constant.language.boolean.keepalived", Match: `\b(?:on|off|true|false|yes|no)\b`},
		{Name: "constant.language.keepalived", Match: `\b(?:` + quoted(l.constants) + `)\b`},
	}
}

// textMate gives the rules within a block, in the order in which they are tried.
func (b *block) textMate() []rule {
	out := []rule{{Include: "#anywhere"}}
	for _, o := range b.openers {
		kind := "keyword.other.block.keepalived"
		if o.obsolete {
			kind = "invalid.deprecated.keepalived"
		}
		out = append(out, rule{
			Name:          "meta.block." + ident(o.keyword) + ".keepalived",
			Begin:         tmLead + `(` + regexp.QuoteMeta(o.keyword) + `)` + tmEnd,
			BeginCaptures: map[string]name{"1": {kind}},
			End:           `\}`,
			EndCaptures:   map[string]name{"0": {"punctuation.section.block.end.keepalived"}},
			Patterns:      []rule{{Include: "#in-" + o.block.id}},
		})
	}
	if len(b.keywords) > 0 {
		out = append(out, statement(b.keywords, "keyword.other.keepalived"))
	}
	if len(b.obsolete) > 0 {
		out = append(out, statement(b.obsolete, "invalid.deprecated.keepalived"))
	}
	if len(b.options) > 0 {
		out = append(out, rule{Match: `(?:^|(?<=[\s{]))(` + quoted(b.options) + `)` + tmEnd, Captures: map[string]name{"1": {"storage.modifier.keepalived"}}})
	}
	if !b.entries {
		out = append(out, rule{Match: tmLead + `([A-Za-z_][A-Za-z0-9_-]*)` + tmEnd, Captures: map[string]name{"1": {"invalid.illegal.unknown-keyword.keepalived"}}})
	}
	return append(out, rule{Include: "#values"})
}

// statement is a rule for keywords at the beginning of a statement.
func statement(words []string, scope string) rule {
	return rule{Match: tmLead + `(` + quoted(words) + `)` + tmEnd, Captures: map[string]name{"1": {scope}}}
}

func quoted(words []string) string {
	out := longestFirst(words)
	for i, w := range out {
		out[i] = regexp.QuoteMeta(w)
	}
	return strings.Join(out, "|")
}
