package play

import (
	"context"
	"errors"
	"testing"
	"time"

	"holdfast/internal/lab/record"
)

// scripted is a bench that plays back events: those of an act follow it by their At.
type scripted struct {
	now     time.Duration
	after   map[Verb][]record.Event
	pending []record.Event
	did     []Act
	refuse  Verb
}

var errRefused = errors.New("refused")

func (b *scripted) Do(a Act) error {
	if a.Verb == b.refuse {
		return errRefused
	}
	b.did = append(b.did, a)
	for _, ev := range b.after[a.Verb] {
		ev.At += b.now
		b.pending = append(b.pending, ev)
	}
	return nil
}

func (b *scripted) Next(ctx context.Context, frame time.Duration) ([]record.Event, time.Duration, error) {
	b.now += frame
	var due, rest []record.Event
	for _, ev := range b.pending {
		if ev.At <= b.now {
			due = append(due, ev)
		} else {
			rest = append(rest, ev)
		}
	}
	b.pending = rest
	return due, b.now, ctx.Err()
}

func carrierStep(limit time.Duration) Step {
	down := func(t *record.Tape, _ record.Span) bool { return t.Node("r1").Cut["eth0"] }
	return Step{
		Name: "unplug", Acts: []Act{{Unplug, "r1", "eth0"}}, Limit: limit,
		Goals: []Goal{{"no carrier", down}},
		Checks: []Check{{"at once", func(t *record.Tape, s record.Span) Verdict {
			evs := t.Select(record.CarrierDown, s, func(record.Event) bool { return true })
			return within(t, s, evs[0].At-s.From, 0, 100*time.Millisecond)
		}}},
	}
}

func carrierBench() *scripted {
	return &scripted{after: map[Verb][]record.Event{
		Unplug: {{At: 120 * time.Millisecond, Kind: record.CarrierDown, Node: "r1", Text: "eth0"}},
	}}
}

func TestRunJudgesWhenTheGoalsAreMet(t *testing.T) {
	b, seen := carrierBench(), 0
	rows, err := Run(context.Background(), b, &record.Tape{}, []Step{carrierStep(time.Second)}, func(Progress) {
		if seen++; seen == 1 && len(b.did) > 0 {
			t.Error("the step was not shown before it was done")
		}
	})
	if err != nil || len(rows) != 1 || len(b.did) != 1 {
		t.Fatalf("%v %v %v", rows, err, b.did)
	}
	if want := (Row{"unplug", "at once", "0.120 s", false}); rows[0] != want || Passed(rows) {
		t.Errorf("%+v, want %+v", rows[0], want)
	}
	if seen < 3 {
		t.Errorf("shown %d times", seen)
	}
}

func TestRunEndsWithTheStepThatMissesItsLimit(t *testing.T) {
	b := carrierBench()
	steps := []Step{carrierStep(50 * time.Millisecond), carrierStep(time.Second)}
	rows, err := Run(context.Background(), b, &record.Tape{}, steps, func(Progress) {})
	if err != nil || len(rows) != 1 || len(b.did) != 1 || Passed(rows) {
		t.Fatalf("%v %v %v", rows, err, b.did)
	}
	if rows[0].Got != "still waiting for: no carrier" {
		t.Errorf("%+v", rows[0])
	}
}

func TestRunPassesErrorsOn(t *testing.T) {
	b := carrierBench()
	b.refuse = Unplug
	if _, err := Run(context.Background(), b, &record.Tape{}, []Step{carrierStep(time.Second)}, func(Progress) {}); !errors.Is(err, errRefused) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, carrierBench(), &record.Tape{}, []Step{carrierStep(time.Second)}, func(Progress) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestNothingExpectedIsNothingPassed(t *testing.T) {
	if Passed(nil) {
		t.Error("an empty table passed")
	}
}
