package script

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestManyRunsLeaveNothing(t *testing.T) {
	r := newRunner(t)
	before := openFiles(t)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			p, err := r.Start(Job{Name: "x", Argv: []string{"/bin/sh", "-c", "exit " + strconv.Itoa(i%7)}, Capture: i % 2 * 10, Timeout: time.Minute})
			if err != nil {
				t.Error(err)
				return
			}
			if res := p.Wait(); res.Exit != i%7 {
				t.Errorf("%d: %+v", i, res)
			}
		})
	}
	wg.Wait()
	if z := zombies(); len(z) > 0 {
		t.Errorf("zombies: %v", z)
	}
	eventually(t, "no descriptor is left open", func() bool { return openFiles(t) <= before })
}

func openFiles(t *testing.T) int {
	t.Helper()
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(d)
}

// A process as /proc/PID/stat shows it.
type process struct {
	pid, parent, group int
	state              string
}

func processes() []process {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var out []process
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // gone
		}
		var p process
		_, rest, _ := strings.Cut(string(b), ") ")
		p.pid, _ = strconv.Atoi(strings.Split(name, "/")[2])
		if _, err := fmt.Sscan(rest, &p.state, &p.parent, &p.group); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// zombies returns our children that ended and were not reaped.
func zombies() []process {
	return slices.DeleteFunc(processes(), func(p process) bool { return p.state != "Z" || p.parent != os.Getpid() })
}

// groupGone tells whether nothing of a process group lives. Zombies do not count: when an orphan is
// reaped is up to the system's process 1.
func groupGone(pgid int) func() bool {
	return func() bool {
		for _, p := range processes() {
			if p.group == pgid && p.state != "Z" {
				return false
			}
		}
		return true
	}
}
