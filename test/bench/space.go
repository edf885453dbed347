package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

const (
	netnsDir    = "/run/netns"
	spacePrefix = "holdfast-bench-"
)

// space is a network namespace, named for ip-netns(8), and a thread that lives in it.
type space struct {
	name string
	path string
	jobs chan func()
	gone chan struct{}
}

var spaces atomic.Int64

// newSpace makes a namespace without IPv6, whose routine chatter would be noise.
func newSpace(what string) (*space, error) {
	name := fmt.Sprintf("%s%d-%d-%s", spacePrefix, os.Getpid(), spaces.Add(1), what)
	s := &space{name: name, path: filepath.Join(netnsDir, name), jobs: make(chan func()), gone: make(chan struct{})}
	born := make(chan error)
	go s.live(born)
	if err := <-born; err != nil {
		s.close()
		return nil, fmt.Errorf("namespace %s: %w", name, err)
	}
	return s, nil
}

// live is the thread. It is never unlocked, so the runtime ends it with the goroutine.
func (s *space) live(born chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		// The first thread speaks for the process in /proc: it stays outside.
		go s.live(born)
		<-s.gone
		runtime.UnlockOSThread()
		return
	}
	born <- s.make()
	for {
		select {
		case job := <-s.jobs:
			job()
		case <-s.gone:
			return
		}
	}
}

func (s *space) make() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := os.MkdirAll(netnsDir, 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_RDONLY|os.O_CREATE|os.O_EXCL, 0o444)
	if err != nil {
		return err
	}
	f.Close()
	if err := unix.Mount("/proc/thread-self/ns/net", s.path, "none", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s: %w", s.path, err)
	}
	for _, which := range []string{"all", "default"} {
		// A kernel without IPv6 has no such file and needs none.
		if err := os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// do runs fn on the namespace's thread and waits for it.
func (s *space) do(fn func() error) error {
	done := make(chan error, 1)
	select {
	case s.jobs <- func() { done <- fn() }:
		return <-done
	case <-s.gone:
		return errors.New("namespace is closed")
	}
}

// close ends the thread, and takes the name away.
func (s *space) close() {
	close(s.gone)
	_ = unix.Unmount(s.path, unix.MNT_DETACH) // fails if it was never mounted
	_ = os.Remove(s.path)
}

// ip runs ip(8) commands, one per line, inside.
func (s *space) ip(lines ...string) error {
	cmd := exec.Command("ip", "-n", s.name, "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ip in %s: %w: %s", s.name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// sweep takes away the names of namespaces whose bench was killed.
func sweep() {
	paths, _ := filepath.Glob(filepath.Join(netnsDir, spacePrefix+"*")) // the pattern is well-formed
	for _, path := range paths {
		digits, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), spacePrefix), "-")
		pid, err := strconv.Atoi(digits)
		if err != nil || pid <= 0 || unix.Kill(pid, 0) != unix.ESRCH {
			continue
		}
		_ = unix.Unmount(path, unix.MNT_DETACH)
		_ = os.Remove(path)
	}
}
