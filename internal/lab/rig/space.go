package rig

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// netnsDir is where ip-netns(8) looks for named namespaces.
const netnsDir = "/run/netns"

// space is one network namespace with a thread that lives in it. The thread starts the daemons, so
// that they are born inside and die with it (PR_SET_PDEATHSIG follows the thread, not the process).
type space struct {
	name string
	path string
	file *os.File
	jobs chan func()
	gone chan struct{}
}

// newSpace makes a namespace and names it for ip-netns(8).
func newSpace(name string) (*space, error) {
	s := &space{
		name: name, path: filepath.Join(netnsDir, name),
		jobs: make(chan func()), gone: make(chan struct{}),
	}
	born := make(chan error)
	go s.live(born)
	if err := <-born; err != nil {
		s.close()
		return nil, fmt.Errorf("lab: namespace %s: %w", name, err)
	}
	return s, nil
}

// live is the thread. It never unlocks, so the runtime ends the thread with the goroutine.
func (s *space) live(born chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		// The process's first thread must stay in the host's namespace: /proc/PID speaks for it.
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
	s.file, err = os.Open(s.path)
	return err
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

// close ends the thread and takes the name away. Processes inside keep the namespace itself alive.
func (s *space) close() {
	close(s.gone)
	if s.file != nil {
		s.file.Close()
	}
	_ = unix.Unmount(s.path, unix.MNT_DETACH) // fails if it was never mounted
	_ = os.Remove(s.path)
}
