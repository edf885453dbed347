package diag

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/test/schema"
)

func sample() *List {
	web, main := sampleFile("conf.d/web.conf"), sampleFile("main.conf")
	var l List
	l.Add(
		Diagnostic{
			Severity: Error, Class: ClassConfig, Code: "vrrp-priority", At: web.Span(34, 3),
			Summary: "priority 300 is outside 1–255", Compat: "number '300' outside range [1, 255]\n(VI_1) Priority not valid!",
			Effect: "VI_1 runs at the default priority 100",
			In:     []Context{{"vrrp_instance VI_1", web.Span(0, 13)}},
			Via:    []Via{{"included from", main.Span(8, 7)}},
		},
		Diagnostic{Severity: Warning, Class: ClassConfig, Code: "late", Bare: true, Summary: "about no place", Compat: "Non-existent interface"},
		Diagnostic{
			Severity: Warning, Class: ClassConfig, Code: "block", At: main.Span(0, 4), CompatLine: 9,
			Summary: "tab\there", Compat: "told later", Suggest: "look up",
		},
		Diagnostic{Severity: Info, Code: "quiet", At: main.Span(5, 2), Summary: "keepalived says nothing"},
	)
	return &l
}

func sampleFile(name string) *File {
	text, _ := sources(name)
	return NewFile(name, text)
}

func sources(name string) (string, bool) {
	s, ok := map[string]string{
		"conf.d/web.conf": "vrrp_instance VI_1 {\n    priority 300\n}\n",
		"main.conf":       "leaf\n\tx\ninclude conf.d/*.conf\n",
	}[name]
	return s, ok
}

func TestRich(t *testing.T) {
	l := sample()
	l.Sort()
	var b bytes.Buffer
	if err := Rich(&b, l, RichOptions{Text: sources, HideInfo: true}); err != nil {
		t.Fatal(err)
	}
	want := `conf.d/web.conf:2:14: error: priority 300 is outside 1–255 [vrrp-priority]
    2 |     priority 300
      |              ^^^
      = in vrrp_instance VI_1 (conf.d/web.conf:1), included from main.conf:3
      = effect: VI_1 runs at the default priority 100
main.conf:1:1: warning: tab here [block]
    1 | leaf
      | ^^^^
      = help: look up
warning: about no place [late]
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	b.Reset()
	if err := Rich(&b, l, RichOptions{Text: sources, Color: true}); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, "\x1b[1;31merror:\x1b[0m") || strings.Count(s, "\x1b[")%2 != 0 {
		t.Errorf("colours: %q", s)
	}
}

func TestLayout(t *testing.T) {
	long := strings.Repeat("a", 300) + " word " + strings.Repeat("b", 300)
	for _, c := range []struct {
		text   string
		col, n int
		under  string // what stands above the carets
		from   int
	}{
		{"priority 300", 10, 3, "300", 9},
		{"\tx y", 4, 1, "y", 10},
		{"ab\tx", 4, 1, "x", 8},
		{"\"節点\" x", 6, 1, "x", 7},
		{"\"節点\" x", 2, 2, "節点", 1},
		{"e\u0301x y", 5, 1, "y", 3},
		{"a\u200bb", 3, 1, "b", 1},
		{"a\x01b", 3, 1, "b", 2},
		{"short", 6, 0, "", 5},
		{long, 302, 4, "word", -1},
	} {
		shown, from, to := layout(c.text, c.col, c.n)
		if c.from >= 0 && from != c.from {
			t.Errorf("%q col %d: carets begin at cell %d, want %d", c.text, c.col, from, c.from)
		}
		var cellText strings.Builder
		cell := 0
		for _, r := range shown {
			if cell >= from && cell < to {
				cellText.WriteRune(r)
			}
			cell += cells(r)
		}
		if got := cellText.String(); got != c.under {
			t.Errorf("%q col %d: carets stand under %q, want %q", c.text, c.col, got, c.under)
		}
		if cell > maxShown+1 {
			t.Errorf("%d cells of %q are shown", cell, c.text)
		}
	}
}

func TestCompat(t *testing.T) {
	l := sample()
	l.Join(*sample()) // each line once
	var b bytes.Buffer
	if err := Compat(&b, l); err != nil {
		t.Fatal(err)
	}
	want := `(conf.d/web.conf: Line 2) number '300' outside range [1, 255]
(conf.d/web.conf: Line 2) (VI_1) Priority not valid!
Non-existent interface
(main.conf: Line 9) told later
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestJSON holds the rendering against docs/diagnostics.schema.json: every property that is written is in the
// schema, every one that the schema requires is written.
func TestJSON(t *testing.T) {
	s, err := schema.Read("../../docs/diagnostics.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, fault := range s.Check(doc) {
		t.Error(fault)
	}
	if doc["exit_status"] != 5.0 || len(doc["diagnostics"].([]any)) != 4 {
		t.Errorf("got %v", doc)
	}
}

func TestRefuse(t *testing.T) {
	l := sample()
	l.Refuse("quiet")
	if l.Count(Error) != 3 || l.Count(Info) != 1 || l.ExitClass() != ClassConfig {
		t.Errorf("%d errors, %d infos, %v", l.Count(Error), l.Count(Info), l.ExitClass())
	}
}

func TestSortAndClass(t *testing.T) {
	l := sample()
	l.Sort()
	var got []string
	for _, d := range l.All() {
		got = append(got, d.Code)
	}
	if d := cmp.Diff([]string{"vrrp-priority", "block", "quiet", "late"}, got); d != "" {
		t.Error(d)
	}
	if l.Count(Error) != 1 || l.Err() == nil || l.Err().Error() != "conf.d/web.conf:2:14: priority 300 is outside 1–255" {
		t.Errorf("error: %v", l.Err())
	}
	for _, c := range []struct {
		have []Class
		want int
	}{
		{nil, 0},
		{[]Class{ClassNone, ClassConfig}, 5},
		{[]Class{ClassSecurity, ClassConfig}, 6},
		{[]Class{ClassSecurity, ClassFatal, ClassConfig}, 4},
		{[]Class{ClassAbort, ClassFatal}, 2},
	} {
		var l List
		for _, k := range c.have {
			l.Add(Diagnostic{Severity: Warning, Class: k})
		}
		if got := l.ExitClass().ExitStatus(); got != c.want {
			t.Errorf("%v: exit status %d, want %d", c.have, got, c.want)
		}
		if l.Err() != nil {
			t.Errorf("warnings are an error: %v", l.Err())
		}
	}
}

func TestNearest(t *testing.T) {
	keywords := []string{"priority", "interface", "virtual_ipaddress", "notify_fault", "state", "nopreempt"}
	for word, want := range map[string]string{
		"prioriy": "priority", "prioirty": "priority", "interfcae": "interface", "virtual_ipadress": "virtual_ipaddress",
		"sate": "state", "notify_falut": "notify_fault", "xyzzy": "", "": "", "s": "", strings.Repeat("priority", 20): "",
	} {
		if got := Nearest(word, keywords); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	if d := editDistance("ca", "abc"); d != 3 {
		t.Errorf("optimal string alignment of ca and abc is %d, want 3", d)
	}
}
