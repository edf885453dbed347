package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"holdfast/conf"
	"holdfast/internal/core/check"
)

// TestLuck holds one checker against a few lines that say the same: the first result decides, then it takes a row of failures,
// and one success, or with several urls the one that failed and a round of all. The attempts are when they should be.
func TestLuck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		retry, urls := rapid.IntRange(0, 3).Draw(t, "retry"), rapid.IntRange(0, 3).Draw(t, "urls")
		alpha, fast := rapid.Bool().Draw(t, "alpha"), rapid.Bool().Draw(t, "fast")
		loop, pause := rapid.IntRange(1, 5).Draw(t, "loop"), rapid.IntRange(1, 5).Draw(t, "pause")
		options := fmt.Sprintf("retry %d\n delay_before_retry %d\n", retry, pause)
		if alpha {
			options += "alpha\n"
		}
		kind := "TCP_CHECK"
		if urls > 0 {
			kind = "HTTP_GET"
			options += strings.Repeat("url {\n path /\n }\n", urls)
			if fast {
				options += "fast_recovery\n"
			}
		}
		l := newLab(load(fmt.Sprintf("virtual_server 192.0.2.1 80 {\n protocol TCP\n lb_algo rr\n lb_kind NAT\n delay_loop %d\n warmup 0\n real_server 10.0.0.1 80 {\n %s {\n %s }\n }\n}\n",
			loop, kind, options)), check.Options{})
		l.latency = time.Hour
		l.step(check.Start{})
		var up, decided, again bool // again: the url that failed is to be asked alone
		up = !alpha
		tries, url, wait := 0, 0, time.Second
		for range rapid.IntRange(1, 30).Draw(t, "results") {
			at, armed := l.d.Deadline()
			if !armed || at.Sub(l.now) != wait {
				t.Fatalf("the next attempt is after %s, want %s", at.Sub(l.now), wait)
			}
			l.now = at
			l.step(check.Tick{})
			if len(l.pending) != 1 || int(l.acts[0].URL) != url {
				t.Fatalf("%d attempts, for url %d; want one for url %d", len(l.pending), l.acts[0].URL, url)
			}
			r := l.pending[0].ev.(check.Result)
			l.pending, l.now = nil, l.now.Add(70*time.Millisecond)
			ok := rapid.Bool().Draw(t, "ok")
			r.Outcome = map[bool]check.Outcome{true: check.OK, false: check.Failed}[ok]
			l.step(r)
			wait = time.Duration(loop) * time.Second
			switch {
			case !ok && up && decided && tries < retry:
				tries++
				wait = time.Duration(pause) * time.Second
			case !ok:
				up, decided, tries, again = false, true, 0, true
				if urls > 0 {
					wait = time.Duration(max(loop, pause)) * time.Second
				}
			case !up && again && urls > 0:
				tries, url, again = 0, 0, false
				if fast {
					wait = 0
				}
			default:
				tries, url = 0, url+1
				if url >= urls {
					up, decided, url = true, true, 0
				} else if !up && fast {
					wait = 0
				}
			}
			l.d.Servers(func(_ check.ServerID, _ *conf.VirtualServer, _ *conf.RealServer, s check.Status) bool {
				if s.Up != up || s.In != up {
					t.Fatalf("up %t, in the table %t; want %t", s.Up, s.In, up)
				}
				return true
			})
		}
	})
}

// TestEveryFileCanRun starts, reloads and stops whatever the language's own tests have of virtual servers, sound or not.
func TestEveryFileCanRun(t *testing.T) {
	var texts []string
	_ = filepath.WalkDir("../../../conf/testdata", func(path string, _ os.DirEntry, err error) error {
		b, e := os.ReadFile(path)
		switch {
		case err != nil || e != nil:
		case filepath.Ext(path) == ".conf":
			texts = append(texts, string(b))
		case filepath.Ext(path) == ".txtar":
			for _, f := range txtar.Parse(b).Files {
				if filepath.Ext(f.Name) == ".conf" {
					texts = append(texts, string(f.Data))
				}
			}
		}
		return nil
	})
	servers, before := 0, conf.Config{}
	for i, text := range texts {
		cfg := load(text)
		if len(cfg.VirtualServers) == 0 {
			continue
		}
		servers += len(cfg.VirtualServers)
		l := newLab(&before, check.Options{})
		l.step(check.Start{})
		l.step(check.Reconfigure{Config: cfg})
		l.run(3 * time.Minute)
		for _, vs := range cfg.VirtualServers {
			for _, rs := range vs.RealServers {
				l.answers[rs.Address.V.Addr().String()] = answer{outcome: check.Failed}
			}
		}
		l.run(5 * time.Minute)
		if got, want := l.k.String(), tableText(l.d.Wanted()); got != want {
			t.Errorf("text %d: the table is\n%s\nwanted is\n%s", i, got, want)
		}
		l.step(check.Stop{})
		if len(l.k.refused)+len(l.k.entries) > 0 {
			t.Errorf("text %d: the kernel would refuse %q, and has left\n%s", i, l.k.refused, l.k.String())
		}
	}
	if servers < 20 {
		t.Errorf("only %d virtual servers: the test did not find what it is about", servers)
	}
}
