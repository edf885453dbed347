package rig

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/netns"
	"holdfast/internal/lab/record"
)

// daemon is one run of the program under test in a router.
type daemon struct {
	cmd  *exec.Cmd
	gone chan struct{} // closed when the parent process has been reaped
}

// startDaemon starts program as "keepalived" on conf inside s, in the foreground, logging to us. Its
// pid files live in dir, so two of them never meet.
func startDaemon(s *netns.Space, box *inbox, node, program, conf, dir string) (*daemon, error) {
	pid := func(name string) string { return filepath.Join(dir, name+".pid") }
	cmd := exec.Command(program, "-n", "-l", "-D", "-G", "-f", conf,
		"-p", pid("keepalived"), "-r", pid("vrrp"), "-c", pid("checkers"), "-b", pid("bfd"))
	cmd.Args[0] = "keepalived"
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = in, in
	err = s.Do(cmd.Start)
	in.Close()
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("lab: %s: %w", node, err)
	}
	box.put(record.Event{At: box.now(), Kind: record.Started, Node: node})
	d := &daemon{cmd: cmd, gone: make(chan struct{})}
	go readLog(out, box, node)
	go func() {
		how := "exit status 0"
		if err := cmd.Wait(); err != nil {
			how = err.Error()
		}
		box.put(record.Event{At: box.now(), Kind: record.Exited, Node: node, Text: how})
		close(d.gone)
	}()
	return d, nil
}

// readLog ends when the last process that holds the pipe is gone.
func readLog(out io.ReadCloser, box *inbox, node string) {
	defer out.Close()
	for sc := bufio.NewScanner(out); sc.Scan(); {
		box.put(record.Event{At: box.now(), Kind: record.Line, Node: node, Text: sc.Text()})
	}
}

// stop asks for an orderly end.
func (d *daemon) stop() error { return d.cmd.Process.Signal(syscall.SIGTERM) }

// kill ends the daemon and its descendants at once. They are stopped first, so that none can be born
// meanwhile, nor learn of another's end and say farewell: a crash does neither.
func (d *daemon) kill() error {
	pid := d.cmd.Process.Pid
	var errs []error
	hit := func(pid int, sig syscall.Signal) {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, fmt.Errorf("lab: signal %v to %d: %w", sig, pid, err))
		}
	}
	family, stopped := descendants(pid), 0
	for stopped < len(family) {
		for _, p := range family[stopped:] {
			hit(p, syscall.SIGSTOP)
		}
		stopped, family = len(family), descendants(pid)
	}
	for i := len(family) - 1; i >= 0; i-- {
		hit(family[i], syscall.SIGKILL)
	}
	<-d.gone
	reap(family[1:])
	return errors.Join(errs...)
}

// adopt makes this process the parent of its daemons' orphans. A machine whose init never waits for them
// would keep them as zombies, and a daemon that finds its predecessor's pid file asks whether that process
// exists: a zombie does.
func adopt() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("lab: adopting orphans: %w", err)
	}
	return nil
}

// reap waits for killed orphans. It names each one: waiting for any child would take the status of a
// child that exec.Cmd waits for.
func reap(pids []int) {
	for _, pid := range pids {
		for {
			_, err := syscall.Wait4(pid, nil, 0, nil)
			if err != syscall.EINTR {
				break // reaped, or (ECHILD) its own parent did it before it died
			}
		}
	}
}

// descendants returns pid and every process below it, parents before children.
func descendants(pid int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // gone since
		}
		// pid (comm) state ppid …; comm may hold spaces and parentheses
		_, rest, _ := strings.Cut(string(b[max(0, strings.LastIndexByte(string(b), ')')):]), " ")
		fields := strings.Fields(rest)
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || len(fields) < 2 {
			continue
		}
		if ppid, err := strconv.Atoi(fields[1]); err == nil {
			children[ppid] = append(children[ppid], child)
		}
	}
	family := []int{pid}
	for i := 0; i < len(family); i++ {
		family = append(family, children[family[i]]...)
	}
	return family
}
