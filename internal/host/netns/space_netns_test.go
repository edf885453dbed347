package netns

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// What a Space does, it does inside; the process as a whole stays outside; and nothing is left of it.
func TestSpace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: to make a network namespace")
	}
	name := fmt.Sprintf("holdfast-test-%d-space", os.Getpid())
	within := ""
	look := func() (err error) { within, err = os.Readlink("/proc/thread-self/ns/net"); return err }
	s, err := New(name, look)
	if err != nil {
		t.Fatal(err)
	}
	outside, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	if within == "" || within == outside {
		t.Errorf("set up in %q, and the process is in %q", within, outside)
	}
	first := within
	if err := s.Do(look); err != nil || within != first {
		t.Errorf("then in %q, err %v; before in %q", within, err, first)
	}
	if _, err := New(name, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second one of that name: %v", err)
	}
	if _, err := os.Stat(dir + "/" + name); err != nil {
		t.Errorf("the name went with the second one: %v", err)
	}
	s.Close()
	if _, err := os.Lstat(dir + "/" + name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its name after the end: %v", err)
	}
	if err := s.Do(look); err == nil {
		t.Error("it works after its end")
	}
	broken := errors.New("no")
	if _, err := New(name, func() error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a set-up that fails: %v", err)
	}
	if _, err := os.Lstat(dir + "/" + name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its name after a set-up that failed: %v", err)
	}
}
