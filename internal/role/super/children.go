package super

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// child is one role as the parent sees it, over all its lives.
type child struct {
	spec  *Spec
	path  string     // pid file
	body  *body      // nil while it is down
	facts *bus.Facts // what others say, to body
	life  int
	since time.Time
	ready bool // its present life is at work

	legacy  string      // what its lives have left for the next one to know
	gen     *generation // what it runs on; its next life begins there, whatever was committed meanwhile
	offered *generation // what its present life was offered to catch up with; it is offered only once
	heir    bool        // some life since the last farewell was at work and may have left something
	leaving bool        // a reload has no use for it any more
	pause   backoff
	retry   *time.Timer // until its next life
	due     bool        // it is to be started as soon as its present life, which was told to end, is over
}

// unwind forgets that the child was to be started again.
func (c *child) unwind() {
	if c.retry != nil {
		c.retry.Stop()
	}
	c.retry, c.due = nil, false
}

// event is what happened to a child. b tells which of its lives it happened to.
type event struct {
	c   *child
	b   *body
	msg bus.Msg // if Kind is set
	end *end
}

func (p *parent) post(e event) {
	select {
	case p.events <- e:
	case <-p.over:
	}
}

// startAll starts every role that the configuration wants and that does not run yet.
func (p *parent) startAll() {
	g, f := &p.gen.global, &p.opt.Flags
	for i := range p.opt.Roles {
		sp := &p.opt.Roles[i]
		if !p.gen.wanted[sp.Name] || slices.ContainsFunc(p.children, func(c *child) bool { return c.spec == sp }) {
			continue
		}
		if sp.Make == nil {
			p.log.Warn(sp.Title + " is configured but not built yet: that part of the configuration has no effect")
			continue
		}
		c := &child{spec: sp, path: pidPath(p.opt.RunDir, sp.PIDFile(f), sp.Name, g, f)}
		p.children = append(p.children, c)
		p.start(c)
	}
	if len(p.children) == 0 {
		p.log.Info("Warning - keepalived has no configuration to run")
		if !p.started {
			p.up()
		}
	}
}

// start begins a life of a role. A failure counts as a short life.
func (p *parent) start(c *child) {
	c.life++
	c.since, c.offered = time.Now(), nil
	if c.gen == nil {
		c.gen = p.gen
	}
	b, err := p.born(c, false)
	if err != nil {
		p.log.Error("start " + c.spec.Name + ": " + err.Error())
		p.died(c, &body{}, end{Status: proc.Status{Code: bus.ExitProgram}})
		return
	}
	p.log.Info(fmt.Sprintf("Starting %s child process, pid=%d", c.spec.Title, b.pid))
	p.follow(c, b)
}

// resume starts the next life of a role, unless that is not wanted any more or has to wait until the farewell to the last one is over.
func (p *parent) resume(c *child) {
	c.retry = nil
	switch {
	case p.stopping, !slices.Contains(p.children, c):
	case c.body != nil:
		c.due = true
	default:
		p.start(c)
	}
}

// dismiss lets go of a role that a reload has no use for; what it held before it died is given up.
func (p *parent) dismiss(c *child) {
	c.leaving = true
	c.unwind()
	if c.body == nil {
		p.bequeath(c)
	}
	switch {
	case c.body == nil:
		p.forget(c)
	case c.body.last: // it ends by itself
	default:
		if err := c.body.conn.Send(bus.Msg{Kind: bus.Stop}); err != nil {
			c.body.kill()
		}
	}
}

func (p *parent) forget(c *child) {
	p.unlearn(c)
	p.children = slices.DeleteFunc(p.children, func(o *child) bool { return o == c })
}

// follow listens to a life of a role.
func (p *parent) follow(c *child, b *body) {
	c.body = b
	c.facts = bus.NewFacts(b.conn.Send)
	go func() {
		for {
			m, err := b.conn.Recv()
			if errors.Is(err, bus.ErrMalformed) {
				p.log.Error(c.spec.Name + "'s message is not understood: " + err.Error())
				continue
			}
			if err != nil {
				break
			}
			p.post(event{c: c, b: b, msg: m})
		}
	}()
	go func() {
		e := <-b.done
		p.post(event{c: c, b: b, end: &e})
	}()
}

// hear handles what a child said.
func (p *parent) hear(c *child, m bus.Msg) {
	if c.body.last {
		return // it has nothing to say but that it ends
	}
	switch m.Kind {
	case bus.Prepared, bus.Rejected, bus.Committed:
		p.answered(c, m)
		return
	case bus.Fact:
		p.learn(c, m.Subject, m.Text)
		return
	case bus.Ready:
	default:
		p.log.Warn("unexpected message '" + m.Kind.String() + "' from " + c.spec.Name)
		return
	}
	c.ready, c.heir = true, true
	p.brief(c)
	defer p.catchUp()
	for _, other := range p.children {
		if !other.ready {
			return
		}
	}
	if p.started {
		return
	}
	p.log.Info("Startup complete")
	if p.started = true; !p.stopping {
		p.up()
	}
}

// up tells whoever waits that the daemon runs.
func (p *parent) up() {
	p.started = true
	p.tidy()
	p.tell(proc.Ready)
	if p.opt.Started != nil {
		p.opt.Started()
	}
}

// tidy gives back what it took to read the configuration, unless the VRRP role is in this process: nothing shall stop that.
func (p *parent) tidy() {
	if !p.opt.Flags.Single {
		debug.FreeOSMemory()
	}
}

// maxQuoted is how many lines of a crashed child's last words go to the log; those that matter come first.
const maxQuoted = 100

func (p *parent) quote(trace []byte) {
	n := 0
	for line := range bytes.Lines(trace) {
		if n++; n > maxQuoted {
			p.log.Error("  and more")
			return
		}
		p.log.Error("  " + string(bytes.TrimRight(line, "\n")))
	}
}

// died decides what follows on the end of a life.
func (p *parent) died(c *child, b *body, e end) {
	if line := e.line(b.pid); line != "" {
		p.log.Info(line)
	}
	p.quote(e.trace)
	if e.Signal == 0 && e.Code == bus.ExitOK {
		c.heir, c.legacy = false, "" // it gave up by itself what it held
	}
	switch {
	case p.stopping:
		p.bequeath(c)
	case c.leaving:
		if p.bequeath(c); c.body == nil {
			p.forget(c)
		}
	case c.due:
		c.due = false
		p.start(c)
	case b.last:
	default:
		p.consider(c, b.pid, e)
	}
}

// consider decides whether and when a role that died is started again.
func (p *parent) consider(c *child, pid int, e end) {
	if word, permanent := e.permanent(); permanent {
		p.log.Error(fmt.Sprintf("pid %d exited with permanent error %s. Terminating", pid, word))
		p.code = e.Code
		p.relieve(c)
		p.halt()
		return
	}
	if p.opt.Flags.DontRespawn {
		p.log.Info(fmt.Sprintf("%s child process(%d) died: Exiting", c.spec.Title, pid))
		p.relieve(c)
		p.stop()
		return
	}
	p.log.Info(fmt.Sprintf("%s child process(%d) died: Respawning", c.spec.Title, pid))
	p.keepWord(c)
	wait, limited := c.pause.next(time.Since(c.since))
	if limited {
		p.log.Info(fmt.Sprintf("Restart of %s process delayed %d seconds to limit respawn rate",
			c.spec.Title, int(wait.Seconds())))
	}
	if wait >= tooLong {
		p.relieve(c)
	}
	c.retry = time.AfterFunc(wait, func() { p.post(event{c: c}) })
}

// tooLong is how long addresses may be left to themselves: a peer takes over after three silent seconds, and then two
// machines would hold them.
const tooLong = 2 * time.Second

// relieve is bequeath after a crash.
func (p *parent) relieve(c *child) {
	if !c.spec.Lasting {
		p.bequeath(c)
	}
}

// bequeath gives up in an orderly way what a dead role held and will not be back for in time.
func (p *parent) bequeath(c *child) {
	if !c.spec.Bequeaths || !c.heir || c.spec.Keeps != nil && c.spec.Keeps(&p.opt.Flags) {
		return
	}
	c.life++
	c.heir = false // so that it is tried once
	b, err := p.born(c, true)
	if err != nil {
		p.log.Error("give up what " + c.spec.Name + " held: " + err.Error())
		return
	}
	p.log.Info(fmt.Sprintf("Giving up what the %s process held, pid=%d", c.spec.Title, b.pid))
	p.follow(c, b)
}
