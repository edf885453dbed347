package proc

import (
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// RTTime bounds how long the process's real-time threads may run without once sleeping (RLIMIT_RTTIME): after
// that the kernel sends SIGXCPU every second, and SIGKILL at the same limit again. 0 removes the limit.
func RTTime(limit time.Duration) error {
	want := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if limit > 0 {
		us := uint64(max(limit/time.Microsecond, 1))
		want = unix.Rlimit{Cur: us, Max: 2 * us}
	}
	return denied(fmt.Sprintf("RLIMIT_RTTIME %v", limit), "CAP_SYS_RESOURCE (to raise it)",
		unix.Prlimit(0, unix.RLIMIT_RTTIME, &want, nil))
}

// CoreDump sets whether a crash leaves a core file. Enabling it lifts RLIMIT_CORE as far as it goes and has
// the Go runtime end a panic by SIGABRT, without which there is no core of a Go program at all.
func CoreDump(enable bool) error {
	const op = "RLIMIT_CORE"
	var now unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_CORE, nil, &now); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if !enable {
		now.Cur = 0
		return denied(op, "CAP_SYS_RESOURCE", unix.Prlimit(0, unix.RLIMIT_CORE, &now, nil))
	}
	debug.SetTraceback("crash")
	all := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	err := unix.Prlimit(0, unix.RLIMIT_CORE, &all, nil)
	if err == nil {
		return nil
	}
	now.Cur = now.Max
	if e := unix.Prlimit(0, unix.RLIMIT_CORE, &now, nil); e != nil || now.Max == 0 {
		return denied(op, "CAP_SYS_RESOURCE, or a hard limit above zero", err)
	}
	return nil
}

// Umask sets the file mode creation mask of the process and returns the old one.
func Umask(mask int) (old int) { return unix.Umask(mask & 0o777) }
