package editor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/conf"
)

// statement is the first word of a statement in an example, with what the table says about it.
type statement struct {
	line, col int // from 1
	word      string
	known     bool
	opens     bool
	obsolete  bool
}

// examples are the files that both definitions are tried on.
func examples(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/examples/*.conf")
	if err != nil || len(files) < 20 {
		t.Fatalf("only %d examples: %v", len(files), err)
	}
	return append(files, "testdata/features.conf")
}

// statements finds the statements of a file by counting braces, and asks the table about each.
func statements(t *testing.T, path string) []statement {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []statement
	stack := []conf.Block{""}
	next := conf.Block("?")
	for n, line := range strings.Split(string(text), "\n") {
		first := true
		for col := 0; col < len(line); {
			b := stack[len(stack)-1]
			switch c := line[col]; {
			case c == ' ' || c == '\t':
				col++
			case c == '#' || c == '!':
				col = len(line)
			case c == '"':
				col += strings.Index(line[col+1:], `"`) + 2
				first = false
			case c == '{':
				stack, next = append(stack, next), "?"
				first = true
				col++
			case c == '}':
				stack = stack[:len(stack)-1]
				first = true
				col++
			default:
				end := col
				for end < len(line) && !strings.ContainsRune(" \t{}\"#!", rune(line[end])) {
					if line[end] == '\\' {
						end++
					}
					end = min(end+1, len(line))
				}
				if first && b != "?" && !conf.HoldsEntries(b) && isName(line[col:end]) {
					s := lookUp(b, line[col:end])
					s.line, s.col = n+1, col+1
					out = append(out, s)
					next = opens(b, s.word)
				}
				first = false
				col = end
			}
		}
	}
	return out
}

// isName leaves out definitions, conditions and comments of other languages.
func isName(w string) bool {
	return w[0] >= 'a' && w[0] <= 'z' || w[0] >= 'A' && w[0] <= 'Z'
}

func lookUp(b conf.Block, word string) statement {
	s := statement{word: word, known: strings.HasPrefix(word, "include") && !strings.Contains(word, "_")}
	for _, k := range conf.Keywords() {
		for _, w := range k.Where {
			if w == b && k.Name == word {
				s.known, s.opens, s.obsolete = true, k.Opens != "", k.Status == conf.Obsolete
			}
		}
	}
	return s
}

func opens(b conf.Block, word string) conf.Block {
	for _, k := range conf.Keywords() {
		for _, w := range k.Where {
			if w == b && k.Name == word && k.Opens != "" {
				return k.Opens
			}
		}
	}
	return "?"
}

// places are words of testdata/features.conf that are no keyword, with what they are for Vim and for a TextMate grammar. The
// first one is found behind the text in front of it.
var places = []struct{ before, word, vim, textMate string }{
	{"", "# What", "Comment", "comment.line"},
	{"", "$VRID=51", "Definition", "variable.other.definition"},
	{`router_id "`, "a # no comment", "String", "string.quoted"},
	{`"/bin/true {"   `, "! a comment", "Comment", "comment.line"},
	{"    ", "@node1", "Condition", "keyword.control.conditional"},
	{"priority ", "${_RANDOM 1 9}", "Reference", "variable.other"},
	{"router_id ", "$VRID", "Reference", "variable.other"},
	{"        ", "192.0.2.1/24", "Address", "constant.numeric.address"},
	{"192.0.2.1/24 ", "dev", "Option", "storage.modifier"},
	{"dev eth0 ", "label", "Option", "storage.modifier"},
	{"        ", "~SEQ(i, 2, 9)", "Repeat", "keyword.control.loop"},
	{"track_script { chk ", "weight", "Option", "storage.modifier"},
	{"auth_type ", "PASS", "Constant", "constant.language"},
	{"no", `\#`, "Escape", "constant.character.escape"},
	{"real_server ", "192.0.2.2", "Address", "constant.numeric.address"},
	{"weight ", "3\n    real", "Number", "constant.numeric"},
}

// placesIn gives the line and column, from 1, of each of them.
func placesIn(t *testing.T, text string) [][2]int {
	t.Helper()
	out := make([][2]int, len(places))
	for i, p := range places {
		at := strings.Index(text, p.before+p.word)
		if at < 0 {
			t.Fatalf("no %q in the file", p.before+p.word)
		}
		at += len(p.before)
		line := strings.Count(text[:at], "\n")
		out[i] = [2]int{line + 1, at - strings.LastIndex(text[:at], "\n")}
	}
	return out
}
