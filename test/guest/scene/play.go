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
	for _, step := range s.Steps {
		o, err := play(stages, step)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", s.Name, step.Title, err)
		}
		if !see(o) {
			return nil
		}
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

func play(stages []*stage, step Step) (Outcome, error) {
	err := each(stages, func(g *stage) error {
		g.record.begin()
		for _, a := range step.Acts {
			if err := g.act(a); err != nil {
				return fmt.Errorf("%s: %w", g.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Step: step, Texts: make([][]string, len(stages))}
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
		for i, g := range stages {
			until(step.Patience, func() string {
				if g.record.quietFor() < step.Quiet {
					return "silence"
				}
				return goals[i]()
			})
			table, err := g.table()
			if err != nil {
				return o, err
			}
			o.Texts[i] = slices.DeleteFunc(append(g.record.text(step), table...), step.excepts)
		}
		if o.Equal() || time.Now().After(deadline) {
			return o, nil
		}
		time.Sleep(poll)
	}
}

// excepts reports whether a line is not compared.
func (s *Step) excepts(line string) bool {
	return slices.ContainsFunc(s.Except, func(part string) bool { return strings.Contains(line, part) })
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
