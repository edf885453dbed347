package syntax

import (
	"fmt"
	"strings"
	"testing"

	"holdfast/conf/diag"
)

// doubling defines $A to $Z, each four times the one before.
func doubling(first string) string {
	var b strings.Builder
	b.WriteString("$A=" + first + "\n")
	for c := 'B'; c <= 'Z'; c++ {
		fmt.Fprintf(&b, "$%c=${%c}${%c}${%c}${%c}\n", c, c-1, c-1, c-1, c-1)
	}
	return b.String()
}

// TestBombs: what would expand without end is one clear error, after work that is counted.
func TestBombs(t *testing.T) {
	nested := mapSource{}
	for i := range 40 {
		nested[fmt.Sprintf("f%d", i)] = fmt.Sprintf("include f%d\ninclude f%d\n", i+1, i+1)
	}
	nested["main.conf"] = "include f0\n"
	loops := "$A=\\\n$A \\\n$A\n$A\n"
	for name, c := range map[string]struct {
		src  mapSource
		code string
	}{
		"at full size":                   {mapSource{"main.conf": "~SEQ(a,1,9999) ~SEQ(b,1,9999) leaf\n"}, "expansion-too-long"},
		"includes that double":           {nested, "too-many-files"},
		"a large file again and again":   {mapSource{"main.conf": strings.Repeat("include big\n", 1000), "big": strings.Repeat("leaf\n", 20_000)}, "too-many-files"},
		"a long sequence":                {mapSource{"main.conf": "~SEQ(n, 1, 1000000000) leaf ${n}\n"}, "expansion-too-long"},
		"a sequence to the last number":  {mapSource{"main.conf": "~SEQ(n, 9223372036854775806, 9223372036854775807) ~SEQ(m, 99999999999999999999) leaf\n"}, "expansion-too-long"},
		"a product of sequences":         {mapSource{"main.conf": "~SEQ(a,1,999) ~SEQ(b,1,999) ~SEQ(c,1,999) leaf\n"}, "expansion-too-long"},
		"a sequence that makes no lines": {mapSource{"main.conf": "~SEQ(n, 1, 1000000000) $X=${n}\n"}, "expansion-too-long"},
		"sequences in sequences":         {mapSource{"main.conf": "$S=~SEQ(n,1,9) $S\n$S leaf\n"}, "expansion-too-long"},
		"lines that double":              {mapSource{"main.conf": loops}, "expansion-too-long"},
		"long lines that repeat":         {mapSource{"main.conf": "~SEQ(n,1,100000) leaf " + strings.Repeat("x", 1<<16) + "\n"}, "expansion-too-long"},
		"references that double":         {mapSource{"main.conf": doubling("") + strings.Repeat("leaf ${Z}\n", 1000)}, "expansion-too-long"},
		"texts that double":              {mapSource{"main.conf": doubling("xxxxxxxxxxxxxxxx") + strings.Repeat("leaf ${Z}\n", 1000)}, "expansion-too-long"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := Options{tight: 4}
			if name == "at full size" {
				opt.tight = 0
			}
			statements := 0
			b := newBuilder(opt, &diag.List{}, func(*Node) bool { statements++; return true })
			e := newExpander(c.src, opt, b)
			e.file("main.conf", &inclusion{pattern: "main.conf", dir: ".", rules: includeRules{main: true}})
			b.finish()
			fatal := 0
			for _, d := range b.diags.All() {
				if d.Class.ExitStatus() == 4 {
					fatal++
					if d.Code != c.code || d.At.IsZero() {
						t.Errorf("%s at %v: %s", d.Code, d.At, d.Summary)
					}
				}
			}
			if n := b.diags.Len(); fatal != 1 || n > 200 {
				t.Errorf("%d fatal findings of %d", fatal, n)
			}
			w := e.work
			within := func(n, bound, slack int) bool { return n <= bound>>opt.tight+slack }
			if w.files > maxFiles || !within(w.again, maxAgain, 1<<18) || !within(w.lines, maxLines, 1) ||
				!within(w.followed, maxFollowed, 1) || !within(w.grown, maxGrowth, 1<<17) || !within(w.steps, maxSteps, 1<<10) ||
				!within(w.moved, maxMoved, 1<<17) || !within(statements, 1<<20, 1<<16) {
				t.Errorf("work: %+v, %d statements", w, statements)
			}
		})
	}
}

// TestLargeFiles: a file that is too large is not read, and what includes it counts.
func TestLargeFiles(t *testing.T) {
	const bound = maxFile >> 20
	src := mapSource{"main.conf": "include big\ninclude fits\n", "big": strings.Repeat("x", bound+1), "fits": "leaf" + strings.Repeat("\n", bound-4)}
	tree, list := Parse(src, "main.conf", Options{tight: 20})
	if len(tree.Nodes) != 1 || list.Len() != 1 {
		t.Fatalf("%d statements, %v", len(tree.Nodes), list.All())
	}
	want := `main.conf:1:9: cannot read "big": File too large`
	if d := list.All()[0]; d.At.String()+": "+d.Summary != want || d.Code != "cannot-read" || list.ExitClass() != diag.ClassNone {
		t.Errorf("%s at %v: %s", d.Code, d.At, d.Summary)
	}
	_, list = Parse(src, "big", Options{tight: 20})
	if list.Len() != 1 || list.ExitClass() != diag.ClassFatal {
		t.Errorf("as the main file: %v", list.All())
	}
}

// TestLongLines: one line that grows too long is cut short, and the rest of the file counts.
func TestLongLines(t *testing.T) {
	tree, list := Parse(mapSource{"main.conf": doubling("xxxxxxxxxxxxxxxx") + "leaf ${Z}\nleaf last\n"}, "main.conf", Options{})
	if n := len(tree.Nodes[0].Args[0].Text); n > maxExpansion+1024 || len(tree.Nodes) != 2 {
		t.Errorf("expanded to %d bytes, %d statements", n, len(tree.Nodes))
	}
	if list.Len() != 1 || list.All()[0].Code != "expansion-too-long" || list.ExitClass().ExitStatus() != 5 {
		t.Errorf("%d findings: %v", list.Len(), list.Error())
	}
}
