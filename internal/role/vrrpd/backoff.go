package vrrpd

import "time"

// backoff limits how often a router's addresses are put back: at once the first time, then at doubling intervals up to
// repairMax while somebody keeps removing them, and at once again after a quiet spell.
type backoff struct {
	last  time.Time
	pause time.Duration
	again time.Time // when to look again; zero: not put off
}

const (
	repairMin  = 50 * time.Millisecond
	repairMax  = 5 * time.Second
	repairCalm = 30 * time.Second
)

// allow reports whether a repair may be made now; if not, due will say when.
func (b *backoff) allow(now time.Time) bool {
	if b.last.IsZero() || now.Sub(b.last) >= repairCalm {
		b.pause = repairMin
	} else if next := b.last.Add(b.pause); now.Before(next) {
		b.again = next
		return false
	} else {
		b.pause = min(2*b.pause, repairMax)
	}
	b.last, b.again = now, time.Time{}
	return true
}

// due reports whether a repair that was put off may be made now, and takes note of it.
func (b *backoff) due(now time.Time) bool {
	if b.again.IsZero() || now.Before(b.again) {
		return false
	}
	b.again = time.Time{}
	return true
}
