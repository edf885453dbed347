package scene

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Outcome is what the daemons did about one event.
type Outcome struct {
	Step  Step
	Texts [][]string // for each daemon in its place: its record, and then the table
	Late  string     // what the judge did not say in time; empty: it said all
	Wrong []string   // what a daemon has said, or taken, and never should
}

// Equal reports whether all did as the judge.
func (o Outcome) Equal() bool {
	for _, t := range o.Texts[1:] {
		if !slices.Equal(o.Texts[0], t) {
			return false
		}
	}
	return true
}

const (
	poll       = 50 * time.Millisecond
	otherLimit = 4 * time.Second // for the others, once the judge is through
)

// Play runs the script with these daemons, the judge first, and hands each event's outcome to see; false from there ends it.
func Play(s *Scene, daemons []Daemon, see func(Outcome) bool) (err error) {
	var stages []*stage
	defer func() {
		_ = each(stages, func(g *stage) error { g.close(); return nil })
	}()
	for _, d := range daemons {
		g, err := newStage(s, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		stages = append(stages, g)
	}
	used := make(map[string]bool)
	var idle []string // excepts that no line had
	for _, step := range s.Steps {
		own := len(step.Except)
		step.Except = slices.Concat(step.Except, s.Except, step.Maybe, s.Maybe)
		o, hits, err := play(stages, step)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", s.Name, step.Title, err)
		}
		for i, part := range step.Except {
			switch {
			case hits[part]:
				used[part] = true
			case i < own:
				idle = append(idle, step.Title+": "+part)
			}
		}
		if !see(o) {
			return nil
		}
	}
	for _, part := range s.Except {
		if !used[part] {
			idle = append(idle, part)
		}
	}
	if len(idle) > 0 && len(stages) > 1 {
		return fmt.Errorf("%s: no line has what is excepted: %s", s.Name, strings.Join(idle, "; "))
	}
	return nil
}

// each does f to all stages at once.
func each(stages []*stage, f func(*stage) error) error {
	errs := make([]error, len(stages))
	var wg sync.WaitGroup
	for i, g := range stages {
		wg.Go(func() { errs[i] = f(g) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// play plays one event. hits are the excepts that a line had.
func play(stages []*stage, step Step) (o Outcome, hits map[string]bool, err error) {
	err = each(stages, func(g *stage) error {
		g.record.begin()
		for _, a := range step.Acts {
			if err := g.act(a); err != nil {
				return fmt.Errorf("%s: %w", g.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return o, nil, err
	}
	o = Outcome{Step: step, Texts: make([][]string, len(stages))}
	goals := make([]func() string, len(stages))
	for i, g := range stages {
		goals[i] = g.missing(step)
	}
	o.Late = until(step.Patience, goals[0])
	deadline := time.Now().Add(otherLimit)
	for _, goal := range goals[1:] {
		until(time.Until(deadline), goal)
	}
	for {
		hits = make(map[string]bool)
		for i, g := range stages {
			until(step.Patience, func() string {
				if g.record.quietFor() < step.Quiet {
					return "silence"
				}
				return goals[i]()
			})
			table, err := g.table()
			if err != nil {
				return o, nil, err
			}
			o.Texts[i] = slices.DeleteFunc(append(g.record.text(step), table...), func(line string) bool { return step.excepts(line, hits) })
		}
		if o.Equal() || time.Now().After(deadline) {
			o.Wrong = wrongs(stages, step)
			return o, hits, nil
		}
		time.Sleep(poll)
	}
}

// excepts reports whether a line is not compared, and marks all that say so.
func (s *Step) excepts(line string, hits map[string]bool) (is bool) {
	for _, part := range s.Except {
		if strings.Contains(line, part) {
			is, hits[part] = true, true
		}
	}
	return is
}

// wrongs lists what should not be when the event is over.
func wrongs(stages []*stage, step Step) (all []string) {
	for _, g := range stages {
		for _, part := range step.Never {
			if g.record.has(part) {
				all = append(all, fmt.Sprintf("%s has said %q", g.Name, part))
			}
		}
		if step.Memory > 0 {
			if err := g.memory(step.Memory); err != nil {
				all = append(all, fmt.Sprintf("%s: %v", g.Name, err))
			}
		}
	}
	return all
}

// missing says what a stage has still to do in this step; nothing if it is through.
func (g *stage) missing(step Step) func() string {
	want := map[string]int64{}
	for _, c := range step.Checked {
		if v := g.servers[c.server]; v != nil {
			want[c.server] = v.seen.Load() + int64(c.n)
		}
	}
	return func() string {
		var all []string
		for _, u := range step.Until {
			if !g.record.has(u) {
				all = append(all, fmt.Sprintf("%q", u))
			}
		}
		for name, n := range want {
			if g.servers[name].seen.Load() < n {
				all = append(all, "checks of "+name)
			}
		}
		return strings.Join(all, ", ")
	}
}

// until waits for missing to be empty and returns what it is in the end.
func until(limit time.Duration, missing func() string) string {
	for end := time.Now().Add(limit); ; time.Sleep(poll) {
		if m := missing(); m == "" || time.Now().After(end) {
			return m
		}
	}
}
