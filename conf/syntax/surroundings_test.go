package syntax

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// placedSource is a mapSource that knows where it is. Its seed is another one each time it is asked.
type placedSource struct {
	mapSource
	seed *uint64
}

func (p placedSource) Seed() uint64 { *p.seed++; return *p.seed }

func (placedSource) Dir() string { return "/etc/somewhere" }

const everything = `$B=\
  leaf ${n} ${_RANDOM} \
  include {a,b}.conf
leaf ${_RANDOM 5 1000000} ${_PWD} ${_ENV HOME} ${_INSTANCE}
~SEQ(n, 1, 3) $B
include sub/*.conf
includem {a,nowhere}.conf
`

// TestSnapshotOfEverything: what is random, and what comes from elsewhere, comes out of a snapshot as it went in.
func TestSnapshotOfEverything(t *testing.T) {
	files := mapSource{
		"main.conf": everything, "a.conf": "leaf a ${_RANDOM}\n", "b.conf": "leaf b\n", "sub/c.conf": "leaf ${_PWD}\ninclude ../a.conf\n",
		"$HOME": "/root",
	}
	rec := NewRecorder(placedSource{files, new(uint64)})
	first := draw(rec)
	if again := draw(rec); again != first {
		t.Errorf("a second reading through the recorder: %s", cmp.Diff(first, again))
	}
	data, err := rec.Snapshot().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var snap Snapshot
	if err := snap.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if again := draw(&snap); again != first {
		t.Errorf("out of the snapshot: %s", cmp.Diff(first, again))
	}
	if other := draw(NewRecorder(placedSource{files, ptr(uint64(99))})); other == first {
		t.Error("another seed gives the same numbers")
	}
}

func ptr[T any](v T) *T { return &v }

// TestCheckIncludes: as -e asks for, and as include_check takes it back, in its own file only.
func TestCheckIncludes(t *testing.T) {
	src := mapSource{"a": "include absent\n", "b": "include c\ninclude absent\n", "c": "global_defs {\ninclude_check -match\n}\n"}
	src["d"] = src["c"] + "include absent\n"
	for path, want := range map[string]int{"a": 6, "b": 6, "d": 0} {
		if _, list := Parse(src, path, Options{CheckIncludes: true}); list.ExitClass().ExitStatus() != want {
			t.Errorf("%s: exit status %d, want %d", path, list.ExitClass().ExitStatus(), want)
		}
	}
	if _, list := Parse(src, "a", Options{}); list.ExitClass().ExitStatus() != 0 {
		t.Errorf("without: %v", list.Error())
	}
}

// TestPWD: the directory of the file that is read, also in a definition from elsewhere.
func TestPWD(t *testing.T) {
	src := placedSource{mapSource{
		"main.conf": "$D=leaf ${_PWD}\n$D\ninclude sub/a.conf\n$D\n", "sub/a.conf": "$D\n", "/abs/main.conf": "leaf ${_PWD}\n",
	}, new(uint64)}
	for path, want := range map[string][]string{
		"main.conf":      {"/etc/somewhere", "/etc/somewhere/sub", "/etc/somewhere"},
		"/abs/main.conf": {"/abs"},
	} {
		tree, _ := Parse(src, path, Options{})
		var got []string
		for _, n := range tree.Nodes {
			got = append(got, n.Args[0].Text)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

// TestRandom: within its range, repeatable by a seed, and another number each time.
func TestRandom(t *testing.T) {
	read := func(seed int) []string {
		text := fmt.Sprintf("global_defs {\nrandom_seed %d\n}\n~SEQ(n,1,200) leaf ${_RANDOM 3 6} ${_RANDOM} ${_RANDOM 32760}\n", seed)
		tree, list := Parse(mapSource{"main.conf": text}, "main.conf", Options{})
		if list.Len() > 0 {
			t.Fatal(list.Error())
		}
		var out []string
		for _, n := range tree.Nodes[1:] {
			out = append(out, n.Args[0].Text+" "+n.Args[1].Text+" "+n.Args[2].Text)
		}
		return out
	}
	first, seen := read(7), map[string]bool{}
	for _, l := range first {
		var a, b, c int
		if _, err := fmt.Sscan(l, &a, &b, &c); err != nil || a < 3 || a > 6 || b < 0 || b > 32767 || c < 32760 || c > 32767 {
			t.Errorf("%q: %v", l, err)
		}
		seen[l[:1]] = true
	}
	if len(seen) != 4 {
		t.Errorf("of the numbers from 3 to 6 only %d occur", len(seen))
	}
	if d := cmp.Diff(first, read(7)); d != "" {
		t.Errorf("the same seed: %s", d)
	}
	if cmp.Equal(first, read(8)) {
		t.Error("another seed gives the same numbers")
	}
}
