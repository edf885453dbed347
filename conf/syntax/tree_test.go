package syntax

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf/diag"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// mapSource is a file system in memory; "$NAME" entries are its environment.
type mapSource map[string]string

func (m mapSource) ReadFile(p string) ([]byte, error) {
	if s, ok := m[p]; ok {
		return []byte(s), nil
	}
	return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
}

func (m mapSource) Glob(p string) ([]string, error) {
	var out []string
	for name := range m {
		if ok, err := filepath.Match(p, name); err != nil {
			return nil, err
		} else if ok {
			out = append(out, name)
		}
	}
	return out, nil
}

func (m mapSource) Getenv(name string) string { return m["$"+name] }

// testGrammar knows "block" and "list", which open blocks, and "leaf".
func testGrammar(block, keyword string) (Shape, string) {
	switch {
	case block == "list":
		return Leaf, ""
	case keyword == "block", keyword == "list":
		return Block, keyword
	case keyword == "leaf":
		return Leaf, ""
	}
	return Unknown, ""
}

// TestTree parses main.conf of each archive and compares tree and findings.
func TestTree(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			src, want := mapSource{"$HOME": "/home/x"}, ""
			var kept []txtar.File
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				kept = append(kept, f)
				src[f.Name] = string(f.Data)
			}
			got := draw(src)
			sameWalk(t, src, Options{ConfigID: "id", Grammar: testGrammar})
			if *update {
				ar.Files = append(kept, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// draw writes a tree, one statement per line: place, words, and how they came there.
func draw(src Source) string {
	tree, list := Parse(src, "main.conf", Options{ConfigID: "id", Grammar: testGrammar})
	var b strings.Builder
	for _, n := range tree.Nodes {
		drawNode(&b, n, 0)
	}
	for _, d := range list.All() {
		fmt.Fprintf(&b, "%v+%d %v %s: %s\n", d.At, d.At.Len(), d.Severity, d.Code, d.Summary)
	}
	return b.String()
}

func drawNode(b *strings.Builder, n *Node, depth int) {
	fmt.Fprintf(b, "%s%s:%d", strings.Repeat("  ", depth), n.Keyword.At.File(), n.Keyword.At.Line())
	for _, w := range append([]Word{n.Keyword}, n.Args...) {
		fmt.Fprintf(b, " %d+%d %q", w.At.Col(), w.At.Len(), w.Text)
		for _, v := range w.Via() {
			fmt.Fprintf(b, " <%s %v>", v.What, v.At)
		}
	}
	if n.Foreign {
		b.WriteString(" foreign")
	}
	if n.HasBlock {
		fmt.Fprintf(b, " { %d:%d-%d:%d", n.Open.Line(), n.Open.Col(), n.Close.Line(), n.Close.Col())
	}
	b.WriteString("\n")
	for _, inner := range n.Block {
		drawNode(b, inner, depth+1)
	}
}

// sameWalk checks that statements which are overwritten once they were heard of are, until then, those of a tree.
func sameWalk(t *testing.T, src Source, opt Options) {
	t.Helper()
	tree, _ := Parse(src, "main.conf", opt)
	var want, got strings.Builder
	for _, n := range tree.Nodes {
		drawNode(&want, n, 0)
	}
	_, whole := Walk(src, "main.conf", opt, &diag.List{}, func(n *Node) bool {
		drawNode(&got, n, 0)
		return false
	})
	if d := cmp.Diff(want.String(), got.String()); d != "" && whole {
		t.Errorf("-tree +walk:\n%s", d)
	}
}

// What stands between a keyword and its "{" does not part them, however much of it there is.
func TestCommentsBeforeABlock(t *testing.T) {
	const many = 2 * nodePiece
	for _, between := range []string{"; one\n", strings.Repeat("// many\n", many), "\n# a comment\n! another\n"} {
		text := "leaf first\nblock B x\n" + between + "{\n" + strings.Repeat("leaf 1\nleaf 2\n", many) + "}\nblock C {\n}\n"
		src := mapSource{"main.conf": text}
		sameWalk(t, src, Options{Grammar: testGrammar})
		heard := 0
		Walk(src, "main.conf", Options{Grammar: testGrammar}, &diag.List{}, func(n *Node) bool {
			if n.Keyword.Text == "block" {
				heard += len(n.Block)
			}
			return false
		})
		if heard != 2*many {
			t.Errorf("%d statements in the blocks behind %.10q, want %d", heard, between, 2*many)
		}
	}
}

func TestArgv(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
		open int
	}{
		{`notify /bin/x root`, []string{"notify", "/bin/x", "root"}, -1},
		{`abcd" efg h jkl "mnop`, []string{"abcd efg h jkl mnop"}, -1},
		{`abcd "efg h jkl" mnop`, []string{"abcd", "efg h jkl", "mnop"}, -1},
		{`a"b c"'d e'f`, []string{"ab cd ef"}, -1},
		{`'a "b" c'`, []string{`a "b" c`}, -1},
		{`"a 'b' c"`, []string{"a 'b' c"}, -1},
		{`\a\b\E\f\n\r\t\v`, []string{"\a\b\x1b\f\n\r\t\v"}, -1},
		{`\101\x41\cA\q\\\"`, []string{"AA\x01q\\\""}, -1},
		{`a\ b c`, []string{"a b", "c"}, -1},
		{`x ""`, []string{"x", ""}, -1},
		{`x "open`, []string{"x", "open"}, 2},
		{`x \`, []string{"x", `\`}, -1},
		{`\x \c`, []string{"x", "c"}, -1},
		{"a\u00a0b", []string{"a", "b"}, -1},
		{``, nil, -1},
	} {
		args, open := Argv(c.in)
		var got []string
		for _, a := range args {
			got = append(got, a.Text)
			if a.From >= a.To || a.To > len(c.in) {
				t.Errorf("%q: %q stands at %d–%d", c.in, a.Text, a.From, a.To)
			}
		}
		if d := cmp.Diff(c.want, got); d != "" || open != c.open {
			t.Errorf("Argv(%q): open %d, want %d; %s", c.in, open, c.open, d)
		}
	}
}

func TestSnapshotRefusesDamage(t *testing.T) {
	rec := NewRecorder(mapSource{"a": "text", "$HOME": "/root"})
	if _, err := rec.ReadFile("a"); err != nil {
		t.Fatal(err)
	}
	rec.Getenv("HOME")
	if _, err := rec.Glob("a*"); err != nil {
		t.Fatal(err)
	}
	data, err := rec.Snapshot().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		var s Snapshot
		if err := s.UnmarshalBinary(data[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken for a snapshot", n, len(data))
		}
	}
	var s Snapshot
	if err := s.UnmarshalBinary(append(data, 0)); err == nil {
		t.Error("a byte too many is not noticed")
	}
	if err := s.UnmarshalBinary(data); err != nil || s.Getenv("HOME") != "/root" {
		t.Errorf("the whole snapshot: %v", err)
	}
}

func FuzzSnapshot(f *testing.F) {
	rec := NewRecorder(mapSource{"a": "text"})
	if _, err := rec.ReadFile("b"); err == nil {
		f.Fatal("b should not be there")
	}
	data, err := rec.Snapshot().MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(snapshotMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Snapshot
		if s.UnmarshalBinary(data) != nil {
			return
		}
		again, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var s2 Snapshot
		if err := s2.UnmarshalBinary(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}

// FuzzParse: no panic, places inside the file, balanced parents, with and without a grammar.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"block a {\n leaf 1 2\n}\n", "block\n{\nleaf }\n}", "leaf \"a b\"c # d\n! e\n", "$A=1\nleaf $A ${A}b \"${A}\"\n",
		"@id leaf\n@^id leaf\n@\n", "include main.conf\ninclude other\n", "; a\n// b\nlist {\n x { }\n}\n", "leaf \\# \\! {{{{ }\r\n\x00",
		"\ufeffleaf\u3000x\u200b\n", "list {\nblock {\n}\n", "block a\n; b\n// c\n{\nleaf\n}\nleaf\n; d\n", "~SEQ(a,1,2) leaf\n$B=\\\n x\\\n y\nleaf ${_RANDOM 1 2} ${_PWD} ${_ENV HOME}\n",
		"$B=\\\nblock ${n} { \\\n @id leaf \"${n} \\\n }\n~SEQ(n,1,2) ~LST({a,b},{1,2},{3}) $B\n$B $B\n", "$L=a ${L}${L}\nleaf ${L} ${${L}}\n",
		"~SEQx(n, 9, -3, ${N}) leaf\\\n$S=~LST(x,1\n${S},2) leaf ${x}\\#${_HASH}\n", "include {main,oth*,{a,b}}.conf\n$I=includea\n$I nowhere\n",
		"global_defs {\nrandom_seed 7\ninclude_check +match -x\n}\nleaf ${_RANDOM 5 1}\n~SEQ(a,0x,1) $a=\\\n", "$A=\\\n$A \\\n${A}\n$A\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<15 {
			return
		}
		for _, g := range []Grammar{nil, testGrammar} {
			tree, list := Parse(mapSource{"main.conf": text, "other": "leaf\n"}, "main.conf", Options{ConfigID: "id", Grammar: g, tight: 8})
			var walk func(nodes []*Node, parent *Node)
			walk = func(nodes []*Node, parent *Node) {
				for _, n := range nodes {
					for _, w := range append([]Word{n.Keyword}, n.Args...) {
						for _, v := range append([]diag.Via{{At: w.At}}, w.Via()...) {
							inFile(t, text, v.At)
						}
					}
					if n.Parent != parent {
						t.Fatalf("%q has another parent than the block it is in", n.Keyword.Text)
					}
					args, _ := Argv(n.Raw())
					for _, a := range args {
						if at, _ := n.RawSpan(a.From, a.To); at.File() == "main.conf" && at.Off() > len(text) {
							t.Fatalf("%v lies outside the file", at)
						}
					}
					walk(n.Block, n)
				}
			}
			walk(tree.Nodes, nil)
			sameWalk(t, mapSource{"main.conf": text, "other": "leaf\n"}, Options{ConfigID: "id", Grammar: g, tight: 8})
			for _, d := range list.All() {
				inFile(t, text, d.At)
			}
		}
	})
}

// inFile holds a place in main.conf against its text.
func inFile(t *testing.T, text string, s diag.Span) {
	t.Helper()
	if s.File() != "main.conf" || s.IsZero() {
		return
	}
	if s.Off() < 0 || s.Off() > len(text) {
		t.Fatalf("%v: offset %d of %d", s, s.Off(), len(text))
	}
	line := text[strings.LastIndexByte(text[:s.Off()], '\n')+1:]
	line, _, _ = strings.Cut(line, "\n")
	if strings.Count(text[:s.Off()], "\n") != s.Line()-1 || s.Col() < 1 || s.Len() < 0 || s.Col()-1+s.Len() > utf8.RuneCountInString(line) {
		t.Fatalf("%v +%d lies outside its line %q", s, s.Len(), line)
	}
}
