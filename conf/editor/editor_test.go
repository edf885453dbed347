package editor_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"holdfast/conf"
	"holdfast/conf/editor"
)

var update = flag.Bool("update", false, "rewrite the files below contrib")

const (
	vimFile      = "../../contrib/vim/syntax/keepalived.vim"
	textMateFile = "../../contrib/textmate/keepalived.tmLanguage.json"
)

// TestFilesAreUpToDate keeps what lies below contrib in step with the keyword table; -update rewrites it.
func TestFilesAreUpToDate(t *testing.T) {
	grammar, err := editor.TextMate(conf.Keywords())
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{vimFile: editor.Vim(conf.Keywords()), textMateFile: string(grammar)} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if have, err := os.ReadFile(path); err != nil || string(have) != want {
			t.Errorf("%s is out of date (%v): go test ./conf/editor -update", filepath.Base(path), err)
		}
	}
}
