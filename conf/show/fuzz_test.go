package show

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzShow shows what any text comes to: nothing may panic, and what is written as text must come to the same.
func FuzzShow(f *testing.F) {
	examples, _ := filepath.Glob("../testdata/examples/*.conf")
	for _, path := range append(examples, "../testdata/typed/values.conf") {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		opt := Options{Secrets: true}
		first := load(files{"main.conf": text})
		written := write(t, func(b *bytes.Buffer) error { return Text(b, first, opt) })
		second := load(files{"main.conf": written})
		// JSON and cmp take most of the time, and are only of use to say what differs.
		if reflect.DeepEqual(bare(build(first, opt).object()), bare(build(second, opt).object())) {
			return
		}
		if d := cmp.Diff(values(t, first, opt), values(t, second, opt)); d != "" {
			t.Errorf("-first +second:\n%s\n%s", d, written)
		}
	})
}

// bare leaves out where values come from.
func bare(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for _, m := range v {
			if m.key != "origin" {
				out = append(out, member{m.key, bare(m.value)})
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = bare(v[i])
		}
		return out
	}
	return v
}
