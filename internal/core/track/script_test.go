package track_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"holdfast/internal/core/track"
)

var update = flag.Bool("update", false, "rewrite the wanted output of testdata/*.txtar")

// TestScripts plays each testdata/*.txtar. Its lines are "tracker RISE FALL", "rule WEIGHT [reverse]" and "results" with
// one + or - for each; what is wanted is the status after each result, and what the rule then does.
func TestScripts(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no scripts")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(a.Comment))
			if *update {
				a.Files = []txtar.File{{Name: "want", Data: []byte(got)}}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(a.Files[0].Data); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func play(t *testing.T, script string) string {
	var out strings.Builder
	tr := track.New(1, 1)
	var rule track.Rule
	for _, l := range strings.Split(script, "\n") {
		words := strings.Fields(strings.SplitN(l, "#", 2)[0])
		if len(words) == 0 {
			continue
		}
		rest := strings.Join(words[1:], " ")
		switch words[0] {
		case "tracker":
			var rise, fall int
			if _, err := fmt.Sscan(rest, &rise, &fall); err != nil {
				t.Fatalf("%s: %v", l, err)
			}
			tr = track.New(rise, fall)
			fmt.Fprintf(&out, "rise %d, fall %d\n", rise, fall)
		case "rule":
			if _, err := fmt.Sscan(rest, &rule.Weight); err != nil {
				t.Fatalf("%s: %v", l, err)
			}
			rule.Reverse = len(words) == 3 && words[2] == "reverse"
			show(&out, " ", &tr, rule)
		case "results":
			for _, sign := range strings.Join(words[1:], "") {
				tr.Step(sign == '+')
				show(&out, string(sign), &tr, rule)
			}
		default:
			t.Fatalf("unknown line %q", l)
		}
	}
	return out.String()
}

func show(out *strings.Builder, sign string, tr *track.Tracker, rule track.Rule) {
	e := rule.Effect(tr.Status())
	what := fmt.Sprintf("%+d", e.Add)
	switch {
	case e.Fault:
		what = "fault"
	case e.Undecided:
		what = "undecided"
	case rule.Weight == 0:
		what = "no fault"
	}
	fmt.Fprintf(out, "%s  %-7s  %s\n", sign, tr.Status(), what)
}
