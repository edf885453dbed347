package super

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"holdfast/conf/diag"
	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// A change is a reload under way, in two phases. First every role is asked whether it could run the new generation; one no,
// and all forget it. Only when all said yes are they told to run it.
type change struct {
	next      *generation
	file      *os.File // its snapshot, which roles read by its name in /proc
	waiting   map[*child]bool
	able      map[*body]bool // lives that said they could run it
	committed bool
	patience  <-chan time.Time
}

// askedFor is how long a role may take to answer.
const askedFor = 30 * time.Second

// reload begins to change over to the configuration as it is now on disk. A file that is worse than the running one is
// refused, whatever else it says.
func (p *parent) reload() {
	switch {
	case p.stopping:
		return
	case p.change != nil:
		p.again = true
		return
	}
	p.log.Info("Reloading ...")
	p.tell(proc.Reloading())
	g, err := p.read(p.gen.number + 1)
	if err == nil {
		err = g.fatal()
	}
	if err == nil {
		err = worse(&g.findings, &p.gen.findings)
	}
	if err != nil {
		p.refuse(err)
		return
	}
	p.offer(g)
}

// offer begins the first phase.
func (p *parent) offer(g *generation) {
	file, err := proc.WriteSealed("/keepalived/configuration", g.snapshot)
	if err != nil {
		p.refuse(err)
		return
	}
	p.change = &change{next: g, file: file, able: make(map[*body]bool), patience: time.After(askedFor)}
	p.ask(bus.Msg{Kind: bus.Prepare, Gen: g.number, Text: fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), file.Fd())})
}

// catchUp offers the running generation once more if a role died while it changed over: its next life begins where the last one
// was, with what that one held, and is then led to where the others are. One that refuses stays where it is, until its next life
// or the next reload.
func (p *parent) catchUp() {
	if p.stopping || p.change != nil {
		return
	}
	behind := false
	for _, c := range p.children {
		if c.ready && !c.leaving && !c.due && c.gen != p.gen && c.offered != p.gen {
			c.offered, behind = p.gen, true
		}
	}
	if behind {
		p.offer(p.gen)
	}
}

// worse returns the first error that a configuration has and the running one has not: what runs with a misspelt word may
// be reloaded with it, but no new mistake takes the place of what works.
func worse(next, running *diag.List) error {
	type mistake struct{ code, summary string }
	known := make(map[mistake]bool)
	for _, d := range running.All() {
		known[mistake{d.Code, d.Summary}] = true
	}
	var found diag.List
	for _, d := range next.All() {
		if d.Severity == diag.Error && !known[mistake{d.Code, d.Summary}] {
			found.Add(d)
		}
	}
	return found.Err()
}

func (p *parent) refuse(err error) {
	var exit *bus.ExitError
	if errors.As(err, &exit) {
		err = exit.Err // nothing exits
	}
	p.log.Error("Reload refused: " + err.Error() + "; the running configuration stays")
	p.settleChange()
}

// ask puts a question to every role that runs, and goes on at once if there is none. A role that is about to end need not
// answer; one that cannot be asked whether it could do something has said no.
func (p *parent) ask(m bus.Msg) {
	c := p.change
	c.waiting = make(map[*child]bool)
	for _, child := range p.children {
		if child.body == nil || child.body.last || child.leaving || child.due {
			continue
		}
		if m.Kind == bus.Commit && !c.able[child.body] {
			continue // born meanwhile: it begins with the new generation, or is led there by catchUp
		}
		err := child.body.conn.Send(m)
		switch {
		case err == nil:
			c.waiting[child] = true
		case errors.Is(err, io.ErrClosedPipe):
			child.ready = false
		case m.Kind == bus.Prepare:
			p.abort(fmt.Errorf("cannot ask %s: %w", child.spec.Name, err))
			return
		default:
			p.log.Error(fmt.Sprintf("cannot tell %s to %s: %v; it goes on with its old configuration", child.spec.Name, m.Kind, err))
		}
	}
	p.proceed()
}

// answered takes a role's answer; an empty message means that it died and can be asked no more.
func (p *parent) answered(from *child, m bus.Msg) {
	c := p.change
	if c == nil || !c.waiting[from] || m.Kind != 0 && m.Gen != c.next.number {
		return
	}
	if m.Kind == bus.Rejected {
		p.abort(fmt.Errorf("%s: %s", from.spec.Name, m.Text))
		return
	}
	switch m.Kind {
	case bus.Prepared:
		c.able[from.body] = true
	case bus.Committed:
		from.gen = c.next
	default: // it died
	}
	delete(c.waiting, from)
	p.proceed()
}

// proceed goes to the next phase once nobody is waited for.
func (p *parent) proceed() {
	c := p.change
	switch {
	case len(c.waiting) > 0:
	case !c.committed:
		c.committed = true
		p.gen = c.next
		p.dismissAll()
		p.startAll()
		if p.change != c {
			return // a role that could not be started ends the daemon
		}
		p.ask(bus.Msg{Kind: bus.Commit, Gen: c.next.number})
	default:
		p.log.Info("Reload complete")
		p.settleChange()
		p.tidy()
	}
}

// dismissAll lets go of the roles that the new generation has no use for.
func (p *parent) dismissAll() {
	for _, c := range slices.Clone(p.children) {
		switch wanted := p.gen.wanted[c.spec.Name]; {
		case !wanted && !c.leaving:
			p.dismiss(c)
		case wanted && c.leaving: // on its way out, and wanted again
			c.leaving, c.due, c.gen = false, true, nil
		}
	}
}

func (p *parent) abort(err error) {
	for _, c := range p.children {
		if c.body != nil {
			_ = c.body.conn.Send(bus.Msg{Kind: bus.Abort, Gen: p.change.next.number})
		}
	}
	p.refuse(err)
}

// patience fires when roles have not answered for too long.
func (p *parent) patience() <-chan time.Time {
	if p.change == nil {
		return nil
	}
	return p.change.patience
}

func (p *parent) giveUp() {
	for c := range p.change.waiting {
		err := fmt.Errorf("%s does not answer", c.spec.Name)
		if !p.change.committed {
			p.abort(err)
			return
		}
		p.log.Error(err.Error())
	}
	p.settleChange()
}

// settleChange ends a reload, however it went, and begins the one that was asked for meanwhile.
func (p *parent) settleChange() {
	p.dropChange()
	p.tell(proc.Ready)
	if p.again {
		p.again = false
		p.reload()
	}
	p.catchUp()
}

func (p *parent) dropChange() {
	if p.change != nil {
		p.change.file.Close()
		p.change = nil
	}
}
