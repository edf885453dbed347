package vrrpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"holdfast/conf"
	"holdfast/internal/core/dump"
	"holdfast/internal/host/proc"
	"holdfast/internal/host/script"
	"holdfast/internal/host/spool"
	"holdfast/internal/role/bus"
	"holdfast/vrrp"
)

// Options is what the role is told at its start.
type Options struct {
	Config *conf.Config
	Host   Host
	Log    *slog.Logger
	Bus    bus.Conn // nil: the role ends with its context only

	// Jobs are the notify and tracking scripts that passed the security checks, ready to run. Open fills it in.
	Jobs map[*conf.Command]script.Job

	KeepAddresses bool // -V: leave the addresses in place at the end

	// Respawn says that an earlier life of this role died without a farewell: what it held is taken over. Farewell says
	// that there will be no other life: what it held is given up in an orderly way, and that is all.
	Respawn, Farewell bool

	// Thaw reads the configuration that the parent's Prepare names. nil: there is no reload.
	Thaw func(where string) (*conf.Config, error)
	// Vet judges a new configuration on this machine: what is to be said about it, the scripts that may run, and
	// whether it can be run at all. Open fills it in.
	Vet func(*conf.Config) (map[*conf.Command]script.Job, error)

	// BalancerIn names the network namespace of the kernel's load balancer if it is another one than the role's; an empty name:
	// the parent's.
	BalancerIn *string

	Where dump.Machine  // the machine, for listings: its names and the umask; the role knows the rest of it
	Dump  *dump.Machine // -d: log the configuration of this machine
}

// Role runs the VRRP instances of one configuration.
type Role struct {
	opt Options
	gen *generation

	loop    *loop
	hand    *hand
	courier *courier
	world   *world
	teller  *teller
	scribe  *spool.Scribe

	ready   chan struct{}
	machine *machine // nil: Host belongs to somebody else
}

// New makes the role; nothing is touched before Run.
func New(opt Options) *Role {
	return &Role{opt: opt, gen: newGeneration(NewSetup(opt.Config), nil), ready: make(chan struct{}), scribe: spool.NewScribe()}
}

// Ready is closed once every instance has been started.
func (r *Role) Ready() <-chan struct{} { return r.ready }

func (r *Role) String() string { return "vrrp" }

// Run follows the protocol until ctx ends or the bus says Stop; then masters say farewell, the addresses are given
// up, and stop scripts are run.
func (r *Role) Run(ctx context.Context) error {
	if err := r.build(); err != nil {
		return err
	}
	defer r.teller.crier.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := r.prepare(); err != nil {
		r.abandon()
		return err
	}
	go r.teller.run()
	go r.hand.run()
	go r.courier.run()
	ended := make(chan error, 2) // the world's end and the loop's
	started := make(chan struct{})
	if r.opt.Farewell {
		r.loop.stop()
	}
	go func() { ended <- r.loop.run(r.schedule, func() { close(started) }) }()
	<-started
	r.world.chronicle.started()
	go func() { ended <- r.world.run(ctx) }()
	close(r.ready)
	if r.opt.Bus != nil {
		go r.scribe.Run(ctx)
		go r.obey(ctx, cancel)
	}
	var err error
	waitFor := 2
	select {
	case <-ctx.Done():
	case err = <-ended: // either of them ending by itself ends the role
		waitFor--
		cancel()
	}
	r.loop.stop()
	for range waitFor {
		err = errors.Join(err, <-ended)
	}
	r.finish()
	return err
}

func (r *Role) build() (err error) {
	n := &notifier{runner: r.opt.Host.Scripts, log: r.opt.Log, jobs: r.opt.Jobs, farewell: r.opt.Farewell}
	if r.teller, err = newTeller(r.gen.setup, r.opt.Log, n, newAlerter(r.opt.Host.Post, &r.opt.Config.Global, r.opt.Farewell)); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	v := &view{}
	say := r.teller.say()
	interval := r.opt.Config.Global.GARPInterval.V
	if r.hand, err = newHand(r.gen, r.opt.Host, v, say, interval); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	if r.courier, err = newCourier(r.opt.Host.OpenBalancer, say); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	if r.loop, err = newLoop(r.gen, r.hand, r.courier, r.teller.reports, r.teller.poller.Wake); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	r.world = newWorld(r.gen, r.opt.Host, v, r.hand, r.loop.inbox, say)
	r.world.tracker.configure(r.gen.setup, r.opt.Jobs)
	r.hand.keep.Store(r.opt.KeepAddresses)
	if r.opt.Bus != nil && !r.opt.Farewell {
		r.teller.crier = crier{facts: bus.NewFacts(r.opt.Bus.Send), states: make(map[int]vrrp.State)}
	}
	return nil
}

// prepare reads the host, removes what a predecessor left, and judges every instance, so that the loop starts with the
// truth.
func (r *Role) prepare() error {
	if r.gen.setup.Sync.asked {
		r.teller.say().info(nil, "Initializing ipvs")
	}
	if err := r.world.read(); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	r.world.chronicle.begin(&r.world.view.mirror, r.gen.setup.Plans)
	r.findSync(r.gen.setup.Sync)
	r.teller.say().detail(nil, "Registering gratuitous ARP shared channel")
	if r.opt.Respawn || r.opt.Farewell {
		r.loop.adopt = r.inherited()
	}
	r.hand.purge(r.loop.adopt)
	if err := r.world.read(); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	for i := range r.gen.setup.Plans {
		r.world.judge(i)
	}
	r.dump()
	return nil
}

// abandon lets go of what build has made and Run has not begun.
func (r *Role) abandon() {
	for _, p := range []*proc.Poller{r.teller.poller, r.hand.poller, r.courier.poller, r.loop.poller} {
		_ = p.Close()
	}
	if r.machine != nil {
		r.machine.close()
	}
}

// findSync says so if there is no such instance as the sync daemons are to follow.
func (r *Role) findSync(p *syncPlan) {
	if p.lost != "" {
		r.teller.say().info(nil, "Unable to find vrrp instance "+p.lost+" for lvs_syncd - clearing lvs_syncd config")
	}
}

// obey follows the parent. Its silence for good means that it died: then this role ends as well.
func (r *Role) obey(ctx context.Context, cancel func()) {
	defer cancel()
	var next candidate
	for {
		m, err := r.opt.Bus.Recv()
		if err != nil || m.Kind == bus.Stop {
			return
		}
		switch m.Kind {
		case bus.Prepare:
			next = r.examine(m)
		case bus.Abort:
			next = candidate{}
		case bus.Dump, bus.Stats, bus.StatsClear, bus.JSON:
			r.list(ctx, m.Kind)
		case bus.Fact:
			r.hear(ctx, m)
		case bus.Commit:
			if next.gen == m.Gen && r.adopt(ctx, next) {
				r.answer(bus.Msg{Kind: bus.Committed, Gen: m.Gen})
			}
		}
	}
}

// hear takes in what another role says.
func (r *Role) hear(ctx context.Context, m bus.Msg) {
	name, ok := bus.Service(m.Subject)
	if !ok {
		return
	}
	select {
	case r.world.orders <- func() { r.world.followService(name, m.Text == bus.Up) }:
	case <-ctx.Done():
	}
}

// finish lets the hand carry out the loop's last words and the teller tell of them.
func (r *Role) finish() {
	r.courier.end()
	r.hand.finish() // addresses do not wait for IPVS
	r.courier.await()
	served, tardy, worst := r.loop.late.snapshot()
	r.teller.say().detail(nil, fmt.Sprintf("timers: %d served, %d later than %s, worst %s", served, tardy, tolerance, worst),
		"served", served, "tardy", tardy, "worst", worst)
	r.teller.finish()
	if r.machine != nil {
		r.machine.close()
	}
}
