package sim

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

var (
	update    = flag.Bool("update", false, "rewrite the wanted traces of testdata/*.txtar")
	schedules = flag.Int("schedules", 10000, "how many random scenarios to play")
	firstSeed = flag.Uint64("first", 1, "seed of the first random scenario")
)

func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no scenarios")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Play(string(a.Comment))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.Faults {
				t.Error(f)
			}
			if *update {
				a.Files = []txtar.File{{Name: "want", Data: []byte(r.Trace)}}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(a.Files[0].Data); r.Trace != want {
				t.Errorf("got:\n%s\nwant:\n%s", r.Trace, want)
			}
		})
	}
}

// tally adds up what random scenarios came to.
type tally struct {
	sync.Mutex
	begun                              time.Time
	played, failed, takeOvers, replays int
}

// TestRandomScenarios plays -schedules scenarios. A failing one is played again with a trace and printed; put it into testdata
// to keep it.
func TestRandomScenarios(t *testing.T) {
	seeds := make(chan uint64, 64)
	var wg sync.WaitGroup
	sum := tally{begun: time.Now()}
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := range seeds {
				sum.play(t, seed)
			}
		})
	}
	for i := range uint64(*schedules) {
		seeds <- *firstSeed + i
	}
	close(seeds)
	wg.Wait()
	sum.tell(t)
	if sum.takeOvers < *schedules {
		t.Errorf("only %d take-overs: the scenarios test nothing", sum.takeOvers)
	}
}

func (sum *tally) play(t *testing.T, seed uint64) {
	text := Random(seed)
	r, err := Try(text)
	sum.Lock()
	defer sum.Unlock()
	sum.played++
	sum.takeOvers += r.TakeOvers
	sum.replays += r.Replays
	if err != nil || len(r.Faults) > 0 {
		if sum.failed++; sum.failed <= 5 {
			again, _ := Play(text)
			t.Errorf("seed %d: %v\n%s\n\nscenario:\n%s\ntrace:\n%s", seed, err, strings.Join(r.Faults, "\n"), text, again.Trace)
		} else {
			t.Errorf("seed %d: %v %s", seed, err, r.Faults)
		}
	}
	if sum.played%20000 == 0 {
		sum.tell(t)
	}
}

func (sum *tally) tell(t *testing.T) {
	took := time.Since(sum.begun)
	t.Logf("%d scenarios in %s (%.0f/s), %d failed, %d take-overs, %d adverts refused as replayed",
		sum.played, took.Round(time.Second), float64(sum.played)/took.Seconds(), sum.failed, sum.takeOvers, sum.replays)
}

func TestSameSeedSameTrace(t *testing.T) {
	for seed := range uint64(50) {
		a, _ := Play(Random(seed))
		b, _ := Play(Random(seed))
		if a.Trace != b.Trace {
			t.Fatalf("seed %d gave two traces", seed)
		}
	}
}

// TestTheCheckerSeesFaults makes sure that the invariants can fail: two nodes that disagree on the interval are two
// masters for ever.
func TestTheCheckerSeesFaults(t *testing.T) {
	r, err := Play("node a vrid=1,prio=100,int=1\nnode b vrid=1,prio=90,int=2\nstart all\nrun 30s\nsettled\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Faults); !strings.Contains(got, "2 masters") {
		t.Errorf("faults are %s", got)
	}
}
