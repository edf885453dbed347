package spool_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/spool"
)

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPlaceReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.stats")
	for _, text := range []string{"a long text that was there", "short"} {
		if err := spool.Dir(dir).Place("a.stats", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != text {
			t.Errorf("the file has %q", got)
		}
	}
	if list := entries(t, dir); len(list) != 1 {
		t.Errorf("left behind: %q", list)
	}
}

func TestPlaceHeedsTheUmask(t *testing.T) {
	dir := t.TempDir()
	old := unix.Umask(0o027)
	defer unix.Umask(old)
	if err := spool.Dir(dir).Place("a", nil); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode() != 0o640 {
		t.Errorf("mode %v", st.Mode())
	}
}

// Somebody who may write to the directory has put links in the way, to files that he would like to have overwritten or read.
func TestPlaceFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "a.data")
	if err := os.WriteFile(victim, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, lay := range map[string]func(from, to string) error{"symbolic": os.Symlink, "hard": os.Link} {
		_ = os.Remove(path)
		if err := lay(victim, path); err != nil {
			t.Fatal(err)
		}
		if err := spool.Dir(dir).Place("a.data", []byte("new")); err != nil {
			t.Fatal(err)
		}
		if st, err := os.Lstat(path); err != nil || !st.Mode().IsRegular() || read(t, path) != "new" {
			t.Errorf("%s link: %v, %v", what, st, err)
		}
		if read(t, victim) != "untouched" {
			t.Errorf("a %s link was followed", what)
		}
	}
}

func TestPlaceFailsCleanly(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := spool.Dir(dir).Place("a", []byte("text")); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("over a directory: %v", err)
	}
	if list := entries(t, dir); len(list) != 1 {
		t.Errorf("left behind: %q", list)
	}
	if err := spool.Dir(filepath.Join(dir, "absent")).Place("a", nil); err == nil {
		t.Error("a directory that does not exist")
	}
}

func TestTemp(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if got := spool.Temp(); string(got) != dir {
		t.Errorf("%s instead of %s", got, dir)
	}
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", plain, filepath.Join(dir, "absent")} {
		t.Setenv("TMPDIR", bad)
		if got := spool.Temp(); got != "/tmp" {
			t.Errorf("TMPDIR=%s gives %s", bad, got)
		}
	}
}
