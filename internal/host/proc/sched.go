package proc

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// RoundRobin gives the calling thread SCHED_RR with a priority of 1 (lowest) to 99. Children of the thread,
// threads and processes, start without it (RESET_ON_FORK): a script must not inherit it, and the Go
// runtime's other threads must not compete at the same priority.
//
// A *DeniedError is common in containers; running on with Slice or a low Nice is the usual answer.
func RoundRobin(priority int) error {
	op := fmt.Sprintf("SCHED_RR priority %d", priority)
	if priority < 1 || priority > 99 {
		return fmt.Errorf("%s: outside 1 to 99", op)
	}
	attr := unix.SchedAttr{Policy: unix.SCHED_RR, Priority: uint32(priority), Flags: unix.SCHED_FLAG_RESET_ON_FORK}
	return denied(op, fmt.Sprintf("CAP_SYS_NICE or RLIMIT_RTPRIO of at least %d, and, where the kernel has "+
		"RT_GROUP_SCHED, a cgroup with a real-time budget", priority), unix.SchedSetAttr(0, &attr, 0))
}

// NormalScheduling puts the calling thread back to SCHED_OTHER, nice 0, the kernel's default slice.
func NormalScheduling() error {
	return denied("SCHED_OTHER", "CAP_SYS_NICE or RLIMIT_NICE", unix.SchedSetAttr(0, &unix.SchedAttr{}, 0))
}

// Nice sets the calling thread's nice value, -20 (most urgent) to 19. Linux has one per thread: called
// before other threads exist it holds for the process.
func Nice(n int) error {
	op := fmt.Sprintf("nice %d", n)
	if n < -20 || n > 19 {
		return fmt.Errorf("%s: outside -20 to 19", op)
	}
	return denied(op, fmt.Sprintf("CAP_SYS_NICE or RLIMIT_NICE of at least %d", 20-n), unix.Setpriority(unix.PRIO_PROCESS, 0, n))
}

// Slice asks for a short time slice (0.1 to 100 ms; the kernel clamps) for the calling thread under
// SCHED_OTHER. Under EEVDF a thread with a short slice gets an earlier deadline: it runs sooner after it
// wakes, and takes no larger share of the processor. No privilege is needed. An *UnsupportedError comes
// from kernels before 6.12, and an error from a thread that has a real-time policy.
func Slice(d time.Duration) error {
	op := fmt.Sprintf("slice of %v", d)
	now, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		return fmt.Errorf("%s: sched_getattr: %w", op, err)
	}
	if now.Policy != unix.SCHED_NORMAL && now.Policy != unix.SCHED_BATCH {
		return fmt.Errorf("%s: scheduling policy %d has no such slice", op, now.Policy)
	}
	want := unix.SchedAttr{Policy: now.Policy, Nice: now.Nice, Flags: now.Flags & unix.SCHED_FLAG_RESET_ON_FORK, Runtime: uint64(d)}
	if err := unix.SchedSetAttr(0, &want, 0); err != nil {
		return denied(op, "CAP_SYS_NICE", err)
	}
	// Older kernels ignore the field; only reading it back tells.
	is, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		return fmt.Errorf("%s: sched_getattr: %w", op, err)
	}
	clamped := min(max(d, 100*time.Microsecond), 100*time.Millisecond)
	if is.Runtime != uint64(clamped) {
		return &UnsupportedError{Name: "a scheduler slice for one thread", Kernel: "6.12"}
	}
	return nil
}

// Affinity binds the calling thread to the given processors.
func Affinity(cpus ...int) error {
	op := fmt.Sprintf("cpu affinity %v", cpus)
	var set unix.CPUSet
	for _, c := range cpus {
		if c < 0 || c >= len(set)*64 {
			return fmt.Errorf("%s: no processor %d", op, c)
		}
		set.Set(c)
	}
	err := unix.SchedSetaffinity(0, &set)
	if errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("%s: none of these processors is online and allowed (cpuset): %w", op, err)
	}
	return denied(op, "CAP_SYS_NICE", err)
}

// LockMemory keeps the process's pages from being swapped out, those it has and those it will touch. Pages
// are locked as they are first used (MCL_ONFAULT): to lock the reservations of the Go runtime at once would
// make a process of 7 MB one of 115 MB.
//
// The kernel counts the reservations, some gigabytes, against RLIMIT_MEMLOCK all the same.
func LockMemory() error {
	const op = "mlockall"
	const need = "CAP_IPC_LOCK, or an unlimited RLIMIT_MEMLOCK"
	err := unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
	switch {
	case errors.Is(err, unix.EINVAL):
		return &UnsupportedError{Name: "mlockall with MCL_ONFAULT", Kernel: "4.4"}
	case errors.Is(err, unix.ENOMEM):
		return &DeniedError{Op: op, Need: need, Err: err}
	}
	return denied(op, need, err)
}
