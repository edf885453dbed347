package format_test

import (
	"bytes"
	"io/fs"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/format"
	"holdfast/conf/syntax"
)

// TestMeaning formats the whole corpus and loads it before and after.
func TestMeaning(t *testing.T) {
	formatted, refused := 0, 0
	for name, files := range corpus(t) {
		for main := range files {
			if checkMeaning(t, files, main, "main", "id", "node1") {
				formatted++
			} else {
				refused++
				_, list := format.Source(main, []byte(files[main]))
				t.Logf("%s: refused: %v", name, list.Err())
			}
		}
	}
	t.Logf("%d formatted, %d refused", formatted, refused)
	if formatted < 200 || refused > formatted/20 {
		t.Errorf("%d files formatted, %d refused", formatted, refused)
	}
}

// FuzzMeaning does the same for whatever comes.
func FuzzMeaning(f *testing.F) {
	for _, files := range corpus(f) {
		for _, text := range files {
			f.Add(text)
		}
	}
	f.Add("@a x {\n@^a y {\nb } # c\n$A=b {\\\n c\\\n\n}$A{\n~SEQ(a, 3) { ${B} }\n")
	f.Add("a # b\n\n# c\n{ ; d }\n'e  f\\ g' \"h  i\"  j }k#l\n{}\n{\n}")
	f.Add("$X=\"  a\n$Y=b $X\nc  $Y  d \"  e  $X  f\n")
	f.Add("a {\n  b \"c  \n}")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= 1<<14 && !(strings.Contains(text, "~SEQ") && longNumber.MatchString(text)) {
			checkMeaning(t, mapSource{"main.conf": text}, "main.conf", "id")
		}
	})
}

// checkMeaning formats one of files and holds the result against it: formatting it again changes nothing, no comment
// and no word is lost, and it loads as before for each configuration id. It returns false when the file is refused.
func checkMeaning(t *testing.T, files mapSource, name string, ids ...string) bool {
	t.Helper()
	before := files[name]
	out, list := format.Source(name, []byte(before))
	if (out == nil) != list.HasErrors() {
		t.Fatalf("%s: result %q and findings %v", name, out, list.All())
	}
	if out == nil {
		checkPlaces(t, before, &list)
		return false
	}
	again, list := format.Source(name, out)
	if list.HasErrors() || !bytes.Equal(out, again) {
		t.Fatalf("%s: formatted twice (-once +twice): %v\n%s", name, list.Err(), cmp.Diff(string(out), string(again)))
	}
	if a, b := letters(before), letters(string(out)); a != b {
		t.Fatalf("%s: letters differ:\n%s\n%s", name, a, b)
	}
	formatted := mapSource{}
	for k, v := range files {
		formatted[k] = v
	}
	formatted[name] = string(out)
	for _, id := range ids {
		opt := conf.Options{ConfigID: id, CPUs: 2}
		wantConfig, wantList := conf.Load(files, name, opt)
		if wantList.Len() > 1000 {
			continue // a bomb: it is loaded within bounds, but slowly
		}
		gotConfig, gotList := conf.Load(formatted, name, opt)
		if d := cmp.Diff(wantConfig, gotConfig, exceptPlaces); d != "" {
			t.Fatalf("%s: loads differently (-before +after):\n%s\nformatted:\n%s", name, d, out)
		}
		if d := cmp.Diff(findings(&wantList), findings(&gotList)); d != "" {
			t.Fatalf("%s: other findings (-before +after):\n%s\nformatted:\n%s", name, d, out)
		}
	}
	return true
}

// exceptPlaces compares every field of a configuration but those that say where something stands.
var exceptPlaces = cmp.Options{
	cmpopts.IgnoreTypes(diag.Span{}, []diag.Via{}),
	cmpopts.IgnoreUnexported(syntax.Node{}, conf.GARPGroup{}),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Exporter(func(reflect.Type) bool { return true }),
}

// letters is what formatting must not touch: everything but white space, as a sorted count, because a "{" may move over
// a comment.
func letters(s string) string {
	var n [256]int
	for i := range len(s) {
		n[s[i]]++
	}
	var b strings.Builder
	for c, k := range n {
		if k > 0 && strings.IndexByte(" \t\r\n", byte(c)) < 0 {
			b.WriteString(strconv.Quote(string([]byte{byte(c)})) + "=" + strconv.Itoa(k) + " ")
		}
	}
	return b.String()
}

// longNumber makes repetitions that are loaded within their bounds, but not thousands of times.
var longNumber = regexp.MustCompile(`[0-9a-fA-F]{4}`)

var lineInText = regexp.MustCompile(`\b(line |:)\d+\b`)

// findings are diagnostics without their places, sorted.
func findings(l *diag.List) []string {
	var out []string
	for _, d := range l.All() {
		switch d.Code {
		case "comment-in-word":
			d.Summary = "" // tells the word with the braces that touch it
		case "unmatched-quote", "bad-repetition":
			d.Compat = strings.Join(strings.Fields(d.Compat), " ") // cites the line
		}
		s := strings.Join([]string{
			d.Severity.String(), d.Class.String(), d.Code, d.Summary, d.Effect, d.Suggest, d.Compat, strconv.Itoa(d.At.Len()),
		}, "|")
		for _, c := range d.In {
			s += "|in " + c.What
		}
		for _, v := range d.Via {
			s += "|via " + v.What
		}
		out = append(out, lineInText.ReplaceAllString(s, "${1}N"))
	}
	slices.Sort(out)
	return out
}

// checkPlaces holds every place in the list against the text.
func checkPlaces(t *testing.T, text string, l *diag.List) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for _, d := range l.All() {
		if d.At.Line() < 1 || d.At.Line() > len(lines) || d.At.Col() < 1 || d.At.Col()-1+d.At.Len() > len(lines[d.At.Line()-1]) ||
			strings.Count(text[:d.At.Off()], "\n") != d.At.Line()-1 {
			t.Fatalf("%s: %v +%d lies outside the file", d.Code, d.At, d.At.Len())
		}
	}
}

// corpus gives every configuration that the language is tested with: sets of files by name.
func corpus(tb testing.TB) map[string]mapSource {
	tb.Helper()
	out := map[string]mapSource{}
	for _, p := range append(glob(tb, "../testdata/*/*.txtar"), glob(tb, "testdata/*.txtar")...) {
		ar, err := txtar.ParseFile(p)
		if err != nil {
			tb.Fatal(err)
		}
		set := mapSource{}
		for _, f := range ar.Files {
			if !strings.HasPrefix(f.Name, "want.") && f.Name != "refused" {
				set[f.Name] = string(f.Data)
			}
		}
		out[p] = set
	}
	single := append(glob(tb, "../testdata/examples/*.conf"), glob(tb, "../testdata/typed/*.conf")...)
	for _, dir := range []string{os.Getenv("HOLDFAST_SEEDS"), "../../../shared/seeds/configs"} {
		more, err := filepath.Glob(filepath.Join(dir, "*.conf"))
		if err != nil {
			tb.Fatal(err)
		}
		if dir != "" && len(more) > 0 {
			single = append(single, more...)
			break
		}
	}
	for _, p := range single {
		data, err := os.ReadFile(p)
		if err != nil {
			tb.Fatal(err)
		}
		out[p] = mapSource{"main.conf": string(data)}
	}
	return out
}

// mapSource is a file system in memory.
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
		ok, err := path.Match(p, name)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (m mapSource) Getenv(string) string { return "" }
