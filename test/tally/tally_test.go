package main

import (
	"strings"
	"testing"
)

func play(t *testing.T, lines string) (out string, ok bool) {
	t.Helper()
	var b strings.Builder
	tl := newTally(&b)
	if err := tl.read(strings.NewReader(lines)); err != nil {
		t.Fatal(err)
	}
	ok = tl.finish()
	return b.String(), ok
}

func TestTally(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		ok   bool
		want []string
		not  []string
	}{
		"pass and skip": {
			in: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"A","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"B","Output":"=== RUN   B\n"}
{"Action":"output","Package":"p","Test":"B","Output":"    b_test.go:7: needs root: raw sockets\n"}
{"Action":"output","Package":"p","Test":"B","Output":"--- SKIP: B (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"B"}
{"Action":"pass","Package":"p","Elapsed":1.25}`,
			ok: true,
			want: []string{
				"pass p 1.2s: 1 passed, 0 failed, 1 skipped\n", "skipped: p B: needs root: raw sockets\n",
				"\n1 passed, 0 failed, 1 skipped\n",
			},
			not: []string{"chatter"},
		},
		"subtests": {
			in: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A/one"}
{"Action":"output","Package":"p","Test":"A/two","Output":"    a_test.go:9: wrong\n"}
{"Action":"fail","Package":"p","Test":"A/two"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p","Elapsed":1}`,
			want: []string{"A/two failed:\n        a_test.go:9: wrong\n", "\n1 passed, 1 failed, 0 skipped\n"},
			not:  []string{"A failed"},
		},
		"parent fails alone": {
			in: `{"Action":"pass","Package":"p","Test":"A/one"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}`,
			want: []string{"A failed:", "\n1 passed, 1 failed, 0 skipped\n"},
		},
		"does not build": {
			in: `{"ImportPath":"p [p.test]","Action":"build-output","Output":"a.go:1: no\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`,
			want: []string{"a.go:1: no", "\n0 passed, 1 failed, 0 skipped\n"},
		},
		"does not end": {
			in: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"A","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p"}`,
			want: []string{"A did not end:\n    panic: test timed out\n", "0 passed, 1 failed, 0 skipped\n"},
		},
		"slash in a name": {
			in: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A/x/one"}
{"Action":"fail","Package":"p","Test":"A/x/two"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}`,
			want: []string{"\n1 passed, 1 failed, 0 skipped\n"},
		},
		"cut off": {
			in:   `{"Action":"pass","Package":"p","Test":"A"}`,
			want: []string{"1 passed, 1 failed, 0 skipped\n"},
		},
		"no tests": {
			in: `{"Action":"start","Package":"p"}
{"Action":"skip","Package":"p"}`,
			ok: true, want: []string{"0 passed, 0 failed, 0 skipped\n"}, not: []string{"p "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			out, ok := play(t, c.in)
			if ok != c.ok {
				t.Errorf("ok %v, want %v", ok, c.ok)
			}
			for _, w := range c.want {
				if !strings.Contains("\n"+out, w) {
					t.Errorf("%q is not in\n%s", w, out)
				}
			}
			for _, n := range c.not {
				if strings.Contains(out, n) {
					t.Errorf("%q is in\n%s", n, out)
				}
			}
			if last := out[strings.LastIndex(strings.TrimRight(out, "\n"), "\n")+1:]; !strings.HasSuffix(last, " skipped\n") {
				t.Errorf("last line %q", last)
			}
		})
	}
}
