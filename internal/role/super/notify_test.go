package super

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// systemd hears when the daemon runs, reloads and stops, and "runs" only once the role does its work.
func TestServiceManagerIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	if err := manager.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	hear := func(want string) {
		t.Helper()
		buf := make([]byte, 1024)
		n, err := manager.Read(buf)
		if got := string(buf[:n]); err != nil || !strings.HasPrefix(got, want) {
			t.Fatalf("told %q, %v; want %q", got, err, want)
		}
	}
	t.Setenv("NOTIFY_SOCKET", path)
	s := play(t, "serve")
	hear("READY=1")
	s.expect("actor plays")
	s.signal(syscall.SIGHUP)
	hear("RELOADING=1\nMONOTONIC_USEC=")
	hear("READY=1")
	s.signal(syscall.SIGTERM)
	hear("STOPPING=1")
	if code := s.end(); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// A daemon's starter is told as soon as everything runs, and only once.
func TestStartedIsCalledOnce(t *testing.T) {
	marks := filepath.Join(t.TempDir(), "marks")
	t.Setenv(envMarks, marks)
	s := play(t, "serve")
	pid := s.childPID()
	s.expect("Startup complete")
	kill(t, pid, syscall.SIGKILL)
	s.expect("actor plays serve, respawned true")
	s.signal(syscall.SIGTERM)
	s.end()
	if got, err := os.ReadFile(marks); string(got) != "started\n" {
		t.Errorf("marks are %q, %v; want one", got, err)
	}
}
