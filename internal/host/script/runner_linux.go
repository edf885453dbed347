package script

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// ErrClosed is what Start answers after Close.
var ErrClosed = errors.New("script: runner is closed")

// A Runner starts programs and sees to their end.
type Runner struct {
	null   *os.File
	orders chan order
	quit   chan struct{} // closed by Close: the spawning thread ends
	gone   chan struct{} // closed when it has

	mu     sync.Mutex
	closed bool
	procs  map[*Proc]struct{}
	idle   chan struct{} // closed when procs becomes empty; nil when nobody waits for that

	noPidfd bool // tests: behave as on a kernel without pidfd
}

// An order asks the spawning thread for a child.
type order struct {
	job    Job
	result chan<- started
}

// started is the answer to an order.
type started struct {
	proc *Proc
	err  error
}

// NewRunner returns a runner. Children get the CPU affinity that the calling thread has now, so create
// it before pinning anything.
//
// It marks every descriptor above 2 of this process close-on-exec: Go opens its own that way, but one
// that our own parent left open would reach every script.
func NewRunner() (*Runner, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("script: new runner: %w", err)
	}
	sealDescriptors()
	r := &Runner{
		null:   null,
		orders: make(chan order),
		quit:   make(chan struct{}),
		gone:   make(chan struct{}),
		procs:  make(map[*Proc]struct{}),
	}
	var cpus unix.CPUSet
	if err := unix.SchedGetaffinity(0, &cpus); err != nil {
		cpus.Zero()
	}
	go r.spawn(cpus)
	return r, nil
}

// Start runs job and returns once it has been exec'd, or a *StartError. It waits for the fork, about a
// millisecond, or as long as the file system of the program takes: an urgent loop lets somebody else
// call it.
func (r *Runner) Start(job Job) (*Proc, error) {
	if len(job.Argv) == 0 {
		return nil, &StartError{Name: job.Name, Err: errors.New("no program named")}
	}
	answer := make(chan started, 1)
	select {
	case r.orders <- order{job: job, result: answer}:
	case <-r.quit:
		return nil, ErrClosed
	}
	s := <-answer
	return s.proc, s.err
}

// Running returns how many programs have not ended.
func (r *Runner) Running() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.procs)
}

// Drain waits up to timeout for running programs to end by themselves and returns how many have not.
func (r *Runner) Drain(timeout time.Duration) int {
	t := time.NewTimer(timeout)
	defer t.Stop()
	for {
		r.mu.Lock()
		n := len(r.procs)
		if n == 0 {
			r.mu.Unlock()
			return 0
		}
		if r.idle == nil {
			r.idle = make(chan struct{})
		}
		idle := r.idle
		r.mu.Unlock()
		select {
		case <-idle:
		case <-t.C:
			return r.Running()
		}
	}
}

// Close kills the process groups of everything that still runs, waits for their end (at most 2 s) and
// releases the spawning thread. Whoever wants programs to finish calls Drain before.
func (r *Runner) Close() {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	r.closed = true
	r.mu.Unlock()
	close(r.quit)
	// The thread has to outlive its children: its end would send them their parent-death signal,
	// which is TERM, and they shall get KILL.
	t := time.NewTimer(2 * killWait)
	defer t.Stop()
	select {
	case <-r.gone:
		_ = r.null.Close()
	case <-t.C: // it hangs in exec, on a dead file server for instance
	}
}

// keep registers a child, and forget removes it.
func (r *Runner) keep(p *Proc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.procs[p] = struct{}{}
}

func (r *Runner) forget(p *Proc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.procs, p)
	if len(r.procs) == 0 && r.idle != nil {
		close(r.idle)
		r.idle = nil
	}
}

// killWait bounds how long Close waits for killed programs: one that hangs in the kernel does not die.
const killWait = 2 * time.Second

// killAll kills every group and waits for the leaders to be reaped.
func (r *Runner) killAll() {
	r.mu.Lock()
	procs := make([]*Proc, 0, len(r.procs))
	for p := range r.procs {
		procs = append(procs, p)
	}
	r.mu.Unlock()
	for _, p := range procs {
		p.ask(askKill)
	}
	limit := time.NewTimer(killWait)
	defer limit.Stop()
	for _, p := range procs {
		select {
		case <-p.done:
		case <-limit.C:
			return
		}
	}
}
