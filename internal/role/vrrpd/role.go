package vrrpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"holdfast/conf"
	"holdfast/internal/core/dump"
	"holdfast/internal/host/script"
	"holdfast/internal/role/bus"
)

// Options is what the role is told at its start.
type Options struct {
	Config *conf.Config
	Host   Host
	Log    *slog.Logger
	Bus    bus.Conn // nil: the role ends with its context only

	// Jobs are the notify scripts that passed the security checks, ready to run. Open fills it in.
	Jobs map[*conf.Command]script.Job

	KeepAddresses bool // -V: leave the addresses in place at the end

	Dump *dump.Machine // -d: log the configuration; the role knows the rest of it
}

// Role runs the VRRP instances of one configuration.
type Role struct {
	opt   Options
	setup *Setup

	loop   *loop
	hand   *hand
	world  *world
	teller *teller

	ready   chan struct{}
	machine *machine // nil: Host belongs to somebody else
}

// New makes the role; nothing is touched before Run.
func New(opt Options) *Role {
	return &Role{opt: opt, setup: NewSetup(opt.Config), ready: make(chan struct{})}
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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := r.prepare(); err != nil {
		return err
	}
	go r.teller.run()
	go r.hand.run()
	ended := make(chan error, 2) // the world's end and the loop's
	started := make(chan struct{})
	go func() { ended <- r.loop.run(r.schedule, func() { close(started) }) }()
	<-started
	r.world.chronicle.started()
	go func() { ended <- r.world.run(ctx) }()
	close(r.ready)
	if r.opt.Bus != nil {
		go r.obey(cancel)
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
	n := &notifier{runner: r.opt.Host.Scripts, log: r.opt.Log, jobs: r.opt.Jobs}
	if r.teller, err = newTeller(r.setup, r.opt.Log, n); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	v := &view{}
	say := r.teller.say()
	interval := r.opt.Config.Global.GARPInterval.V
	if r.hand, err = newHand(r.setup.Plans, r.opt.Host, v, say, interval); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	if r.loop, err = newLoop(r.setup, r.hand, r.teller.reports, r.teller.poller.Wake); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	r.world = newWorld(r.setup, r.opt.Host, v, r.hand, r.loop.inbox, say)
	r.hand.keep.Store(r.opt.KeepAddresses)
	return nil
}

// prepare reads the host, removes what a predecessor left, and judges every instance, so that the loop starts with the
// truth.
func (r *Role) prepare() error {
	if err := r.world.read(); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	r.world.chronicle.begin(&r.world.view.mirror, r.setup.Plans)
	r.teller.say().detail(nil, "Registering gratuitous ARP shared channel")
	r.hand.purge()
	if err := r.world.read(); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	for i := range r.setup.Plans {
		r.world.judge(i)
	}
	r.dump()
	return nil
}

// obey follows the parent. Its silence for good means that it died: then this role ends as well.
func (r *Role) obey(cancel func()) {
	for {
		m, err := r.opt.Bus.Recv()
		if err != nil || m.Kind == bus.Stop {
			cancel()
			return
		}
	}
}

// finish lets the hand carry out the loop's last words and the teller tell of them.
func (r *Role) finish() {
	r.hand.finish()
	served, tardy, worst := r.loop.late.snapshot()
	r.teller.say().detail(nil, fmt.Sprintf("timers: %d served, %d later than %s, worst %s", served, tardy, tolerance, worst),
		"served", served, "tardy", tardy, "worst", worst)
	r.teller.finish()
	if r.machine != nil {
		r.machine.close()
	}
}
