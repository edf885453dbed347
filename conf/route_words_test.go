package conf_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf"
)

// TestLineWords writes every route and rule of the oracle's snippets as words and reads these: they must mean the same.
func TestLineWords(t *testing.T) {
	places := regexp.MustCompile(`(?m) \(main\.conf:[0-9:]+\)$|^.*(\.At|\.Written) = .*\n| \(default\)$`)
	seen := 0
	for _, name := range []string{"routes", "rules"} {
		ar, err := txtar.ParseFile("testdata/oracle/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			first, _ := conf.Load(mapSource{"main.conf": string(f.Data)}, "main.conf", conf.Options{})
			var b strings.Builder
			b.WriteString("static_routes {\n")
			for i := range first.Static.Routes {
				b.WriteString(strings.Join(first.Static.Routes[i].Words(), " ") + "\n")
			}
			b.WriteString("}\nstatic_rules {\n")
			for i := range first.Static.Rules {
				b.WriteString(strings.Join(first.Static.Rules[i].Words(), " ") + "\n")
			}
			b.WriteString("}\n")
			seen += len(first.Static.Routes) + len(first.Static.Rules)
			second, _ := conf.Load(mapSource{"main.conf": b.String()}, "main.conf", conf.Options{})
			first.Kept, second.Kept = nil, nil
			if d := cmp.Diff(places.ReplaceAllString(dump(first), ""), places.ReplaceAllString(dump(second), "")); d != "" {
				t.Errorf("%s/%s (-first +second):\n%s\n%s", name, f.Name, d, b.String())
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d lines", seen)
	}
}
