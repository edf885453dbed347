package guest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

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

func TestScenes(t *testing.T) {
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
		if err != nil || len(files) == 0 {
			t.Fatalf("no scenes: %v", err)
		}
		var events, lines atomic.Int64
		t.Run("play", func(t *testing.T) {
			for _, f := range files {
				t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
					t.Parallel()
					e, l := play(t, f, daemons)
					events.Add(e)
					lines.Add(l)
				})
			}
		})
		t.Logf("%d scenes, %d events, %d lines of keepalived's", len(files), events.Load(), lines.Load())
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
	err = scene.Play(s, daemons, func(o scene.Outcome) bool {
		events++
		lines += int64(len(o.Texts[0]))
		if *record {
			fmt.Printf("%s: %s\n    %s\n", s.Name, o.Step.Title, strings.Join(o.Texts[0], "\n    "))
		}
		if o.Late != "" {
			t.Errorf("%s: %s has not said %s, but:\n    %s", o.Step.Title, daemons[0].Name, o.Late, strings.Join(o.Texts[0], "\n    "))
		}
		for i, d := range daemons[1:] {
			if diff := cmp.Diff(strings.Join(o.Texts[0], "\n"), strings.Join(o.Texts[i+1], "\n")); diff != "" {
				t.Errorf("%s (-%s +%s):\n%s", o.Step.Title, daemons[0].Name, d.Name, diff)
			}
		}
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return events, lines
}
