package script

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// The walk follows links by itself, because every component on the way is looked at. It must arrive
// where the kernel does.
func TestWalkArrivesWhereTheKernelDoes(t *testing.T) {
	top := t.TempDir()
	top, err := filepath.EvalSymlinks(top)
	if err != nil {
		t.Fatal(err)
	}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		root := filepath.Join(top, fmt.Sprint(round))
		if err := os.MkdirAll(filepath.Join(root, "a", "b"), 0o755); err != nil {
			rt.Fatal(err)
		}
		name := rapid.SampledFrom([]string{"a", "b", "c", "d", "..", ".", "a/b", "a//b/", root, root + "/a"})
		for i, at := range []string{"c", "d", "a/c", "a/d", "a/b/c", "a/b/d"} {
			target := filepath.Join(root, "file")
			if i > 0 || rapid.Bool().Draw(rt, "link") {
				target = name.Draw(rt, "target") + "/" + name.Draw(rt, "more")
			}
			if err := os.Symlink(target, filepath.Join(root, at)); err != nil {
				rt.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o755); err != nil {
			rt.Fatal(err)
		}
		asked := root
		for range rapid.IntRange(1, 4).Draw(rt, "length") {
			asked += "/" + rapid.SampledFrom([]string{"a", "b", "c", "d", "..", "file"}).Draw(rt, "part")
		}
		want, err := evaluate(asked)
		w := walk{files: Disk{}, who: Self()}
		err2 := w.to(asked)
		if (err == nil) != (err2 == nil) || err == nil && w.last().path != want {
			rt.Fatalf("%s: kernel %q %v; walk %v %v", asked, want, err, w.steps, err2)
		}
	})
}

// evaluate asks the kernel for the real path of name.
func evaluate(name string) (string, error) {
	f, err := os.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	return os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
}
