package crowd

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Crowd asks until it is stopped.
type Crowd struct {
	in       Inside
	to       netip.AddrPort
	period   time.Duration
	patience time.Duration

	asked atomic.Uint32
	quit  chan struct{}
	done  chan struct{}
	all   sync.WaitGroup

	mu      sync.Mutex
	answers []Answer             // in the order in which they were decided
	open    map[uint32]time.Time // when those that are not decided yet began, by number
}

// Start has a crowd ask for "/" once in every period.
func Start(in Inside, to netip.AddrPort, period, patience time.Duration) *Crowd {
	c := &Crowd{
		in: in, to: to, period: period, patience: patience, quit: make(chan struct{}), done: make(chan struct{}),
		open: map[uint32]time.Time{},
	}
	go c.run()
	return c
}

// run keeps the pace on average: what is late is made up for, but not a whole second of it.
func (c *Crowd) run() {
	defer close(c.done)
	for next := time.Now(); ; next = next.Add(c.period) {
		if late := time.Since(next); late > time.Second {
			next = time.Now()
		}
		select {
		case <-c.quit:
			return
		case <-time.After(time.Until(next)):
		}
		c.all.Go(c.ask)
	}
}

func (c *Crowd) ask() {
	n := c.asked.Add(1)
	c.mu.Lock()
	c.open[n] = time.Now()
	c.mu.Unlock()
	a := Get(c.in, port(n), c.to, "/", c.patience)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, n)
	c.answers = append(c.answers, a)
}

// Its connections come from one port after the other. A balancer in the kernel that does not see the answers takes a connection for
// alive for two minutes after its end; one that came from the same port within that time would be sent to the same server, also when
// it is out.
const (
	firstPort = 10000
	lastPort  = 60000
)

// Get asks once more, beside what the crowd asks.
func (c *Crowd) Get(path string, patience time.Duration) Answer {
	return Get(c.in, port(c.asked.Add(1)), c.to, path, patience)
}

// port is where the nth connection comes from.
func port(n uint32) uint16 { return uint16(firstPort + n%(lastPort-firstPort)) }

// Stop ends it and waits until every request is decided.
func (c *Crowd) Stop() {
	close(c.quit)
	<-c.done
	c.all.Wait()
}

// Since returns what is decided of what was asked from then on, in the order of asking.
func (c *Crowd) Since(from time.Time) []Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var some []Answer
	for _, a := range c.answers {
		if !a.Began.Before(from) {
			some = append(some, a)
		}
	}
	slices.SortFunc(some, func(a, b Answer) int { return a.Began.Compare(b.Began) })
	return some
}

// Until waits until everything asked before that time is decided, and returns what was asked between the two.
func (c *Crowd) Until(from, till time.Time) []Answer {
	for time.Sleep(time.Until(till)); c.undecided(till); {
		time.Sleep(c.period)
	}
	return slices.DeleteFunc(c.Since(from), func(a Answer) bool { return !a.Began.Before(till) })
}

// undecided reports whether something that was asked before a time is not decided yet.
func (c *Crowd) undecided(till time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, began := range c.open {
		if began.Before(till) {
			return true
		}
	}
	return false
}

// Lost counts the requests that were not answered.
func Lost(answers []Answer) (n int) {
	for _, a := range answers {
		if a.Err != nil {
			n++
		}
	}
	return n
}

// Gap returns the longest time within which no request was answered.
func Gap(answers []Answer, from, till time.Time) (longest time.Duration) {
	ends := []time.Time{from, till}
	for _, a := range answers {
		if a.Err == nil && a.Ended.After(from) && a.Ended.Before(till) {
			ends = append(ends, a.Ended)
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	for i := 1; i < len(ends); i++ {
		longest = max(longest, ends[i].Sub(ends[i-1]))
	}
	return longest
}
