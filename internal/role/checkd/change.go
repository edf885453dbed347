package checkd

import (
	"context"
	"errors"
	"time"

	"holdfast/conf"
	"holdfast/internal/host/probe"
	"holdfast/internal/role/bus"
)

// candidate is a configuration that the parent offers and that this role could run.
type candidate struct {
	gen  int
	cfg  *conf.Config
	jobs *jobs
}

var errNoReload = errors.New("this role was started without a way to reload")

// examine answers whether the role could run a new configuration. Nothing is changed yet.
func (r *Role) examine(m bus.Msg) candidate {
	no := func(err error) candidate {
		r.answer(bus.Msg{Kind: bus.Rejected, Gen: m.Gen, Text: err.Error()})
		return candidate{}
	}
	if r.opt.Thaw == nil {
		return no(errNoReload)
	}
	cfg, err := r.opt.Thaw(m.Text)
	if err != nil {
		return no(err)
	}
	r.answer(bus.Msg{Kind: bus.Prepared, Gen: m.Gen})
	return candidate{gen: m.Gen, cfg: cfg}
}

// adopt changes over to a configuration and returns once the hand has made the table what it says; false if the role ended
// meanwhile.
func (r *Role) adopt(ctx context.Context, c candidate) bool {
	r.opt.Log.Info("Reloading")
	c.jobs = r.opt.vet(c.cfg)
	told := make(chan struct{})
	secrets, renewed := r.credentials(c.cfg)
	r.loop.post(func(now time.Time) {
		if renewed {
			r.loop.prober.Show(secrets)
		}
		r.world.reload(now, c.cfg)
		r.loop.reload(now, c.cfg, c.jobs)
		r.teller.news.put(tiding{reach: func() { close(told) }})
	})
	select {
	case <-told:
	case <-ctx.Done():
		return false
	}
	r.cfg = c.cfg
	r.tidy()
	return true
}

// credentials loads what checks show of themselves and whom they trust; renewed is false if there was and is nothing. The files are read
// anew also if the blocks are the same: they may be what has changed.
func (r *Role) credentials(cfg *conf.Config) (c *probe.Credentials, renewed bool) {
	if cfg.SSL == nil && r.cfg.SSL == nil && len(tlsFiles(cfg)) == 0 && len(tlsFiles(r.cfg)) == 0 {
		return nil, false
	}
	return credentials(cfg, r.opt.Log), true
}

func (r *Role) answer(m bus.Msg) {
	if err := r.opt.Bus.Send(m); err != nil {
		r.opt.Log.Warn("cannot answer the parent: " + err.Error())
	}
}
