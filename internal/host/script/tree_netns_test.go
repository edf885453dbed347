package script

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// needRoot skips a test that gives files away or changes users.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: changes owners and users")
	}
}

// plantTree makes the tree of the check cases in root, which its links call seen; all programs in it are
// the same.
func plantTree(t *testing.T, root, seen, body string) {
	t.Helper()
	for _, n := range tree {
		p := filepath.Join(root, n.path)
		var err error
		switch {
		case n.mode.IsDir():
			err = os.Mkdir(p, 0o755)
		case n.mode&fs.ModeSymlink != 0:
			link := n.link
			if strings.HasPrefix(link, "/") {
				link = filepath.Join(seen, link)
			}
			if err := os.Symlink(link, p); err != nil {
				t.Fatal(err)
			}
			continue
		default:
			err = os.WriteFile(p, []byte(body), 0o755)
		}
		if err == nil {
			err = os.Chown(p, int(n.uid), int(n.gid))
		}
		if err == nil { // after chown, which clears set-uid
			err = os.Chmod(p, n.mode.Perm()|n.mode&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestCheckOnRealFiles(t *testing.T) {
	needRoot(t)
	root := t.TempDir()
	for p := root; p != "/tmp" && p != "/"; p = filepath.Dir(p) {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	plantTree(t, root, root, "#!/bin/sh\n")
	runCheckCases(t, Disk{}, root)
}
