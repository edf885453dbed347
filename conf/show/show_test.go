package show

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/conf/syntax"
	"holdfast/test/schema"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// files is a Source in memory.
type files map[string]string

func (m files) ReadFile(p string) ([]byte, error) {
	if s, ok := m[p]; ok {
		return []byte(s), nil
	}
	return nil, fs.ErrNotExist
}

func (m files) Glob(pattern string) ([]string, error) {
	var out []string
	for name := range m {
		if ok, _ := filepath.Match(pattern, name); ok {
			out = append(out, name)
		}
	}
	return out, nil
}

func (files) Getenv(string) string { return "" }

var _ syntax.Source = files{}

func load(src syntax.Source) *conf.Config {
	cfg, _ := conf.Load(src, "main.conf", conf.Options{ConfigID: "node1", CPUs: 4, Origins: true})
	return cfg
}

func write(t *testing.T, to func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := to(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestGolden shows main.conf of each archive as text and as JSON.
func TestGolden(t *testing.T) {
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
			src, want := files{}, map[string]string{}
			var kept []txtar.File
			for _, f := range ar.Files {
				if strings.HasPrefix(f.Name, "want.") {
					want[f.Name] = string(f.Data)
					continue
				}
				src[f.Name] = string(f.Data)
				kept = append(kept, f)
			}
			cfg := load(src)
			got := []txtar.File{
				{Name: "want.text", Data: []byte(write(t, func(b *bytes.Buffer) error { return Text(b, cfg, Options{}) }))},
				{Name: "want.json", Data: []byte(write(t, func(b *bytes.Buffer) error { return JSON(b, cfg, Options{}) }))},
			}
			if *update {
				ar.Files = append(kept, got...)
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, g := range got {
				if d := cmp.Diff(want[g.Name], string(g.Data)); d != "" {
					t.Errorf("%s (-want +got):\n%s", g.Name, d)
				}
			}
		})
	}
}

// corpus are the configurations of the golden cases and examples of conf.
func corpus(t *testing.T) map[string]files {
	t.Helper()
	out := map[string]files{}
	golden, _ := filepath.Glob("../testdata/golden/*.txtar")
	own, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range append(golden, own...) {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		src := files{}
		for _, f := range ar.Files {
			src[f.Name] = string(f.Data)
		}
		out[path] = src
	}
	snippets, _ := filepath.Glob("../testdata/oracle/*.txtar")
	for _, path := range snippets {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all := files{}
		for _, f := range ar.Files {
			all[f.Name] = string(f.Data)
		}
		for _, f := range ar.Files {
			if strings.HasSuffix(f.Name, ".conf") {
				src := maps.Clone(all)
				src["main.conf"] = string(f.Data)
				out[strings.TrimSuffix(filepath.Base(path), ".txtar")+"-"+f.Name] = src
			}
		}
	}
	examples, _ := filepath.Glob("../testdata/examples/*.conf")
	for _, path := range append(examples, "../testdata/typed/values.conf") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = files{"main.conf": string(text)}
	}
	if len(out) < 30 {
		t.Fatalf("only %d configurations", len(out))
	}
	return out
}

// unsayable are configurations that no text can say in one reading: what keepalived mends or takes over depends on the order of
// statements, or on what it drops later.
var unsayable = map[string]string{
	"globals-include-check.conf":          "statements of include_check that add to each other",
	"include-checks.txtar":                "statements of include_check that add to each other",
	"virtual-server-fw-dr.conf":           "twins made by ports that are reset",
	"virtual-server-dupport.conf":         "twins made by ports that are reset",
	"virtual-server-dupport-nat.conf":     "twins made by ports that are reset",
	"virtual-server-vs-noport.conf":       "twins made by ports that are reset",
	"virtual-server-mark-sorry-port.conf": "a sorry server with the address of a real server whose port is reset",
	"server-twins-and-ports.conf":         "twins made by ports that are reset",
	"virtual-server-sorry-inh2.conf":      "a sorry server behind a real server with its address",
	"virtual-server-sorry-inh3.conf":      "a sorry server behind a real server with its address",
	"virtual-server-sorry-same.conf":      "a sorry server behind a real server with its address",
}

// TestTextMeansTheSame reads what Text writes: it must come to the same configuration.
func TestTextMeansTheSame(t *testing.T) {
	for path, src := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			opt := Options{Secrets: true}
			first := load(src)
			text := write(t, func(b *bytes.Buffer) error { return Text(b, first, opt) })
			second := load(files{"main.conf": text})
			d, why := cmp.Diff(values(t, first, opt), values(t, second, opt)), unsayable[filepath.Base(path)]
			switch {
			case d != "" && why == "":
				t.Errorf("-first +second:\n%s\n%s", d, text)
			case d == "" && why != "":
				t.Errorf("the text says it, in spite of %s: it is unsayable no more", why)
			}
		})
	}
}

// values are the members of the JSON form without their origins.
func values(t *testing.T, cfg *conf.Config, opt Options) any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(write(t, func(b *bytes.Buffer) error { return JSON(b, cfg, opt) })), &doc); err != nil {
		t.Fatal(err)
	}
	return strip(doc["config"])
}

func strip(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "origin")
		for k := range v {
			v[k] = strip(v[k])
		}
	case []any:
		for k := range v {
			v[k] = strip(v[k])
		}
	}
	return v
}

// TestSchema holds the JSON form against docs/show-config.schema.json.
func TestSchema(t *testing.T) {
	s, err := schema.Read("../../docs/show-config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for path, src := range corpus(t) {
		var doc any
		text := write(t, func(b *bytes.Buffer) error { return JSON(b, load(src), Options{}) })
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		for _, fault := range s.Check(doc) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

// TestSecrets looks for passwords in all that is shown without Options.Secrets.
func TestSecrets(t *testing.T) {
	src := files{"main.conf": `vrrp_instance A {
    interface eth0
    virtual_router_id 7
    authentication {
        auth_type PASS
        auth_pass hunter2
    }
    virtual_ipaddress {
        192.0.2.1
    }
}
vrrp_instance B {
    interface eth0
    virtual_router_id 8
    version 3
    auth_hmac {
        key 1 swordfish-swordfish-swordfish-swordfish
        active_key 1
    }
    virtual_ipaddress {
        192.0.2.2
    }
}
SSL {
    password sesame-open
}
`}
	cfg := load(src)
	for name, to := range map[string]func(*bytes.Buffer, Options) error{
		"text": func(b *bytes.Buffer, o Options) error { return Text(b, cfg, o) },
		"json": func(b *bytes.Buffer, o Options) error { return JSON(b, cfg, o) },
	} {
		hidden := write(t, func(b *bytes.Buffer) error { return to(b, Options{All: true}) })
		shown := write(t, func(b *bytes.Buffer) error { return to(b, Options{Secrets: true}) })
		for _, secret := range []string{"hunter2", "swordfish", "sesame-open"} {
			if strings.Contains(hidden, secret) {
				t.Errorf("%s tells %s:\n%s", name, secret, hidden)
			}
			if !strings.Contains(shown, secret) {
				t.Errorf("%s does not tell %s with Secrets:\n%s", name, secret, shown)
			}
		}
		if strings.Count(hidden, mask) != 3 {
			t.Errorf("%s:\n%s", name, hidden)
		}
	}
}
