package probe

import (
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// one is what is added to the eventfd. Nobody reads the counter back; it is full after half a million years at a million
// a second.
var one = [8]byte(binary.NativeEndian.AppendUint64(nil, 1))

func seed() (b [32]byte) {
	_, _ = crand.Read(b[:]) // never fails
	return b
}

// watch adds fd to the epoll set.
func (p *Prober) watch(fd int, events uint32, token uint64) error {
	ev := unix.EpollEvent{Events: events, Fd: int32(uint32(token)), Pad: int32(uint32(token >> 32))}
	return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &ev)
}

// sleep waits for events until the next deadline, the owner's or an attempt's, and gives their number. The clock is read
// afterwards only.
func (p *Prober) sleep(until int64) (int, error) {
	if len(p.heap) > 0 && (until < 0 || p.heap[0].deadline < until) {
		until = p.heap[0].deadline
	}
	switch {
	case len(p.done) > 0 || len(p.again) > 0 || until >= 0 && until <= p.now:
		return unix.EpollWait(p.epoll, p.events[:], 0)
	case len(p.byID) >= many && !p.bulk:
		p.linger(until)
	}
	p.bulk = false
	if until < 0 {
		return unix.EpollWait(p.epoll, p.events[:], -1)
	}
	// The time since p.now is the owner's work: it may make this turn as late.
	return p.sleepFor(max(p.late(until)-p.now, 0))
}

// many attempts under way let their answers gather.
const many = 2

// linger lets the slack go by since the last wake-up, unless a deadline comes first.
func (p *Prober) linger(until int64) {
	rest := int64(p.opts.Slack)
	if until >= 0 {
		rest = min(rest, p.late(until)-p.now)
	}
	if rest <= 0 {
		return
	}
	ts := unix.NsecToTimespec(rest)
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil) // interrupted early is as well
	p.now += rest
}

// late gives the next time from at on that is a multiple of the slack.
func (p *Prober) late(at int64) int64 {
	slack := int64(max(p.opts.Slack, 1))
	return (at + slack - 1) / slack * slack
}

// sleepFor waits ns at most, to the nanosecond where the kernel can (Linux 5.11) and a sandbox lets it, else to the next
// millisecond.
func (p *Prober) sleepFor(ns int64) (int, error) {
	if ns > 0 && !p.coarse {
		ts := unix.NsecToTimespec(ns)
		n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.epoll), uintptr(unsafe.Pointer(&p.events[0])),
			eventsPerWait, uintptr(unsafe.Pointer(&ts)), 0, 0)
		if errno == 0 {
			return int(n), nil
		}
		if !errors.Is(errno, unix.ENOSYS) && !errors.Is(errno, unix.EPERM) {
			return 0, errno
		}
		p.coarse = true
	}
	ms := (ns + int64(time.Millisecond) - 1) / int64(time.Millisecond)
	return unix.EpollWait(p.epoll, p.events[:], int(min(ms, 1<<30)))
}
