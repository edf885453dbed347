package editor_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestVimHighlights asks Vim what it makes of the first word of every statement of the examples.
func TestVimHighlights(t *testing.T) {
	vim, err := exec.LookPath("vim")
	if err != nil {
		t.Skip("needs vim: ", err)
	}
	contrib, err := filepath.Abs("../../contrib/vim")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range examples(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			all := statements(t, path)
			var script strings.Builder
			answers := filepath.Join(t.TempDir(), "answers")
			fmt.Fprintf(&script, "set nocompatible nomodeline\nset runtimepath^=%s\nfiletype on\nsyntax on\nedit %s\nsetfiletype keepalived\nlet a = []\n", contrib, path)
			for _, s := range all {
				fmt.Fprintf(&script, "call add(a, synIDattr(synID(%d, %d, 1), 'name'))\n", s.line, s.col)
			}
			fmt.Fprintf(&script, "call add(a, v:errmsg)\ncall writefile(a, '%s')\nqa!\n", answers)
			file := filepath.Join(t.TempDir(), "ask.vim")
			if err := os.WriteFile(file, []byte(script.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(vim, "-N", "-u", "NONE", "-es", "-S", file).CombinedOutput(); err != nil {
				t.Fatalf("vim: %v: %s", err, out)
			}
			got, err := os.ReadFile(answers)
			if err != nil {
				t.Fatal(err)
			}
			groups := strings.Split(strings.TrimSuffix(string(got), "\n"), "\n")
			if msg := groups[len(groups)-1]; msg != "" {
				t.Errorf("vim says: %s", msg)
			}
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
