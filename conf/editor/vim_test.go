package editor_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ask starts Vim with the syntax file on path and returns the syntax group of each place, line and column from 1.
func ask(t *testing.T, path string, at [][2]int) []string {
	t.Helper()
	vim, err := exec.LookPath("vim")
	if err != nil {
		t.Skip("needs vim: ", err)
	}
	contrib, err := filepath.Abs("../../contrib/vim")
	if err != nil {
		t.Fatal(err)
	}
	answers, file := filepath.Join(t.TempDir(), "answers"), filepath.Join(t.TempDir(), "ask.vim")
	var script strings.Builder
	fmt.Fprintf(&script, "set nocompatible nomodeline\nset runtimepath^=%s\nfiletype on\nsyntax on\nedit %s\nsetfiletype keepalived\nlet a = []\n", contrib, path)
	for _, p := range at {
		fmt.Fprintf(&script, "call add(a, synIDattr(synID(%d, %d, 1), 'name'))\n", p[0], p[1])
	}
	fmt.Fprintf(&script, "call add(a, v:errmsg)\ncall writefile(a, '%s')\nqa!\n", answers)
	if err := os.WriteFile(file, []byte(script.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(vim, "-N", "-u", "NONE", "-es", "-S", file).CombinedOutput(); err != nil {
		t.Fatalf("vim: %v: %s", err, out)
	}
	said, err := os.ReadFile(answers)
	if err != nil {
		t.Fatal(err)
	}
	groups := strings.Split(strings.TrimSuffix(string(said), "\n"), "\n")
	if len(groups) != len(at)+1 {
		t.Fatalf("vim gave %d answers to %d questions", len(groups), len(at)+1)
	}
	if msg := groups[len(at)]; msg != "" {
		t.Errorf("vim says: %s", msg)
	}
	return groups[:len(at)]
}

// TestVimHighlights asks Vim what it makes of the first word of every statement of the examples.
func TestVimHighlights(t *testing.T) {
	for _, path := range examples(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			all := statements(t, path)
			at := make([][2]int, len(all))
			for i, s := range all {
				at[i] = [2]int{s.line, s.col}
			}
			groups := ask(t, path, at)
			for i, s := range all {
				want := "keepalivedUnknown"
				switch {
				case s.obsolete:
					want = "keepalivedObsolete"
				case s.opens:
					want = "keepalivedBlock"
				case strings.HasPrefix(s.word, "include") && s.known:
					want = "keepalivedInclude"
				case s.known:
					want = "keepalivedKeyword"
				}
				if g, _, _ := strings.Cut(groups[i], "_"); g != want {
					t.Errorf("%s:%d:%d: %s is %q, want %s", path, s.line, s.col, s.word, groups[i], want)
				}
			}
		})
	}
}

// TestVimValues does the same for what is no keyword.
func TestVimValues(t *testing.T) {
	const path = "testdata/features.conf"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := placesIn(t, string(text))
	for i, group := range ask(t, path, at) {
		if g, _, _ := strings.Cut(group, "_"); g != "keepalived"+places[i].vim {
			t.Errorf("%d:%d: %s is %q, want %s", at[i][0], at[i][1], places[i].word, group, places[i].vim)
		}
	}
}
