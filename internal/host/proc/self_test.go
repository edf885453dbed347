package proc

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestUmask(t *testing.T) {
	if got := runHelper(t, "umask"); got != "0177" {
		t.Errorf("umask %s", got)
	}
}

func TestKeep(t *testing.T) {
	want := "done"
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "CGO_ENABLED", Value: "1"}) {
		want = "unsupported" // C may have threads of its own
	}
	if got := runHelper(t, "keep"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestCoreDump(t *testing.T) {
	var limit unix.Rlimit
	unix.Prlimit(0, unix.RLIMIT_CORE, nil, &limit)
	if limit.Max == 0 && os.Geteuid() != 0 {
		out, err := helper("core").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "hard limit") {
			t.Errorf("with a hard limit of 0: %v %s", err, out)
		}
		return
	}
	if got := runHelper(t, "core"); got != "true 0" {
		t.Errorf("on, off: %s", got)
	}
	cmd := helper("panic with core")
	cmd.Dir = t.TempDir() // if the host writes core files to the working directory
	cmd.Run()
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); !ws.Signaled() || ws.Signal() != syscall.SIGABRT {
		t.Errorf("a panic ended in %v: the kernel writes no core for that", cmd.ProcessState)
	}
}

func TestRTTime(t *testing.T) {
	if got := runHelper(t, "rttime"); got != "250000 500000" {
		t.Errorf("limit in µs: %s", got)
	}
}

func TestSetName(t *testing.T) {
	if _, err := exec.LookPath("ps"); err != nil {
		t.Skip("needs ps")
	}
	if got := runHelper(t, "name"); got != "a-name-that-is-" {
		t.Errorf("ps says %q", got)
	}
	for _, bad := range []string{"", "a\nb", "a\x00b"} {
		if SetName(bad) == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestMemfd(t *testing.T) {
	content := bytes.Repeat([]byte("vrrp_instance VI_1 {\n"), 10000)
	f, err := WriteSealed("holdfast/config", content)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 2 { // twice: the offset is not used
		if got, err := ReadAll(f); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("read %d bytes of %d: %v", len(got), len(content), err)
		}
	}
	if _, err := f.WriteAt([]byte("x"), 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("writing to it: %v", err)
	}
	if err := f.Truncate(3); !errors.Is(err, unix.EPERM) {
		t.Errorf("truncating it: %v", err)
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("the seals are not sealed: %v", err)
	}
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Error("it would leak into every child")
	}
	empty, err := WriteSealed("empty", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if got, err := ReadAll(empty); err != nil || len(got) != 0 {
		t.Errorf("empty: %q %v", got, err)
	}
	plain, err := os.Create(t.TempDir() + "/plain")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := ReadAll(plain); !errors.Is(err, ErrNotSealed) {
		t.Errorf("a plain file: %v", err)
	}
}

func TestNotify(t *testing.T) {
	dir := t.TempDir()
	for _, addr := range []string{filepath.Join(dir, "n.sock"), fmt.Sprintf("@holdfast-notify-%d", os.Getpid())} {
		l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: addr, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("NOTIFY_SOCKET", addr)
		for _, state := range []string{Ready, Stopping, Reloading()} {
			if err := Notify(state); err != nil {
				t.Fatalf("%s: %v", addr, err)
			}
			b := make([]byte, 200)
			l.SetReadDeadline(time.Now().Add(5 * time.Second))
			n, err := l.Read(b)
			if err != nil || string(b[:n]) != state {
				t.Errorf("%s: got %q (%v), sent %q", addr, b[:n], err, state)
			}
		}
		l.Close()
		if err := Notify(Ready); err == nil {
			t.Errorf("%s: nobody there, and no error", addr)
		}
	}
	t.Setenv("NOTIFY_SOCKET", "vsock:2:1")
	if err := Notify(Ready); err == nil {
		t.Error("an address we cannot reach, and no error")
	}
	t.Setenv("NOTIFY_SOCKET", "")
	if err := Notify(Ready); err != nil {
		t.Errorf("without a manager: %v", err)
	}
}

func TestReloadingTime(t *testing.T) {
	var at int64
	if _, err := fmt.Sscanf(Reloading(), "RELOADING=1\nMONOTONIC_USEC=%d", &at); err != nil {
		t.Fatal(err)
	}
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	if d := ts.Nano()/1000 - at; d < 0 || d > 5e6 {
		t.Errorf("%d µs from now", d)
	}
}

func TestEnterNetNSRefuses(t *testing.T) {
	for _, bad := range []string{"", ".", "..", "a/b", "../../proc/1/ns/net", "a\x00"} {
		if err := onThread(func() error { return EnterNetNS(bad) }); err == nil || errors.Is(err, ErrNoNetNS) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	err := onThread(func() error { return EnterNetNS("holdfast-no-such-namespace") })
	if !errors.Is(err, ErrNoNetNS) || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "/run/netns/holdfast-no") {
		t.Error(err)
	}
}
