package editor_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tmRule is a rule of a grammar as an editor reads it.
type tmRule struct {
	Name                                 string
	Match, Begin, End                    string
	Include                              string
	Captures, BeginCaptures, EndCaptures map[string]struct{ Name string }
	Patterns                             []*tmRule

	match, begin, end *tmExpr
}

// tmExpr is a regular expression of a grammar. Go's expressions know neither what is behind nor what is ahead: of both the
// grammar uses few forms, which are taken off and checked by hand. The rest is within what Oniguruma and Go share.
type tmExpr struct {
	re        *regexp.Regexp
	after     string // the place is the line's beginning or behind one of these
	bol, word bool   // it begins with ^, with \b
	ahead     string // behind it stands one of these, or the line ends; "" for no condition
}

var tmBehind = regexp.MustCompile(`^\(\?:\^\|\(\?<=\[([^\]]+)\]\)\)`)

const tmAhead = `(?=[\s{}"#!]|$)`

func compile(t *testing.T, s string) *tmExpr {
	t.Helper()
	if s == "" {
		return nil
	}
	e := &tmExpr{}
	if rest, ok := strings.CutSuffix(s, tmAhead); ok {
		s, e.ahead = rest, " \t{}\"#!"
	}
	if m := tmBehind.FindStringSubmatch(s); m != nil {
		s, e.after = s[len(m[0]):], strings.ReplaceAll(m[1], `\s`, " \t")
	} else {
		e.bol, e.word = strings.HasPrefix(s, "^"), strings.HasPrefix(s, `\b`)
	}
	re, err := regexp.Compile(`^(?:` + s + `)`)
	if err != nil {
		t.Errorf("%q is not an expression: %v", s, err)
		return nil
	}
	e.re = re
	return e
}

// find returns the captures of the first match at or behind from.
func (e *tmExpr) find(line string, from int) []int {
	for p := from; p <= len(line); p++ {
		switch {
		case e.bol && p > 0,
			e.after != "" && p > 0 && !strings.ContainsRune(e.after, rune(line[p-1])),
			e.word && p > 0 && wordByte(line[p-1]):
			continue
		}
		m := e.re.FindStringSubmatchIndex(line[p:])
		if m == nil || e.ahead != "" && p+m[1] < len(line) && !strings.ContainsRune(e.ahead, rune(line[p+m[1]])) {
			continue
		}
		for i := range m {
			if m[i] >= 0 {
				m[i] += p
			}
		}
		return m
	}
	return nil
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// tmGrammar is a grammar at work.
type tmGrammar struct {
	Patterns   []*tmRule
	Repository map[string]*tmRule
	ScopeName  string
}

func readGrammar(t *testing.T) *tmGrammar {
	t.Helper()
	text, err := os.ReadFile(textMateFile)
	if err != nil {
		t.Fatal(err)
	}
	g := &tmGrammar{}
	if err := json.Unmarshal(text, g); err != nil {
		t.Fatal(err)
	}
	g.compile(t, g.Patterns)
	for _, r := range g.Repository {
		g.compile(t, []*tmRule{r})
	}
	return g
}

func (g *tmGrammar) compile(t *testing.T, rules []*tmRule) {
	t.Helper()
	for _, r := range rules {
		r.match, r.begin, r.end = compile(t, r.Match), compile(t, r.Begin), compile(t, r.End)
		if name, ok := strings.CutPrefix(r.Include, "#"); ok && g.Repository[name] == nil {
			t.Errorf("there is no %s to include", r.Include)
		}
		g.compile(t, r.Patterns)
	}
}

// flat resolves includes.
func (g *tmGrammar) flat(rules []*tmRule) []*tmRule {
	var out []*tmRule
	for _, r := range rules {
		if name, ok := strings.CutPrefix(r.Include, "#"); ok {
			out = append(out, g.flat(g.Repository[name].Patterns)...)
			continue
		}
		out = append(out, r)
	}
	return out
}

// scopes tells the scopes of every byte of a text, innermost last, as an editor works them out line by line.
func (g *tmGrammar) scopes(text string) [][][]string {
	stack := []*tmRule{{Patterns: g.Patterns}}
	var out [][][]string
	for line := range strings.SplitSeq(text, "\n") {
		at := make([][]string, len(line))
		paint := func(from, to int, scope string) {
			for i := from; i < to && scope != ""; i++ {
				at[i] = append(at[i], scope)
			}
		}
		for pos := 0; ; {
			top := stack[len(stack)-1]
			var best []int
			var rule *tmRule
			if top.end != nil {
				best = top.end.find(line, pos)
			}
			for _, r := range g.flat(top.Patterns) {
				e := r.match
				if e == nil {
					e = r.begin
				}
				if m := e.find(line, pos); m != nil && (best == nil || m[0] < best[0]) {
					best, rule = m, r
				}
			}
			end := len(line)
			if best != nil {
				end = best[1]
			}
			for _, open := range stack {
				paint(pos, end, open.Name)
			}
			if best == nil {
				break
			}
			captures := top.EndCaptures
			switch {
			case rule == nil:
				stack = stack[:len(stack)-1]
			case rule.match != nil:
				captures = rule.Captures
				paint(best[0], best[1], rule.Name)
			default:
				captures = rule.BeginCaptures
				stack = append(stack, rule)
			}
			for i := 0; i < len(best)/2; i++ {
				if best[2*i] >= 0 {
					paint(best[2*i], best[2*i+1], captures[string(rune('0'+i))].Name)
				}
			}
			if best[1] == pos && (rule == nil || rule.match != nil) && best[1] == best[0] {
				if pos++; pos > len(line) {
					break
				}
				continue
			}
			pos = best[1]
		}
		out = append(out, at)
	}
	return out
}

// TestTextMateHighlights works the scopes of the examples out, and looks at the first word of every statement.
func TestTextMateHighlights(t *testing.T) {
	g := readGrammar(t)
	if g.ScopeName != "source.keepalived" {
		t.Errorf("the scope is %q", g.ScopeName)
	}
	for _, path := range examples(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			at := g.scopes(string(text))
			for _, s := range statements(t, path) {
				want := "invalid.illegal.unknown-keyword.keepalived"
				switch {
				case s.obsolete:
					want = "invalid.deprecated.keepalived"
				case s.opens:
					want = "keyword.other.block.keepalived"
				case strings.HasPrefix(s.word, "include") && s.known:
					want = "keyword.control.import.keepalived"
				case s.known:
					want = "keyword.other.keepalived"
				}
				if got := at[s.line-1][s.col-1]; !slices.Contains(got, want) {
					t.Errorf("%s:%d:%d: %s is %q, want %s", path, s.line, s.col, s.word, got, want)
				}
			}
		})
	}
}

// TestTextMateValues does the same for what is no keyword.
func TestTextMateValues(t *testing.T) {
	text, err := os.ReadFile("testdata/features.conf")
	if err != nil {
		t.Fatal(err)
	}
	at := readGrammar(t).scopes(string(text))
	for i, p := range placesIn(t, string(text)) {
		got := at[p[0]-1][p[1]-1]
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, places[i].textMate+".") }) {
			t.Errorf("%d:%d: %s is %q, want %s", p[0], p[1], places[i].word, got, places[i].textMate)
		}
	}
}

// TestTextMateExpressionsCompile gives every expression to Oniguruma, the library of editors, by way of jq, which has it too.
func TestTextMateExpressionsCompile(t *testing.T) {
	jq, err := exec.LookPath("jq")
	if err != nil {
		t.Skip("needs jq: ", err)
	}
	const program = `[.. | objects | (.match, .begin, .end) | strings | . as $r | try ("x" | test($r) | 1) catch error($r + ": " + .)] | length`
	out, err := exec.Command(jq, program, textMateFile).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(string(out))); err != nil || n < 100 {
		t.Errorf("only %s expressions: %v", out, err)
	}
}
