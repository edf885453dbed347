package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

func TestMain(m *testing.M) {
	go machine.listen()
	lab.Main(m)
}

const (
	addrA, addrB, addrC = "10.9.0.1", "10.9.0.2", "10.9.0.3"
	vip                 = "10.9.0.50"
	slack               = 600 * time.Millisecond // the machine may be busy
)

// long says whether the tests shall take their time.
var long = os.Getenv("HOLDFAST_CHAOS") != ""

// size chooses between an ordinary run and a long one.
func size[T any](ordinary, chaos T) T {
	if long {
		return chaos
	}
	return ordinary
}

// lots are the same for the same seed, which a failing test tells.
func lots(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("HOLDFAST_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("HOLDFAST_SEED: %v", err)
		}
		seed = n
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to draw the same lots again: HOLDFAST_SEED=%d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, seed))
}

// duo is two daemons on a segment.
type duo struct {
	l      *lab.Lab
	p      lab.Pair
	wire   *lab.Segment
	a, b   *lab.Node
	da, db *lab.Daemon
}

func nodes(l *lab.Lab, p lab.Pair) *duo {
	return &duo{
		l: l, p: p, wire: l.Segment("br0"),
		a: l.Node("a").Link("eth0", "br0", addrA+"/24"),
		b: l.Node("b").Link("eth0", "br0", addrB+"/24"),
	}
}

// start makes a master and b its backup.
func (d *duo) start(t *testing.T, a, b string, settings ...lab.Setting) {
	t.Helper()
	d.da = d.a.Start(d.p.A, a, settings...)
	d.l.Until("a is master", 10*time.Second, func() bool { return d.a.Has(vip) && len(d.wire.Adverts(addrA)) > 0 })
	d.db = d.b.Start(d.p.B, b, settings...)
	d.l.Until("b is backup", 5*time.Second, func() bool { return d.db.Said("Entering BACKUP STATE") })
	d.adverts(addrA, 1)
}

// adverts waits for n more adverts from an address.
func (d *duo) adverts(src string, n int) {
	have := len(d.wire.Adverts(src))
	d.l.Until(fmt.Sprintf("%d more adverts from %s", n, src), time.Duration(n)*5*time.Second, func() bool {
		return len(d.wire.Adverts(src)) >= have+n
	})
}

// backup is an instance for the virtual address.
func backup(prio int) lab.VI {
	return lab.VI{State: "BACKUP", Prio: prio, Interval: "1", VIPs: []string{vip + "/24"}}
}

func extra(v lab.VI, lines ...string) lab.VI {
	v.Extra = append(v.Extra[:len(v.Extra):len(v.Extra)], lines...)
	return v
}

// silence returns the longest time between two adverts of a kind, from the last one before a moment on, and when it ended.
func silence(frames []lab.Frame, from time.Time) (longest time.Duration, at time.Time) {
	for i := 1; i < len(frames); i++ {
		if gap := frames[i].At.Sub(frames[i-1].At); frames[i].At.After(from) && gap > longest {
			longest, at = gap, frames[i].At
		}
	}
	return longest, at
}

// transitions returns the lines of a log, from the nth on, that tell of a state being entered.
func transitions(d *lab.Daemon, from int) (some []string) {
	for _, l := range d.Lines()[from:] {
		if strings.Contains(l.Text, "STATE") {
			some = append(some, l.Text)
		}
	}
	return some
}

// pause lets a length of time pass that is itself what is tested, such as that of a freeze.
func pause(l *lab.Lab, d time.Duration) { l.At(time.Now().Add(d)) }
