package conf_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// FuzzLoad feeds Load with mangled configurations: it must not panic, every place it names must lie inside its
// file, and the rendering must hold.
func FuzzLoad(f *testing.F) {
	for _, path := range seedFiles(f) {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if strings.HasSuffix(path, ".txtar") {
			for _, file := range txtar.Parse(data).Files {
				f.Add(string(file.Data))
			}
			continue
		}
		f.Add(string(data))
	}
	f.Add("$A=$B\n$B=${A}${A}\nvrrp_instance $A {\n")
	f.Add("$B=\\\nvrrp_instance I${n} { \\\ninterface eth0 \\\n@id priority ${p} \\\n}\n~SEQ(n,1,3) ~LST(p,1,300) $B\n")
	f.Add("~LST({a, b}, {\"1, é}) global_defs { router_id ${a}é${b} ${_RANDOM 3 2}\n$X=é\\\n~SEQ($X,1,2) $X")
	f.Add("include main.conf\n@id @^id $X=1\n@^ x\n@\n")
	f.Add("vrrp_instance a { notify_master \"a 'b\\x4 \\c")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		src := mapSource{"main.conf": text}
		cfg, list := conf.Load(src, "main.conf", conf.Options{ConfigID: "id", CPUs: 2})
		if cfg == nil {
			t.Fatal("no configuration")
		}
		checkPlaces(t, text, &list)
		rich(t, src, &list)
		for _, in := range cfg.Instances {
			if in.VRID.V == 0 || in.Priority.V == 0 || in.AdvertInt.V <= 0 || in.Interface.V == "" {
				t.Fatalf("instance %q cannot run: %+v", in.Name, in)
			}
		}
	})
}

func seedFiles(tb testing.TB) []string {
	var out []string
	for _, p := range []string{"testdata/examples/*.conf", "testdata/oracle/*.txtar", "testdata/golden/*.txtar"} {
		found, err := filepath.Glob(p)
		if err != nil || len(found) == 0 {
			tb.Fatalf("%s: no seeds: %v", p, err)
		}
		out = append(out, found...)
	}
	return out
}

// checkPlaces holds every span in the list against the text.
func checkPlaces(t *testing.T, text string, l *diag.List) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for _, d := range l.All() {
		spans := []diag.Span{d.At}
		for _, c := range d.In {
			spans = append(spans, c.At)
		}
		for _, v := range d.Via {
			spans = append(spans, v.At)
		}
		for _, s := range spans {
			if s.IsZero() {
				continue
			}
			if s.File() != "main.conf" || s.Line() < 1 || s.Line() > len(lines) || s.Off() < 0 || s.Off() > len(text) {
				t.Fatalf("%s: %v lies outside the file", d.Code, s)
			}
			line := lines[s.Line()-1]
			if s.Col() < 1 || s.Len() < 0 || s.Col()-1+s.Len() > utf8.RuneCountInString(line) {
				t.Fatalf("%s: %v +%d lies outside its line %q", d.Code, s, s.Len(), line)
			}
			if before := text[:s.Off()]; strings.Count(before, "\n") != s.Line()-1 ||
				utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) != s.Col()-1 {
				t.Fatalf("%s: %v: offset %d is another place", d.Code, s, s.Off())
			}
		}
	}
}
