package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"holdfast/internal/role/super"
)

// The test program is the real program under its three names.
func TestMain(m *testing.M) {
	program := func() { os.Exit(run(os.Args)) }
	testscript.Main(m, map[string]func(){"holdfast": program, "keepalived": program, "genhash": program})
}

// The scripts of test/script say what the command line does.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "..", "test", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			e.Setenv("VERSION", super.CompatVersion)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if path, ok := strings.CutPrefix(cond, "exists:"); ok {
				_, err := os.Stat(path)
				return err == nil, nil
			}
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "exits": exits, "daemon": daemon, "dismiss": dismiss, "signal": signal,
		},
	})
}

// await FILE REGEXP waits until a line of FILE matches. Inotify says when there is more to read.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await file regexp")
	}
	path, re := ts.MkAbs(args[0]), regexp.MustCompile(args[1])
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	ts.Check(err)
	events := os.NewFile(uintptr(fd), "inotify")
	defer events.Close()
	_, err = unix.InotifyAddWatch(fd, filepath.Dir(path), unix.IN_CREATE|unix.IN_MODIFY|unix.IN_DELETE)
	ts.Check(err)
	ts.Check(events.SetReadDeadline(time.Now().Add(20 * time.Second)))
	buf := make([]byte, 4096)
	for !matches(path, re) {
		if _, err := events.Read(buf); err != nil {
			text, _ := os.ReadFile(path)
			ts.Fatalf("%v while waiting for %q in %s:\n%s", err, args[1], args[0], text)
		}
	}
}

func matches(path string, re *regexp.Regexp) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if re.MatchString(lines.Text()) {
			return true
		}
	}
	return false
}

// exits STATUS PROGRAM ARG... runs a program and compares its exit status; stdout and stderr are kept.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status program [arg...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := status(err); got != args[0] {
		ts.Fatalf("exit status %s, want %s (%v)", got, args[0], err)
	}
}

// status is the exit status that an error of Exec stands for.
func status(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strconv.Itoa(exit.ExitCode())
	}
	return err.Error()
}

// daemon PIDFILE prints what the process named there looks like from outside, and makes sure that it does not
// outlive the script.
func daemon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: daemon pidfile")
	}
	pid := pidIn(ts, args[0])
	if fd, err := unix.PidfdOpen(pid, 0); err == nil {
		ts.Defer(func() {
			_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) // it is gone already, if all went well
			_ = unix.Close(fd)
		})
	}
	proc := fmt.Sprintf("/proc/%d", pid)
	cwd, err := os.Readlink(proc + "/cwd")
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "cwd %s\n", cwd)
	sid, err := unix.Getsid(pid)
	ts.Check(err)
	if sid == pid {
		fmt.Fprintln(ts.Stdout(), "session leader")
	}
	status, err := os.ReadFile(proc + "/status")
	ts.Check(err)
	for line := range strings.Lines(string(status)) {
		if mask, ok := strings.CutPrefix(line, "Umask:"); ok {
			fmt.Fprintf(ts.Stdout(), "umask %s\n", strings.TrimSpace(mask))
		}
	}
	for fd := range 3 {
		target, err := os.Readlink(fmt.Sprintf("%s/fd/%d", proc, fd))
		ts.Check(err)
		fmt.Fprintf(ts.Stdout(), "%d %s\n", fd, target)
	}
}

// dismiss PIDFILE sends TERM to the process named there and waits for its end.
func dismiss(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: dismiss pidfile")
	}
	pid := pidIn(ts, args[0])
	fd, err := unix.PidfdOpen(pid, 0)
	ts.Check(err)
	defer unix.Close(fd)
	ts.Check(unix.Kill(pid, unix.SIGTERM))
	for deadline := time.Now().Add(20 * time.Second); ; {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(time.Until(deadline).Milliseconds()))
		if n == 1 {
			return
		}
		if err != nil && !errors.Is(err, unix.EINTR) || time.Now().After(deadline) {
			ts.Fatalf("pid %d does not stop: %v", pid, err)
		}
	}
}

func pidIn(ts *testscript.TestScript, file string) int {
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(file)))
	ts.Check(err)
	return pid
}

// signal NAME PIDFILE sends a signal, named as --signum names them or as kill(1) does.
func signal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: signal name pidfile")
	}
	n, ok := super.SignalNumbers[args[0]]
	if !ok {
		n = int(unix.SignalNum("SIG" + args[0]))
	}
	if n == 0 {
		ts.Fatalf("no signal %s", args[0])
	}
	ts.Check(unix.Kill(pidIn(ts, args[1]), unix.Signal(n)))
}
