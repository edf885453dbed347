package vrrpd

import (
	"context"

	"holdfast/conf"
	"holdfast/internal/host/script"
	"holdfast/internal/role/bus"
)

// candidate is a configuration that the parent offers and that this role could run.
type candidate struct {
	gen  int
	cfg  *conf.Config
	jobs map[*conf.Command]script.Job
}

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
	c := candidate{gen: m.Gen, cfg: cfg}
	if r.opt.Vet != nil {
		if c.jobs, err = r.opt.Vet(cfg); err != nil {
			return no(err)
		}
	}
	r.answer(bus.Msg{Kind: bus.Prepared, Gen: m.Gen})
	return c
}

// adopt changes over to a configuration and returns once the loop runs on it; false if the role ended meanwhile. Everything is
// prepared on this goroutine; what the loop has to do takes no longer than an advert for each changed instance.
func (r *Role) adopt(ctx context.Context, c candidate) bool {
	r.opt.Log.Info("Reloading")
	g := newGeneration(r.gen.setup.Succeed(c.cfg), r.gen)
	taken := make(chan chan struct{}, 1)
	if g.setup.Sync.asked {
		r.opt.Log.Info("Reinitializing ipvs")
	}
	r.findSync(g.setup.Sync)
	order := func() {
		r.teller.reload(g.setup, &c.cfg.Global, c.jobs)
		r.hand.reload(g, c.cfg.Global.GARPInterval.V)
		r.world.tracker.configure(g.setup, c.jobs)
		taken <- r.world.reload(g)
	}
	select {
	case r.world.orders <- order:
	case <-ctx.Done():
		return false
	}
	select {
	case <-<-taken:
	case <-ctx.Done():
		return false
	}
	r.gen, r.opt.Config, r.opt.Jobs = g, c.cfg, c.jobs
	return true
}

func (r *Role) answer(m bus.Msg) {
	if err := r.opt.Bus.Send(m); err != nil {
		r.opt.Log.Warn("cannot answer the parent: " + err.Error())
	}
}
