package netns

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// dir is where ip-netns(8) looks for named namespaces.
const dir = "/run/netns"

// Space is one network namespace with its thread. Programs that the thread starts with a parent-death signal die with the
// Space: PR_SET_PDEATHSIG follows the thread, not the process.
type Space struct {
	Name string
	path string
	file *os.File
	jobs chan func()
	gone chan struct{}
}

// New makes a namespace with that name, which must be free. setUp, if not nil, is run on its thread first.
func New(name string, setUp func() error) (*Space, error) {
	s := &Space{Name: name, path: filepath.Join(dir, name), jobs: make(chan func()), gone: make(chan struct{})}
	born := make(chan error)
	go s.live(born, setUp)
	if err := <-born; err != nil {
		s.Close()
		return nil, fmt.Errorf("namespace %s: %w", name, err)
	}
	return s, nil
}

// live is the thread. It never unlocks, so the runtime ends the thread with the goroutine.
func (s *Space) live(born chan<- error, setUp func() error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		// The process's first thread must stay in the host's namespace: /proc/PID speaks for it.
		go s.live(born, setUp)
		<-s.gone
		runtime.UnlockOSThread()
		return
	}
	err := s.make()
	if err == nil && setUp != nil {
		err = setUp()
	}
	born <- err
	for {
		select {
		case job := <-s.jobs:
			job()
		case <-s.gone:
			return
		}
	}
}

func (s *Space) make() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_RDONLY|os.O_CREATE|os.O_EXCL, 0o444)
	if err != nil {
		s.path = "" // somebody else's
		return err
	}
	f.Close()
	if err := unix.Mount("/proc/thread-self/ns/net", s.path, "none", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s: %w", s.path, err)
	}
	s.file, err = os.Open(s.path)
	return err
}

// FD returns a descriptor of the namespace, which is open until Close.
func (s *Space) FD() int { return int(s.file.Fd()) }

// Do runs f on the namespace's thread and waits for it.
func (s *Space) Do(f func() error) error {
	done := make(chan error, 1)
	select {
	case s.jobs <- func() { done <- f() }:
		return <-done
	case <-s.gone:
		return errors.New("namespace is closed")
	}
}

// Close ends the thread and takes the name away. Processes inside keep the namespace itself alive.
func (s *Space) Close() {
	close(s.gone)
	if s.file != nil {
		s.file.Close()
	}
	if s.path != "" {
		forget(s.path)
	}
}

func forget(path string) {
	_ = unix.Unmount(path, unix.MNT_DETACH) // fails if it was never mounted
	_ = os.Remove(path)
}
