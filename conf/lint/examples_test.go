package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/lint"
)

const examples = "../testdata/examples"

// quiet lists all that is found in the examples of this repository, each of which somebody runs: a finding that no operator would
// agree with is a false alarm. Examples without findings are not named.
var quiet = map[string]string{
	"semicolon-comment-in-instance.conf": "LINT053 38:17",
	"semicolon-comments.conf":            "LINT053 51:17",
	"strict-mode-with-https-check.conf":  "LINT021 13:4",
}

// pairs are examples that belong together, with what only the two together show.
var pairs = []struct{ a, b, want string }{
	{"crossed-priorities-first-node.conf", "crossed-priorities-second-node.conf", ""},
	{"slash-comments-and-long-passwords.conf", "second-node-of-two-active.conf", ""},
	{"semicolon-comments.conf", "semicolon-comment-in-instance.conf", ""},
	// Both nodes say priority 100 for External_1.
	{"four-instances-two-interfaces.conf", "four-instances-other-node.conf", "LINT113 14:14"},
}

func exampleFile(t *testing.T, name string) lint.File {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	cfg, _ := conf.Load(mapSource{name: string(text)}, name, conf.Options{ConfigID: "node1"})
	return lint.File{Name: name, Config: cfg}
}

func places(l diag.List, keep func(code string) bool) string {
	var out []string
	for _, d := range l.All() {
		if keep(d.Code) {
			out = append(out, fmt.Sprintf("%s %d:%d", d.Code, d.At.Line(), d.At.Col()))
		}
	}
	return strings.Join(out, ", ")
}

func TestExamplesGiveNoFalseAlarms(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(examples, "*.conf"))
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d examples: %v", len(paths), err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		got := places(lint.One(exampleFile(t, name)), func(string) bool { return true })
		if d := cmp.Diff(quiet[name], got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	for _, p := range pairs {
		got := places(lint.Two(exampleFile(t, p.a), exampleFile(t, p.b)), func(code string) bool { return code >= "LINT100" })
		if d := cmp.Diff(p.want, got); d != "" {
			t.Errorf("%s and %s (-want +got):\n%s", p.a, p.b, d)
		}
	}
}

// TestANodeAgainstItself finds what a copied file gets wrong, and nothing that would have to differ to be right.
func TestANodeAgainstItself(t *testing.T) {
	f := exampleFile(t, "one-instance.conf")
	if d := cmp.Diff("LINT114 12:11, LINT113 15:14", places(lint.Two(f, f), func(string) bool { return true })); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// FuzzRules has no configuration, however broken, make a rule panic or point outside of its file.
func FuzzRules(f *testing.F) {
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for i := 1; i < len(ar.Files); i++ {
			f.Add(string(ar.Files[i-1].Data), string(ar.Files[i].Data))
		}
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		src := mapSource{"a": a, "b": b}
		x, _ := conf.Load(src, "a", conf.Options{})
		y, _ := conf.Load(src, "b", conf.Options{})
		for _, l := range []diag.List{
			lint.One(lint.File{Name: "a", Config: x}),
			lint.Two(lint.File{Name: "a", Config: x}, lint.File{Name: "b", Config: y}),
		} {
			for _, d := range l.All() {
				text, ok := src[d.At.File()]
				if !ok || d.At.Line() < 1 || d.At.Line() > strings.Count(text, "\n")+1 || d.At.Col() < 1 {
					t.Errorf("%s at %v, which is nowhere", d.Code, d.At)
				}
				if _, known := lint.Explain(d.Code); !known || d.Summary == "" {
					t.Errorf("%s: %q", d.Code, d.Summary)
				}
			}
		}
	})
}
