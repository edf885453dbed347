package gaze

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "7\n": 7, " -3 dB": -3, "+2": 2, "junk": 0, "12abc": 12, "-": 0, "-2000000000": -2000000000,
		"99999999999999999999": 1<<63 - 1, "-99999999999999999999": -1 << 63,
	} {
		if got := number([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestWatch(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "later", "b")
	also := filepath.Join(dir, "also") // another name of the directory
	if err := os.Symlink(dir, also); err != nil {
		t.Fatal(err)
	}
	c := filepath.Join(also, "c")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told, done := make(chan string, 100), make(chan error, 1)
	go func() { done <- Files{}.Watch(ctx, []string{a, b, c}, func(p string) { told <- p }) }()
	// await waits until Watch has told of path and the file has that value.
	await := func(path string, want int64) {
		t.Helper()
		deadline := time.After(10 * time.Second)
		for {
			select {
			case p := <-told:
				if p == path && (Files{}).Read(p) == want {
					return
				}
			case <-deadline:
				t.Fatalf("waited in vain for %s to be %d", path, want)
			}
		}
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	await(a, 0)
	write(c, "3")
	await(c, 3)
	write(a, "5\n")
	await(a, 5)
	write(a+".new", "6\n")
	if err := os.Rename(a+".new", a); err != nil {
		t.Fatal(err)
	}
	await(a, 6)
	if err := os.Remove(a); err != nil {
		t.Fatal(err)
	}
	await(a, 0)
	if err := os.Mkdir(filepath.Dir(b), 0o700); err != nil {
		t.Fatal(err)
	}
	write(b, "9")
	await(b, 9)
	write(b, "10")
	await(b, 10)
	// Another directory takes its name.
	if err := os.Rename(filepath.Dir(b), filepath.Dir(b)+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Dir(b), 0o700); err != nil {
		t.Fatal(err)
	}
	write(b, "11")
	await(b, 11)
	if err := os.RemoveAll(filepath.Dir(b)); err != nil {
		t.Fatal(err)
	}
	await(b, 0)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
