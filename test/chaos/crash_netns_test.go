package chaos

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// kill ends a process that a test would leave behind.
func kill(pid string) {
	if n, err := strconv.Atoi(pid); err == nil && n > 1 {
		_ = syscall.Kill(n, syscall.SIGKILL)
	}
}

// scripted is a configuration that records every state.
func scripted(prio int) string {
	return simple(prio, `notify_master "`+lab.Recorder+` master"`, `notify_backup "`+lab.Recorder+` backup"`,
		`notify_fault "`+lab.Recorder+` fault"`, `notify_stop "`+lab.Recorder+` stop"`)
}

// words returns the first arguments of a node's script runs.
func words(n *lab.Node) (all []string) {
	for _, r := range n.Runs() {
		all = append(all, r.Args[0])
	}
	return all
}

// crashChild kills the VRRP process and waits until there is another.
func (d *duo) crashChild(within time.Duration) {
	pid := d.da.Child()
	d.da.Kill(pid, syscall.SIGKILL)
	d.respawned(pid, within)
}

func (d *duo) respawned(old int, within time.Duration) {
	logged := 0
	d.l.Until("another VRRP process is there", within, func() bool {
		now := d.da.Child()
		logged = len(d.da.Lines())
		return now != 0 && now != old && logged > 0
	})
}

// The VRRP process of a master is killed. The next one goes on: no client notices, no peer does, no address goes.
func TestCrashedChild(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			c := d.l.Node("c").Link("eth0", "br0", "10.9.0.200/24")
			d.start(t, scripted(200), scripted(100))
			d.l.Until("its scripts ran", 3*time.Second, func() bool { return slices.Equal(words(d.a), []string{"backup", "master"}) })
			probe := c.Probe(vip, 5*time.Millisecond)
			d.l.Until("the client is answered", 5*time.Second, func() bool { d.l.Wake(); _, n := probe.Sent(); return n > 20 })
			mine, said, from := len(d.a.Changes()), len(d.db.Lines()), time.Now()
			d.crashChild(3 * time.Second)
			d.adverts(addrA, 2)
			d.crashChild(5 * time.Second)
			d.l.Until("it goes on once more", 5*time.Second, func() bool { return d.da.Count("going on as MASTER") == 2 })
			d.adverts(addrA, 3)
			lost, asked := probe.Stop()
			gap, _ := silence(d.wire.Adverts(addrA), from)
			t.Logf("%d of %d probes were lost, the longest time between two adverts was %v", len(lost), asked, gap)
			if len(lost) > 0 {
				t.Errorf("the client missed %d answers of %d, the first at %v", len(lost), asked, lost[0].Sub(from))
			}
			if gap > 3*time.Second {
				t.Errorf("%v without an advert", gap)
			}
			if now := d.a.Changes()[mine:]; len(now) > 0 {
				t.Errorf("a's addresses: %v", now)
			}
			if got := transitions(d.db, said); len(got) > 0 || len(d.wire.Adverts(addrB)) > 0 {
				t.Errorf("b: %q", got)
			}
			if got := fmt.Sprint(words(d.a)); got != "[backup master master master]" {
				t.Errorf("scripts: %s, want the new lives to say that they are master", got)
			}
			if code := d.da.Stop(); code != 0 {
				t.Errorf("exit status %d", code)
			}
			d.l.Until("b takes over", 2*time.Second, func() bool { return holds(d.b, d.a, vip) })
		})
	}
}

// The third death in a row means a wait that is too long for a master to be silent: farewell is said for it, and the
// peer takes over at once. Later it comes back in order.
func TestCrashedThrice(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			d.start(t, scripted(200), scripted(100))
			for life := range 2 {
				d.crashChild(5 * time.Second)
				d.l.Until("it runs", 3*time.Second, func() bool { return d.da.Count("Entering MASTER STATE") == life+2 })
				d.adverts(addrA, 2)
			}
			if n := len(d.wire.Adverts(addrB)); n > 0 {
				t.Fatalf("b sent %d adverts too early", n)
			}
			at := time.Now()
			d.da.Kill(d.da.Child(), syscall.SIGKILL)
			d.l.Until("b takes over", 2500*time.Millisecond, func() bool { return holds(d.b, d.a, vip) })
			d.farewellAfter(t, at)
			d.l.Until("a is master again", 15*time.Second, func() bool { return holds(d.a, d.b, vip) })
			d.adverts(addrA, 3)
			if !holds(d.a, d.b, vip) {
				t.Error("that does not last")
			}
		})
	}
}

// birth begins the parent's line about a child.
const birth = "Starting VRRP child process, pid="

// lastBorn returns the process number of a daemon's last child.
func lastBorn(d *lab.Daemon) (pid string) {
	for _, l := range d.Lines() {
		if rest, ok := strings.CutPrefix(l.Text, birth); ok {
			pid = rest
		}
	}
	return pid
}

// A master that died is followed by lives too short to do anything. What the first one held is given up all the same
// before the peer loses its patience: else two machines would have the address.
func TestCrashedBeforeReady(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			d.start(t, scripted(200), scripted(100))
			at := time.Now()
			d.da.Kill(d.da.Child(), syscall.SIGKILL)
			for lives := 2; !d.b.Has(vip); lives++ {
				d.l.Until("another life begins or b takes over", 8*time.Second, func() bool {
					return d.b.Has(vip) || d.da.Count(birth) >= lives
				})
				if !d.b.Has(vip) {
					kill(lastBorn(d.da))
				}
			}
			d.l.Until("a gives the address up", 500*time.Millisecond, func() bool { return !d.a.Has(vip) })
			d.farewellAfter(t, at)
		})
	}
}

// farewellAfter waits for an advert of priority 0 from a after a moment.
func (d *duo) farewellAfter(t *testing.T, at time.Time) {
	t.Helper()
	d.l.Until("a's farewell is seen", 2*time.Second, func() bool {
		for _, f := range d.wire.Adverts(addrA) {
			if f.At.After(at) && f.Advert.Priority == 0 {
				return true
			}
		}
		return false
	})
}

// With -R nothing is respawned: the daemon ends, farewell is said, the addresses go.
func TestCrashedForGood(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			d.da = d.a.Start(p.A, scripted(200), lab.Flags("-n", "-l", "-D", "-R"))
			d.l.Until("a is master", 10*time.Second, func() bool { return d.a.Has(vip) })
			d.db = d.b.Start(p.B, scripted(100))
			d.l.Until("b is backup", 5*time.Second, func() bool { return d.db.Said("Entering BACKUP STATE") })
			d.adverts(addrA, 2)
			home, at := d.da.Home(), time.Now()
			d.da.Kill(d.da.Child(), syscall.SIGKILL)
			code := d.da.End()
			t.Logf("exit status %d", code)
			d.farewellAfter(t, at)
			d.l.Until("b takes over", 2*time.Second, func() bool { return holds(d.b, d.a, vip) })
			if left := home.List(); len(left) > 0 {
				t.Errorf("left behind: %s", strings.Join(left, ", "))
			}
			if got := words(d.a); got[len(got)-1] != "stop" {
				t.Errorf("scripts: %q", got)
			}
		})
	}
}

// The parent is killed: its child ends in an orderly way by itself.
func TestCrashedParent(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			d.start(t, scripted(200), scripted(100))
			home, at := d.da.Home(), time.Now()
			d.da.Kill(d.da.PID(), syscall.SIGKILL)
			d.l.Until("b takes over", 2500*time.Millisecond, func() bool { return holds(d.b, d.a, vip) })
			d.farewellAfter(t, at)
			d.l.Until("nothing is left", 5*time.Second, func() bool { d.l.Wake(); return len(home.List()) == 0 })
			if !d.da.Said("Parent process is gone") {
				t.Error("the child does not say why it stops")
			}
			if got := words(d.a); got[len(got)-1] != "stop" {
				t.Errorf("scripts: %q", got)
			}
		})
	}
}

// Both are killed and nobody else is there; the address stays behind. The daemon that is started next has it in the end,
// once, and no longer when it has stopped.
func TestCrashedTogether(t *testing.T) {
	t.Parallel()
	d := nodes(lab.New(t), lab.Pair{A: lab.Holdfast})
	d.da = d.a.Start(lab.Holdfast, scripted(200))
	d.l.Until("a is master", 10*time.Second, func() bool { return d.a.Has(vip) })
	d.adverts(addrA, 2)
	d.da.Crash()
	if !d.a.Has(vip) {
		t.Fatal("the address did not stay behind: this test tests nothing")
	}
	before := len(d.wire.Adverts(addrA))
	d.da = d.a.Start(lab.Holdfast, scripted(200))
	d.l.Until("it is master", 10*time.Second, func() bool { return d.a.Has(vip) && len(d.wire.Adverts(addrA)) >= before+2 })
	if n := d.copies(vip); n != 1 {
		t.Errorf("the address is there %d times", n)
	}
	if code := d.da.Stop(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if n := d.copies(vip); n != 0 {
		t.Error("the address is left behind")
	}
}

// copies counts how often a has an address.
func (d *duo) copies(addr string) (n int) {
	for _, a := range d.a.Addrs("eth0") {
		if a["local"] == addr {
			n++
		}
	}
	return n
}
