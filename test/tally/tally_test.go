package main

import (
	"io"
	"regexp"
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
		"skip in several lines": {
			in: `{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"B","Output":"    a_test.go:3: chatter\n"}
{"Action":"output","Package":"p","Test":"B","Output":"    b_test.go:7: needs a guest:\n"}
{"Action":"output","Package":"p","Test":"B","Output":"        no /dev/shm: \n"}
{"Action":"output","Package":"p","Test":"B","Output":"        and no apt-get\n"}
{"Action":"output","Package":"p","Test":"B","Output":"--- SKIP: B (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"B"}
{"Action":"pass","Package":"p"}`,
			ok:   true,
			want: []string{"skipped: p B: needs a guest: no /dev/shm: and no apt-get\n"},
			not:  []string{"chatter"},
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
			want: []string{"0 passed, 0 failed, 0 skipped\n"}, not: []string{"p "},
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

// A second try takes the blame from a test that passes then, from its package only if nothing else failed in it, and nothing from
// other packages.
func TestAgain(t *testing.T) {
	const beside = `{"Action":"fail","Package":"p","Test":"A/one"}
{"Action":"pass","Package":"p","Test":"A/two"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}
`
	const other = `{"Action":"fail","Package":"q","Test":"B"}
{"Action":"fail","Package":"q"}
`
	const many = `{"Action":"fail","Package":"p","Test":"C"}
{"Action":"fail","Package":"p","Test":"D"}
{"Action":"fail","Package":"p","Test":"E"}
{"Action":"fail","Package":"p","Test":"F"}
` + beside
	const parent = `{"Action":"pass","Package":"p","Test":"A/one/x"}
` + beside
	const passes = `{"Action":"pass","Package":"p","Test":"A/one"}`
	for title, c := range map[string]struct {
		in, alone string
		err       error
		ok        bool
		want      []string
	}{
		"passes":         {beside, passes, nil, true, []string{"unsteady: p A/one: failed beside others and passed alone", "2 passed, 0 failed"}},
		"with subtests":  {parent, passes, nil, true, []string{"unsteady: p A/one: failed beside others and passed alone", "2 passed, 0 failed"}},
		"fails":          {beside, `{"Action":"fail","Package":"p","Test":"A/one"}`, nil, false, []string{"failed: p A/one", "1 passed, 1 failed"}},
		"is not run":     {beside, "", nil, false, []string{"1 passed, 1 failed"}},
		"dies":           {beside, passes, io.ErrUnexpectedEOF, false, []string{"1 passed, 1 failed"}},
		"other package":  {other + beside, passes, nil, false, []string{"failed: q B", "2 passed, 1 failed"}},
		"too many":       {many, passes, nil, false, []string{"1 passed, 5 failed"}},
		"does not build": {`{"Action":"fail","Package":"p"}`, passes, nil, false, []string{"0 passed, 1 failed"}},
	} {
		t.Run(title, func(t *testing.T) {
			var b strings.Builder
			tl := newTally(&b)
			if err := tl.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			tl.again(regexp.MustCompile("^p$"), func(n name, read func(io.Reader) error) error {
				if n.pkg != "p" || n.test != "A/one" {
					t.Errorf("ran %v", n)
				}
				if err := read(strings.NewReader(c.alone)); err != nil {
					t.Fatal(err)
				}
				return c.err
			})
			if ok := tl.finish(); ok != c.ok {
				t.Errorf("ok %v, want %v", ok, c.ok)
			}
			for _, w := range c.want {
				if !strings.Contains(b.String(), w) {
					t.Errorf("%q is not in\n%s", w, &b)
				}
			}
		})
	}
}
