package probe

import (
	"context"
	"sync"
	"time"

	"holdfast/internal/core/talk"
)

// crew are the goroutines that carry what the loop cannot: TLS, and talks that compute for long. There are never more
// than Options.Workers; the rest queues, and its time counts from when it is its turn.
type crew struct {
	p     *Prober
	tls   *sessions
	queue []*attempt
	// By call, since a call is one attempt's at a time. A cancelled attempt is at work until its goroutine ends.
	atWork map[*talk.Call]*job

	mu    sync.Mutex
	ended []*job // guarded by mu
	all   sync.WaitGroup
}

// job is one attempt on a goroutine.
type job struct {
	attempt *attempt // nil: cancelled
	call    *talk.Call
	chance  uint64
	cancel  context.CancelFunc
	result  Result
}

func (c *crew) init(p *Prober) {
	c.p, c.atWork = p, map[*talk.Call]*job{}
	c.tls = newSessions(p.opts.Credentials)
}

// start begins the attempt, or queues it.
func (c *crew) start(a *attempt) {
	if len(c.atWork) < c.p.opts.Workers && c.atWork[a.call] == nil {
		c.begin(a)
		return
	}
	c.queue = append(c.queue, a)
}

// next begins what can be begun.
func (c *crew) next() {
	left := c.queue[:0]
	for i, a := range c.queue {
		if len(c.atWork) >= c.p.opts.Workers {
			left = append(left, c.queue[i:]...)
			break
		}
		if c.atWork[a.call] != nil {
			left = append(left, a)
			continue
		}
		c.begin(a)
	}
	clear(c.queue[len(left):])
	c.queue = left
}

func (c *crew) begin(a *attempt) {
	ctx, cancel := context.WithTimeout(context.Background(), c.p.longest(a.call.Timeout))
	j := &job{attempt: a, call: a.call, chance: c.p.chance.Uint64(), cancel: cancel}
	a.job, a.started = j, c.p.now
	c.atWork[a.call] = j
	c.all.Add(1)
	secured := c.tls // another may take its place meanwhile
	go func() {
		defer c.all.Done()
		defer cancel()
		carrier{call: j.call, tls: secured, ctx: ctx}.run(j)
		c.mu.Lock()
		c.ended = append(c.ended, j)
		c.mu.Unlock()
		c.p.ring()
	}()
}

// cancel forgets an attempt, if it is one of the crew's.
func (c *crew) cancel(a *attempt) {
	if a.job != nil {
		a.job.cancel()
		a.job.attempt = nil
		return
	}
	for i, q := range c.queue {
		if q == a {
			c.queue = append(c.queue[:i], c.queue[i+1:]...)
			return
		}
	}
}

// collect takes the results of the goroutines that have ended.
func (c *crew) collect() {
	if len(c.atWork) == 0 {
		return
	}
	c.mu.Lock()
	ended := c.ended
	c.ended = nil
	c.mu.Unlock()
	for _, j := range ended {
		delete(c.atWork, j.call)
		a := j.attempt
		if a == nil {
			continue
		}
		j.result.ID, j.result.Took = a.id, time.Duration(c.p.now-a.started)
		c.p.done = append(c.p.done, j.result)
		c.p.release(a)
	}
	if len(ended) > 0 {
		c.next()
	}
}

// wait waits until no goroutine is left.
func (c *crew) wait() { c.all.Wait() }
