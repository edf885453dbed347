package proc

import "time"

// Clock is the host's clock. The zero Clock is ready.
type Clock struct{}

// Now returns the present. It carries a monotonic reading (CLOCK_MONOTONIC), so that differences between
// two of them, and a Poller's deadlines, do not notice when somebody sets the clock.
func (Clock) Now() time.Time { return time.Now() }
