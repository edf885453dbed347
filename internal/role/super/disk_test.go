package super

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"holdfast/conf/syntax"
)

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.conf", "a.conf", ".hidden.conf", "c.conf~", "sub/x.conf", "sub/deep/y.conf", "{}.conf", "d1.conf", "d2.conf"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, want := range map[string][]string{
		"*.conf":       {"a.conf", "b.conf", "d1.conf", "d2.conf", "{}.conf"},
		"a.conf":       {"a.conf"},
		"absent.conf":  nil,
		"absent*":      nil,
		".h*.conf":     {".hidden.conf"},
		".hidden.conf": {".hidden.conf"},
		"{}.conf":      {"{}.conf"},
		"**.conf":      {"a.conf", "b.conf", "d1.conf", "d2.conf", "{}.conf"},
		"**/x.conf":    {"sub/x.conf"},
		"*/*.conf":     {"sub/x.conf"},
		"d[!2].conf":   {"d1.conf"},
		"d[1-2].conf":  {"d1.conf", "d2.conf"},
		"d?.conf":      {"d1.conf", "d2.conf"},
		"sub/x.conf":   {"sub/x.conf"},
	} {
		got, err := Disk{Base: dir}.Glob(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, d)
		}
		var abs []string
		for _, w := range want {
			abs = append(abs, filepath.Join(dir, w))
		}
		got, err = Disk{Base: "/nowhere"}.Glob(filepath.Join(dir, pattern))
		if d := cmp.Diff(abs, got); d != "" || err != nil {
			t.Errorf("absolute %s: %v (-want +got):\n%s", pattern, err, d)
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	d := Disk{Base: dir}
	write := func(name, text string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("plain", "text\n", 0o600)
	write("exec", "text\n", 0o755)
	if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := d.ReadFile("plain"); string(got) != "text\n" || err != nil {
		t.Errorf("plain: %q, %v", got, err)
	}
	if got, err := d.ReadFile(filepath.Join(dir, "plain")); string(got) != "text\n" || err != nil {
		t.Errorf("absolute: %q, %v", got, err)
	}
	for name, want := range map[string]error{
		"absent": fs.ErrNotExist, ".": syntax.ErrIsDirectory, "fifo": syntax.ErrNotPlain, "exec": syntax.ErrNotPlain,
		"/dev/null": syntax.ErrNotPlain, "plain/x": unix.ENOTDIR,
	} {
		if _, err := d.ReadFile(name); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}
