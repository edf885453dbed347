package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// blow is what befalls the master.
type blow struct {
	id    string
	after func(d *daemon, p *pair) error
	bye   bool // the master says farewell: the floor is the skew alone
}

var blows = []blow{
	{id: "kill9", after: func(d *daemon, _ *pair) error { return d.kill() }},
	{id: "term", bye: true}, // after: see failover
	{id: "link", after: func(_ *daemon, p *pair) error { return p.hub.ip("link set pa down") }},
}

// takeover is what one failover showed.
type takeover struct {
	over time.Duration // first advert of the new master, over the floor
	garp time.Duration // its first announcement after that advert; 0 if none was seen
	stop time.Duration // SIGTERM to exit
	at   int64
}

var errDisturbed = errors.New("the machine was too busy at the takeover")

// runFailovers plays one kind of failover: in each round a few pairs of each subject side by side, a fraction of a
// second apart, until each subject has enough undisturbed ones.
func (r *run) runFailovers(b blow) error {
	want, atOnce := r.pick(3, 10), r.pick(3, 4)
	for round := 0; round < r.pick(1, 6); round++ {
		if r.enough(b.id, want) {
			return nil
		}
		var jobs []func() error
		for i := range atOnce {
			for _, s := range r.subjects {
				jobs = append(jobs, func() error {
					time.Sleep(time.Duration(i) * 150 * time.Millisecond)
					return r.oneFailover(s, b)
				})
			}
		}
		if err := together(jobs...); err != nil {
			return err
		}
	}
	return nil
}

// enough reports whether every subject has n samples of a figure.
func (r *run) enough(id string, n int) bool {
	for _, s := range r.subjects {
		if len(r.book.of(id, s)) < n {
			return false
		}
	}
	return true
}

func (r *run) oneFailover(s subject, b blow) error {
	t, err := r.failover(s, b)
	if errors.Is(err, errDisturbed) {
		r.progress("%s %s: left out: %v", b.id, s.name, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w", b.id, s.name, err)
	}
	r.progress("%s %s: %.3f ms over the floor", b.id, s.name, ms(t.over))
	r.book.add(b.id, s, ms(t.over))
	if t.garp > 0 {
		r.book.add("garp", s, ms(t.garp))
	}
	if b.bye {
		r.book.add("stop", s, t.stop.Seconds())
	}
	return nil
}

const second = time.Second // the interval of these cases, and the default of the language

// failover makes a pair, lets A be master and B hear it for a while, strikes, and watches B take over.
func (r *run) failover(s subject, b blow) (t takeover, err error) {
	p, err := newPair()
	if err != nil {
		return t, err
	}
	defer p.close()
	a, err := s.start(p.a, pairConf(nodeA, 2, second))
	if err != nil {
		return t, err
	}
	defer a.close()
	if !r.await(15*time.Second, func() bool { return len(p.seen(p.portA, advertFrame, 0)) > 0 }) {
		return t, errors.New("never became master: " + a.log())
	}
	bd, err := s.start(p.b, pairConf(nodeB, 2, second))
	if err != nil {
		return t, err
	}
	defer bd.close()
	r.sleep(1800*time.Millisecond + time.Duration(rand.Int64N(int64(second)))) // any phase of the advert
	if n := len(p.seen(p.portB, advertFrame, 0)); n > 0 {
		return t, errors.New("the backup took over by itself")
	}
	if b.bye {
		t.stop, err = a.stop()
	} else {
		err = b.after(a, p)
	}
	if err != nil {
		return t, err
	}
	if !r.await(10*time.Second, func() bool { return len(p.seen(p.portB, advertFrame, 0)) > 0 }) {
		return t, errors.New("nobody took over: " + bd.log())
	}
	r.sleep(100 * time.Millisecond)
	return t, t.read(p, b.bye, r.canary)
}

// read takes the instants off the wire.
func (t *takeover) read(p *pair, bye bool, c *canary) error {
	t.at = p.seen(p.portB, advertFrame, 0)[0].at
	var last *frame
	for _, f := range p.seen(p.portA, advertFrame, 0) {
		if f.at < t.at && (f.prio == 0) == bye {
			last = &f
		}
	}
	if last == nil {
		return errors.New("the master's last advert was not seen")
	}
	floor := masterDown(2, prioB, second)
	if bye {
		floor = skew(2, prioB, second)
	}
	t.over = time.Duration(t.at-last.at) - floor
	if g := p.seen(p.portB, garpFrame, t.at-int64(second)); len(g) > 0 {
		t.garp = time.Duration(g[0].at - t.at)
	}
	if w := c.worst(t.at-int64(50*time.Millisecond), t.at+int64(20*time.Millisecond)); w > disturbed {
		return fmt.Errorf("%w: a sleep ended %v late", errDisturbed, w.Round(100*time.Microsecond))
	}
	return nil
}
