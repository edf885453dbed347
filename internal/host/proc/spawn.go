package proc

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// SpawnConfig describes a child process.
type SpawnConfig struct {
	Path      string         // program; "" = the one we run (/proc/self/exe, even if it was replaced on disk)
	Argv0     string         // what the child sees as its name; "" = Path
	Args      []string       // further arguments
	Env       []string       // nil = ours; of two with the same name the first counts
	Files     []*os.File     // become descriptors 3, 4, …; 0 to 2 are ours
	Pdeathsig syscall.Signal // sent to the child when we die; 0 = none
}

// A Spawner starts children from one thread that lives as long as the process.
//
// The kernel sends a child its death signal when the *thread* that started it ends, and the Go runtime ends
// threads as it pleases; and a child inherits namespace, scheduling and affinity from that thread. Both are
// why it is one thread, which Do prepares. The goroutine is never unlocked from it.
type Spawner struct {
	work chan func()
}

// NewSpawner starts the thread. It is never ended: that would kill the children.
func NewSpawner() *Spawner {
	s := &Spawner{make(chan func())}
	locked := make(chan struct{})
	go s.serve(locked)
	<-locked
	return s
}

// serve works on a thread of its own, which is not the first one: that one stands for the whole process in /proc, and a namespace
// that it enters would look like ours.
func (s *Spawner) serve(locked chan<- struct{}) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		elsewhere := make(chan struct{})
		go s.serve(elsewhere)
		<-elsewhere // we hold the first thread until then
		runtime.UnlockOSThread()
		close(locked)
		return
	}
	close(locked)
	for f := range s.work {
		f()
	}
}

// Do runs f on the Spawner's thread and returns its error: EnterNetNS, Nice and the like, for children to
// inherit.
func (s *Spawner) Do(f func() error) error {
	done := make(chan error)
	s.work <- func() { done <- f() }
	return <-done
}

// Spawn starts a child. It stays in our process group and session, as keepalived's children do in theirs.
// Somebody must Wait for it.
func (s *Spawner) Spawn(c SpawnConfig) (*Child, error) {
	if c.Path == "" {
		c.Path = "/proc/self/exe"
	}
	if c.Argv0 == "" {
		c.Argv0 = c.Path
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	attr := &os.ProcAttr{
		Env:   c.Env,
		Files: append([]*os.File{os.Stdin, os.Stdout, os.Stderr}, c.Files...),
		Sys:   &syscall.SysProcAttr{Pdeathsig: c.Pdeathsig},
	}
	var p *os.Process
	err := s.Do(func() (err error) {
		p, err = os.StartProcess(c.Path, append([]string{c.Argv0}, c.Args...), attr)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("spawn %s: %w", c.Argv0, err)
	}
	return &Child{p}, nil
}

// A Child is a process we started.
type Child struct{ p *os.Process }

// PID returns its process id.
func (c *Child) PID() int { return c.p.Pid }

// Signal sends it a signal; os.ErrProcessDone if it was waited for. It cannot hit another process that got
// the same id since.
func (c *Child) Signal(sig syscall.Signal) error { return c.p.Signal(sig) }

// Wait waits for it to end and reaps it.
func (c *Child) Wait() (Status, error) {
	st, err := c.p.Wait()
	if err != nil {
		return Status{}, fmt.Errorf("wait for pid %d: %w", c.p.Pid, err)
	}
	ws, ok := st.Sys().(syscall.WaitStatus)
	if !ok {
		return Status{}, fmt.Errorf("wait for pid %d: no status", c.p.Pid)
	}
	if ws.Signaled() {
		return Status{PID: st.Pid(), Signal: ws.Signal(), Core: ws.CoreDump()}, nil
	}
	return Status{PID: st.Pid(), Code: ws.ExitStatus()}, nil
}

// Status is how a process ended: by a signal, or with a code.
type Status struct {
	PID    int
	Code   int            // exit status, if Signal is 0
	Signal syscall.Signal // what killed it; 0 = it exited
	Core   bool           // it left a core file
}

func (s Status) String() string {
	switch {
	case s.Core:
		return fmt.Sprintf("killed by signal %d (%v), core dumped", int(s.Signal), s.Signal)
	case s.Signal != 0:
		return fmt.Sprintf("killed by signal %d (%v)", int(s.Signal), s.Signal)
	}
	return fmt.Sprintf("exit status %d", s.Code)
}
