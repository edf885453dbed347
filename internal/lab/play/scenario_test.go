package play

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// script writes down a scenario: what is done, awaited and expected.
func script(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "%s: %s (≤ %v)\n", s.Name, s.Story, s.Limit)
		for _, a := range s.Acts {
			fmt.Fprintf(&b, "  do     %v\n", a)
		}
		for _, g := range s.Goals {
			fmt.Fprintf(&b, "  await  %s\n", g.Text)
		}
		for _, c := range s.Checks {
			fmt.Fprintf(&b, "  expect %s\n", c.Want)
		}
	}
	return b.String()
}

func TestScenarios(t *testing.T) {
	for _, name := range []string{"single", "dual", "sync", "dual-sync", "case", "dr", "active"} {
		got := script(Scenario(published1(t, name)))
		file := "testdata/" + name + ".txt"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
