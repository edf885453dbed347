package checkd

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"holdfast/internal/host/script"
)

func TestTrials(t *testing.T) {
	runner, err := script.NewRunner()
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	ended := make(chan trial, 10)
	tr := newTrials(runner, func(x trial) { ended <- x })
	sh := func(text string, timeout time.Duration) script.Job {
		return script.Job{Name: "sh", Argv: []string{"/bin/sh", "-c", text}, Timeout: timeout, Capture: lastWords}
	}
	tr.start(1, sh("exit 22", time.Minute))
	tr.start(2, sh("exec sleep 60", 50*time.Millisecond))
	tr.start(3, sh("yes; exit 0", 300*time.Millisecond))
	tr.start(4, script.Job{Name: "none", Argv: []string{filepath.Join(t.TempDir(), "none")}})
	tr.start(5, sh("exec sleep 60", time.Minute))
	tr.cancel(5)
	got := make(map[uint64]trial)
	for range 4 {
		x := <-ended
		got[x.attempt] = x
	}
	if r := got[1].result; r.Exit != 22 || r.OK() {
		t.Errorf("exit 22: %+v", r)
	}
	if r := got[2].result; !r.TimedOut {
		t.Errorf("sleeps: %+v", r)
	}
	if r := got[3].result; !r.TimedOut || len(r.LastWords) > lastWords {
		t.Errorf("floods its output: %+v", r)
	}
	if err := got[4].err; err == nil || scarce(err) {
		t.Errorf("missing: %v", err)
	}
	tr.start(6, sh("exec sleep 60", time.Minute))
	began := time.Now()
	tr.stop()
	if took := time.Since(began); took > 20*time.Second || runner.Running() != 0 {
		t.Errorf("stop took %s, %d still run", took, runner.Running())
	}
	select {
	case x := <-ended:
		t.Errorf("told of what was given up: %+v", x)
	default:
	}
}

// heard collects what the teller's FIFO gets.
type heardFIFO struct {
	mu     sync.Mutex
	events []string
	closed bool
}

func (h *heardFIFO) Write(event []byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, string(event))
	return true
}

func (h *heardFIFO) Close() { h.closed = true }
