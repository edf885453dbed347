package checkd

import (
	"errors"
	"sync"
	"syscall"

	"holdfast/internal/host/script"
)

// trials runs the scripts of MISC_CHECK. A goroutine for each is busy while its script runs.
type trials struct {
	runner Runner
	post   func(trial) // a trial has ended

	mu      sync.Mutex
	running map[uint64]*script.Proc // by attempt; nil until it has been started
	all     sync.WaitGroup
}

// trial is one run of a script and how it ended.
type trial struct {
	attempt uint64
	result  script.Result
	err     error // it could not be started
}

func newTrials(r Runner, post func(trial)) *trials {
	return &trials{runner: r, post: post, running: make(map[uint64]*script.Proc)}
}

// start runs job as that attempt.
func (t *trials) start(attempt uint64, job script.Job) {
	t.mu.Lock()
	t.running[attempt] = nil
	t.mu.Unlock()
	t.all.Go(func() {
		p, err := t.runner.Start(job)
		if !t.began(attempt, p) {
			if p != nil {
				p.Stop()
				p.Wait()
			}
			return
		}
		end := trial{attempt: attempt, err: err}
		if err == nil {
			end.result = p.Wait()
		}
		if t.forget(attempt) {
			t.post(end)
		}
	})
}

// began notes that an attempt runs and reports whether it is still wanted.
func (t *trials) began(attempt uint64, p *script.Proc) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, wanted := t.running[attempt]
	if wanted {
		t.running[attempt] = p
	}
	return wanted
}

func (t *trials) forget(attempt uint64) (wanted bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, wanted = t.running[attempt]
	delete(t.running, attempt)
	return wanted
}

// cancel ends an attempt; nothing is posted of it.
func (t *trials) cancel(attempt uint64) {
	t.mu.Lock()
	p := t.running[attempt]
	delete(t.running, attempt)
	t.mu.Unlock()
	if p != nil {
		p.Stop()
	}
}

// stop ends what still runs and waits until nothing is left.
func (t *trials) stop() {
	t.mu.Lock()
	for attempt, p := range t.running {
		delete(t.running, attempt)
		if p != nil {
			p.Stop()
		}
	}
	t.mu.Unlock()
	t.all.Wait()
}

// scarce reports whether a script could not be started for want of something that may be there again the next time.
func scarce(err error) bool {
	for _, e := range []error{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.ETXTBSY, script.ErrClosed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
