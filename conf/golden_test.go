package conf_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/test/schema"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata and docs")

// TestGolden loads main.conf of each archive and compares the typed configuration, the diagnostics as people see them
// and keepalived's lines with the files "want.config", "want.rich" and "want.compat". Run with -update to
// rewrite them; read the diff.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			src := mapSource{}
			var kept []txtar.File
			want := map[string]string{}
			for _, f := range ar.Files {
				if strings.HasPrefix(f.Name, "want.") {
					want[f.Name] = string(f.Data)
					continue
				}
				src[f.Name] = string(f.Data)
				kept = append(kept, f)
			}
			cfg, list := conf.Load(src, "main.conf", conf.Options{ConfigID: "node1", CPUs: 4})
			got := []txtar.File{
				{Name: "want.config", Data: []byte(dump(cfg))},
				{Name: "want.rich", Data: rich(t, src, &list)},
				{Name: "want.compat", Data: []byte(strings.Join(append(diag.CompatLines(&list), fmt.Sprintf("exit %d\n", list.ExitClass().ExitStatus())), "\n"))},
			}
			checkJSON(t, &list)
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

// checkJSON holds the JSON form of a list against its published schema.
func checkJSON(t *testing.T, l *diag.List) {
	t.Helper()
	s, err := schema.Read("../docs/diagnostics.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := diag.JSON(&b, l); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, fault := range s.Check(doc) {
		t.Error(fault)
	}
}

func rich(t *testing.T, src syntax.Source, l *diag.List) []byte {
	t.Helper()
	var b bytes.Buffer
	err := diag.Rich(&b, l, diag.RichOptions{Text: func(name string) (string, bool) {
		text, err := src.ReadFile(name)
		return string(text), err == nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// dump writes what a configuration says, one setting per line with where it comes from; what is at its zero value
// and came from no file is left out.
func dump(c *conf.Config) string {
	var b strings.Builder
	d := dumper{b: &b}
	d.value("global", reflect.ValueOf(c.Global))
	d.value("static", reflect.ValueOf(c.Static))
	for _, s := range c.Scripts {
		d.value("vrrp_script", reflect.ValueOf(*s))
	}
	for _, g := range c.Groups {
		d.value("vrrp_sync_group", reflect.ValueOf(*g))
	}
	for _, in := range c.Instances {
		d.value("vrrp_instance", reflect.ValueOf(*in))
	}
	for _, vs := range c.VirtualServers {
		d.value("virtual_server", reflect.ValueOf(*vs))
	}
	for _, g := range c.ServerGroups {
		d.value("virtual_server_group", reflect.ValueOf(*g))
	}
	d.value("SSL", reflect.ValueOf(c.SSL))
	for _, k := range c.Carried {
		fmt.Fprintf(&b, "carried %s %s: %s\n", k.Block, k.Node.Keyword.At, k.Node.Raw())
	}
	return b.String()
}

type dumper struct {
	b     *strings.Builder
	terse bool // leave defaults out
}

func (d dumper) value(name string, v reflect.Value) {
	t := v.Type()
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			d.value(name, v.Elem())
		}
	case strings.HasPrefix(t.Name(), "Value["):
		at := v.FieldByName("At").Interface().(diag.Span)
		if inner := v.FieldByName("V"); !inner.IsZero() && !d.terse || !at.IsZero() {
			fmt.Fprintf(d.b, "%s = %v (%v)\n", name, inner.Interface(), at)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			d.value(fmt.Sprintf("%s[%d]", name, i), v.Index(i))
		}
	case v.Kind() == reflect.Struct && t.PkgPath() == "holdfast/conf":
		for i := range t.NumField() {
			switch f := t.Field(i); {
			case f.Anonymous && t.Name() == "Global":
				dumper{d.b, true}.value(name, v.Field(i)) // the parts of global_defs that few files touch
			case f.Anonymous:
				d.value(name, v.Field(i))
			case f.IsExported():
				d.value(name+"."+f.Name, v.Field(i))
			}
		}
	case !v.IsZero():
		if s, ok := v.Interface().(diag.Span); ok {
			fmt.Fprintf(d.b, "%s = %v +%d\n", name, s, s.Len())
			return
		}
		fmt.Fprintf(d.b, "%s = %v\n", name, v.Interface())
	}
}
