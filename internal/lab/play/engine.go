package play

import (
	"context"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/lab/record"
)

// frame is how long the engine waits before it looks again although nothing woke it.
const frame = 50 * time.Millisecond

// Bench is where a scenario is played.
type Bench interface {
	// Do carries out one act. It does not wait for its consequences.
	Do(Act) error
	// Next waits for events, at most one frame, and returns them and the lab's time.
	Next(ctx context.Context, frame time.Duration) ([]record.Event, time.Duration, error)
}

// Progress is where a scenario stands, for those who watch it.
type Progress struct {
	Steps   []Step
	At      int // index of the step under way; len(Steps) at the end
	Began   time.Duration
	Waiting []string // goals not met yet
	Rows    []Row
}

// Run plays the steps in order and returns the table. A step that misses its limit gets a row that says
// so and ends the scenario: what follows would start from a state nobody meant. see is called at the begin of each step, before anything is
// done, and after each look. The error is the bench's, or ctx's.
func Run(ctx context.Context, b Bench, tape *record.Tape, steps []Step, see func(Progress)) ([]Row, error) {
	p := Progress{Steps: steps}
	for i, s := range steps {
		p.At, p.Began = i, tape.Now
		done, err := play(ctx, b, tape, s, &p, see)
		if err != nil {
			return p.Rows, fmt.Errorf("lab: %s: %w", s.Name, err)
		}
		if !done {
			return p.Rows, nil
		}
	}
	p.At, p.Waiting = len(steps), nil
	see(p)
	return p.Rows, nil
}

// play takes one step and appends its rows; done is false if it missed its limit.
func play(ctx context.Context, b Bench, tape *record.Tape, s Step, p *Progress, see func(Progress)) (done bool, err error) {
	if err := look(ctx, b, tape, 0); err != nil { // so that the step begins now, not at the last event
		return false, err
	}
	p.Began, p.Waiting = tape.Now, nil
	see(*p)
	for _, a := range s.Acts {
		tape.Add(record.Event{At: tape.Now, Kind: record.Acted, Node: a.Node, Text: a.String()})
		if err := b.Do(a); err != nil {
			return false, err
		}
	}
	for {
		if err := look(ctx, b, tape, frame); err != nil {
			return false, err
		}
		span := record.Span{From: p.Began, To: tape.Now}
		p.Waiting = unmet(s.Goals, tape, span)
		if len(p.Waiting) == 0 {
			for _, c := range s.Checks {
				v := c.Judge(tape, span)
				p.Rows = append(p.Rows, Row{s.Name, c.Want, v.Got, v.OK})
			}
			see(*p)
			return true, nil
		}
		if span.To-span.From > s.Limit {
			p.Rows = append(p.Rows, Row{
				s.Name, "settles within " + seconds(s.Limit), "still waiting for: " + strings.Join(p.Waiting, "; "), false,
			})
			see(*p)
			return false, nil
		}
		see(*p)
	}
}

// look takes in what has happened.
func look(ctx context.Context, b Bench, tape *record.Tape, wait time.Duration) error {
	evs, now, err := b.Next(ctx, wait)
	for _, ev := range evs {
		tape.Add(ev)
	}
	tape.Now = max(tape.Now, now)
	return err
}

func unmet(goals []Goal, tape *record.Tape, span record.Span) []string {
	var waiting []string
	for _, g := range goals {
		if !g.Met(tape, span) {
			waiting = append(waiting, g.Text)
		}
	}
	return waiting
}

// Passed reports whether every expectation held.
func Passed(rows []Row) bool {
	for _, r := range rows {
		if !r.OK {
			return false
		}
	}
	return len(rows) > 0
}

// seconds writes a duration as seconds with milliseconds.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }
