package lab

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"holdfast/test/netns/need"
)

// Seat is a program that can sit at a node.
type Seat struct {
	Name string // "holdfast" or "keepalived"
}

// The two programs.
var (
	Holdfast   = Seat{"holdfast"}
	Keepalived = Seat{"keepalived"}
)

var built struct {
	sync.Once
	dir, path string
	err       error
	out       []byte
}

// program returns the path of the seat's binary. Ours is built once per test process; HOLDFAST_BIN names
// one that is built already.
func (s Seat) program(t testing.TB) string {
	t.Helper()
	if s == Keepalived {
		need.Keepalived(t)
		return "/usr/sbin/keepalived"
	}
	if path := os.Getenv("HOLDFAST_BIN"); path != "" {
		return path
	}
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "labbin"); built.err != nil {
			return
		}
		built.path = filepath.Join(built.dir, "keepalived")
		cmd := exec.Command("go", "build", "-o", built.path, "holdfast/cmd/holdfast")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		built.out, built.err = cmd.CombinedOutput()
	})
	if built.err != nil {
		t.Fatalf("build holdfast: %v\n%s", built.err, built.out)
	}
	return built.path
}

// Main runs a package's tests. Labs mostly wait, so far more of them run at once than there are processors.
func Main(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", "16")
	}
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// Pair is who sits where: A usually is to become master first.
type Pair struct{ A, B Seat }

func (p Pair) String() string { return p.A.Name + "-" + p.B.Name }

// Calibrated says whether a test also runs with keepalived at both nodes.
type Calibrated bool

// Whether the expectation is proven against keepalived alone in every run.
const (
	Calibrate Calibrated = true
	Trust     Calibrated = false
)

// EachPair runs test for every pairing, each as a parallel subtest. HOLDFAST_SEATS=kk,hk chooses the
// pairings (k = keepalived, h = holdfast) regardless of c.
func EachPair(t *testing.T, c Calibrated, test func(t *testing.T, l *Lab, p Pair)) {
	t.Parallel()
	t.Helper()
	pairs := []Pair{{Holdfast, Keepalived}, {Keepalived, Holdfast}, {Holdfast, Holdfast}}
	if c {
		pairs = append([]Pair{{Keepalived, Keepalived}}, pairs...)
	}
	if s := os.Getenv("HOLDFAST_SEATS"); s != "" {
		pairs = nil
		for _, two := range strings.Split(s, ",") {
			pairs = append(pairs, Pair{seat(t, two[:1]), seat(t, two[1:])})
		}
	}
	for _, p := range pairs {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			test(t, New(t), p)
		})
	}
}

// EachSeat runs test for every program alone, each as a parallel subtest. HOLDFAST_SEATS=kk leaves keepalived only.
func EachSeat(t *testing.T, test func(t *testing.T, l *Lab, s Seat)) {
	t.Parallel()
	t.Helper()
	for _, s := range Subjects() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			test(t, New(t), s)
		})
	}
}

// Subjects returns keepalived and, unless HOLDFAST_SEATS=kk, holdfast.
func Subjects() []Seat {
	if os.Getenv("HOLDFAST_SEATS") == "kk" {
		return []Seat{Keepalived}
	}
	return []Seat{Keepalived, Holdfast}
}

// Subject returns the program that comparisons hold against keepalived: holdfast, or with HOLDFAST_SEATS=kk
// keepalived itself, which shows whether the comparison is stable.
func Subject() Seat {
	all := Subjects()
	return all[len(all)-1]
}

func seat(t testing.TB, letter string) Seat {
	t.Helper()
	switch letter {
	case "k":
		return Keepalived
	case "h":
		return Holdfast
	}
	t.Fatalf("HOLDFAST_SEATS: %q is not h or k", letter)
	return Seat{}
}
