package super

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// loop waits for signals, children and timers until the daemon has stopped.
func (p *parent) loop(signals <-chan os.Signal) error {
	for !p.finished() {
		select {
		case s := <-signals:
			p.signal(s)
		case e := <-p.events:
			p.event(e)
		case <-p.patience():
			p.giveUp()
		case <-p.lull:
			p.part(true)
		case <-p.deadline:
			if p.killed {
				return nil // not even that helped: a goroutine of --single
			}
			p.killAll()
		}
	}
	return nil
}

func (p *parent) finished() bool {
	if !p.stopping || !p.parted {
		return false
	}
	for _, c := range p.children {
		if c.body != nil {
			return false
		}
	}
	return true
}

func (p *parent) event(e event) {
	switch {
	case e.b == nil: // the pause before a respawn is over
		p.resume(e.c)
	case e.end != nil:
		e.b.conn.Close()
		e.c.facts.Close()
		e.c.body, e.c.ready = nil, false
		sweepPID(e.c.path)
		p.died(e.c, e.b, *e.end)
		p.next()
		p.answered(e.c, bus.Msg{}) // whatever it was asked, its next life is led there by catchUp
	case e.c.body == e.b:
		p.hear(e.c, e.msg)
	}
}

func (p *parent) signal(s os.Signal) {
	switch kind := asked(s); {
	case s == syscall.SIGTERM, s == syscall.SIGINT:
		p.stop()
	case s == syscall.SIGHUP:
		p.reload()
	case kind != 0:
		p.broadcast(bus.Msg{Kind: kind})
	}
}

func (p *parent) broadcast(m bus.Msg) {
	for _, c := range p.children {
		if c.body != nil {
			p.send(c, m)
		}
	}
}

func (p *parent) send(c *child, m bus.Msg) {
	if err := c.body.conn.Send(m); err != nil {
		p.log.Warn(fmt.Sprintf("cannot tell %s to %s: %v", c.spec.Name, m.Kind, err))
	}
}

// stop begins an orderly stop.
func (p *parent) stop() {
	if p.stopping {
		return
	}
	p.log.Info("Stopping")
	p.halt()
}

// halt tells the children to stop and sets them a time for it. What a dead one held is given up for it, and a reload that is under
// way comes to nothing. Those whose heritage does no harm are told last: with its table of virtual services gone the kernel answers
// what comes for a virtual address that is still there with resets, to connections that a peer could have gone on with.
func (p *parent) halt() {
	p.stopping = true
	p.tell(proc.Stopping)
	p.dropChange()
	p.again = false
	for _, c := range p.children {
		c.unwind()
	}
	wait := p.gen.global.ChildWaitTime.V
	if wait <= 0 {
		wait = defaultWait
	}
	p.lull, p.deadline = time.After(wait/2), time.After(wait)
	p.part(false)
	p.next()
}

// next goes on with a stop when all who are told first are gone.
func (p *parent) next() {
	if !p.stopping || p.parted {
		return
	}
	for _, c := range p.children {
		if c.body != nil && !c.spec.Lasting {
			return
		}
	}
	p.part(true)
}

// part tells the lasting children to stop, or the others, which comes first.
func (p *parent) part(lasting bool) {
	if lasting {
		p.parted, p.lull = true, nil
	}
	for _, c := range p.children {
		switch {
		case c.spec.Lasting != lasting:
		case c.body == nil:
			p.bequeath(c)
		default:
			p.send(c, bus.Msg{Kind: bus.Stop})
		}
	}
}

// killAll ends the children that did not stop in time.
func (p *parent) killAll() {
	for _, c := range p.children {
		if c.body != nil {
			p.log.Info(c.spec.Name + " process failed to die - forcing termination")
			c.body.kill()
		}
	}
	p.killed = true
	p.deadline = time.After(time.Second)
}

// tell informs the service manager, if one started us.
func (p *parent) tell(state string) {
	if err := proc.Notify(state); err != nil {
		p.log.Warn(err.Error())
	}
}
