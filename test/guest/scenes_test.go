package guest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/test/guest/scene"
	"holdfast/test/guest/uml"
	"holdfast/test/netns/need"
)

// With -record only keepalived plays, and what it does is printed: for the writing of scenes. With -calibrate it plays both parts,
// which shows whether a scene says enough for two runs to be equal.
var (
	record    = flag.Bool("record", false, "play the scenes with keepalived alone and print what it does")
	calibrate = flag.Bool("calibrate", false, "play the scenes with keepalived in our place")
)

const keepalived = "/usr/sbin/keepalived"

// The scenes are played in two guests, for a guest has one processor.
func TestScenes(t *testing.T)     { t.Parallel(); scenes(t, 0) }
func TestMoreScenes(t *testing.T) { t.Parallel(); scenes(t, 1) }

const halves = 2

// scenes plays every second scene.
func scenes(t *testing.T, first int) {
	need.Keepalived(t)
	need.Command(t, "ipvsadm", "the table's reader")
	daemons := []scene.Daemon{{Name: "keepalived", Program: keepalived}}
	switch {
	case *calibrate:
		daemons = append(daemons, scene.Daemon{Name: "keepalived again", Program: keepalived})
	case !*record:
		daemons = append(daemons, scene.Daemon{Name: "holdfast", Program: ours(t)})
	}
	uml.Inside(t, "", func(t *testing.T) {
		files, err := filepath.Glob("testdata/scenes/*.txtar")
		if err != nil || len(files) < halves {
			t.Fatalf("no scenes: %v", err)
		}
		var played, events, lines atomic.Int64
		t.Run("play", func(t *testing.T) {
			if first == 0 && len(daemons) > 1 && !*calibrate {
				t.Run("hostile", func(t *testing.T) {
					t.Parallel()
					play(t, "testdata/alone/hostile.txtar", daemons[1:])
				})
			}
			for i := first; i < len(files); i += halves {
				t.Run(strings.TrimSuffix(filepath.Base(files[i]), ".txtar"), func(t *testing.T) {
					t.Parallel()
					e, l := play(t, files[i], daemons)
					played.Add(1)
					events.Add(e)
					lines.Add(l)
				})
			}
		})
		t.Logf("%d scenes, %d events, %d lines of keepalived's", played.Load(), events.Load(), lines.Load())
	}, "HOLDFAST_BIN="+daemons[len(daemons)-1].Program)
}

// play plays one scene and returns how many events and how many lines of the judge there were.
func play(t *testing.T, file string, daemons []scene.Daemon) (events, lines int64) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scene.Parse(strings.TrimSuffix(filepath.Base(file), ".txtar"), text)
	if err != nil {
		t.Fatal(err)
	}
	addSeeds(t, s)
	for _, p := range s.Programs() {
		need.Command(t, p, "a server that others wrote")
	}
	begin := time.Now()
	err = scene.Play(s, daemons, func(o scene.Outcome) bool {
		events++
		lines += int64(len(o.Texts[0]))
		if *record {
			fmt.Printf("%s: %s\n    %s\n", s.Name, o.Step.Title, strings.Join(o.Texts[0], "\n    "))
		}
		if o.Late != "" {
			t.Errorf("%s: %s has not said %s, but:\n    %s", o.Step.Title, daemons[0].Name, o.Late, strings.Join(o.Texts[0], "\n    "))
		}
		for _, w := range o.Wrong {
			t.Errorf("%s: %s", o.Step.Title, w)
		}
		for i, d := range daemons[1:] {
			if diff := cmp.Diff(strings.Join(o.Texts[0], "\n"), strings.Join(o.Texts[i+1], "\n")); diff != "" {
				t.Errorf("%s (-%s +%s):\n%s", o.Step.Title, daemons[0].Name, d.Name, head(diff))
			}
		}
		return true
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d events in %v", events, time.Since(begin).Round(time.Second))
	return events, lines
}

// addSeeds gives a scene the published configurations, which the tests of the protocol have copies of, as files. The page that one
// is from had its spaces made unbreakable, and keepalived knows no word of it.
func addSeeds(t *testing.T, s *scene.Scene) {
	files, err := filepath.Glob("../netns/testdata/seeds/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		s.Files[filepath.Base(f)] = strings.ReplaceAll(string(text), "\u00a0", " ")
	}
}

// head is the beginning of a text that may be long.
func head(s string) string {
	const most = 60
	lines := strings.SplitAfterN(s, "\n", most+1)
	if len(lines) > most {
		lines[most] = "... and more\n"
	}
	return strings.Join(lines, "")
}
