package post

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"holdfast/internal/core/mail"
)

// Bounds of what waits.
const (
	// QueueMax is how many letters may wait. The oldest goes when another one comes.
	QueueMax = 1000
	// Lifetime is how long a letter is worth to be tried.
	Lifetime = 24 * time.Hour

	retryMin = time.Second
	retryMax = 5 * time.Minute
)

// backoff doubles a pause.
func backoff(pause time.Duration) time.Duration { return min(max(2*pause, retryMin), retryMax) }

// Office is a queue of letters and who takes them to the server. Send never waits. Its goroutine begins with the first letter.
type Office struct {
	log  *slog.Logger
	step slog.Level

	mu       sync.Mutex
	settings *mail.Settings // nil: there is no mail
	changed  bool           // the settings, since the carrier looked
	queue    []*parcel
	lost     int // letters that had to go for others and that nobody was told of
	closed   bool
	started  bool

	wake chan struct{}
	done chan struct{} // closed when the carrier is through
	ctx  context.Context
	stop context.CancelFunc
}

// parcel is a letter and who has not got it yet. But for the letter it is the carrier's.
type parcel struct {
	mail.Letter
	to    []string // nil: all
	after time.Time
	pause time.Duration
}

// New returns an office that is closed until Configure opens it. step is the level of lines about what goes well.
func New(log *slog.Logger, step slog.Level) *Office {
	ctx, stop := context.WithCancel(context.Background())
	return &Office{log: log, step: step, wake: make(chan struct{}, 1), done: make(chan struct{}), ctx: ctx, stop: stop}
}

// Configure says how letters are sent from now on, those that wait too; nil: not at all.
func (o *Office) Configure(s *mail.Settings) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settings, o.changed = s, true
	if s == nil {
		o.queue = nil
	}
	o.nudge()
}

// Send takes a letter. It never waits.
func (o *Office) Send(l mail.Letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.settings == nil || o.closed {
		return
	}
	if len(o.queue) >= QueueMax {
		o.queue = slices.Delete(o.queue, 0, 1)
		o.lost++
	}
	o.queue = append(o.queue, &parcel{Letter: l.Cut()})
	if !o.started {
		o.started = true
		go (&carrier{Office: o}).run()
	}
	o.nudge()
}

// Close has a last try at what waits, for so long at most.
func (o *Office) Close(patience time.Duration) {
	o.mu.Lock()
	o.closed = true
	started := o.started
	o.nudge()
	o.mu.Unlock()
	if started {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-o.done:
		case <-timer.C:
			o.stop() // which ends a conversation at once
			<-o.done
		}
	}
	o.stop()
}

func (o *Office) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Waiting is how many letters wait.
func (o *Office) Waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue)
}

// first returns the first letter that is to be tried by now, or else when one is; zero: none waits.
func (o *Office) first(now time.Time) (*parcel, time.Time) {
	var next time.Time
	for _, p := range o.queue {
		if !p.after.After(now) {
			return p, time.Time{}
		}
		if next.IsZero() || p.after.Before(next) {
			next = p.after
		}
	}
	return nil, next
}

// remove takes a letter out, if it is still there.
func (o *Office) remove(p *parcel) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if i := slices.Index(o.queue, p); i >= 0 {
		o.queue = slices.Delete(o.queue, i, i+1)
	}
}
