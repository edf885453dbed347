package scene

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// record is what a daemon has done since the last event.
type record struct {
	mu    sync.Mutex
	lines []said
	last  time.Time
}

type said struct{ kind, text string } // kind: log, fifo, run, mail, look or data

func (r *record) add(kind, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, said{kind, text})
	r.last = time.Now()
}

// begin forgets everything.
func (r *record) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines, r.last = nil, time.Now()
}

func (r *record) has(part string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.lines, func(s said) bool { return strings.Contains(s.text, part) })
}

func (r *record) quietFor() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.last)
}

// text is the record in an order that two daemons can share: the log as it came, then the lines of the FIFO as they came, then the
// scripts, which run beside each other, sorted, and so the mails, which keepalived sends beside each other.
func (r *record) text(step Step) (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range []string{"log", "fifo", "run", "mail", "look", "data"} {
		if kind == "run" && step.NoScripts {
			continue
		}
		var some []string
		for _, s := range r.lines {
			if s.kind == kind {
				some = append(some, kind+"  "+s.text)
			}
		}
		if step.Unordered && kind != "data" || kind == "run" || kind == "mail" {
			slices.Sort(some)
		}
		all = append(all, some...)
	}
	return all
}
