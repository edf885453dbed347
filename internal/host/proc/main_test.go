package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// helperEnv makes the test binary act as a small program of that name instead of running tests: most of
// what this package does to a process cannot be undone.
const helperEnv = "PROC_TEST_HELPER"

var helpers = map[string]func() error{
	"exit3": func() error { os.Exit(3); return nil },
	"kill":  func() error { return unix.Kill(os.Getpid(), unix.SIGKILL) },
	"wait":  func() error { time.Sleep(time.Minute); return nil },
	"describe": func() error {
		comm, err := os.ReadFile("/proc/self/comm")
		if err != nil {
			return err
		}
		pgid, _ := unix.Getpgid(0)
		sid, _ := unix.Getsid(0)
		attr, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			return err
		}
		f := os.NewFile(3, "three")
		_, err = fmt.Fprintf(f, "%s %s %d %d %d %d", strings.Join(os.Args, ","), strings.TrimSpace(string(comm)),
			pgid, sid, attr.Policy, attr.Nice)
		return err
	},
	"orphan": orphan,
	"keep": func() error {
		release := make(chan struct{})
		defer close(release)
		for range 4 { // some more threads
			started := make(chan struct{})
			go func() {
				runtime.LockOSThread()
				close(started)
				<-release
			}()
			<-started
		}
		before, err := permitted()
		if err != nil {
			return err
		}
		switch err := Keep(NetAdmin, SysNice); {
		case errors.Is(err, unix.ENOTSUP):
			fmt.Print("unsupported")
			return nil
		case err != nil:
			return err
		}
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		want := before & (1<<NetAdmin | 1<<SysNice)
		for _, t := range tasks {
			status, err := os.ReadFile("/proc/self/task/" + t.Name() + "/status")
			if err != nil {
				continue // the thread has ended
			}
			for _, set := range []string{"CapPrm", "CapEff"} {
				if !strings.Contains(string(status), fmt.Sprintf("%s:\t%016x\n", set, want)) {
					return fmt.Errorf("thread %s of %d: %s is not %x:\n%s", t.Name(), len(tasks), set, want, status)
				}
			}
		}
		if len(tasks) < 5 {
			return fmt.Errorf("only %d threads", len(tasks))
		}
		fmt.Print("done")
		return nil
	},
	"umask": func() error {
		Umask(0o100177)
		fmt.Printf("%#o", Umask(0o022))
		return nil
	},
	"core": func() error {
		var on, off unix.Rlimit
		if err := CoreDump(true); err != nil {
			return err
		}
		unix.Prlimit(0, unix.RLIMIT_CORE, nil, &on)
		if err := CoreDump(false); err != nil {
			return err
		}
		unix.Prlimit(0, unix.RLIMIT_CORE, nil, &off)
		fmt.Print(on.Cur > 0 && on.Cur == on.Max, off.Cur)
		return nil
	},
	"panic with core": func() error {
		if err := CoreDump(true); err != nil {
			return err
		}
		panic("wanted")
	},
	"rttime": func() error {
		if err := RTTime(250 * time.Millisecond); err != nil {
			return err
		}
		var l unix.Rlimit
		unix.Prlimit(0, unix.RLIMIT_RTTIME, nil, &l)
		fmt.Print(l.Cur, " ", l.Max)
		return nil
	},
	"name": func() error {
		done := make(chan error)
		go func() { // not the first thread
			runtime.LockOSThread()
			done <- SetName("a-name-that-is-too-long")
		}()
		if err := <-done; err != nil {
			return err
		}
		out, err := exec.Command("ps", "-o", "comm=", "-p", fmt.Sprint(os.Getpid())).Output()
		fmt.Print(strings.TrimSpace(string(out)))
		return err
	},
	"mlock": func() error {
		if err := LockMemory(); err != nil {
			return err
		}
		fmt.Print(statusLine("VmLck"), " ", statusLine("VmRSS"))
		return nil
	},
	"pidfile": func() error {
		p, err := OpenPID(os.Args[1])
		if err != nil {
			return err
		}
		if len(os.Args) > 2 {
			fmt.Println("locked")
			time.Sleep(time.Minute)
		}
		return p.Close()
	},
}

// The first thread of a process cannot be thrown away: a goroutine that ends locked to it leaves it parked
// for ever, with what was done to it. Held here, it is nobody's in a test.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	name := os.Getenv(helperEnv)
	if name == "" && childOfItself() {
		fmt.Fprintln(os.Stderr, "started by a test without the name of a helper: running the tests again would never end")
		os.Exit(98)
	}
	if name == "" {
		os.Exit(m.Run())
	}
	f, ok := helpers[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "no helper", name)
		os.Exit(99)
	}
	if err := f(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// childOfItself reports whether the parent is this very program.
func childOfItself() bool {
	mine, err := os.Readlink("/proc/self/exe")
	parent, perr := os.Readlink(fmt.Sprintf("/proc/%d/exe", os.Getppid()))
	return err == nil && perr == nil && mine == parent
}

// helper returns a command that runs one of the helpers.
func helper(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), helperEnv+"="+name)
	return cmd
}

func runHelper(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := helper(name, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		t.Fatalf("helper %s: %v", name, err)
	}
	return string(out)
}

// onThread runs f on a thread of its own and throws that away.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- f()
	}()
	return <-done
}

// dropCap takes a capability from the calling thread; without privileges there is nothing to take.
func dropCap(c Cap) error {
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&h, &data[0]); err != nil {
		return err
	}
	data[c/32].Effective &^= 1 << (c % 32)
	return unix.Capset(&h, &data[0])
}

// statusLine returns a number from /proc/self/status.
func statusLine(key string) (n int) {
	b, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, key+":"); ok {
			fmt.Sscan(rest, &n)
		}
	}
	return n
}

// orphan starts a grandchild that dies with it, from a thread that ends, reports its pid and leaves
// descriptor 3 to it.
func orphan() error {
	three := os.NewFile(3, "three")
	os.Setenv(helperEnv, "wait")
	var pid, tid int
	if err := onThread(func() error {
		tid = unix.Gettid()
		c, err := NewSpawner().Spawn(SpawnConfig{Files: []*os.File{three}, Pdeathsig: syscall.SIGTERM})
		if err == nil {
			pid = c.PID()
		}
		return err
	}); err != nil {
		return err
	}
	for { // until the asking thread is gone
		if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", tid)); errors.Is(err, os.ErrNotExist) {
			break
		}
		runtime.Gosched()
	}
	fmt.Fprintln(three, pid)
	three.Close()
	time.Sleep(time.Minute)
	return nil
}
