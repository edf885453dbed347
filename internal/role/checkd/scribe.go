package checkd

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/dump"
	"holdfast/internal/host/script"
)

// listing is the file that keepalived's checkers write on a signal.
const listing = "keepalived_check.data"

// picture is how everything stands at one moment.
type picture struct {
	cfg      *conf.Config
	jobs     *jobs
	census   check.Census
	reloaded bool
}

// list has the scribe write the listing. What it tells is taken here and now, in the order of the messages.
func (r *Role) list(ctx context.Context) {
	r.opt.Log.Info(fmt.Sprintf("Printing checker data for process(%d) on signal", os.Getpid()))
	if r.opt.Host.Spool == nil || r.scribe.Full() {
		r.opt.Log.Warn(listing + " is not written: there is no place for it, or others are waiting to be written")
		return
	}
	taken := make(chan *picture, 1)
	r.loop.post(func(time.Time) { taken <- r.take() })
	select {
	case pic := <-taken:
		r.scribe.Write(func() { // there is room: nobody else does
			text := strings.Join(dump.Services(pic.cfg, r.describe(r.opt.Where, pic)), "\n") + "\n"
			if err := r.opt.Host.Spool.Place(listing, []byte(text)); err != nil {
				r.opt.Log.Info(err.Error())
			}
		})
	case <-ctx.Done():
	}
}

// take draws a picture; only the loop may, or who has not started it yet.
func (r *Role) take() *picture {
	l := r.loop
	return &picture{cfg: l.cfg, jobs: l.jobs, census: l.director.Census(), reloaded: l.cfg != r.opt.Config}
}

// dump logs the picture at the start (-d).
func (r *Role) dump() {
	if r.opt.Dump != nil {
		pic := r.take()
		r.teller.lines(dump.Services(pic.cfg, r.describe(*r.opt.Dump, pic))...)
	}
}

// describe completes what is known of the machine by a picture, and by who runs its scripts.
func (r *Role) describe(m dump.Machine, pic *picture) *dump.Machine {
	g := &pic.cfg.Global
	s := script.StandardUser(g, script.Accounts{})
	m.UID, m.GID, m.Nobody = s.Who.UID, s.Who.GID, s.Err != nil
	m.Program = func(c *conf.Command) (dump.Program, bool) {
		job, ok := pic.jobs.notify[c]
		return program(&job), ok
	}
	owner := r.teller.notify.owner(g, &g.LVSNotifyFIFO)
	m.Checking = dump.Checking{
		Checks: true, Census: pic.census, Reloaded: pic.reloaded,
		FIFO: &dump.Program{UID: uint32(owner.UID), GID: uint32(owner.GID)},
		Misc: func(k *conf.MiscCheck) dump.Program {
			job := pic.jobs.misc[k]
			return program(&job)
		},
	}
	return &m
}

// program is a script as it is run.
func program(j *script.Job) dump.Program {
	who := script.Self()
	if j.User != nil {
		who = *j.User
	}
	return dump.Program{Argv: j.Argv, UID: who.UID, GID: who.GID}
}
