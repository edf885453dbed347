package syntax

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpandBraces(t *testing.T) {
	for in, want := range map[string][]string{
		"a.conf": {"a.conf"}, "{b,a}.conf": {"b.conf", "a.conf"}, "{sub/{x,z},a}.c*f": {"sub/x.c*f", "sub/z.c*f", "a.c*f"},
		"{}.conf": {"{}.conf"}, "{a}": {"a"}, "{a,b": {"{a,b"}, `\{a,b\}`: {`\{a,b\}`}, "{,a}b": {"b", "ab"},
		"{a,b}{c,d}": {"ac", "ad", "bc", "bd"}, "{a,b}{c,d}{e,f}": nil,
	} {
		if d := cmp.Diff(want, expandBraces(in, 5)); d != "" {
			t.Errorf("%s (-want +got):\n%s", in, d)
		}
	}
}

// FuzzExpandBraces: it always ends, within its bound, and never makes a name longer.
func FuzzExpandBraces(f *testing.F) {
	for _, s := range []string{"a{b,c}d", "{a,{b,c}}", "{}", "{", "a}b{", `\{a,b\}`, "{,}", "{a,b}{c,d}{e,f}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, p string) {
		const limit = 64
		all := expandBraces(p, limit)
		if len(all) > limit {
			t.Fatalf("%q expands to %d", p, len(all))
		}
		for _, a := range all {
			if len(a) > len(p) {
				t.Fatalf("%q expands to the longer %q", p, a)
			}
		}
	})
}
