package script

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRunAsAnotherUser(t *testing.T) {
	needRoot(t)
	r := newRunner(t)
	for _, c := range []Cred{
		{UID: nobody, GID: nobody, Groups: []uint32{nobody}},
		{UID: nobody, GID: users, Groups: []uint32{users, 12, 34}},
	} {
		res := sh(t, r, "id -u; id -g; id -G", func(j *Job) { j.User = &c })
		var gs []string
		for _, g := range c.Groups {
			gs = append(gs, fmt.Sprint(g))
		}
		if want := fmt.Sprintf("%d\n%d\n%s\n", c.UID, c.GID, strings.Join(gs, " ")); res.LastWords != want {
			t.Errorf("got %q, want %q", res.LastWords, want)
		}
	}
	dead := Cred{UID: nobody, GID: nobody}
	res := sh(t, r, "cat /proc/$$/status | grep -c '^Uid:.65534.65534.65534.65534$'", func(j *Job) { j.User = &dead })
	if res.LastWords != "1\n" {
		t.Errorf("some user id is still ours: %+v", res)
	}
}

// Whatever the daemon's threads have been given, a script runs in the ordinary class.
func TestSchedulingIsReset(t *testing.T) {
	needRoot(t)
	var cpus unix.CPUSet
	if err := unix.SchedGetaffinity(0, &cpus); err != nil {
		t.Fatal(err)
	}
	r := newRunner(t)
	const see = `cut -d' ' -f19,40,41 /proc/$$/stat; grep Cpus_allowed: /proc/$$/status`
	before := sh(t, r, see).LastWords
	if !strings.HasPrefix(before, "0 0 0\n") {
		t.Fatalf("nice, real-time priority, class before: %q", before)
	}
	var one unix.CPUSet
	for i := range 1024 {
		if cpus.IsSet(i) {
			one.Set(i)
			break
		}
	}
	eachThread(t, func(tid int) {
		set := func(a *unix.SchedAttr) {
			a.Size = unix.SizeofSchedAttr
			if err := unix.SchedSetAttr(tid, a, 0); err != nil {
				t.Errorf("thread %d: %v", tid, err)
			}
		}
		set(&unix.SchedAttr{Policy: unix.SCHED_RR, Priority: 1})
		t.Cleanup(func() {
			_ = unix.SchedSetAttr(tid, &unix.SchedAttr{Size: unix.SizeofSchedAttr}, 0)
			_ = unix.SchedSetaffinity(tid, &cpus)
		})
		_ = unix.SchedSetaffinity(tid, &one)
	})
	if after := sh(t, r, see).LastWords; after != before {
		t.Errorf("real-time: got %q, want %q", after, before)
	}
	eachThread(t, func(tid int) {
		if err := unix.SchedSetAttr(tid, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Nice: -7}, 0); err != nil {
			t.Errorf("thread %d: %v", tid, err)
		}
	})
	if after := sh(t, r, see).LastWords; after != before {
		t.Errorf("nice: got %q, want %q", after, before)
	}
}

func eachThread(t *testing.T, do func(tid int)) {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range tasks {
		tid, err := strconv.Atoi(d.Name())
		if err != nil {
			t.Fatal(err)
		}
		do(tid)
	}
}
