package dump_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/dump"
)

// checking is the machine that keepalived ran on when it wrote the archives.
func checking() *dump.Machine {
	m := &dump.Machine{Umask: 0o177}
	uid := func(user string) (p dump.Program) {
		if user == "nobody" {
			p.UID, p.GID = 65534, 65534
		}
		return p
	}
	m.Program = func(c *conf.Command) (dump.Program, bool) {
		if c == nil {
			return dump.Program{}, false
		}
		p := uid(c.User)
		p.Argv = append([]string{"/usr" + c.Argv[0]}, c.Argv[1:]...)
		return p, true
	}
	m.Checks, m.FIFO = true, &dump.Program{}
	m.Misc = func(k *conf.MiscCheck) dump.Program {
		p := uid(k.User.V)
		p.Argv = append([]string{"/usr" + k.Command.Argv[0]}, k.Command.Argv[1:]...)
		return p
	}
	return m
}

// differs reports lines that are ours on purpose: keepalived lists all options of a regex if there is one, a FIFO for
// everybody is not made yet, and a password is not told.
func differs(line string) bool {
	return strings.HasPrefix(line, " Password : ") || strings.HasPrefix(line, "     Regex options: ") || strings.HasPrefix(line, " Global notify fifo ")
}

// TestCheckersAtStart compares with what keepalived logged with -d.
func TestCheckersAtStart(t *testing.T) {
	paths, err := filepath.Glob("testdata/checkers/*.txtar")
	if err != nil || len(paths) != 3 {
		t.Fatalf("archives: %v, %v", paths, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			cfg := load(t, string(ar.Files[0].Data))
			d := check.New(cfg, check.Options{Random: func(time.Duration) time.Duration { return 0 }})
			d.Step(time.Unix(1, 0), check.Present{Addr: netip.MustParseAddr("10.0.0.3"), Is: true}, nil)
			if path == "testdata/checkers/settings.txtar" {
				d.Step(time.Unix(1, 0), check.File{Name: "TF", Value: 3}, nil)
				d.Step(time.Unix(1, 0), check.File{Name: "TG", Value: 1}, nil)
			}
			d.Step(time.Unix(1, 0), check.Start{}, nil)
			m := checking()
			m.Census = d.Census()
			got := append(dump.Services(cfg, m), "")
			if strings.Contains(strings.Join(got, "\n"), "sekret") {
				t.Error("the password of the SSL block is told")
			}
			if d := cmp.Diff(without(strings.Split(string(ar.Files[1].Data), "\n")), without(got)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func without(lines []string) (kept []string) {
	for _, l := range lines {
		if !differs(l) {
			kept = append(kept, l)
		}
	}
	return kept
}
