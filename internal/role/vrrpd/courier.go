package vrrpd

import (
	"errors"
	"os"
	"sync/atomic"
	"time"

	"holdfast/internal/host/plane"
	"holdfast/internal/host/proc"
)

// courier has the kernel's sync daemons run, which carry connections from one director to the others. It is told what shall be,
// never what to do, and only the last word counts: the kernel may take its time to end such a daemon, and to load IPVS as well.
type courier struct {
	open   func() (Balancer, error)
	say    sayer
	poller *proc.Poller

	wish   atomic.Pointer[wish]
	poked  bool // by the loop, since its last flush
	ending atomic.Bool
	done   chan struct{}

	kernel  Balancer // nil: not connected
	carried *wish    // carried out, as far as the kernel lets us
	retry   time.Time
	pause   time.Duration
	told    string // the last complaint
}

// How long until what failed is tried again. The next wish is tried at once.
const (
	retryMin = time.Second
	retryMax = time.Minute
)

// farewellMax is how long the end waits for the kernel to end the daemons.
const farewellMax = 2 * time.Second

func newCourier(open func() (Balancer, error), say sayer) (*courier, error) {
	p, err := proc.NewPoller()
	if err != nil {
		return nil, err
	}
	return &courier{open: open, say: say, poller: p, done: make(chan struct{})}, nil
}

// want says what shall be. Called by the loop only; it takes effect with flush.
func (c *courier) want(w *wish) {
	if c.wish.Swap(w) != w {
		c.poked = true
	}
}

// flush wakes the courier if there is news. Called by the loop only.
func (c *courier) flush() {
	if c.poked {
		c.poked = false
		c.poller.Wake()
	}
}

// run works until end is called, and then carries out the last word.
func (c *courier) run() {
	defer close(c.done)
	for {
		ending := c.ending.Load()
		c.pass(time.Now())
		if ending {
			c.leave()
			_ = c.poller.Close()
			return
		}
		if _, _, _, err := c.poller.Wait(c.retry, !c.retry.IsZero(), nil); err != nil {
			c.say.warn("sync daemons are not seen to any more: " + err.Error())
			c.leave()
			_ = c.poller.Close()
			return
		}
	}
}

// end makes run carry out the last word and return. It is called after the loop has ended.
func (c *courier) end() {
	c.ending.Store(true)
	c.poller.Wake()
}

// await waits for run to return, after end.
func (c *courier) await() {
	t := time.NewTimer(farewellMax)
	defer t.Stop()
	select {
	case <-c.done:
	case <-t.C:
		c.say.info(nil, "IPVS: the kernel has not answered about its sync daemons; going on without")
	}
}

// pass carries out a wish that is new, or one that could not be carried out before.
func (c *courier) pass(now time.Time) {
	w := c.wish.Load()
	switch {
	case w == nil:
		return
	case w != c.carried:
		c.pause = 0
	case c.retry.IsZero() || now.Before(c.retry):
		return
	}
	c.carried, c.retry = w, time.Time{}
	var err error
	switch {
	case w.release:
		c.leave()
	case w.lead || c.kernel != nil:
		err = c.carry(w)
	}
	if err == nil {
		c.told = ""
		return
	}
	c.pause = min(max(2*c.pause, retryMin), retryMax)
	c.retry = now.Add(c.pause)
	c.complain(err)
}

// errNoBalancer wraps what keeps us from the load balancer.
type errNoBalancer struct{ error }

func (e errNoBalancer) Unwrap() error { return e.error }

func (c *courier) carry(w *wish) error {
	if c.kernel == nil {
		k, err := c.open()
		if err != nil {
			return errNoBalancer{err}
		}
		c.kernel = k
	}
	return c.kernel.SyncDaemons(w.daemons...)
}

// leave lets go of the kernel. Daemons that run go on.
func (c *courier) leave() {
	if c.kernel != nil {
		_ = c.kernel.Close()
		c.kernel = nil
	}
}

// complain says what failed, once while it stays the same.
func (c *courier) complain(err error) {
	if err.Error() == c.told {
		return
	}
	c.told = err.Error()
	var absent errNoBalancer
	if errors.As(err, &absent) {
		why := absent.Error()
		if errors.Is(err, os.ErrNotExist) {
			why = "No such file or directory"
		}
		c.say.info(nil, "IPVS: Can't initialize ipvs: "+why)
		c.say.warn("connections are not synchronized: " + absent.Error() + "; VRRP goes on")
		return
	}
	for _, e := range parts(err) {
		var d *plane.DaemonError
		if errors.As(e, &d) {
			c.say.info(nil, d.Line())
		} else {
			c.say.info(nil, "IPVS: "+e.Error())
		}
	}
}

// parts takes what errors.Join has joined apart.
func parts(err error) []error {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return list.Unwrap()
	}
	return []error{err}
}
