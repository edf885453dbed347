package lint_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
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

var update = flag.Bool("update", false, "rewrite the expectations in testdata and docs")

// mapSource is a file system of strings.
type mapSource map[string]string

func (m mapSource) ReadFile(name string) ([]byte, error) {
	s, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(s), nil
}

func (m mapSource) Glob(string) ([]string, error) { return nil, nil }

func (m mapSource) Getenv(string) string { return "" }

// load reads one file; one with errors is no test of a rule.
func load(t *testing.T, src mapSource, name string) lint.File {
	t.Helper()
	cfg, findings := conf.Load(src, name, conf.Options{ConfigID: "node1"})
	for _, d := range findings.All() {
		if d.Severity == diag.Error {
			t.Errorf("%s: %s", d.At, d.Summary)
		}
	}
	return lint.File{Name: name, Config: cfg}
}

// judge looks at KIND.conf, or at the pair KIND-a.conf and KIND-b.conf; false if the archive has neither.
func judge(t *testing.T, src mapSource, kind string) (diag.List, bool) {
	t.Helper()
	if _, ok := src[kind+".conf"]; ok {
		return lint.One(load(t, src, kind+".conf")), true
	}
	if _, ok := src[kind+"-a.conf"]; ok {
		return lint.Two(load(t, src, kind+"-a.conf"), load(t, src, kind+"-b.conf")), true
	}
	return diag.List{}, false
}

// TestRules has each rule find what it is for, at the exact place and in the exact words, and let a near miss pass. The
// archive of a rule holds hit.conf (or hit-a.conf and hit-b.conf), more cases as hit2 and so on, miss.conf likewise, and
// "want": all that is found in the hits.
func TestRules(t *testing.T) {
	for _, r := range lint.Rules() {
		t.Run(r.Code, func(t *testing.T) {
			path := filepath.Join("testdata", "rules", r.Code+".txtar")
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			src := mapSource{}
			var kept []txtar.File
			want := ""
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				src[f.Name] = string(f.Data)
				kept = append(kept, f)
			}
			var got bytes.Buffer
			hits, misses := 0, 0
			for i := 1; ; i++ {
				name := "hit"
				if i > 1 {
					name = fmt.Sprintf("hit%d", i)
				}
				l, ok := judge(t, src, name)
				if !ok {
					break
				}
				hits++
				if count(l, r.Code) == 0 {
					t.Errorf("%s: not found", name)
				}
				render(t, &got, src, l)
			}
			for i := 1; ; i++ {
				name := "miss"
				if i > 1 {
					name = fmt.Sprintf("miss%d", i)
				}
				l, ok := judge(t, src, name)
				if !ok {
					break
				}
				misses++
				if count(l, r.Code) > 0 {
					var b bytes.Buffer
					render(t, &b, src, l)
					t.Errorf("%s: found:\n%s", name, b.String())
				}
			}
			if hits == 0 || misses == 0 {
				t.Fatalf("%d hits and %d misses: a rule needs both", hits, misses)
			}
			if *update {
				ar.Files = append(kept, txtar.File{Name: "want", Data: got.Bytes()})
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got.String()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func count(l diag.List, code string) int {
	n := 0
	for _, d := range l.All() {
		if d.Code == code {
			n++
		}
	}
	return n
}

func render(t *testing.T, b *bytes.Buffer, src mapSource, l diag.List) {
	t.Helper()
	err := diag.Rich(b, &l, diag.RichOptions{Text: func(name string) (string, bool) {
		text, ok := src[name]
		return text, ok
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range l.All() {
		if d.At.IsZero() || d.At.Len() == 0 || d.Effect == "" || d.Suggest == "" || d.Class != diag.ClassNone {
			t.Errorf("%s: a finding has a place, an effect and a suggestion, and changes no exit status: %+v", d.Code, d)
		}
	}
}

// TestEveryArchiveHasARule finds the ones left behind.
func TestEveryArchiveHasARule(t *testing.T) {
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, p := range paths {
		if _, ok := lint.Explain(strings.TrimSuffix(filepath.Base(p), ".txtar")); !ok {
			t.Errorf("%s is about no rule", p)
		}
	}
}

// TestRuleTable holds the rules against what they promise: codes in order, whole explanations, one function.
func TestRuleTable(t *testing.T) {
	last := ""
	for _, r := range lint.Rules() {
		if r.Code <= last || len(r.Code) != len("LINT000") || !strings.HasPrefix(r.Code, "LINT") {
			t.Errorf("%s after %s: codes are LINT and three digits, in order", r.Code, last)
		}
		last = r.Code
		if r.Title == "" || r.Means == "" || r.Hurts == "" || r.Example == "" || r.Mend == "" {
			t.Errorf("%s: a part of the explanation is empty", r.Code)
		}
		if e, ok := lint.Explain(r.Code); !ok || e != r.Text {
			t.Errorf("%s: another explanation is found", r.Code)
		}
	}
}

// TestPage keeps docs/lint.md in step with the rules; -update rewrites it.
func TestPage(t *testing.T) {
	const path = "../../docs/lint.md"
	page := page()
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != page {
		t.Errorf("%s is out of date: go test ./conf/lint -run TestPage -update", path)
	}
}
