package proc

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestSchedulingWithoutPrivilege(t *testing.T) {
	var rtprio, nice unix.Rlimit
	unix.Prlimit(0, unix.RLIMIT_RTPRIO, nil, &rtprio)
	unix.Prlimit(0, unix.RLIMIT_NICE, nil, &nice)
	for name, c := range map[string]struct {
		limit uint64
		f     func() error
	}{
		"SCHED_RR priority 50": {rtprio.Cur, func() error { return RoundRobin(50) }},
		"nice -5":              {nice.Cur, func() error { return Nice(-5) }},
	} {
		if c.limit != 0 {
			t.Logf("%s: a resource limit allows it here", name)
			continue
		}
		err := onThread(func() error {
			if err := dropCap(SysNice); err != nil {
				return err
			}
			return c.f()
		})
		var denied *DeniedError
		if !errors.As(err, &denied) || denied.Op != name || !errors.Is(err, os.ErrPermission) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchedulingRefuses(t *testing.T) {
	for name, f := range map[string]func() error{
		"rr 0":     func() error { return RoundRobin(0) },
		"rr 100":   func() error { return RoundRobin(100) },
		"nice 20":  func() error { return Nice(20) },
		"nice -21": func() error { return Nice(-21) },
		"cpu -1":   func() error { return Affinity(-1) },
		"cpu 9999": func() error { return Affinity(9999) },
		"cpu 1000": func() error { return Affinity(1000) },
		"no cpu":   func() error { return Affinity() },
	} {
		if err := onThread(f); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestNiceIsTheThreads(t *testing.T) {
	if err := onThread(func() error {
		if err := Nice(7); err != nil {
			return err
		}
		attr, err := unix.SchedGetAttr(0, 0)
		if err == nil && attr.Nice != 7 {
			err = fmt.Errorf("nice %d", attr.Nice)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if attr, err := unix.SchedGetAttr(os.Getpid(), 0); err != nil || attr.Nice == 7 {
		t.Errorf("the first thread: %+v %v", attr, err)
	}
}

func TestSlice(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{
		300 * time.Microsecond: 300 * time.Microsecond,
		time.Nanosecond:        100 * time.Microsecond,
		time.Second:            100 * time.Millisecond,
	} {
		err := onThread(func() error {
			if err := Slice(asked); err != nil {
				return err
			}
			attr, err := unix.SchedGetAttr(0, 0)
			if err == nil && attr.Runtime != uint64(want) {
				err = fmt.Errorf("slice %d ns, want %v", attr.Runtime, want)
			}
			return err
		})
		if errors.Is(err, errors.ErrUnsupported) {
			var u *UnsupportedError
			if !errors.As(err, &u) || u.Kernel != "6.12" {
				t.Error(err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", asked, err)
		}
	}
}

func TestAffinity(t *testing.T) {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		t.Fatal(err)
	}
	last := -1
	for c := range len(all) * 64 {
		if all.IsSet(c) {
			last = c
		}
	}
	if err := onThread(func() error {
		if err := Affinity(last); err != nil {
			return err
		}
		var now unix.CPUSet
		if err := unix.SchedGetaffinity(0, &now); err != nil {
			return err
		}
		if now.Count() != 1 || !now.IsSet(last) {
			return fmt.Errorf("affinity is %v", now)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestMissing(t *testing.T) {
	var have Caps
	var missing []Cap
	if err := onThread(func() (err error) {
		for _, c := range []Cap{NetRaw, SysNice} {
			if err := dropCap(c); err != nil {
				return err
			}
		}
		if have, err = Effective(); err != nil {
			return err
		}
		missing, err = Missing(NetRaw, SysNice)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if have.Has(NetRaw) || have.Has(SysNice) || !slices.Equal(missing, []Cap{NetRaw, SysNice}) {
		t.Errorf("have %b, missing %v", have, missing)
	}
	if fmt.Sprint(missing) != "[CAP_NET_RAW CAP_SYS_NICE]" || Cap(63).String() != "capability 63" || Caps(1).Has(200) {
		t.Error(missing, Cap(63))
	}
}
