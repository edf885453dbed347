package chaos

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// oursAtA are the pairings in which Holdfast is what something is done to at a. HOLDFAST_SEATS=kk has it done to keepalived
// instead, to see what that makes of it: by no means everything passes.
func oursAtA() []lab.Pair { return orKeepalived(lab.Pair{A: lab.Holdfast, B: lab.Keepalived}) }

func oursAtB() []lab.Pair { return orKeepalived(lab.Pair{A: lab.Keepalived, B: lab.Holdfast}) }

func orKeepalived(mixed lab.Pair) []lab.Pair {
	if os.Getenv("HOLDFAST_SEATS") == "kk" {
		return []lab.Pair{{A: lab.Keepalived, B: lab.Keepalived}}
	}
	return []lab.Pair{mixed, {A: lab.Holdfast, B: lab.Holdfast}}
}

func simple(prio int, lines ...string) string { return lab.Config(nil, extra(backup(prio), lines...)) }

// A backup that stood still and wakes hears what was said meanwhile before it believes its own timer.
func TestFrozenBackup(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtB() {
		for _, length := range size(
			[]time.Duration{100 * time.Millisecond, time.Second, 3500 * time.Millisecond, 5 * time.Second, 20 * time.Second},
			[]time.Duration{100 * time.Millisecond, time.Second, 3500 * time.Millisecond, 5 * time.Second, 20 * time.Second, 60 * time.Second},
		) {
			t.Run(fmt.Sprintf("%s %v", p, length), func(t *testing.T) {
				t.Parallel()
				d := nodes(lab.New(t), p)
				d.start(t, simple(200), simple(100))
				said, changes := len(d.db.Lines()), len(d.b.Changes())
				pid := d.db.Child()
				d.db.Kill(pid, syscall.SIGSTOP)
				pause(d.l, length)
				d.db.Kill(pid, syscall.SIGCONT)
				d.adverts(addrA, 5) // longer than it takes to miss a master
				if got := transitions(d.db, said); len(got) > 0 {
					t.Errorf("it woke and %q", got)
				}
				if n := len(d.wire.Adverts(addrB)); n > 0 || len(d.b.Changes()) > changes {
					t.Errorf("it woke, sent %d adverts, and its addresses changed: %v", n, d.b.Changes()[changes:])
				}
				if d.db.Child() != pid {
					t.Error("another process is there")
				}
			})
		}
	}
}

// A master that stood still finds another one when it wakes. It has the higher priority: one advert says so, and the
// other yields.
func TestFrozenMaster(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		for _, length := range []time.Duration{time.Second, 5 * time.Second, 20 * time.Second} {
			t.Run(fmt.Sprintf("%s %v", p, length), func(t *testing.T) {
				t.Parallel()
				d := nodes(lab.New(t), p)
				d.start(t, simple(200), simple(100))
				woke := d.freezeMaster(length)
				d.l.Until("a is the only master again", 3*time.Second, func() bool { return holds(d.a, d.b, vip) })
				d.adverts(addrA, 4)
				if !holds(d.a, d.b, vip) {
					t.Error("that does not last")
				}
				if length < 3*time.Second {
					if n := len(d.wire.Adverts(addrB)); n > 0 {
						t.Errorf("b sent %d adverts", n)
					}
					return
				}
				d.tookOver(t, length, woke)
				if n := countAfter(d.wire.Adverts(addrB), woke); n > 1 {
					t.Errorf("b sent %d adverts after a woke", n)
				}
			})
		}
	}
}

// The same with a master that has the lower priority, beside a backup that does not preempt: it yields when it wakes,
// having said nothing, or one word at most.
func TestFrozenLesserMaster(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtA() {
		for _, length := range []time.Duration{5 * time.Second, 20 * time.Second} {
			t.Run(fmt.Sprintf("%s %v", p, length), func(t *testing.T) {
				t.Parallel()
				d := nodes(lab.New(t), p)
				d.start(t, simple(100), simple(200, "nopreempt"))
				woke := d.freezeMaster(length)
				d.l.Until("a yields", 2*time.Second, func() bool { return holds(d.b, d.a, vip) })
				d.adverts(addrB, 4)
				if !holds(d.b, d.a, vip) {
					t.Error("that does not last")
				}
				d.tookOver(t, length, woke)
				if n := countAfter(d.wire.Adverts(addrA), woke); n > 1 {
					t.Errorf("a sent %d adverts after it woke", n)
				}
			})
		}
	}
}

// freezeMaster stops a for that long and returns when it was woken.
func (d *duo) freezeMaster(length time.Duration) (woke time.Time) {
	pid := d.da.Child()
	d.da.Kill(pid, syscall.SIGSTOP)
	pause(d.l, length)
	woke = time.Now()
	d.da.Kill(pid, syscall.SIGCONT)
	return woke
}

// tookOver checks that b became master during the freeze, once.
func (d *duo) tookOver(t *testing.T, length time.Duration, woke time.Time) {
	t.Helper()
	n := 0
	for _, f := range d.wire.Adverts(addrB) {
		if f.At.Before(woke) {
			n++
		}
	}
	// The master-down time is 3 s and the skew, counted from the last advert, up to a second before the freeze.
	if want := int((length - 4*time.Second) / time.Second); n < want {
		t.Errorf("b sent %d adverts while a stood still, at least %d were due", n, want)
	}
	if n := d.db.Count("Entering MASTER STATE"); n != 1 {
		t.Errorf("b became master %d times", n)
	}
}

func countAfter(frames []lab.Frame, at time.Time) (n int) {
	for _, f := range frames {
		if f.At.After(at) {
			n++
		}
	}
	return n
}

// The whole daemon stands still, its parent too: nobody restarts anything on waking.
func TestFrozenTogether(t *testing.T) {
	t.Parallel()
	for _, p := range oursAtB() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			d := nodes(lab.New(t), p)
			d.start(t, simple(200), simple(100))
			said := len(d.db.Lines())
			pid := d.db.Child()
			for _, s := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
				d.db.Kill(pid, s)
				d.db.Kill(d.db.PID(), s)
				if s == syscall.SIGSTOP {
					pause(d.l, 8*time.Second)
				}
			}
			d.adverts(addrA, 5)
			if got := transitions(d.db, said); len(got) > 0 || d.db.Child() != pid {
				t.Errorf("it woke and %q", got)
			}
		})
	}
}
