package logs

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// An entry is one record on its way to one sink.
type entry struct {
	at    time.Time
	level slog.Level
	text  string
	lost  uint64 // records that this sink lost between the previous entry and this one

	fixed  string      // journal fields made by Logger.With, encoded
	prefix string      // group names that go before the names of attrs
	attrs  []slog.Attr // only when a sink shows them; their values are frozen
}

// A form appends e as one sink writes it.
type form func(buf []byte, e *entry) []byte

// What an outlet answers besides nil. Any other error means that this record cannot be written.
var (
	errBusy = errors.New("the reader does not read") // the wait is over, try again
	errGone = errors.New("the reader is not there")  // try again, but not soon
)

// An outlet writes finished lines somewhere. One goroutine uses it. write may block for at most
// about patience, so that the lane hears when it is told to give up.
type outlet interface {
	write(line []byte) error
	flush() error // called when nothing is queued
	close() error
}

const (
	patience   = 200 * time.Millisecond
	firstRetry = 50 * time.Millisecond
	lastRetry  = 5 * time.Second
	afterlife  = 2 * patience // how long an abandoned lane may take to notice
)

// A lane is one sink: a bounded queue and the goroutine that empties it.
type lane struct {
	name string
	out  outlet
	form form
	in   chan entry

	full   atomic.Bool
	lost   atomic.Uint64 // in total
	unsaid atomic.Uint64 // of those, lost by a full queue and not yet put on an entry

	stop  chan struct{} // closed: write what is queued and end
	abort chan struct{} // closed: end now
	done  chan struct{} // closed by run

	// What only the goroutine of run touches.
	owed  uint64 // losses to tell the reader of before the next line
	buf   []byte
	retry time.Duration
}

func newLane(name string, out outlet, form form, queue int) *lane {
	return &lane{
		name: name, out: out, form: form,
		in:   make(chan entry, queue),
		stop: make(chan struct{}), abort: make(chan struct{}), done: make(chan struct{}),
		retry: firstRetry,
	}
}

// offer queues e or counts it as lost. Once the queue was full it takes nothing until half of it has
// gone, so that losses come in runs and are told in one line each.
func (l *lane) offer(e entry) {
	if l.full.Load() {
		if len(l.in) > cap(l.in)/2 {
			l.lose(1)
			return
		}
		l.full.Store(false)
	}
	e.lost = l.unsaid.Swap(0)
	select {
	case l.in <- e:
	default:
		l.full.Store(true)
		l.unsaid.Add(e.lost)
		l.lose(1)
	}
}

func (l *lane) lose(n uint64) {
	l.lost.Add(n)
	l.unsaid.Add(n)
}

// run empties the queue until it is told to stop.
func (l *lane) run() {
	defer close(l.done)
	defer func() { _ = l.out.close() }()
	for {
		if l.aborted() {
			l.discard()
			return
		}
		select {
		case e := <-l.in:
			l.deliver(&e)
			continue
		default:
		}
		l.idle()
		select {
		case e := <-l.in:
			l.deliver(&e)
		case <-l.stop:
			if len(l.in) == 0 {
				l.idle()
				return
			}
		}
	}
}

// idle tells of losses that no later record told of, and lets the outlet flush.
func (l *lane) idle() {
	l.owed += l.unsaid.Swap(0)
	l.confess()
	if err := l.out.flush(); err != nil {
		l.miss()
	}
}

func (l *lane) deliver(e *entry) {
	l.owed += e.lost
	l.confess()
	if !l.put(e) {
		l.miss()
	}
}

// miss counts a record that left the queue and could not be written.
func (l *lane) miss() {
	l.lost.Add(1)
	l.owed++
}

// confess writes the line that tells of losses. If it does not get through either, they stay owed.
func (l *lane) confess() {
	if l.owed == 0 {
		return
	}
	text := fmt.Sprintf("%d messages were lost because %s did not accept them", l.owed, l.name)
	if l.owed == 1 {
		text = fmt.Sprintf("1 message was lost because %s did not accept it", l.name)
	}
	if l.put(&entry{at: time.Now(), level: slog.LevelWarn, text: text}) {
		l.owed = 0
	}
}

// put writes e, waiting for a slow or absent reader until told to give up. It reports success.
func (l *lane) put(e *entry) bool {
	l.buf = l.form(l.buf[:0], e)
	for {
		err := l.out.write(l.buf)
		switch {
		case err == nil:
			l.retry = firstRetry
			return true
		case errors.Is(err, errBusy):
			if l.aborted() {
				return false
			}
		case errors.Is(err, errGone):
			if !l.pause() {
				return false
			}
		default:
			return false
		}
	}
}

func (l *lane) aborted() bool {
	select {
	case <-l.abort:
		return true
	default:
		return false
	}
}

// pause waits before the next try to reach a reader that is not there. It reports false when the lane
// is stopping: nobody waits for a syslogd that may never come.
func (l *lane) pause() bool {
	t := time.NewTimer(l.retry)
	defer t.Stop()
	l.retry = min(2*l.retry, lastRetry)
	select {
	case <-t.C:
		return true
	case <-l.stop:
		return false
	}
}

// discard counts what is still queued as lost.
func (l *lane) discard() {
	for {
		select {
		case <-l.in:
			l.lost.Add(1)
		default:
			return
		}
	}
}

// abandon waits for a lane that was told to give up and returns an error if it lost records since its
// count was before. A goroutine that hangs in the kernel (a frozen disk) is left behind.
func (l *lane) abandon(before uint64) error {
	t := time.NewTimer(afterlife)
	defer t.Stop()
	select {
	case <-l.done:
	case <-t.C:
		l.discard()
	}
	if n := l.lost.Load() - before; n > 0 {
		return fmt.Errorf("logs: close: %s: %d messages lost", l.name, n)
	}
	return nil
}
