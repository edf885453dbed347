package proc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Tokens from reservedTokens up belong to the Poller itself.
const (
	reservedTokens = ^uint64(0) - 1
	timerToken     = ^uint64(0) - 1
	wakeToken      = ^uint64(0)
)

// eventsPerWait bounds what one Wait returns; the kernel rotates its ready list, so nobody starves.
const eventsPerWait = 64

// Poller waits for file descriptors, for one deadline and for other goroutines, all in one system call.
//
// It is made for a loop that owns its thread: the Go network poller is not involved, so a wake-up costs no
// hand-over between goroutines, and time.Timer is not either, which fires half a millisecond late by
// nature. Only Wake may be called by others than the owner.
type Poller struct {
	epoll, timer, event int

	base     time.Time // base and baseMono are the same instant: Go's clock and the kernel's
	baseMono int64     // ns, CLOCK_MONOTONIC
	set      int64     // expiry programmed into the timer, ns CLOCK_MONOTONIC; 0 = none

	pending atomic.Bool  // a wake-up is written and not yet seen
	life    sync.RWMutex // held for reading while a wake-up is written, for writing when the Poller is closed
	closed  bool         // guarded by life

	events [eventsPerWait]unix.EpollEvent
}

// NewPoller returns a Poller that watches nothing yet.
func NewPoller() (*Poller, error) {
	p := &Poller{epoll: -1, timer: -1, event: -1}
	if err := p.open(); err != nil {
		p.closeFDs()
		return nil, err
	}
	p.base, p.baseMono = clockBase()
	return p, nil
}

func (p *Poller) open() (err error) {
	if p.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("poller: epoll_create: %w", err)
	}
	if p.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		return fmt.Errorf("poller: timerfd_create: %w", err)
	}
	if p.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return fmt.Errorf("poller: eventfd: %w", err)
	}
	// Edge triggered: every expiry and every write is one event, and neither has to be read away.
	if err = p.control(unix.EPOLL_CTL_ADD, p.timer, unix.EPOLLIN|unix.EPOLLET, timerToken); err != nil {
		return err
	}
	return p.control(unix.EPOLL_CTL_ADD, p.event, unix.EPOLLIN|unix.EPOLLET, wakeToken)
}

// clockBase reads both clocks at one instant. The kernel's is read last, and the tightest of a few pairs is
// taken: a timer computed from it may be some hundred nanoseconds late and is never early.
func clockBase() (base time.Time, mono int64) {
	best := time.Duration(1<<63 - 1)
	for range 16 {
		var ts unix.Timespec
		before := time.Now()
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
			panic("proc: clock_gettime(CLOCK_MONOTONIC): " + err.Error()) // cannot fail on Linux
		}
		if took := time.Since(before); took < best {
			best, base, mono = took, before, ts.Nano()
		}
	}
	return base, mono
}

// Add watches fd for reading; Wait reports token while there is something to read (level triggered), and
// also when the descriptor has an error or its other end is gone. The two highest tokens are taken.
func (p *Poller) Add(fd int, token uint64) error {
	if token >= reservedTokens {
		return fmt.Errorf("poller: add fd %d: token %#x is reserved", fd, token)
	}
	return p.control(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN, token)
}

// Remove stops watching fd. Do it before closing fd.
func (p *Poller) Remove(fd int) error { return p.control(unix.EPOLL_CTL_DEL, fd, 0, 0) }

func (p *Poller) control(op, fd int, events uint32, token uint64) error {
	ev := unix.EpollEvent{Events: events, Fd: int32(uint32(token)), Pad: int32(uint32(token >> 32))}
	if err := unix.EpollCtl(p.epoll, op, fd, &ev); err != nil {
		return fmt.Errorf("poller: epoll_ctl: fd %d: %w", fd, err)
	}
	return nil
}

// one is what Wake adds to the eventfd's 64-bit counter. Nobody reads the counter back: at a million
// wake-ups a second it is full, and Wake without effect, after half a million years.
var one = binary.NativeEndian.AppendUint64(nil, 1)

// Wake makes the present or the next Wait return with woken. Any goroutine may call it at any time; several
// calls before a Wait count as one. It never blocks.
func (p *Poller) Wake() {
	if !p.life.TryRLock() { // Close is at it
		return
	}
	defer p.life.RUnlock()
	if p.closed || p.pending.Swap(true) {
		return
	}
	for {
		if _, err := unix.Write(p.event, one); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// Wait sleeps until a watched descriptor is readable, somebody called Wake, or, if armed, the deadline has
// come. It appends the tokens of readable descriptors to ready (pass ready[:0] to reuse it) and returns it;
// any combination of the three may be reported at once, at most 64 descriptors a call. expired tells the
// truth about the clock: it is set whenever the deadline has passed at return, whatever else happened.
// A deadline in the past polls without sleeping.
//
// A deadline should carry a monotonic reading, as those of Clock.Now and arithmetic on them do; one without
// is taken by the wall clock as it is now. Wait allocates nothing if ready has room. It returns an error
// only if the Poller is closed or was corrupted.
func (p *Poller) Wait(deadline time.Time, armed bool, ready []uint64) (_ []uint64, woken, expired bool, err error) {
	var at int64
	if armed {
		at = max(p.baseMono+int64(deadline.Sub(p.base)), 1) // zero would disarm
	}
	for {
		if err := p.program(at); err != nil {
			return ready, false, false, err
		}
		n, err := unix.EpollWait(p.epoll, p.events[:], -1)
		if errors.Is(err, unix.EINTR) { // the runtime's own preemption signal, mostly
			continue
		}
		if err != nil {
			return ready, false, false, fmt.Errorf("poller: epoll_wait: %w", err)
		}
		before := len(ready)
		for i := range n {
			switch token := tokenOf(&p.events[i]); token {
			case timerToken:
				p.set = 0
			case wakeToken:
				p.pending.Store(false)
				woken = true
			default:
				ready = append(ready, token)
			}
		}
		expired = armed && p.baseMono+int64(time.Since(p.base)) >= at
		if woken || expired || len(ready) > before {
			return ready, woken, expired, nil
		}
	}
}

// program makes the timer fire at the CLOCK_MONOTONIC time at (ns), or not at all if it is 0.
func (p *Poller) program(at int64) error {
	if at == p.set {
		return nil
	}
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(at)}
	if err := unix.TimerfdSettime(p.timer, unix.TFD_TIMER_ABSTIME, &spec, nil); err != nil {
		return fmt.Errorf("poller: timerfd_settime: %w", err)
	}
	p.set = at
	return nil
}

func tokenOf(ev *unix.EpollEvent) uint64 {
	return uint64(uint32(ev.Fd)) | uint64(uint32(ev.Pad))<<32
}

// Close releases the Poller's own descriptors; the watched ones stay open. Call it from the loop's owner,
// never while Wait runs. A Wake that comes too late does nothing.
func (p *Poller) Close() error {
	p.life.Lock()
	defer p.life.Unlock()
	if !p.closed {
		p.closed = true
		p.closeFDs()
	}
	return nil
}

func (p *Poller) closeFDs() {
	for _, fd := range []int{p.epoll, p.timer, p.event} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
	p.epoll, p.timer, p.event = -1, -1, -1
}
