package vrrpd

import (
	"errors"
	"syscall"
	"time"

	"holdfast/internal/host/script"
)

// running is a script at work: *script.Proc, or a test's.
type running interface {
	Done() <-chan struct{}
	Wait() script.Result
	Stop()
}

// outcome is what a patrol has to tell: how a run ended, or that a turn was skipped.
type outcome struct {
	from    *patrol
	at      time.Time
	result  script.Result
	start   error // the program could not be started
	skipped bool  // the turn came while an earlier run was not over
	ending  bool  // and that run had been told to end
}

// patrol runs one script at its interval, on a goroutine of its own. A turn that comes while an earlier run is still going on
// is skipped; one that comes while a run that took too long is being ended is made up for as soon as that is gone, so that with
// a timeout as long as the interval, the default, a script that hangs fails once in each interval.
type patrol struct {
	job      script.Job
	interval time.Duration
	start    func(script.Job) (running, error)
	tell     func(outcome)
	quit     chan struct{}
	done     chan struct{} // closed when the goroutine has ended

	run   running // nil: idle
	began time.Time
	owed  bool
}

func newPatrol(job script.Job, interval time.Duration, start func(script.Job) (running, error), tell func(outcome)) *patrol {
	return &patrol{
		job: job, interval: interval, start: start, tell: tell, quit: make(chan struct{}), done: make(chan struct{}),
	}
}

// end stops the patrol. The script, if it runs, is told to end and not waited for.
func (p *patrol) end() { close(p.quit) }

func (p *patrol) walk() {
	defer close(p.done)
	turns := time.NewTicker(p.interval)
	defer turns.Stop()
	p.launch()
	for {
		var over <-chan struct{}
		if p.run != nil {
			over = p.run.Done()
		}
		select {
		case <-p.quit:
			if p.run != nil {
				p.run.Stop()
			}
			return
		case <-over:
			p.tell(outcome{from: p, at: time.Now(), result: p.run.Wait()})
			p.run = nil
			if p.owed {
				p.owed = false
				p.launch()
			}
		case <-turns.C:
			p.turn()
		}
	}
}

// slack is by how much a turn may be early and still be the one that falls together with the timeout.
const slack = 50 * time.Millisecond

func (p *patrol) turn() {
	if p.run == nil {
		p.launch()
		return
	}
	select {
	case <-p.run.Done(): // it ended this moment: the loop takes that first, and then this turn
		p.owed = true
		return
	default:
	}
	age := time.Since(p.began)
	overdue := p.job.Timeout > 0 && age >= p.job.Timeout-slack
	p.owed = p.owed || overdue
	p.tell(outcome{from: p, at: time.Now(), skipped: true, ending: overdue && age > p.job.Timeout+slack})
}

func (p *patrol) launch() {
	run, err := p.start(p.job)
	if err != nil {
		p.tell(outcome{from: p, at: time.Now(), start: err})
		return
	}
	p.run, p.began = run, time.Now()
}

// scarce reports whether a program could not be started because this machine lacks something, which says nothing about
// what the script looks after.
func scarce(err error) bool {
	for _, lack := range []error{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.EINTR, script.ErrClosed} {
		if errors.Is(err, lack) {
			return true
		}
	}
	return false
}
