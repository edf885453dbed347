package script

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestResults(t *testing.T) {
	for _, noPidfd := range []bool{false, true} {
		t.Run(fmt.Sprintf("pidfd %t", !noPidfd), func(t *testing.T) {
			r := newRunner(t)
			r.noPidfd = noPidfd
			for _, tc := range []struct {
				line  string
				exit  int
				sig   syscall.Signal
				words string
				text  string
			}{
				{"exit 0", 0, 0, "", "exited with status 0"},
				{"echo no route; echo to host >&2; exit 3", 3, 0, "no route\nto host\n", "exited with status 3"},
				{"kill -USR1 $$", -1, syscall.SIGUSR1, "", "due to signal 10"},
				{"exec >&- 2>&- <&-; exit 5", 5, 0, "", "exited with status 5"},
			} {
				res := sh(t, r, tc.line)
				if res.Exit != tc.exit || res.Signal != tc.sig || res.LastWords != tc.words || res.String() != tc.text {
					t.Errorf("%q: %+v, %q", tc.line, res, res)
				}
				if res.OK() != (tc.exit == 0) || res.TimedOut || res.Took <= 0 {
					t.Errorf("%q: %+v", tc.line, res)
				}
			}
		})
	}
}

func TestWhatAProgramSees(t *testing.T) {
	t.Setenv("IFS", ":")
	t.Setenv("LD_PRELOAD", "")
	t.Setenv("LD_LIBRARY_PATH", "/nonexistent")
	t.Setenv("INHERITED", "yes")
	// A descriptor without close-on-exec, as a careless parent leaves it to us.
	leak, err := unix.Open("/dev/null", unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(leak) }()
	r := newRunner(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "seen")
	line := `{ /usr/bin/env; echo CWD=$(pwd -P); echo PGID=$(cut -d' ' -f5 /proc/$$/stat) PID=$$
for fd in 0 1 2; do echo "FD$fd=$(readlink /proc/$$/fd/$fd)"; done; } > ` + out + `.1
ls /proc/self/fd > ` + out + `.2`
	p, err := r.Start(Job{
		Name: "see", Argv: []string{program(t, 0o755, "#!/bin/sh", line)},
		Env: []string{"EXTRA=1"}, Dir: dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	if res := p.Wait(); !res.OK() {
		t.Fatal(res)
	}
	b, err := os.ReadFile(out + ".1")
	if err != nil {
		t.Fatal(err)
	}
	got := string(b)
	pid := strconv.Itoa(p.PID())
	for _, want := range []string{"INHERITED=yes\n", "EXTRA=1\n", "CWD=" + dir + "\n", "PGID=" + pid + " PID=" + pid + "\n", "FD0=/dev/null\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	for _, l := range strings.Split(got, "\n") {
		for _, not := range []string{"IFS=", "LD_PRELOAD=", "LD_LIBRARY_PATH="} {
			if strings.HasPrefix(l, not) {
				t.Errorf("the environment has %q", l)
			}
		}
	}
	// ls itself has 0 to 2 and the directory it reads.
	if b, err := os.ReadFile(out + ".2"); err != nil || strings.Count(string(b), "\n") != 4 {
		t.Errorf("open descriptors: %q, %v", b, err)
	}
}

func TestStandardFilesAreDevNull(t *testing.T) {
	r := newRunner(t)
	out := filepath.Join(t.TempDir(), "out")
	p, err := r.Start(Job{Name: "x", Argv: []string{
		"/bin/sh", "-c", `x=$(stat -L -c %t:%T /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2); echo $x >` + out,
	}})
	if err != nil {
		t.Fatal(err)
	}
	p.Wait()
	if b, err := os.ReadFile(out); err != nil || string(b) != "1:3 1:3 1:3\n" {
		t.Errorf("devices of stdin, stdout, stderr: %q, %v", b, err)
	}
}

func TestStartErrors(t *testing.T) {
	r := newRunner(t)
	for _, tc := range []struct {
		argv []string
		want error
	}{
		{[]string{"/nonexistent/program"}, fs.ErrNotExist},
		{[]string{t.TempDir()}, fs.ErrPermission},
		{[]string{program(t, 0o644, "#!/bin/sh")}, fs.ErrPermission},
		{[]string{program(t, 0o755, "#!/nonexistent/interpreter")}, fs.ErrNotExist},
		{nil, nil},
	} {
		for _, capture := range []int{0, 10} {
			_, err := r.Start(Job{Name: "chk", Argv: tc.argv, Capture: capture})
			var start *StartError
			if !errors.As(err, &start) || start.Name != "chk" || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("%q: %v", tc.argv, err)
			}
		}
	}
	if n := r.Running(); n != 0 {
		t.Errorf("%d running", n)
	}
}

func TestNoInterpreterLineGoesToTheShell(t *testing.T) {
	r := newRunner(t)
	p, err := r.Start(Job{Name: "x", Argv: []string{program(t, 0o755, `echo "got $1,$2"; exit 4`), "a b", "c"}, Capture: 100})
	if err != nil {
		t.Fatal(err)
	}
	if res := p.Wait(); res.Exit != 4 || res.LastWords != "got a b,c\n" {
		t.Errorf("%+v", res)
	}
}

func TestShellRunsACommandLine(t *testing.T) {
	r := newRunner(t)
	p, err := r.Start(Job{Name: "x", Shell: true, Argv: []string{"</nonexistent/file"}, Capture: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if res := p.Wait(); res.Exit != 2 || res.LastWords == "" { // dash's status, as keepalived reports it
		t.Errorf("%+v", res)
	}
	if p, err = r.Start(Job{Name: "x", Shell: true, Argv: []string{"</dev/null", "&&", "exit", "7"}}); err != nil {
		t.Fatal(err)
	}
	if res := p.Wait(); res.Exit != 7 {
		t.Errorf("%+v", res)
	}
}

func TestHugeOutputKeepsTheEnd(t *testing.T) {
	r := newRunner(t)
	res := sh(t, r, "head -c 20000000 /dev/zero | tr '\\0' x; echo; echo the end", func(j *Job) { j.Capture = 12 })
	if !res.OK() || res.LastWords != "xxx\nthe end\n" {
		t.Errorf("%+v", res)
	}
}

func TestOutputOfABackgroundProgramIsNotWaitedFor(t *testing.T) {
	r := newRunner(t)
	p, err := r.Start(Job{Name: "x", Argv: []string{"/bin/sh", "-c", "sleep 1000 & echo started"}, Capture: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Kill(-p.PID(), unix.SIGKILL) })
	select {
	case <-p.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("waits for the grandchild")
	}
	if res := p.Wait(); !res.OK() || res.LastWords != "started\n" {
		t.Errorf("%+v", res)
	}
	if unix.Kill(-p.PID(), 0) != nil {
		t.Error("the program that the script left in the background is gone")
	}
}

// stubborn is a script that ignores TERM and so do its two children.
const stubborn = `trap '' TERM; sleep 1000 & sleep 1001 & echo ready; wait; sleep 1002`

func TestTimeoutKillsTheWholeGroup(t *testing.T) {
	for _, noPidfd := range []bool{false, true} {
		r := newRunner(t)
		r.noPidfd = noPidfd
		p, err := r.Start(Job{Name: "x", Argv: []string{"/bin/sh", "-c", stubborn}, Timeout: 200 * time.Millisecond, Capture: 100})
		if err != nil {
			t.Fatal(err)
		}
		res := p.Wait()
		if !res.TimedOut || res.Stopped || res.Signal != syscall.SIGKILL || res.LastWords != "ready\n" || res.String() != "timed out" {
			t.Errorf("%+v", res)
		}
		if least := 200*time.Millisecond + killAfter; res.Took < least || res.Took > least+time.Second {
			t.Errorf("killed after %v, want %v", res.Took, least)
		}
		eventually(t, "the children are dead", groupGone(p.PID()))
	}
}

func TestTimeoutTermIsEnoughForTheWilling(t *testing.T) {
	r := newRunner(t)
	// The leader obeys TERM; its child does not and is killed with the rest of the group.
	line := `(trap '' TERM; echo child; exec sleep 1000) & trap 'exit 9' TERM; sleep 1000 & wait`
	p, err := r.Start(Job{Name: "x", Argv: []string{"/bin/sh", "-c", line}, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	res := p.Wait()
	if !res.TimedOut || res.Exit != 9 || res.OK() || res.Took >= killAfter {
		t.Errorf("%+v", res)
	}
	eventually(t, "the child is dead", groupGone(p.PID()))
}

func TestStop(t *testing.T) {
	r := newRunner(t)
	p, err := r.Start(Job{Name: "x", Argv: []string{"/bin/sleep", "1000"}})
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	p.Stop()
	if res := p.Wait(); !res.Stopped || res.TimedOut || res.Signal != syscall.SIGTERM {
		t.Errorf("%+v", res)
	}
}

func TestCloseKillsWhatRuns(t *testing.T) {
	r, err := NewRunner()
	if err != nil {
		t.Fatal(err)
	}
	var procs []*Proc
	for range 10 {
		p, err := r.Start(Job{Name: "x", Argv: []string{"/bin/sh", "-c", stubborn}})
		if err != nil {
			t.Fatal(err)
		}
		procs = append(procs, p)
	}
	if n := r.Drain(10 * time.Millisecond); n != len(procs) {
		t.Errorf("Drain: %d running", n)
	}
	r.Close()
	r.Close()
	for _, p := range procs {
		if res := p.Wait(); !res.Stopped || res.Signal != syscall.SIGKILL {
			t.Errorf("%+v", res)
		}
		eventually(t, "the children are dead", groupGone(p.PID()))
	}
	if _, err := r.Start(Job{Argv: []string{"/bin/true"}}); !errors.Is(err, ErrClosed) {
		t.Errorf("Start after Close: %v", err)
	}
}

func TestDrainWaitsForTheEnd(t *testing.T) {
	r := newRunner(t)
	for range 5 {
		if _, err := r.Start(Job{Name: "x", Argv: []string{"/bin/sleep", "0.1"}}); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.Drain(10 * time.Second); n != 0 {
		t.Errorf("%d left", n)
	}
	if n := r.Drain(0); n != 0 {
		t.Errorf("%d left of nothing", n)
	}
}

// A child must not depend on the thread that asked for it: threads end, and the kernel takes that for
// the death of the parent.
func TestChildOutlivesTheThreadThatAsked(t *testing.T) {
	r := newRunner(t)
	var p *Proc
	var wg sync.WaitGroup
	wg.Go(func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		var err error
		if p, err = r.Start(Job{Name: "x", Argv: []string{"/bin/sh", "-c", "sleep 0.5; exit 42"}}); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	if p == nil {
		t.Fatal("not started")
	}
	if res := p.Wait(); res.Exit != 42 {
		t.Errorf("%+v", res)
	}
}

// The kernel ends a script when its daemon dies without a word.
func TestChildrenDieWithUs(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "SCRIPT_TEST_PARENT=echo $$ > "+pidFile+".new; mv "+pidFile+".new "+pidFile+"; exec sleep 1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	eventually(t, "the script has started", func() bool {
		b, err := os.ReadFile(pidFile)
		pid, _ = strconv.Atoi(strings.TrimSpace(string(b)))
		return err == nil && pid > 0
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	eventually(t, "the script is dead", groupGone(pid))
}
