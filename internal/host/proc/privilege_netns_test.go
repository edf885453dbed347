package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func needRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: real-time scheduling, locked memory, network namespaces")
	}
}

func TestRoundRobin(t *testing.T) {
	needRoot(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := NewSpawner()
	err = s.Do(func() error {
		if err := RoundRobin(50); err != nil {
			return err
		}
		attr, err := unix.SchedGetAttr(0, 0)
		if err == nil && (attr.Policy != unix.SCHED_RR || attr.Priority != 50) {
			err = fmt.Errorf("policy %d priority %d", attr.Policy, attr.Priority)
		}
		if err == nil && Slice(time.Millisecond) == nil {
			err = errors.New("a real-time thread was given an EEVDF slice")
		}
		return err
	})
	if errors.As(err, new(*DeniedError)) {
		t.Skipf("needs root: this container has no real-time budget: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Spawn(SpawnConfig{Env: append(os.Environ(), helperEnv+"=describe"), Files: []*os.File{w}})
	if err != nil {
		t.Fatal(err)
	}
	got := readAll(t, r, w)
	if st, err := c.Wait(); st.Code != 0 || err != nil {
		t.Fatal(st, err)
	}
	if !strings.HasSuffix(got, " 0 0") { // SCHED_OTHER, nice 0
		t.Errorf("a child of the urgent thread: %s", got)
	}
	if err := s.Do(func() error {
		if err := NormalScheduling(); err != nil {
			return err
		}
		attr, err := unix.SchedGetAttr(0, 0)
		if err == nil && attr.Policy != unix.SCHED_NORMAL {
			err = fmt.Errorf("policy %d", attr.Policy)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestLockMemory(t *testing.T) {
	needRoot(t)
	var locked, rss int
	if _, err := fmt.Sscan(runHelper(t, "mlock"), &locked, &rss); err != nil {
		t.Fatal(err)
	}
	if locked == 0 {
		t.Error("nothing is locked")
	}
	if rss > 40<<10 { // kB; without MCL_ONFAULT it is above 100 MB
		t.Errorf("resident %d kB after locking %d kB", rss, locked)
	}
}

// addNetNS makes a network namespace for the test.
func addNetNS(t *testing.T, suffix string) (name string) {
	t.Helper()
	needRoot(t)
	name = fmt.Sprintf("proc-%d-%s", os.Getpid(), suffix)
	if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
		t.Fatalf("ip netns add: %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("ip", "netns", "del", name).Run() })
	return name
}

func TestEnterNetNS(t *testing.T) {
	name := addNetNS(t, "n")
	ns := func() string {
		s, err := os.Readlink("/proc/thread-self/ns/net")
		if err != nil {
			t.Error(err)
		}
		return s
	}
	home := ns()
	var there, child string
	s := NewSpawner()
	if err := s.Do(func() error {
		if err := EnterNetNS(name); err != nil {
			return err
		}
		there = ns()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var st unix.Stat_t
	if err := unix.Stat("/run/netns/"+name, &st); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("net:[%d]", st.Ino); there != want || there == home || ns() != home {
		t.Errorf("home %s, thread %s, want %s", home, there, want)
	}
	r, w, _ := os.Pipe()
	defer r.Close()
	c, err := s.Spawn(SpawnConfig{Path: "/bin/sh", Args: []string{"-c", "readlink /proc/self/ns/net >&3"}, Files: []*os.File{w}})
	if err != nil {
		t.Fatal(err)
	}
	child = strings.TrimSpace(readAll(t, r, w))
	c.Wait()
	if child != there {
		t.Errorf("a child of the thread is in %s, not %s", child, there)
	}
}

func TestEnterNetNSFails(t *testing.T) {
	name := addNetNS(t, "f")
	plain := fmt.Sprintf("proc-%d-plain", os.Getpid())
	if err := os.WriteFile("/run/netns/"+plain, nil, 0o600); err != nil { // what a lost mount leaves
		t.Fatal(err)
	}
	defer os.Remove("/run/netns/" + plain)
	if err := onThread(func() error { return EnterNetNS(plain) }); !errors.Is(err, unix.EINVAL) || !strings.Contains(err.Error(), plain) {
		t.Errorf("a plain file: %v", err)
	}
	var denied *DeniedError
	if err := onThread(func() error {
		if err := dropCap(SysAdmin); err != nil {
			return err
		}
		return EnterNetNS(name)
	}); !errors.As(err, &denied) || denied.Need != "CAP_SYS_ADMIN" {
		t.Errorf("without CAP_SYS_ADMIN: %v", err)
	}
}

// waitForPID returns when there is a line in the file; the program that is to write it must not end before.
func waitForPID(t *testing.T, pidfile string, gone <-chan error) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if b, _ := os.ReadFile(pidfile); strings.HasSuffix(string(b), "\n") {
			break
		}
		select {
		case err := <-gone:
			t.Fatalf("it ended: %v", err)
		default:
		}
		if time.Now().After(limit) {
			t.Fatal("no pid file")
		}
	}
}

// The real one does not lock its file: we must know it by its number, and it us by ours.
func TestPIDFileOfKeepalived(t *testing.T) {
	ns := addNetNS(t, "k")
	path, err := exec.LookPath("keepalived")
	if err != nil {
		t.Skip("needs keepalived")
	}
	dir := t.TempDir()
	conf, pidfile := filepath.Join(dir, "k.conf"), filepath.Join(dir, "k.pid")
	text := "vrrp_instance V {\n interface v0\n virtual_router_id 9\n priority 100\n virtual_ipaddress {\n  10.78.0.9/24\n }\n}\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"link add v0 type veth peer name v1", "addr add 10.78.0.1/24 dev v0", "link set v1 up", "link set v0 up"} {
		if out, err := exec.Command("ip", append([]string{"-n", ns}, strings.Fields(args)...)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", args, err, out)
		}
	}
	command := func() *exec.Cmd {
		return exec.Command("nsenter", "--net=/run/netns/"+ns, path, "-n", "-l", "-P", "-f", conf, "-p", pidfile, "-r", pidfile+".vrrp")
	}
	ours, err := OpenPID(pidfile)
	if err != nil {
		t.Fatal(err)
	}
	out, err := command().CombinedOutput()
	if err != nil || !strings.Contains(string(out), "daemon is already running") {
		t.Errorf("keepalived beside us: %v\n%s", err, out)
	}
	if err := ours.Close(); err != nil {
		t.Fatal(err)
	}

	theirs := command()
	if err := theirs.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- theirs.Wait() }()
	defer theirs.Process.Signal(unix.SIGTERM)
	waitForPID(t, pidfile, gone)
	var running *RunningError
	if p, err := OpenPID(pidfile); !errors.As(err, &running) || running.PID != theirs.Process.Pid {
		t.Errorf("beside keepalived (pid %d): %v", theirs.Process.Pid, err)
		if p != nil {
			p.Close()
		}
	}
	if pid, ok, err := Running(pidfile); pid != theirs.Process.Pid || !ok || err != nil {
		t.Errorf("Running: %d %v %v", pid, ok, err)
	}
	theirs.Process.Signal(unix.SIGTERM)
	<-gone
}
