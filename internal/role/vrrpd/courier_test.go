package vrrpd

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/mem"
	"holdfast/internal/host/plane"
	"holdfast/ipvs/ipvstest"
	"holdfast/vrrp"
)

func (r *rig) balancer() (Balancer, error) {
	if r.openBalancer == nil {
		r.t.Error("somebody asks for the load balancer")
		return nil, errors.New("not in this test")
	}
	return r.openBalancer()
}

// noted is a balancer in memory whose daemons are noted as they are after each change.
type noted struct {
	*mem.Plane
	r *rig
}

func (n noted) SyncDaemons(want ...plane.Daemon) error {
	err := n.Plane.SyncDaemons(want...)
	n.r.note("sync %s", daemonsOf(n.r.t, n.Plane.Conn))
	return err
}

func daemonsOf(t *testing.T, c *plane.Conn) string {
	t.Helper()
	list, err := c.Daemons()
	if err != nil {
		t.Error(err)
	}
	words := make([]string, len(list))
	for i, d := range list {
		kind := "backup"
		if d.Master {
			kind = "master"
		}
		words[i] = fmt.Sprintf("%s %s %d", kind, d.Interface, d.ID)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// balanced gives a rig a load balancer whose table is k.
func balanced(k *ipvstest.Kernel) func(*rig) {
	return func(r *rig) {
		r.openBalancer = func() (Balancer, error) { return noted{mem.NewPlaneOn(k), r}, nil }
	}
}

const syncs = "global_defs {\n lvs_sync_daemon lo VI_1 id 7\n}\n"

func TestSyncDaemonsByState(t *testing.T) {
	backup, master := []plane.Daemon{{Interface: "eth1", ID: 51}}, []plane.Daemon{{Interface: "eth1", ID: 51, Master: true}}
	for name, c := range map[string]struct {
		text   string
		router int
		want   [4][]plane.Daemon // by state
		lost   string
		away   bool // somebody else's
	}{
		"VRID":       {"global_defs {\n lvs_sync_daemon eth1 VI_1\n}\n", 1, [4][]plane.Daemon{nil, backup, master, backup}, "", false},
		"id":         {"global_defs {\n lvs_sync_daemon eth1 VI_1 id 51\n}\n", 1, [4][]plane.Daemon{nil, backup, master, backup}, "", false},
		"none":       {"", -1, [4][]plane.Daemon{}, "", false},
		"no VI":      {"global_defs {\n lvs_sync_daemon eth1 id 51\n}\n", -1, [4][]plane.Daemon{}, "", true},
		"unknown VI": {"global_defs {\n lvs_sync_daemon eth1 VI_9\n}\n", -1, [4][]plane.Daemon{}, "VI_9", false},
	} {
		s := setup(t, c.text+member("VI_0", "50", "")+member("VI_1", "51", "")).Sync
		if s.router != c.router || s.lost != c.lost {
			t.Errorf("%s: follows %d, lost %q", name, s.router, s.lost)
		}
		for state := vrrp.Init; state <= vrrp.Fault; state++ {
			w := s.in(state)
			if fmt.Sprint(w.daemons) != fmt.Sprint(c.want[state]) || w.lead != (c.router >= 0) || w.release != c.away {
				t.Errorf("%s: in %v %+v, want %v", name, state, *w, c.want[state])
			}
		}
	}
	old := setup(t, member("VI_0", "50", "")+member("VI_1", "51", "lvs_sync_daemon_interface eth1")).Sync
	if got := old.in(vrrp.Master).daemons; old.router != 1 || len(got) != 1 || got[0] != (plane.Daemon{Interface: "eth1", Master: true}) {
		t.Errorf("lvs_sync_daemon_interface: %d, %+v", old.router, got)
	}
}

func TestSyncDaemonsFollowTheInstance(t *testing.T) {
	k := ipvstest.New()
	left := mem.NewPlaneOn(k)
	if err := left.SyncDaemons(plane.Daemon{Interface: "lo", ID: 3}, plane.Daemon{Interface: "lo", ID: 3, Master: true}); err != nil {
		t.Fatal(err)
	}
	r := startRig(t, syncs+member("VI_1", "51", ""), balanced(k))
	mark := r.await(0, "log Initializing ipvs", "log (VI_1) Entering BACKUP STATE (init)")
	mark = max(mark, r.await(0, "sync [backup lo 7]")) // what was left is gone
	r.await(mark, "log (VI_1) Entering MASTER STATE")
	mark = r.await(mark, "sync [master lo 7]")
	if err := r.host.SetCarrier(r.eth0.Index, false); err != nil {
		t.Fatal(err)
	}
	mark = r.await(mark, "sync [backup lo 7]")
	r.end()
	r.await(mark, "sync []")
}

func TestReloadOfSyncDaemons(t *testing.T) {
	k := ipvstest.New()
	r := startRig(t, owner, balanced(k))
	mark := r.await(0, "log (VI_1) Entering MASTER STATE")
	reload := func(text string) {
		t.Helper()
		mark = r.mark()
		r.offer(text)
	}
	reload(syncs + owner)
	mark = r.await(mark, "log Reinitializing ipvs", "sync [master lo 7]")
	reload(strings.Replace(syncs, "id 7", "id 8", 1) + owner)
	mark = r.await(mark, "sync [master lo 8]")
	reload(owner)
	mark = r.await(mark, "sync []")
	reload(strings.Replace(syncs, "VI_1", "VI_9", 1) + owner)
	r.await(mark, "log Reinitializing ipvs", "log Unable to find vrrp instance VI_9 for lvs_syncd - clearing lvs_syncd config")
	reload(syncs + owner)
	mark = r.await(mark, "sync [master lo 7]")
	// Without an instance they are the checkers' business, who may have seen to them already.
	reload(strings.Replace(syncs, "VI_1 ", "", 1) + owner)
	r.end()
	if got := daemonsOf(t, mem.NewPlaneOn(k).Conn); got != "[master lo 7]" {
		t.Errorf("left for the checkers: %s", got)
	}
	r.never(mark, "sync []")
}

func TestNothingIsAskedOfIPVSWithoutNeed(t *testing.T) {
	r := startRig(t, owner, nil) // whose balancer fails the test
	r.await(0, "log (VI_1) Entering MASTER STATE")
	r.end()
	r.never(0, "log Initializing ipvs")
}

func TestVRRPGoesOnWithoutIPVS(t *testing.T) {
	r := startRig(t, syncs+owner, func(r *rig) {
		r.openBalancer = func() (Balancer, error) { return nil, fmt.Errorf("no IPVS: %w", unix.ENOENT) }
	})
	r.await(0, "log (VI_1) Entering MASTER STATE", "arp 192.0.2.10 on eth0")
	r.await(0, "log IPVS: Can't initialize ipvs: No such file or directory",
		"log connections are not synchronized: no IPVS: no such file or directory; VRRP goes on")
}

// stuck is a kernel that takes its time.
type stuck struct {
	Balancer
	entered chan struct{}
	release chan struct{}
}

func (s stuck) SyncDaemons(want ...plane.Daemon) error {
	s.entered <- struct{}{}
	<-s.release
	return s.Balancer.SyncDaemons(want...)
}

func TestASlowKernelHoldsNobodyUp(t *testing.T) {
	k := ipvstest.New()
	s := stuck{entered: make(chan struct{}, 10), release: make(chan struct{})}
	r := startRig(t, syncs+owner, func(r *rig) {
		r.openBalancer = func() (Balancer, error) {
			s.Balancer = noted{mem.NewPlaneOn(k), r}
			return s, nil
		}
	})
	<-s.entered
	mark := r.await(0, "send vrid=51 prio=255", "arp 192.0.2.11 on eth0", "send vrid=51 prio=255", "send vrid=51 prio=255")
	for _, up := range []bool{false, true, false} {
		if err := r.host.SetCarrier(r.eth0.Index, up); err != nil {
			t.Fatal(err)
		}
		state := map[bool]string{false: "FAULT", true: "MASTER"}[up]
		mark = r.await(mark, "log (VI_1) Entering "+state+" STATE")
	}
	close(s.release)
	r.await(mark, "sync [backup lo 7]") // the last word only
	r.never(mark, "sync []")
	if n := len(s.entered); n > 1 {
		t.Errorf("%d more wishes were carried out, of which one counts", n)
	}
}

func TestTheEndDoesNotWaitForIPVS(t *testing.T) {
	s := stuck{entered: make(chan struct{}, 10), release: make(chan struct{})}
	r := startRig(t, syncs+owner, func(r *rig) {
		r.openBalancer = func() (Balancer, error) {
			s.Balancer = noted{mem.NewPlane(), r}
			return s, nil
		}
	})
	defer close(s.release)
	<-s.entered
	mark := r.await(0, "log (VI_1) Entering MASTER STATE", "arp 192.0.2.10 on eth0")
	r.end()
	r.await(mark, "del 192.0.2.10/32", "log IPVS: the kernel has not answered about its sync daemons; going on without")
}

func TestACourierThatCannotWaitSaysSo(t *testing.T) {
	q := &lineQueue{wake: func() {}}
	c, err := newCourier(func() (Balancer, error) { return &flaky{}, nil }, sayer{q})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.poller.Close(); err != nil {
		t.Fatal(err)
	}
	c.run()
	said := q.take()
	if len(said) != 1 || !strings.HasPrefix(said[0].text, "sync daemons are not seen to any more: poller: ") {
		t.Errorf("said %v", said)
	}
}

// flaky is a kernel that refuses until told otherwise.
type flaky struct {
	mu   sync.Mutex
	err  error
	asks int
}

func (f *flaky) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *flaky) SyncDaemons(...plane.Daemon) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asks++
	return f.err
}

func (f *flaky) Close() error { return nil }

func TestWhatFailedIsTriedAgain(t *testing.T) {
	f := &flaky{}
	q := &lineQueue{wake: func() {}}
	c, err := newCourier(func() (Balancer, error) { return f, nil }, sayer{q})
	if err != nil {
		t.Fatal(err)
	}
	defer c.poller.Close()
	plan := setup(t, syncs+owner).Sync
	now := time.Now()
	said := func(want ...string) {
		t.Helper()
		var got []string
		for _, l := range q.take() {
			got = append(got, l.text)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("said %q, want %q", got, want)
		}
	}
	refuse := func(start bool, errno error) { f.set(errors.Join(&plane.DaemonError{Start: start, Err: errno})) }
	c.want(plan.in(vrrp.Master))
	refuse(true, unix.EINVAL)
	c.pass(now)
	said("IPVS cmd IP_VS_SO_SET_STARTDAEMON(1163) error: Invalid operation.  Possibly wrong module version, address not unicast, ...(22)")
	c.pass(now.Add(retryMin - 1))
	if f.asks != 1 {
		t.Errorf("tried %d times before it was time", f.asks)
	}
	for range 12 {
		now = c.retry
		c.pass(now)
	}
	said() // the same again is not said again
	if wait := c.retry.Sub(now); f.asks != 13 || wait != retryMax {
		t.Errorf("%d attempts, the next in %s", f.asks, wait)
	}
	refuse(true, unix.ENODEV)
	now = c.retry
	c.pass(now)
	said("IPVS cmd IP_VS_SO_SET_STARTDAEMON(1163) error: No such device(19)")
	refuse(false, unix.EEXIST)
	c.want(plan.in(vrrp.Backup)) // which is tried at once
	c.pass(now)
	said("IPVS cmd IP_VS_SO_SET_STOPDAEMON(1164) error: Daemon has already run(17)")
	f.set(errors.New("the connection is broken"))
	c.pass(c.retry)
	said("IPVS: the connection is broken")
	f.set(nil)
	c.pass(c.retry)
	said()
	if !c.retry.IsZero() {
		t.Errorf("what succeeded is to be tried again at %v", c.retry)
	}
	asks := f.asks
	c.pass(now.Add(time.Hour))
	if f.asks != asks {
		t.Error("what succeeded was tried again")
	}
}
