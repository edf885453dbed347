package proc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func spawnHelper(t *testing.T, name string, c SpawnConfig) *Child {
	t.Helper()
	c.Env = append(os.Environ(), helperEnv+"="+name)
	child, err := NewSpawner().Spawn(c)
	if err != nil {
		t.Fatal(err)
	}
	return child
}

func TestSpawnStatus(t *testing.T) {
	for name, want := range map[string]Status{
		"exit3": {Code: 3},
		"kill":  {Signal: syscall.SIGKILL},
	} {
		c := spawnHelper(t, name, SpawnConfig{})
		st, err := c.Wait()
		want.PID = c.PID()
		if err != nil || st != want {
			t.Errorf("%s: %+v %v", name, st, err)
		}
		if err := c.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("%s: signal after Wait: %v", name, err)
		}
	}
	c := spawnHelper(t, "wait", SpawnConfig{})
	if err := c.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if st, err := c.Wait(); st.Signal != syscall.SIGTERM || err != nil || st.String() != "killed by signal 15 (terminated)" {
		t.Errorf("%v %v", st, err)
	}
	if got := (Status{Code: 2}).String(); got != "exit status 2" {
		t.Error(got)
	}
	if _, err := NewSpawner().Spawn(SpawnConfig{Path: "/nonexistent/program"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a program that is not there: %v", err)
	}
}

// readAll closes the writing end and reads what the child, the only writer left, says.
func readAll(t *testing.T, r, w *os.File) string {
	t.Helper()
	w.Close()
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSpawnChildSees(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := NewSpawner()
	if err := s.Do(func() error { return Nice(3) }); err != nil {
		t.Fatal(err)
	}
	c, err := s.Spawn(SpawnConfig{
		Argv0: "keepalived", Args: []string{"-n", "-P"},
		Env: append(os.Environ(), helperEnv+"=describe"), Files: []*os.File{w},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := readAll(t, r, w)
	if st, err := c.Wait(); st.Code != 0 || err != nil {
		t.Fatal(st, err)
	}
	pgid, _ := unix.Getpgid(0)
	sid, _ := unix.Getsid(0)
	// Same group and session as ours; nice as the spawner's thread has it; the name is the trap that SetName
	// is there for.
	want := fmt.Sprintf("keepalived,-n,-P exe %d %d 0 3", pgid, sid)
	if got != want {
		// Newer kernels take the name from argv[0] or from the file; both are better.
		f := strings.Fields(got)
		if len(f) < 2 || strings.Replace(got, f[1], "exe", 1) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// The death signal must come when the process dies, and must not when a thread does.
func TestSpawnDeathSignal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	parent := spawnHelper(t, "orphan", SpawnConfig{Files: []*os.File{w}})
	defer parent.Signal(syscall.SIGKILL)
	w.Close()
	r.SetReadDeadline(time.Now().Add(20 * time.Second))
	lines := bufio.NewReader(r)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%q %v", line, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	// The thread that asked is gone. A grandchild that depended on it would be dying now, and the pipe, which
	// nobody else holds any more, would end.
	r.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if _, err := lines.ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the grandchild died with a thread: %v", err)
	}
	parent.Signal(syscall.SIGKILL)
	if st, err := parent.Wait(); err != nil || st.Signal != syscall.SIGKILL {
		t.Fatal(st, err)
	}
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
	if b, err := io.ReadAll(lines); err != nil || len(b) != 0 { // the pipe ends when its last holder does
		unix.Kill(pid, unix.SIGKILL)
		t.Fatalf("the grandchild outlived its parent: %q %v", b, err)
	}
}
