package lab

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// A lab in a guest has no terminal. It writes what it sees and where its scenario stands, a line each (message), and the lab that has
// started the guest shows it as its own.

// message is what has happened since the last one.
type message struct {
	Begin   string         `json:",omitempty"` // a scenario begins
	Now     time.Duration  `json:",omitempty"`
	Events  []record.Event `json:",omitempty"`
	At      int            `json:",omitempty"` // the progress: see play.Progress
	Began   time.Duration  `json:",omitempty"`
	Waiting []string       `json:",omitempty"`
	Rows    []play.Row     `json:",omitempty"` // those that are new
	Over    bool           `json:",omitempty"` // the scenario is over
}

// feeder is the view of a lab in a guest.
type feeder struct {
	out  *json.Encoder
	next message
	told int // rows
	sent time.Duration
	at   int
}

func newFeeder(out io.Writer, name string) *feeder {
	f := &feeder{out: json.NewEncoder(out)}
	f.next.Begin = name
	f.send()
	return f
}

// send writes what has come together. A console that is gone takes the guest with it.
func (f *feeder) send() {
	_ = f.out.Encode(f.next)
	f.next.Begin, f.next.Events, f.next.Rows = "", nil, nil // where it stands is said again
}

func (f *feeder) event(ev record.Event) { f.next.Events = append(f.next.Events, ev) }

func (f *feeder) see(tape *record.Tape, p play.Progress) {
	f.next.Now, f.next.At, f.next.Began, f.next.Waiting = tape.Now, p.At, p.Began, p.Waiting
	f.next.Rows = append(f.next.Rows, p.Rows[f.told:]...)
	f.told = len(p.Rows)
	if tape.Now-f.sent >= frame || p.At != f.at {
		f.sent, f.at = tape.Now, p.At
		f.send()
	}
}

func (f *feeder) again(tape *record.Tape) {
	f.next.Now = tape.Now
	f.send()
}

func (f *feeder) hold([]string)     {}
func (f *feeder) logs(*record.Tape) {}

func (f *feeder) end() {
	f.next.Over = true
	f.send()
}

// listener takes in what a lab in a guest writes, and shows it.
type listener struct {
	open   func(name string) (view, []play.Step) // when a scenario begins; nil if there is none of that name
	buffer []byte
	view   view // nil: no scenario is under way
	tape   *record.Tape
	steps  []play.Step
	name   string
	rows   []play.Row
	done   []PairResult
	rest   []string // the last lines that are not the feed's
}

// Write implements io.Writer.
func (l *listener) Write(b []byte) (int, error) {
	l.buffer = append(l.buffer, b...)
	for {
		line, rest, whole := bytes.Cut(l.buffer, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		l.buffer = rest
		l.line(line)
	}
}

func (l *listener) line(line []byte) {
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		const most = 20
		l.rest = append(l.rest, strings.TrimSpace(string(line)))
		l.rest = l.rest[max(0, len(l.rest)-most):]
		return
	}
	if m.Begin != "" {
		l.name, l.tape, l.rows = m.Begin, &record.Tape{}, nil
		l.view, l.steps = l.open(m.Begin)
	}
	if l.view == nil {
		return
	}
	for _, ev := range m.Events {
		if ev.Kind == record.Sent || ev.Kind == record.Answered {
			continue // a cluster's client sends no probes
		}
		l.tape.Add(ev)
		l.view.event(ev)
	}
	l.tape.Now = max(l.tape.Now, m.Now)
	l.rows = append(l.rows, m.Rows...)
	l.view.see(l.tape, play.Progress{Steps: l.steps, At: max(0, min(m.At, len(l.steps))), Began: m.Began, Waiting: m.Waiting, Rows: l.rows})
	if m.Over {
		l.done = append(l.done, PairResult{Name: l.name, OK: play.Passed(l.rows), Rows: l.rows})
		l.finish()
	}
}

// finish ends the view, with what the daemons said if something failed.
func (l *listener) finish() {
	if l.view == nil {
		return
	}
	if len(l.rows) > 0 && !play.Passed(l.rows) {
		l.view.logs(l.tape)
	}
	l.view.end()
	l.view = nil
}
