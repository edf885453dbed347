package super

import "time"

// maxDelay is the longest wait before a respawn, and how long a life must last for the next death to
// count as the first.
const maxDelay = 60 * time.Second

// backoff says how long to wait before a child that died is started again.
// compat: 0, 1, 2, 4, … 32, 60, 60 seconds; at once after more than a minute of life.
type backoff struct {
	last    time.Duration
	waiting bool // a series has begun
}

// next returns the wait after a life of the given length, and whether it belongs to a series.
func (b *backoff) next(lived time.Duration) (wait time.Duration, limited bool) {
	switch {
	case lived > maxDelay:
		*b = backoff{}
		return 0, false
	case !b.waiting:
		*b = backoff{waiting: true}
	case b.last == 0:
		b.last = time.Second
	default:
		b.last = min(2*b.last, maxDelay)
	}
	return b.last, true
}
