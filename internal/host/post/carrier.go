package post

import (
	"errors"
	"time"

	"holdfast/internal/core/mail"
)

// carrier takes an office's letters to the server, one after another, several in one conversation.
type carrier struct {
	*Office
	settings *mail.Settings // in force
	signed   bool           // with our name
	talk     *conversation  // nil: none
	stale    bool           // it is with a server of the settings before
	retry    time.Time      // when the server is asked again; zero: now
	pause    time.Duration
	last     bool // the office is closed: each letter has one more attempt
	clerk    clerk
}

// run works until the office is closed and every letter has had its last attempt.
func (c *carrier) run() {
	defer close(c.done)
	c.clerk = clerk{log: c.log, step: c.step}
	for {
		p, ok := c.await()
		if !ok {
			c.hangUp()
			c.clerk.left(c.abandon())
			return
		}
		c.deliver(p)
	}
}

// await waits for a letter that is to be tried now; false: the office is closed and none is left, or its time is up.
func (c *carrier) await() (*parcel, bool) {
	for {
		c.clerk.dropped(c.takeLost())
		p, until, over := c.look(time.Now())
		if p != nil || over {
			return p, !over
		}
		c.hangUp()
		if !c.sleep(until) {
			return nil, false
		}
	}
}

// look returns what is to be done: a letter, or nothing until a time, zero for as long as nothing happens.
func (c *carrier) look(now time.Time) (p *parcel, until time.Time, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renew()
	if c.closed && !c.last {
		c.last, c.retry = true, time.Time{}
		for _, p := range c.queue {
			p.after = time.Time{}
		}
	}
	switch {
	case len(c.queue) == 0 || c.ctx.Err() != nil:
		return nil, time.Time{}, c.closed
	case now.Before(c.retry):
		return nil, c.retry, false
	}
	p, until = c.first(now)
	return p, until, false
}

func (c *carrier) takeLost() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.lost
	c.lost = 0
	return n
}

// renew takes other settings over.
func (c *carrier) renew() {
	if !c.changed {
		return
	}
	c.changed, c.signed = false, false
	c.settings, c.retry, c.pause = c.Office.settings, time.Time{}, 0
	c.stale = c.talk != nil
}

// sleep waits until then, or for news; false: the office's time is up.
func (c *carrier) sleep(until time.Time) bool {
	var alarm <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		alarm = t.C
	}
	select {
	case <-c.wake:
	case <-alarm:
	case <-c.ctx.Done():
		return false
	}
	return true
}

// deliver makes one attempt at a letter.
func (c *carrier) deliver(p *parcel) {
	if time.Since(p.At) > Lifetime {
		c.clerk.stale(p)
		c.remove(p)
		return
	}
	if err := c.greet(); err != nil {
		c.unreachable(err)
		return
	}
	waiting := c.Waiting()
	to := p.to
	if to == nil {
		to = c.settings.To
	}
	bad, err := c.talk.send(p.Letter, to)
	var word *Refusal
	switch {
	case err == nil:
		c.works(waiting)
		if len(bad) < len(to) {
			c.clerk.sent()
		}
		c.settle(p, bad)
	case errors.As(err, &word) && word.Code != 421:
		c.works(waiting)
		c.clerk.refused(c.settings, p, "", word)
		c.reset(word)
		c.postpone(p, word.final())
	default:
		before := c.talk.sent
		c.talk.close()
		c.talk, c.stale = nil, false
		if before > 0 {
			return // it takes so many and no more in one conversation: the next one shows what is wrong, if anything
		}
		c.unreachable(err)
	}
}

// greet sees to it that there is a conversation, with a server who knows us.
func (c *carrier) greet() error {
	if c.stale || c.talk != nil && time.Until(c.talk.end) < conversationLast {
		c.hangUp()
	}
	if c.talk != nil {
		return nil
	}
	if !c.signed {
		s := c.settings.Signed(whoami(c.ctx))
		c.settings, c.signed = &s, true
	}
	c.clerk.peer = ""
	talk, err := dial(c.ctx, c.settings, c.clerk.connected, nil)
	if err != nil {
		return err
	}
	c.talk = talk
	return nil
}

// works is called when the server has judged a letter.
func (c *carrier) works(waiting int) {
	c.pause = 0
	c.talk.sent++
	c.clerk.works(c.settings, waiting)
}

// reset has the server forget a letter that it did not take.
func (c *carrier) reset(word *Refusal) {
	if word.Command == "RSET" || c.talk.say("RSET", 250, "RSET") != nil {
		c.hangUp()
	}
}

// settle is for a letter that the server has taken, for all recipients but those.
func (c *carrier) settle(p *parcel, bad map[string]*Refusal) {
	to := p.to
	if to == nil {
		to = c.settings.To
	}
	var again []string
	for _, a := range to {
		r := bad[a]
		if r == nil {
			continue
		}
		c.clerk.refused(c.settings, p, a, r)
		if !r.final() {
			again = append(again, a)
		}
	}
	p.to = again
	c.postpone(p, len(again) == 0)
}

// postpone puts a letter off, or away for good.
func (c *carrier) postpone(p *parcel, over bool) {
	if over || c.last {
		c.remove(p)
		return
	}
	p.pause = backoff(p.pause)
	p.after = time.Now().Add(p.pause)
}

// unreachable puts everything off, or away for good if this was the last attempt.
func (c *carrier) unreachable(err error) {
	c.pause = backoff(c.pause)
	c.retry = time.Now().Add(c.pause)
	if c.last {
		c.stop()
	}
	c.clerk.unreachable(c.settings, err, c.Waiting(), c.pause, c.last)
}

func (c *carrier) hangUp() {
	if c.talk != nil {
		c.talk.quit()
		c.talk, c.stale = nil, false
	}
}

// abandon empties the queue and returns how many letters there were.
func (c *carrier) abandon() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.queue)
	c.queue = nil
	return n
}
