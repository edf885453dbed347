package proc

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// The Spawner's thread is not the first one, even if its goroutine begins there.
func TestSpawnerKeepsOffTheFirstThread(t *testing.T) {
	for range 50 {
		s := NewSpawner()
		tid := 0
		if err := s.Do(func() error { tid = unix.Gettid(); return nil }); err != nil {
			t.Fatal(err)
		}
		if tid == unix.Getpid() {
			t.Fatal("it works on the first thread")
		}
		close(s.work)
		runtime.Gosched()
	}
}
