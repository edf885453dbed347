package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
	"holdfast/internal/lab/rig"
)

// The notify scripts of these tests name this program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "lab" {
		if err := Report(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const keepalived = "/usr/sbin/keepalived"

func needs(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: network namespaces")
	}
}

// leftovers returns what labs of this process have left on the host.
func leftovers(t *testing.T) []string {
	t.Helper()
	pattern := fmt.Sprintf("holdfast-lab-%d-*", os.Getpid())
	var all []string
	for _, dir := range []string{"/run/netns", os.TempDir()} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

// The published single pair on the distribution's keepalived: every expectation that the lab has of our
// daemon has to hold for the one it is measured against.
func TestSinglePairOnKeepalived(t *testing.T) {
	needs(t)
	if _, err := os.Stat(keepalived); err != nil {
		t.Skip("needs keepalived: " + err.Error())
	}
	var out, lines bytes.Buffer
	ok, err := Run(context.Background(), Options{
		Program: keepalived, Scenarios: []string{"single"}, JSON: true, Out: &out, Lines: &lines,
	})
	if err != nil || !ok {
		t.Fatalf("ok %v, error %v\n%s", ok, err, lines.String())
	}
	var r Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Pairs) != 1 || len(r.Pairs[0].Rows) < 30 || !r.OK {
		t.Errorf("%+v", r)
	}
	if left := leftovers(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// ownDaemon returns a program of ours to run as keepalived.
func ownDaemon(t *testing.T) string {
	t.Helper()
	if bin := os.Getenv("HOLDFAST_BIN"); bin != "" {
		return bin
	}
	bin := filepath.Join(t.TempDir(), "keepalived")
	cmd := exec.Command("go", "build", "-o", bin, "holdfast/cmd/holdfast")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// The case study, with its two networks, two sync groups and authentication headers, on the distribution's
// keepalived and on our own daemon, in two labs side by side: the same expectations have to hold for both.
func TestCaseStudyOnBothDaemons(t *testing.T) {
	needs(t)
	own := ownDaemon(t)
	t.Run("labs", func(t *testing.T) {
		for name, program := range map[string]string{"keepalived": keepalived, "own": own} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if _, err := os.Stat(program); err != nil {
					t.Skip("needs keepalived: " + err.Error())
				}
				var out, lines bytes.Buffer
				ok, err := Run(context.Background(), Options{
					Program: program, Scenarios: []string{"case"}, JSON: true, Out: &out, Lines: &lines,
				})
				if err != nil || !ok {
					t.Fatalf("ok %v, error %v\n%s", ok, err, lines.String())
				}
				var r Result
				if err := json.Unmarshal(out.Bytes(), &r); err != nil {
					t.Fatal(err)
				}
				if len(r.Pairs) != 1 || len(r.Pairs[0].Rows) < 150 || !r.OK {
					t.Errorf("%+v", r)
				}
			})
		}
	})
	if left := leftovers(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

const fastConf = `vrrp_instance FAST {
    interface eth7
    virtual_router_id 7
    priority 120
    version 3
    advert_int 0.2
    nopreempt
    virtual_ipaddress {
        192.0.2.9/24
    }
}
`

// onDisk is the syntax.Source of a test's files.
type onDisk struct{}

func (onDisk) ReadFile(path string) ([]byte, error)  { return os.ReadFile(path) }
func (onDisk) Glob(pattern string) ([]string, error) { return filepath.Glob(pattern) }
func (onDisk) Getenv(string) string                  { return "" }

// Two files of the user's own: version 3, a fast interval, another interface, and a preferred router that
// does not preempt. A daemon is started again within a second of its predecessor's crash.
func TestOwnPairOnKeepalived(t *testing.T) {
	needs(t)
	if _, err := os.Stat(keepalived); err != nil {
		t.Skip("needs keepalived: " + err.Error())
	}
	a, b := filepath.Join(t.TempDir(), "a.conf"), filepath.Join(t.TempDir(), "b.conf")
	for path, text := range map[string]string{a: fastConf, b: strings.Replace(fastConf, "120", "110", 1)} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, lines bytes.Buffer
	ok, err := Run(context.Background(), Options{
		Program: keepalived, Pair: []string{a, b}, Source: onDisk{}, Out: &out, Lines: &lines,
		Addrs: play.Addrs{"eth7": {netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("192.0.2.2/24")}},
	})
	if err != nil || !ok {
		t.Fatalf("ok %v, error %v\n%s", ok, err, lines.String())
	}
	if !strings.Contains(out.String(), "r1 does not claim FAST") {
		t.Errorf("nopreempt was not heeded:\n%s", out.String())
	}
}

// A daemon that ends at once: the lab has to say that nothing became master, not hang and not pass.
func TestADaemonThatEndsFails(t *testing.T) {
	needs(t)
	pairs, err := play.Published()
	if err != nil {
		t.Fatal(err)
	}
	pl, err := plan(&pairs[0], "/bin/false")
	if err != nil {
		t.Fatal(err)
	}
	g, err := rig.Open(pl)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close() //nolint:errcheck // the one below is checked
	steps := play.Scenario(&pairs[0])[:1]
	steps[0].Limit = time.Second
	var tape record.Tape
	b := &bench{Rig: g, seen: func(record.Event) {}}
	rows, err := play.Run(context.Background(), b, &tape, steps, func(play.Progress) {})
	if err != nil || play.Passed(rows) || !strings.Contains(rows[0].Got, "r1 to advertise") {
		t.Errorf("%v, %v", rows, err)
	}
	if n := tape.Reach(pairs[0].VIPs()[0]).Outage(record.Span{To: tape.Now}).Lost; n < 500 {
		t.Errorf("%d lost probes at an address that nobody has", n)
	}
	if tape.Node("r1").Running {
		t.Error("a daemon that ended is said to run")
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if left := leftovers(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestInterruptedLabLeavesNothing(t *testing.T) {
	needs(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	_, err := Run(ctx, Options{Program: "/bin/false", Out: &out, Lines: &out})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v\n%s", err, out.String())
	}
	if left := leftovers(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
