package vrrpd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/internal/host/script"
)

// mockRun is a program that takes a given time, or until its timeout and then a while to die.
type mockRun struct {
	done   chan struct{}
	result script.Result
	stop   chan struct{}
}

func (m *mockRun) Done() <-chan struct{} { return m.done }
func (m *mockRun) Wait() script.Result   { <-m.done; return m.result }
func (m *mockRun) Stop()                 { close(m.stop) }

func mock(j script.Job, takes, dying time.Duration) *mockRun {
	m := &mockRun{done: make(chan struct{}), stop: make(chan struct{})}
	if j.Timeout > 0 && takes > j.Timeout {
		takes, m.result.TimedOut = j.Timeout+dying, true
	}
	go func() {
		defer close(m.done)
		select {
		case <-time.After(takes):
		case <-m.stop:
			m.result.Stopped = true
		}
	}()
	return m
}

// When a patrol starts its script and what it tells, for programs that are quick, slow, late and deaf.
func TestPatrol(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		interval, timeout, takes, dying, watch time.Duration
		want                                   string
	}{
		"quick":           {2 * s, 2 * s, s / 2, 0, 5 * s, "0 start, 0.5 exited, 2 start, 2.5 exited, 4 start, 4.5 exited"},
		"longer than one": {s, 5 * s, 2500 * time.Millisecond, 0, 7 * s, "0 start, 1 skipped, 2 skipped, 2.5 exited, 3 start, 4 skipped, 5 skipped, 5.5 exited, 6 start, 7 skipped"},
		"hangs":           {s, s, 60 * s, time.Millisecond, 2500 * time.Millisecond, "0 start, 1 skipped, 1.001 timed out, 1.001 start, 2 skipped, 2.002 timed out, 2.002 start"},
		"hangs for turns": {s, 3 * s, 60 * s, time.Millisecond, 4 * s, "0 start, 1 skipped, 2 skipped, 3 skipped, 3.001 timed out, 3.001 start, 4 skipped"},
		"hangs in time":   {3 * s, s, 60 * s, time.Millisecond, 5 * s, "0 start, 1.001 timed out, 3 start, 4.001 timed out"},
		"deaf":            {s, s, 60 * s, 2001 * time.Millisecond, 4 * s, "0 start, 1 skipped, 2 ending, 3 ending, 3.001 timed out, 3.001 start, 4 skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var list []string
				note := func(what string) {
					list = append(list, fmt.Sprintf("%v %s", time.Since(began).Seconds(), what))
				}
				p := newPatrol(script.Job{Timeout: c.timeout}, c.interval, func(j script.Job) (running, error) {
					note("start")
					return mock(j, c.takes, c.dying), nil
				}, func(o outcome) {
					switch {
					case o.ending:
						note("ending")
					case o.skipped:
						note("skipped")
					case o.result.TimedOut:
						note("timed out")
					default:
						note("exited")
					}
				})
				go p.walk()
				time.Sleep(c.watch + s/100)
				p.end()
				<-p.done
				if got := strings.Join(list, ", "); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

// A patrol that ends tells its script to end and does not wait for it.
func TestPatrolEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mock(script.Job{}, time.Hour, 0)
		p := newPatrol(script.Job{}, time.Second, func(script.Job) (running, error) { return m, nil }, func(outcome) {})
		go p.walk()
		synctest.Wait()
		p.end()
		<-p.done
		if !m.Wait().Stopped {
			t.Error("the script was left running")
		}
	})
}

// A program that cannot be started is tried again at the next turn.
func TestPatrolTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tried []time.Duration
		began := time.Now()
		told := 0
		p := newPatrol(script.Job{}, time.Second, func(script.Job) (running, error) {
			tried = append(tried, time.Since(began))
			return nil, syscall.EAGAIN
		}, func(o outcome) {
			if o.start != nil {
				told++
			}
		})
		go p.walk()
		time.Sleep(2500 * time.Millisecond)
		p.end()
		<-p.done
		if want := []time.Duration{0, time.Second, 2 * time.Second}; !slices.Equal(tried, want) || told != 3 {
			t.Errorf("tried at %v, told %d times", tried, told)
		}
	})
}

func TestScarce(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.EAGAIN: true, syscall.ENOMEM: true, syscall.EMFILE: true, script.ErrClosed: true,
		syscall.ENOENT: false, syscall.EACCES: false, errors.New("other"): false,
	} {
		if got := scarce(&script.StartError{Err: err}); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
