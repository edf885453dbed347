package super

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// child is one role as the parent sees it, over all its lives.
type child struct {
	spec  *Spec
	path  string // pid file
	body  *body  // nil while it is down
	life  int
	since time.Time
	ready bool // since it was last started

	gen     *generation // what it runs on; its next life begins there, whatever was committed meanwhile
	heir    bool        // some life since the last farewell was at work and may have left something
	last    bool        // its present life only gives up what the others held
	leaving bool        // a reload has no use for it any more
	pause   backoff
	retry   *time.Timer
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
	g, f := &p.gen.config.Global, &p.opt.Flags
	for i := range p.opt.Roles {
		sp := &p.opt.Roles[i]
		if !sp.Wanted(p.gen.config, *f) || slices.ContainsFunc(p.children, func(c *child) bool { return c.spec == sp }) {
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
		p.up()
	}
}

// start begins a life of a role. A failure counts as a short life.
func (p *parent) start(c *child) {
	c.life++
	c.since, c.ready = time.Now(), false
	if c.gen == nil {
		c.gen = p.gen
	}
	b, err := p.born(c.spec, c.life, false, c.gen)
	if err != nil {
		p.log.Error("start " + c.spec.Name + ": " + err.Error())
		p.died(c, 0, end{Status: proc.Status{Code: bus.ExitProgram}})
		return
	}
	p.log.Info(fmt.Sprintf("Starting %s child process, pid=%d", c.spec.Title, b.pid))
	p.follow(c, b)
}

// follow listens to a life of a role.
func (p *parent) follow(c *child, b *body) {
	c.body = b
	go func() {
		for {
			m, err := b.conn.Recv()
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
	switch m.Kind {
	case bus.Prepared, bus.Rejected, bus.Committed:
		p.answered(c, m)
		return
	case bus.Ready:
	default:
		p.log.Warn("unexpected message '" + m.Kind.String() + "' from " + c.spec.Name)
		return
	}
	c.ready, c.heir = true, true
	defer p.catchUp()
	for _, other := range p.children {
		if !other.ready {
			return
		}
	}
	if !p.started {
		p.log.Info("Startup complete")
		p.up()
	}
}

// up tells whoever waits that the daemon runs.
func (p *parent) up() {
	p.started = true
	p.tell(proc.Ready)
	if p.opt.Started != nil {
		p.opt.Started()
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
func (p *parent) died(c *child, pid int, e end) {
	if line := e.line(pid); line != "" {
		p.log.Info(line)
	}
	p.quote(e.trace)
	if p.stopping || c.last {
		c.last = false
		return
	}
	if c.leaving {
		p.children = slices.DeleteFunc(p.children, func(o *child) bool { return o == c })
		return
	}
	if word, permanent := e.permanent(); permanent {
		p.log.Error(fmt.Sprintf("pid %d exited with permanent error %s. Terminating", pid, word))
		p.code = e.Code
		p.bequeath(c)
		p.halt()
		return
	}
	if p.opt.Flags.DontRespawn {
		p.log.Info(fmt.Sprintf("%s child process(%d) died: Exiting", c.spec.Title, pid))
		p.bequeath(c)
		p.stop()
		return
	}
	p.log.Info(fmt.Sprintf("%s child process(%d) died: Respawning", c.spec.Title, pid))
	wait, limited := c.pause.next(time.Since(c.since))
	if limited {
		p.log.Info(fmt.Sprintf("Restart of %s process delayed %d seconds to limit respawn rate",
			c.spec.Title, int(wait.Seconds())))
	}
	if wait >= tooLong {
		p.bequeath(c)
	}
	c.retry = time.AfterFunc(wait, func() { p.post(event{c: c}) })
}

// tooLong is how long addresses may be left to themselves: a peer takes over after three silent seconds, and then two
// machines would hold them.
const tooLong = 2 * time.Second

// bequeath gives up in an orderly way what a dead role held and will not be back for in time.
func (p *parent) bequeath(c *child) {
	if !c.spec.Bequeaths || !c.heir || p.opt.Flags.DontReleaseVRRP {
		return
	}
	c.life++
	c.heir = false
	b, err := p.born(c.spec, c.life, true, c.gen)
	if err != nil {
		p.log.Error("give up what " + c.spec.Name + " held: " + err.Error())
		return
	}
	p.log.Info(fmt.Sprintf("Giving up what the %s process held, pid=%d", c.spec.Title, b.pid))
	c.last = true
	p.follow(c, b)
}
