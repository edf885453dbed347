package script

import (
	"errors"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// How an unwilling program is ended: TERM to its group, KILL after killAfter, KILL again and again.
const (
	killAfter = 2 * time.Second
	killAgain = 10 * time.Second
)

// What others ask of a Proc, in rising order: a later request replaces an earlier one.
const (
	askNothing = iota
	askStop
	askKill
)

// A Proc is a running program.
type Proc struct {
	runner *Runner
	job    Job
	pid    int
	pidfd  int // -1 on kernels without
	began  time.Time
	out    *tail

	asked  atomic.Int32
	wake   chan struct{} // asked has risen
	done   chan struct{} // result is set
	result Result
}

func newProc(r *Runner, job Job, pid, pidfd int, began time.Time, out *tail) *Proc {
	return &Proc{
		runner: r, job: job, pid: pid, pidfd: pidfd, began: began, out: out,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// PID returns the process number, which is also that of its group.
func (p *Proc) PID() int { return p.pid }

// Done is closed when the program has ended and was reaped.
func (p *Proc) Done() <-chan struct{} { return p.done }

// Wait waits for the end and returns it.
func (p *Proc) Wait() Result {
	<-p.done
	return p.result
}

// Stop ends the program as a timeout would. It does not wait.
func (p *Proc) Stop() { p.ask(askStop) }

func (p *Proc) ask(what int32) {
	for {
		old := p.asked.Load()
		if old >= what {
			return
		}
		if p.asked.CompareAndSwap(old, what) {
			break
		}
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// run sees the program to its end.
func (p *Proc) run() {
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		p.awaitExit()
	}()
	step := time.NewTimer(p.job.Timeout)
	if p.job.Timeout <= 0 {
		step.Stop()
	}
	defer step.Stop()
	ending := false // a signal has been sent
	for {
		select {
		case <-exited:
			p.finish(ending)
			return
		case <-step.C:
			if !ending {
				p.result.TimedOut = true
			}
		case <-p.wake:
			if ending && p.asked.Load() < askKill {
				continue // TERM is out already
			}
			if !ending {
				p.result.Stopped = true
			}
		}
		step.Reset(p.press(ending))
		ending = true
	}
}

// press sends the next signal to the group and returns when to send another.
func (p *Proc) press(again bool) time.Duration {
	if !again && p.asked.Load() < askKill {
		p.signal(unix.SIGTERM)
		return killAfter
	}
	p.signal(unix.SIGKILL)
	return killAgain
}

// signal signals the group. The leader has not been reaped, so its number cannot be another's.
func (p *Proc) signal(sig syscall.Signal) { _ = unix.Kill(-p.pid, sig) }

// awaitExit returns when the leader has ended. It stays a zombie, which keeps the number of its group
// ours until finish.
func (p *Proc) awaitExit() {
	if p.pidfd < 0 || !p.awaitPidfd() {
		for {
			err := unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
			if err != unix.EINTR {
				return
			}
		}
	}
}

// awaitPidfd waits without holding a thread: a thousand running checks would be a thousand threads.
func (p *Proc) awaitPidfd() bool {
	if err := unix.SetNonblock(p.pidfd, true); err != nil {
		_ = unix.Close(p.pidfd)
		return false
	}
	f := os.NewFile(uintptr(p.pidfd), "pidfd")
	defer func() { _ = f.Close() }()
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	over := false
	err = raw.Read(func(uintptr) bool {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_PID, p.pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
		over = err == nil && info.Signo != 0 || errors.Is(err, unix.ECHILD)
		return over
	})
	return err == nil && over
}

// finish reaps the leader and publishes the result. If we had to end it, what is left of its group is
// killed first: programs that it started and that do not mind TERM would stay for ever.
func (p *Proc) finish(ended bool) {
	if ended {
		p.signal(unix.SIGKILL)
	}
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(p.pid, &status, 0, nil)
		if err != unix.EINTR {
			break
		}
	}
	p.result.Exit = -1
	if status.Exited() {
		p.result.Exit = status.ExitStatus()
	}
	if status.Signaled() {
		p.result.Signal = status.Signal()
	}
	p.result.Took = time.Since(p.began)
	if p.out != nil {
		p.result.LastWords = p.out.words()
	}
	p.runner.forget(p)
	close(p.done)
}
