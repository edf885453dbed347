package spool_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/spool"
)

func TestReplaceKeepsModeAndOwner(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a.conf"), filepath.Join(dir, "link")
	if err := os.WriteFile(path, []byte("a long text that was there"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.conf", link); err != nil {
		t.Fatal(err)
	}
	uid, gid := os.Geteuid(), os.Getegid()
	if uid == 0 {
		uid, gid = 12345, 23456
	}
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o664); err != nil { // more than the umask below leaves
		t.Fatal(err)
	}
	old := unix.Umask(0o077)
	defer unix.Umask(old)
	if err := spool.Replace(link, []byte("short")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "short" {
		t.Errorf("the file has %q", got)
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	if int(st.Uid) != uid || int(st.Gid) != gid || st.Mode&0o7777 != 0o664 {
		t.Errorf("owner %d:%d, mode %o", st.Uid, st.Gid, st.Mode&0o7777)
	}
	if to, err := os.Readlink(link); err != nil || to != "a.conf" {
		t.Errorf("the link is now %q: %v", to, err)
	}
	if list := entries(t, dir); len(list) != 2 {
		t.Errorf("left behind: %q", list)
	}
}

func TestReplaceRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "one"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(filepath.Join(dir, "one"), filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"absent": "no such file", "fifo": "not a regular file", ".": "not a regular file", "one": "hard links",
	} {
		if err := spool.Replace(filepath.Join(dir, name), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if got := read(t, filepath.Join(dir, "other")); got != "old" {
		t.Errorf("the file with two names has %q", got)
	}
	if list := entries(t, dir); len(list) != 4 {
		t.Errorf("left behind: %q", list)
	}
}
