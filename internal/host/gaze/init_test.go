package gaze

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestInit(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "number")
	step := func(number int, overwrite bool, want string) {
		t.Helper()
		if err := Init(file, number, overwrite); err != nil {
			t.Error(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("the file holds %q, %v; want %q", got, err, want)
		}
	}
	step(-5, false, "-5\n")
	step(6, false, "-5\n")
	step(7, true, "7\n")
	// What is there is replaced, not written to: the other name of it stays as it is.
	if err := os.Link(file, filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	step(8, true, "8\n")
	if got, err := os.ReadFile(filepath.Join(dir, "other")); err != nil || string(got) != "7\n" {
		t.Errorf("the other name holds %q, %v", got, err)
	}
	for _, overwrite := range []bool{false, true} {
		if err := Init(filepath.Join(dir, "nowhere", "x"), 1, overwrite); !errors.Is(err, syscall.ENOENT) || err.Error() != syscall.ENOENT.Error() {
			t.Errorf("without the directory: %v", err)
		}
	}
	if err := Init(dir, 1, true); err == nil {
		t.Error("a directory is replaced")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
