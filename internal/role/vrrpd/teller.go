package vrrpd

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"holdfast/conf"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/proc"
	"holdfast/internal/host/script"
	"holdfast/vrrp"
)

// teller turns what happened into log lines and notify scripts. It is the only part that waits for neither the
// network nor the kernel, and nobody waits for it.
type teller struct {
	setup   *Setup
	next    atomic.Pointer[tidings] // a new generation, from the moment of its first report
	log     *slog.Logger
	reports *ring[Report]
	lines   *lineQueue
	poller  *proc.Poller
	notify  *notifier
	annals  *annals
	crier   crier

	lost   uint64
	ending atomic.Bool
	done   chan struct{}
}

// tidings is what a new generation means to the teller.
type tidings struct {
	setup *Setup
	jobs  map[*conf.Command]script.Job
}

// reload hands a new generation over. Reports name routers by their slots, which stay, so that those on the way are
// understood either way.
func (t *teller) reload(s *Setup, jobs map[*conf.Command]script.Job) {
	t.next.Store(&tidings{s, jobs})
	t.poller.Wake()
}

// reportsQueued is how many reports the loop may be ahead of the log: what all routers have to say about a transition at
// one moment, and room for complaints.
func reportsQueued(routers int) int { return reserve + 8*routers }

func newTeller(s *Setup, log *slog.Logger, n *notifier) (*teller, error) {
	p, err := proc.NewPoller()
	if err != nil {
		return nil, err
	}
	t := &teller{
		setup: s, log: log, reports: newRing[Report](reportsQueued(len(s.Plans))), poller: p, notify: n,
		annals: newAnnals(), done: make(chan struct{}),
	}
	t.lines = &lineQueue{wake: p.Wake, full: log.Enabled(context.Background(), logs.LevelDetail)}
	return t, nil
}

func (t *teller) say() sayer { return sayer{t.lines} }

// run works until finish is called, and then tells what is left.
func (t *teller) run() {
	defer close(t.done)
	for {
		ending := t.ending.Load()
		t.pass()
		if ending {
			_ = t.poller.Close()
			return
		}
		if _, _, _, err := t.poller.Wait(time.Time{}, false, nil); err != nil {
			return
		}
	}
}

// finish makes run tell what is left and return.
func (t *teller) finish() {
	t.ending.Store(true)
	t.poller.Wake()
	<-t.done
}

// pass tells everything that is there, in the order in which it happened.
func (t *teller) pass() {
	// Lines are taken before a report: whatever the hand did was decided by one that is in the ring by now. And they are taken
	// after it: what the world saw, which may have been the reason for it, is in the queue by now.
	lines := t.lines.take()
	t.renew()
	for {
		r, ok := t.reports.pop()
		if !ok {
			break
		}
		t.renew() // the loop may be ahead of us by a generation
		lines = append(lines, t.lines.take()...)
		if at := slices.IndexFunc(lines, func(l line) bool { return l.at.After(r.At) }); at > 0 {
			t.write(lines[:at])
			lines = lines[at:]
		} else if at < 0 {
			t.write(lines)
			lines = nil
		}
		t.report(&r)
	}
	t.write(lines)
	if lost := t.reports.lost.Load(); lost != t.lost {
		t.log.Warn("complaints about adverts were left out of the log", "count", lost-t.lost)
		t.lost = lost
	}
}

func (t *teller) renew() {
	if n := t.next.Swap(nil); n != nil {
		t.setup, t.notify.jobs = n.setup, n.jobs
		t.annals.keep(n.setup)
		t.crier.reload(n.setup)
	}
}

func (t *teller) write(lines []line) {
	for _, l := range lines {
		t.log.Log(context.Background(), l.level, l.text, l.attrs...)
	}
}

func (t *teller) report(r *Report) {
	if r.Late > 0 {
		t.log.Warn(fmt.Sprintf("A thread timer expired %.6f seconds ago", r.Late.Seconds()), "late", r.Late)
		return
	}
	if r.Group > 0 {
		t.reportGroup(r)
		return
	}
	p := t.setup.Plans[r.Router]
	if r.Action.Kind == vrrp.Became {
		t.crier.became(p, r.Router, r.Action.State) // first: requests may be on their way
	}
	if level, text, attrs := describe(p, r); text != "" {
		t.log.Log(context.Background(), level, text, attrs...)
	}
	if r.transition() {
		t.because(p, r)
	}
	switch a := &r.Action; {
	case a.Kind == vrrp.Became && p.Gone:
		// compat: an instance that a reload removes runs no script.
	case a.Kind == vrrp.Became:
		t.notify.state(p, r)
	case a.Kind == vrrp.Observed && a.Note.Kind == vrrp.AnsweredLower:
		t.notify.run(p.Conf.Notify.MasterRxLowerPri)
	}
}

func (t *teller) reportGroup(r *Report) {
	if r.Group > len(t.setup.Groups) {
		return // a group that a reload has removed meanwhile
	}
	g := t.setup.Groups[r.Group-1]
	state := r.Action.State.String()
	if r.Syncing {
		t.log.Info("VRRP_Group("+g.Name+") Syncing instances to "+state+" state", "group", g.Name, "state", state)
		return
	}
	t.annals.group(g, t.setup.Plans, r.At, r.Action.State)
	t.notify.group(g, r.Action.State)
}
