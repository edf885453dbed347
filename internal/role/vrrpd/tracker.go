package vrrpd

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/track"
	"holdfast/internal/host/script"
)

// tracker runs the scripts that somebody tracks and knows how they are. All of it belongs to the world's goroutine but
// what a mutex guards: there the patrols, one for each script, leave their outcomes.
type tracker struct {
	start func(script.Job) (running, error)
	say   sayer
	wake  func() // the world is to call take

	watches map[string]*watch // by the script's name
	begun   bool

	mu       sync.Mutex
	outcomes []outcome
}

// watch is one script under observation.
type watch struct {
	script *conf.Script
	job    script.Job
	state  track.Tracker
	patrol *patrol // nil before begin

	exit  int // the last status that the program ended with by itself
	last  ScriptResult
	late  bool // a turn of this run was skipped
	was   bool // and one of the run before
	unrun bool // it could not be started, and that was said
}

// ScriptResult is how a tracked script is, and how its last run ended.
type ScriptResult struct {
	Name      string
	Status    track.Status
	At        time.Time     // of the last end; zero if there was none
	Reason    string        // "exited with status 1", "due to signal 9", "timed out", or why it could not be started
	Took      time.Duration // of the last run
	LastWords string        // what it wrote last
}

// lastWords is how much of a script's output is kept, in bytes.
const lastWords = 512

func newTracker(r Runner, say sayer, wake func()) *tracker {
	start := func(j script.Job) (running, error) {
		p, err := r.Start(j)
		if err != nil {
			return nil, err
		}
		return p, nil
	}
	return &tracker{start: start, say: say, wake: wake, watches: make(map[string]*watch)}
}

// configure follows a setup: scripts that are new or were changed start from nothing, those that nobody tracks any more are
// stopped, and the others go on with what is known of them. Only scripts that have a job are run. It says which results
// were kept, when it is not the first.
func (t *tracker) configure(s *Setup, jobs map[*conf.Command]script.Job) {
	wanted := make(map[string]bool)
	for _, p := range s.Plans {
		for _, ts := range p.Scripts {
			sc := ts.Script
			job, ok := jobs[sc.Command]
			if p.Gone || !ok || wanted[sc.Name] {
				continue
			}
			wanted[sc.Name] = true
			t.observe(sc, job)
		}
	}
	for name, w := range t.watches {
		if !wanted[name] {
			w.stop()
			delete(t.watches, name)
		}
	}
}

func (t *tracker) observe(sc *conf.Script, job script.Job) {
	job.Name, job.Timeout, job.Capture = sc.Name, sc.Timeout.V, lastWords
	w := &watch{script: sc, job: job, state: track.New(sc.Rise.V, sc.Fall.V)}
	if old := t.watches[sc.Name]; old != nil {
		if old.same(w) {
			old.script = sc
			if old.state.Status() == track.OK {
				t.say.info(nil, "VRRP_Script("+sc.Name+") considered successful on reload", "script", sc.Name)
			}
			return
		}
		old.stop()
	}
	t.watches[sc.Name] = w
	if t.begun {
		t.dispatch(w)
	}
}

func (w *watch) same(o *watch) bool {
	a, b := w.script, o.script
	return reflect.DeepEqual(w.job, o.job) && a.Interval.V == b.Interval.V && a.Rise.V == b.Rise.V && a.Fall.V == b.Fall.V
}

func (w *watch) stop() {
	if w.patrol != nil {
		w.patrol.end()
	}
}

// begin runs every script for the first time.
func (t *tracker) begin() {
	t.begun = true
	for _, name := range t.names() {
		t.dispatch(t.watches[name])
	}
}

func (t *tracker) dispatch(w *watch) {
	w.patrol = newPatrol(w.job, w.script.Interval.V, t.start, t.hear)
	go w.patrol.walk()
}

// end stops every script and returns when no patrol is left.
func (t *tracker) end() {
	for _, w := range t.watches {
		w.stop()
	}
	for _, w := range t.watches {
		if w.patrol != nil {
			<-w.patrol.done
		}
	}
}

func (t *tracker) names() []string {
	names := make([]string, 0, len(t.watches))
	for name := range t.watches {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// hear is called by the patrols.
func (t *tracker) hear(o outcome) {
	t.mu.Lock()
	t.outcomes = append(t.outcomes, o)
	t.mu.Unlock()
	t.wake()
}

// take judges what the patrols have left and calls changed, in order, for each script whose status changed.
func (t *tracker) take(changed func(*conf.Script, track.Status)) {
	t.mu.Lock()
	list := t.outcomes
	t.outcomes = nil
	t.mu.Unlock()
	for i := range list {
		o := &list[i]
		w := t.watches[o.from.job.Name]
		if w == nil || w.patrol != o.from {
			continue // of a script that was given up meanwhile
		}
		if t.judge(w, o) {
			changed(w.script, w.state.Status())
		}
	}
}

// judge takes one outcome in, tells of it, and reports whether the status changed.
func (t *tracker) judge(w *watch, o *outcome) (changed bool) {
	if o.skipped {
		t.skipped(w, o)
		return false
	}
	ok, line, reason := t.read(w, o)
	w.was, w.late = w.late, false
	w.last.At, w.last.Reason, w.last.Took, w.last.LastWords = o.at, reason, o.result.Took, o.result.LastWords
	if o.start != nil && scarce(o.start) {
		return false // compat: no result is better than a wrong one
	}
	if changed = w.state.Step(ok); changed {
		attrs := []any{"script", w.script.Name, "status", w.state.Status().String()}
		if words := strings.TrimSpace(o.result.LastWords); words != "" {
			attrs = append(attrs, "output", words)
		}
		t.say.info(nil, "VRRP_Script("+w.script.Name+") "+line, attrs...)
	}
	return changed
}

// read puts an outcome into words: keepalived's for the log, and why for listings.
func (t *tracker) read(w *watch, o *outcome) (ok bool, line, reason string) {
	r := &o.result
	if o.start != nil {
		if !w.unrun {
			w.unrun = true
			t.say.info(nil, "cannot run track script "+w.script.Name+": "+o.start.Error(), "script", w.script.Name)
		}
		return false, "failed (could not be started)", o.start.Error()
	}
	w.unrun = false
	reason = r.String()
	if r.Signal == 0 && !r.TimedOut && r.Exit != w.exit {
		w.exit = r.Exit
		t.say.info(nil, "Script `"+w.script.Name+"` now returning "+strconv.Itoa(r.Exit), "script", w.script.Name, "exit", r.Exit)
	}
	switch {
	case r.OK():
		return true, "succeeded", reason
	case r.TimedOut:
		return false, "timed_out", reason
	}
	return false, "failed (" + reason + ")", reason
}

// skipped tells of a turn that was not taken. compat: not of every one, if run after run is late.
func (t *tracker) skipped(w *watch, o *outcome) {
	w.late = true
	if w.was {
		return
	}
	what := "is already running"
	if o.ending {
		what = "is being timed out"
	}
	t.say.info(nil, "Track script "+w.script.Name+" "+what+", expect idle - skipping run", "script", w.script.Name)
}

// status tells how a script is; false if it is not run.
func (t *tracker) status(sc *conf.Script) (track.Status, bool) {
	w := t.watches[sc.Name]
	if w == nil {
		return track.Unknown, false
	}
	return w.state.Status(), true
}

// results lists what is known of every script that is run, by name.
func (t *tracker) results() []ScriptResult {
	list := make([]ScriptResult, 0, len(t.watches))
	for _, name := range t.names() {
		w := t.watches[name]
		r := w.last
		r.Name, r.Status = name, w.state.Status()
		list = append(list, r)
	}
	return list
}
