package proc

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPIDFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.pid")
	p, err := OpenPID(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || string(b) != fmt.Sprintf("%d\n", os.Getpid()) {
		t.Errorf("content %q %v", b, err)
	}
	if st, _ := os.Stat(path); st.Mode() != 0o644 {
		t.Errorf("mode %v", st.Mode())
	}
	var running *RunningError
	if _, err := OpenPID(path); !errors.As(err, &running) || running.PID != os.Getpid() {
		t.Errorf("a second time: %v", err)
	}
	if pid, ok, err := Running(path); pid != os.Getpid() || !ok || err != nil {
		t.Errorf("Running: %d %v %v", pid, ok, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error("closing twice:", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
	if pid, ok, err := Running(path); pid != 0 || ok || err != nil {
		t.Errorf("Running without a file: %d %v %v", pid, ok, err)
	}
}

func TestPIDFileLeftovers(t *testing.T) {
	sleeper := exec.Command("sleep", "60") // alive, and no daemon of ours
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		sleeper.Process.Kill()
		sleeper.Wait()
	}()
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"dead":      fmt.Sprintf("%d\n", dead.Process.Pid),
		"stranger":  fmt.Sprintf("%d\n", sleeper.Process.Pid),
		"ourselves": fmt.Sprintf("%d\n", os.Getpid()), // pid 1 of a container, once more
		"empty":     "",
		"garbage":   "garbage\n",
		"negative":  "-1\n", // kill(-1) would be everybody
		"zero":      "0\n",
		"huge":      strings.Repeat("9", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k.pid")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if pid, ok, err := Running(path); ok || pid != 0 || err != nil {
				t.Errorf("Running: %d %v %v", pid, ok, err)
			}
			p, err := OpenPID(path)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if b, _ := os.ReadFile(path); string(b) != fmt.Sprintf("%d\n", os.Getpid()) {
				t.Errorf("content %.40q", b)
			}
			if st, _ := os.Stat(path); st.Mode() != 0o644 {
				t.Errorf("mode %v", st.Mode())
			}
		})
	}
}

// A live process of the same program that does not hold the lock still counts, as keepalived's does.
func TestPIDFileUnlockedDaemon(t *testing.T) {
	other := helper("wait")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		other.Process.Kill()
		other.Wait()
	}()
	path := filepath.Join(t.TempDir(), "k.pid")
	if err := os.WriteFile(path, []byte(strconv.Itoa(other.Process.Pid)), 0o644); err != nil {
		t.Fatal(err)
	}
	var running *RunningError
	if _, err := OpenPID(path); !errors.As(err, &running) || running.PID != other.Process.Pid || running.Path != path {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != strconv.Itoa(other.Process.Pid) {
		t.Errorf("the file was touched: %q", b)
	}
}

func TestPIDFileOfAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.pid")
	other := helper("pidfile", path, "stay")
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatal(line, err)
	}
	var running *RunningError
	if _, err := OpenPID(path); !errors.As(err, &running) || running.PID != other.Process.Pid {
		t.Errorf("got %v", err)
	}
	other.Process.Kill() // leaves the file; the lock goes with the process
	other.Wait()
	p, err := OpenPID(path)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
}

func TestPIDFileIsNobodyElsesDoor(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	if err := os.WriteFile(target, []byte("precious\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	link, fifo := filepath.Join(dir, "link"), filepath.Join(dir, "fifo")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, fifo, dir} {
		if p, err := OpenPID(path); err == nil {
			p.Close()
			t.Errorf("%s was taken", path)
		}
	}
	if b, _ := os.ReadFile(target); string(b) != "precious\n" {
		t.Errorf("the link's target now holds %q", b)
	}
}

func TestPIDFileCloseSparesOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.pid")
	p, err := OpenPID(path)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	q, err := OpenPID(path) // somebody else's by now
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("another's file was removed: %v", err)
	}
	if err := os.WriteFile(path, []byte("1\n"), 0o644); err != nil { // overwritten in place
		t.Fatal(err)
	}
	q.Close()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("an overwritten file was removed: %v", err)
	}
}

func FuzzParsePID(f *testing.F) {
	for _, s := range []string{"1\n", "", " 42 ", "-1", "0", "+7", "99999999999", "1 2"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		pid, ok := parsePID(b)
		if ok != (pid > 0) {
			t.Fatalf("%q gave %d, %v", b, pid, ok)
		}
		if ok && !strings.Contains(string(b), strconv.Itoa(pid)) {
			t.Fatalf("%q gave %d", b, pid)
		}
	})
}
