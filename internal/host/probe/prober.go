package probe

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
)

// Options are what a Prober is made with. The zero value is a good one.
type Options struct {
	Credentials *Credentials // what SSL_GET shows of itself; nil: nothing
	Workers     int          // goroutines for TLS and for heavy talks, at most; 0: 256

	// Longest bounds a whole attempt: a server that always says a little more before the timeout does not go on for ever.
	// 0: ten timeouts, and a minute at least.
	Longest time.Duration

	// Slack is how late deadlines and, while many attempts are under way, answers may be noticed: what lies close together is one
	// wake-up. 0: 5 ms; less than 0: none.
	Slack time.Duration
}

const (
	defaultWorkers = 256
	defaultSlack   = 5 * time.Millisecond
	eventsPerWait  = 256
	readSize       = 64 << 10
)

// Prober carries conversations. All methods but Wake belong to one goroutine, its owner.
type Prober struct {
	opts         Options
	epoll, event int
	pending      atomic.Bool  // a wake-up is written and not yet seen
	life         sync.RWMutex // held for reading while the event is rung, for writing when it is closed
	closed       bool         // guarded by life

	base time.Time // what deadlines count from
	now  int64     // ns since base; as of the last Wait or Start

	byID    map[ID]*attempt
	slots   []*attempt // by number; what an epoll event names
	free    []*attempt
	heap    deadlines
	again   []*attempt // have more to read than one turn is given
	spare   []*attempt // memory for again
	coarse  bool       // the kernel has no epoll_pwait2
	full    int        // how often in a row there were more events than room
	bulk    bool       // somebody sends much: do not linger
	done    []Result   // for the next Wait
	chance  *rand.ChaCha8
	crew    crew
	events  [eventsPerWait]unix.EpollEvent
	buffer  [readSize]byte
	address sockaddrs
	raw     rawAddr
}

// wakeToken is the event of Wake; slots count from 0.
const wakeToken = ^uint64(0)

// New returns a Prober that carries nothing yet.
func New(opts Options) (*Prober, error) {
	if opts.Workers <= 0 {
		opts.Workers = defaultWorkers
	}
	if opts.Slack == 0 {
		opts.Slack = defaultSlack
	}
	p := &Prober{opts: opts, epoll: -1, event: -1, base: time.Now(), byID: map[ID]*attempt{}}
	var err error
	if p.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("probe: epoll_create: %w", err)
	}
	if p.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		_ = unix.Close(p.epoll)
		return nil, fmt.Errorf("probe: eventfd: %w", err)
	}
	// Edge triggered: every write is one event, and none has to be read away.
	if err := p.watch(p.event, unix.EPOLLIN|unix.EPOLLET, wakeToken); err != nil {
		_, _ = unix.Close(p.epoll), unix.Close(p.event)
		return nil, fmt.Errorf("probe: epoll_ctl: %w", err)
	}
	p.chance = rand.NewChaCha8(seed())
	p.crew.init(p)
	return p, nil
}

// Show changes what attempts that begin from now on show of themselves to servers; nil: nothing.
func (p *Prober) Show(c *Credentials) {
	p.opts.Credentials = c
	p.crew.tls = newSessions(c)
}

// Start begins an attempt at the time now, from which its time counts. The Result comes from a later Wait, also if the
// attempt fails at once. The call must not change until then, and its Talk belongs to the attempt.
// An attempt of the same ID that is under way is cancelled.
func (p *Prober) Start(id ID, call *talk.Call, now time.Time) {
	if p.byID[id] != nil {
		p.Cancel(id)
	}
	p.now = int64(now.Sub(p.base))
	a := p.newAttempt(id, call)
	if call.TLS != nil || call.Heavy {
		p.crew.start(a)
		return
	}
	p.begin(a)
}

// Cancel ends an attempt without a result, and reports whether it was under way. No result of it comes any more.
func (p *Prober) Cancel(id ID) bool {
	a := p.byID[id]
	if a == nil {
		for i := range p.done {
			if p.done[i].ID == id {
				p.done = append(p.done[:i], p.done[i+1:]...)
				return true
			}
		}
		return false
	}
	p.crew.cancel(a)
	p.release(a)
	return true
}

// Under reports how many attempts are under way.
func (p *Prober) Under() int { return len(p.byID) }

// Wait carries the conversations on until there is a result, somebody called Wake, or, if armed, the deadline has
// come. It appends the results to results (pass results[:0] to reuse it) and returns them with the time at which it
// returns; woken reports a Wake. Any combination may be reported at once. A deadline in the past polls without sleeping.
// An error means that the Prober is closed or corrupted, and nothing else.
func (p *Prober) Wait(deadline time.Time, armed bool, results []Result) (_ []Result, now time.Time, woken bool, err error) {
	until := int64(-1)
	if armed {
		until = max(int64(deadline.Sub(p.base)), 0)
	}
	for {
		n, err := p.sleep(until)
		p.now = int64(time.Since(p.base))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return results, p.time(), woken, fmt.Errorf("probe: epoll_wait: %w", err)
		}
		for i := range n {
			ev := &p.events[i]
			if token := uint64(uint32(ev.Fd)) | uint64(uint32(ev.Pad))<<32; token != wakeToken {
				p.ready(token, ev.Events)
			} else if p.pending.Swap(false) { // else a goroutine of the crew has rung
				woken = true
			}
		}
		p.goOn()
		// What has been heard counts before the clock does, but a flood does not stop the clock.
		if p.full++; n < eventsPerWait || p.full > 16 {
			p.full = 0
			p.expire()
		}
		p.crew.collect()
		if len(p.done) > 0 || woken || armed && p.now >= until {
			results = append(results, p.done...)
			p.done = p.done[:0]
			return results, p.time(), woken, nil
		}
	}
}

func (p *Prober) time() time.Time { return p.base.Add(time.Duration(p.now)) }

// Wake makes the present or the next Wait return with woken. Any goroutine may call it at any time; several calls before
// a Wait count as one. It never blocks.
func (p *Prober) Wake() {
	if !p.pending.Swap(true) {
		p.ring()
	}
}

// ring makes epoll_wait return.
func (p *Prober) ring() {
	if !p.life.TryRLock() { // Close is at it
		return
	}
	defer p.life.RUnlock()
	if p.closed {
		return
	}
	for {
		if _, err := unix.Write(p.event, one[:]); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// Close ends all attempts without a result and releases what the Prober holds. Not while Wait runs.
func (p *Prober) Close() error {
	for id := range p.byID {
		p.Cancel(id)
	}
	p.crew.wait()
	p.life.Lock()
	defer p.life.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	return errors.Join(unix.Close(p.epoll), unix.Close(p.event))
}
