package vrrpd

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/track"
	"holdfast/internal/host/script"
)

// watcher is a tracker whose scripts are played by a test.
type watcher struct {
	*tracker
	t *testing.T

	counting sync.Mutex
	starts   map[string]int
	stops    map[string]int
}

func newWatcher(t *testing.T) *watcher {
	w := &watcher{t: t, starts: make(map[string]int), stops: make(map[string]int)}
	w.tracker = newTracker(nil, sayer{&lineQueue{wake: func() {}}}, func() {})
	w.start = func(j script.Job) (running, error) {
		w.count(w.starts, j.Name)
		m := mock(j, time.Hour, 0)
		go func() {
			if m.Wait().Stopped {
				w.count(w.stops, j.Name)
			}
		}()
		return m, nil
	}
	return w
}

func (w *watcher) count(what map[string]int, name string) {
	w.counting.Lock()
	what[name]++
	w.counting.Unlock()
}

// load has the tracker follow a configuration.
func (w *watcher) load(text string) {
	w.t.Helper()
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{})
	if faults.HasErrors() {
		w.t.Fatal(faults.Error())
	}
	jobs := make(map[*conf.Command]script.Job)
	for _, sc := range cfg.Scripts {
		jobs[sc.Command] = script.Job{Argv: sc.Command.Argv}
	}
	w.configure(NewSetup(cfg), jobs)
}

// said returns the lines since the last call.
func (w *watcher) said() string {
	var list []string
	for _, l := range w.say.q.take() {
		list = append(list, l.text)
	}
	return strings.Join(list, "\n")
}

// ends lets a script's run end, and returns the status if that changed it, else "".
func (w *watcher) ends(name string, r script.Result, start error) (now string) {
	w.hear(outcome{from: w.watches[name].patrol, result: r, start: start})
	w.take(func(sc *conf.Script, s track.Status) { now = sc.Name + " " + s.String() })
	return now
}

func scripts(options string, names ...string) string {
	text := ""
	for _, n := range names {
		text += fmt.Sprintf("vrrp_script %s {\n script /bin/%s\n %s\n}\n", n, n, options)
	}
	text += "vrrp_instance VI {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n 10.0.0.9\n }\n track_script {\n"
	return text + strings.Join(names, "\n") + "\n }\n}\n"
}

func TestResultsInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatcher(t)
		w.load(scripts("fall 2", "chk"))
		w.begin()
		defer w.end()
		exit := func(n int) script.Result { return script.Result{Exit: n} }
		for i, c := range []struct {
			result    script.Result
			start     error
			now, says string
		}{
			{exit(0), nil, "chk OK", "VRRP_Script(chk) succeeded"},
			{exit(1), nil, "", "Script `chk` now returning 1"},
			{exit(1), nil, "chk KO", "VRRP_Script(chk) failed (exited with status 1)"},
			{exit(2), nil, "", "Script `chk` now returning 2"},
			{exit(0), nil, "chk OK", "Script `chk` now returning 0\nVRRP_Script(chk) succeeded"},
			{script.Result{Exit: -1, Signal: syscall.SIGTERM, TimedOut: true}, nil, "", ""},
			{script.Result{Exit: -1, Signal: syscall.SIGTERM, TimedOut: true}, nil, "chk KO", "VRRP_Script(chk) timed_out"},
			{exit(0), nil, "chk OK", "VRRP_Script(chk) succeeded"},
			{script.Result{Exit: -1, Signal: syscall.SIGKILL}, nil, "", ""},
			{script.Result{Exit: -1, Signal: syscall.SIGKILL}, nil, "chk KO", "VRRP_Script(chk) failed (due to signal 9)"},
			{exit(0), nil, "chk OK", "VRRP_Script(chk) succeeded"},
			{script.Result{}, &script.StartError{Name: "chk", Path: "/x", Err: syscall.EAGAIN}, "", "cannot run track script chk: script: start chk: exec /x: resource temporarily unavailable"},
			{script.Result{}, &script.StartError{Name: "chk", Path: "/x", Err: syscall.EAGAIN}, "", ""},
			{script.Result{}, &script.StartError{Name: "chk", Path: "/x", Err: syscall.ENOENT}, "", ""},
			{script.Result{}, &script.StartError{Name: "chk", Path: "/x", Err: syscall.ENOENT}, "chk KO", "VRRP_Script(chk) failed (could not be started)"},
		} {
			if now, says := w.ends("chk", c.result, c.start), w.said(); now != c.now || says != c.says {
				t.Errorf("%d: %q, said %q; want %q, %q", i, now, says, c.now, c.says)
			}
		}
	})
}

// Turns that are skipped are told of, but not for ever.
func TestSkippedTurnsInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatcher(t)
		w.load(scripts("", "chk"))
		w.begin()
		defer w.end()
		skip := func(ending bool) {
			w.hear(outcome{from: w.watches["chk"].patrol, skipped: true, ending: ending})
			w.take(func(*conf.Script, track.Status) { t.Error("a skipped turn changed the status") })
		}
		skip(false)
		skip(true)
		w.ends("chk", script.Result{TimedOut: true}, nil)
		skip(false)
		w.ends("chk", script.Result{}, nil)
		w.ends("chk", script.Result{}, nil) // in time
		skip(false)
		want := "Track script chk is already running, expect idle - skipping run\n" +
			"Track script chk is being timed out, expect idle - skipping run\n" +
			"VRRP_Script(chk) timed_out\nVRRP_Script(chk) succeeded\n" +
			"Track script chk is already running, expect idle - skipping run"
		if got := w.said(); got != want {
			t.Errorf("said:\n%s\nwant:\n%s", got, want)
		}
	})
}

// A reload keeps what is known of scripts that are as they were, starts the others anew and stops those that are gone.
func TestConfigure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatcher(t)
		w.load(scripts("", "a", "b", "c", "d"))
		w.begin()
		defer w.end()
		synctest.Wait()
		for _, n := range []string{"a", "b", "c"} {
			w.ends(n, script.Result{}, nil)
		}
		w.ends("d", script.Result{Exit: 1}, nil)
		w.said()
		gone := w.watches["c"].patrol
		text := scripts("", "a", "b", "d", "e")
		w.load(strings.Replace(text, "script /bin/b", "script /bin/other", 1))
		synctest.Wait()
		if got, want := w.said(), "VRRP_Script(a) considered successful on reload"; got != want {
			t.Errorf("said %q, want %q", got, want)
		}
		var states []string
		for _, r := range w.results() {
			states = append(states, r.Name+" "+r.Status.String())
		}
		if want := []string{"a OK", "b unknown", "d KO", "e unknown"}; !slices.Equal(states, want) {
			t.Errorf("results %v, want %v", states, want)
		}
		w.hear(outcome{from: gone, result: script.Result{Exit: 7}}) // too late to matter
		w.take(func(sc *conf.Script, _ track.Status) { t.Errorf("%s changed", sc.Name) })
		w.counting.Lock()
		defer w.counting.Unlock()
		if w.starts["a"] != 1 || w.starts["b"] != 2 || w.starts["e"] != 1 || w.stops["a"] != 0 || w.stops["b"] != 1 || w.stops["c"] != 1 {
			t.Errorf("starts %v, stops %v", w.starts, w.stops)
		}
	})
}

func TestResultsTellWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatcher(t)
		w.load(scripts("", "chk"))
		w.begin()
		defer w.end()
		w.ends("chk", script.Result{Exit: 3, Took: time.Second, LastWords: "no route\n"}, nil)
		r := w.results()[0]
		if r.Reason != "exited with status 3" || r.LastWords != "no route\n" || r.Status != track.KO || r.Took != time.Second {
			t.Errorf("%+v", r)
		}
	})
}
