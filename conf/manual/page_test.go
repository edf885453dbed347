package manual_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/conf/manual"
)

var update = flag.Bool("update", false, "rewrite docs/keywords.md")

// TestPage keeps docs/keywords.md in step with the keyword table and the examples; -update rewrites it.
func TestPage(t *testing.T) {
	const path = "../../docs/keywords.md"
	page := manual.Page()
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
		t.Errorf("%s is out of date: go test ./conf/manual -update", path)
	}
}

// TestEveryRowHasAnExample: each row of the table has an example that has the keyword as the first word of a line.
func TestEveryRowHasAnExample(t *testing.T) {
	for _, k := range conf.Keywords() {
		text := manual.Example(k)
		first := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(k.Name) + `( |$)`)
		switch {
		case text == "":
			t.Errorf("%s in %v has no example", k.Name, k.Where)
		case !strings.HasPrefix(k.Name, "<") && !first.MatchString(text):
			t.Errorf("the example of %s in %v is about something else:\n%s", k.Name, k.Where, text)
		case text != strings.Trim(text, "\n"):
			t.Errorf("the example of %s in %v begins or ends with an empty line", k.Name, k.Where)
		}
	}
}

// TestEveryExampleHasARow: no example outlives its row.
func TestEveryExampleHasARow(t *testing.T) {
	for in, keywords := range manual.Written() {
		for _, name := range keywords {
			if !slices.ContainsFunc(conf.Keywords(), func(k conf.Keyword) bool { return k.Name == name && manual.Home(k) == in }) {
				t.Errorf("there is an example of %q in %q, and no such row", name, in)
			}
		}
	}
}

// TestEveryOptionHasAnExample: the options of lines are those that package conf knows, and each is in its example.
func TestEveryOptionHasAnExample(t *testing.T) {
	said := map[string][]string{} // by the keyword that opens the block of the lines
	for _, o := range manual.Options() {
		known := false
		for _, in := range o.In {
			said[in] = append(said[in], o.Words...)
			known = known || slices.Contains(conf.EntryOptions(in), o.Words[0])
		}
		if !known {
			t.Errorf("no line of %v takes %s", o.In, o.Words[0])
		}
		if !slices.ContainsFunc(o.Words, func(w string) bool { return slices.Contains(strings.Fields(o.Example), w) }) {
			t.Errorf("the example of %s is about something else: %s", o.Words[0], o.Example)
		}
	}
	for _, k := range conf.Keywords() {
		for _, w := range conf.EntryOptions(k.Name) {
			if k.Name != "linkbeat_interfaces" && !slices.Contains(said[k.Name], w) { // their one option is in the grammar
				t.Errorf("nothing is said of %s in %s", w, k.Name)
			}
		}
	}
}

// TestEveryRowIsOnThePage: no block is left out of the sections.
func TestEveryRowIsOnThePage(t *testing.T) {
	page := manual.Page()
	headings := map[string]int{}
	for line := range strings.Lines(page) {
		if name, ok := strings.CutPrefix(line, "### "); ok {
			headings[strings.TrimSpace(name)]++
		}
	}
	rows := map[string]int{}
	for _, k := range conf.Keywords() {
		if k.Name == "<entry>" {
			k.Name = "Lines of " + string(k.Where[0])
		}
		rows[k.Name]++
	}
	for name, n := range rows {
		if headings[name] != n {
			t.Errorf("%s is %d times on the page, and %d times in the table", name, headings[name], n)
		}
	}
}

// TestLinksLeadSomewhere takes the page as GitHub does: a heading is an anchor, a second one of the same words has a number behind it.
func TestLinksLeadSomewhere(t *testing.T) {
	page := manual.Page()
	anchors := map[string]bool{}
	times := map[string]int{}
	drop := regexp.MustCompile(`[^a-z0-9 _-]`)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(withoutFences(page), -1) {
		a := strings.ReplaceAll(drop.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		if n := times[a]; n > 0 {
			anchors[a+"-"+strconv.Itoa(n)] = true
		} else {
			anchors[a] = true
		}
		times[a]++
	}
	n := 0
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(page, -1) {
		n++
		if !anchors[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	if n < 800 {
		t.Errorf("only %d links", n)
	}
}

// withoutFences leaves the examples out.
func withoutFences(page string) string {
	var b strings.Builder
	for i, part := range strings.Split(page, "\n```\n") {
		if i%2 == 0 {
			b.WriteString(part + "\n")
		}
	}
	return b.String()
}
