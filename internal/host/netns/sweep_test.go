package netns

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOwner(t *testing.T) {
	for name, want := range map[string]int{
		"holdfast-lab-4711-123": 4711, "holdfast-lab-4711-123-r1": 4711,
		"holdfast-lab-4711": 0, "holdfast-lab-x-1": 0, "lab-4711-1": 0, "holdfast-lab--1-2": 0,
	} {
		if got := owner(name, "holdfast-lab-"); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestAbandoned(t *testing.T) {
	dir := t.TempDir()
	ours, theirs := fmt.Sprintf("x-%d-1", os.Getpid()), "x-99999999-1" // beyond the highest number that a process can have
	for _, name := range []string{ours, theirs, "y-99999999-1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := Abandoned(dir, "x-"), []string{filepath.Join(dir, theirs)}; !slices.Equal(got, want) {
		t.Errorf("abandoned: %q, want %q", got, want)
	}
	if got := Abandoned(filepath.Join(dir, "none"), "x-"); got != nil {
		t.Errorf("abandoned where there is nothing: %q", got)
	}
}
