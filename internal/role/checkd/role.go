package checkd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/dump"
	"holdfast/internal/core/lvs"
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

	KeepTable bool // -I: leave the kernel's table in place at the end

	// Respawn says that an earlier life of this role died without a farewell: what it held is taken over. Farewell says that
	// there will be no other life: what it held is given up, and that is all.
	Respawn, Farewell bool

	// Legacy is what the earlier life has said of bus.Legacy; empty: nothing.
	Legacy string

	// Beside says that other roles do their work beside this one: a kernel without IPVS is waited for. Else it is an error.
	Beside bool

	// Confine says that the process is the role's own, so that it may give up powers that the role does not need.
	Confine bool

	// Thaw reads the configuration that the parent's Prepare names. nil: there is no reload.
	Thaw func(where string) (*conf.Config, error)

	Where dump.Machine  // the machine, for the listing: its names and the umask; the role knows the rest of it
	Dump  *dump.Machine // -d: log the configuration of this machine

	// TableIn names the network namespace whose table it is if that is another one than the role's; an empty name: the parent's.
	TableIn *string

	vet     func(*conf.Config) *jobs // which scripts may run; nil: all
	jobs    *jobs                    // what vet says of Config, if it has been asked
	begin   func() bool              // called on the loop's thread before it works; true: the thread is not as others any more
	machine *machine                 // nil: Host belongs to somebody else
	random  func(time.Duration) time.Duration
}

// Role runs the virtual servers of one configuration.
type Role struct {
	opt Options
	cfg *conf.Config

	loop   *loop
	hand   *hand
	teller *teller
	world  *world
	scribe *spool.Scribe

	ready chan struct{}
}

// New makes the role; nothing is touched before Run.
func New(opt Options) *Role {
	if opt.vet == nil {
		opt.vet = all
	}
	if opt.random == nil {
		opt.random = func(n time.Duration) time.Duration {
			if n <= 0 {
				return 0
			}
			return rand.N(n)
		}
	}
	return &Role{opt: opt, cfg: opt.Config, scribe: spool.NewScribe(), ready: make(chan struct{})}
}

// Ready is closed once the table has been programmed.
func (r *Role) Ready() <-chan struct{} { return r.ready }

func (r *Role) String() string { return "checkers" }

const (
	// handPatienceAtStart is how long the kernel may take for the table before the role counts as ready.
	handPatienceAtStart = 10 * time.Second
	// handPatienceAtEnd is how long it may take for the last operations: less than the parent waits for its children.
	handPatienceAtEnd = 4 * time.Second
)

// Run checks and programs until ctx ends or the bus says Stop; then the table is left as the configuration says, and the
// scripts of omega are run.
func (r *Role) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	j := r.opt.jobs
	if j == nil {
		j = r.opt.vet(r.cfg)
	}
	r.build(j)
	go r.teller.run()
	go r.hand.run()
	first, err := r.begin(ctx)
	if err != nil {
		r.finish()
		return err
	}
	ended := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // scheduling is a thread's; it ends with the goroutine
		if r.opt.begin == nil || !r.opt.begin() {
			runtime.UnlockOSThread() // it is as any other, and a goroutine costs less without one of its own
		}
		ended <- r.loop.run()
	}()
	select {
	case <-first.over:
	case <-ctx.Done():
	case <-time.After(handPatienceAtStart):
	}
	close(r.ready)
	go r.scribe.Run(ctx)
	if r.opt.Bus != nil {
		go r.obey(ctx, cancel)
	}
	select {
	case <-ctx.Done():
		r.loop.post(r.loop.stop)
		err = <-ended
	case err = <-ended:
	}
	cancel()
	r.finish()
	return err
}

// tidy gives back the memory that a configuration took to be read.
func (r *Role) tidy() {
	if r.opt.Confine {
		debug.FreeOSMemory()
	}
}

func (r *Role) build(j *jobs) {
	opt := &r.opt
	r.teller = newTeller(opt.Log, &notifier{runner: opt.Host.Scripts, open: opt.Host.OpenFIFO, log: opt.Log}, &alerter{post: opt.Host.Post})
	r.teller.news.put(tiding{scene: &scene{r.cfg, j}})
	r.hand = newHand(opt.Host.Kernel, r.teller.lines)
	var err error
	if r.hand.former, err = newFormer(opt.Legacy); err != nil {
		opt.Log.Warn("what an earlier life has changed in the kernel is not put back: " + err.Error())
	}
	l := &loop{
		prober: opt.Host.Prober, hand: r.hand, teller: r.teller, cfg: r.cfg, jobs: j,
		orders: newQueue[func(time.Time)](), pending: make(map[uint64]attempt),
	}
	l.calls, l.wrong, l.noted = newCalls(), make(map[page]lengths), make(map[check.CheckerID]string)
	if opt.Bus != nil && !opt.Farewell {
		l.stands = standings{facts: bus.NewFacts(opt.Bus.Send), told: make(map[string]bool)}
		l.stands.follow(r.cfg)
		r.hand.tell = func(legacy string) { l.stands.facts.Tell(bus.Legacy, legacy) }
	}
	l.trials = newTrials(opt.Host.Scripts, func(t trial) { l.post(func(now time.Time) { l.ended(now, t) }) })
	l.director = check.New(r.cfg, check.Options{
		Random: opt.random, KeepTable: opt.KeepTable, Usable: func(c *conf.Checker) bool { return l.jobs.usable(c) },
	})
	r.loop = l
	r.world = &world{host: &opt.Host, loop: l, teller: r.teller}
}

// begin tells the Director how the world is and starts it; the batch that it returns is over when the table is programmed.
func (r *Role) begin(ctx context.Context) (*batch, error) {
	adopt := r.opt.Respawn || r.opt.Farewell
	var have []lvs.Entry
	if keys := r.loop.director.Keys(nil); len(keys) > 0 {
		var err error
		if have, err = r.opt.Host.Kernel.Read(keys...); err != nil && !errors.Is(err, errNoIPVS) {
			return nil, fmt.Errorf("IPVS: cannot read the table: %w", err)
		}
	}
	if err := r.world.begin(ctx, r.cfg); err != nil {
		return nil, err
	}
	r.loop.setUp()
	r.loop.quiet = r.opt.Farewell
	b := r.loop.start(time.Now(), check.Start{Have: have, Adopt: adopt})
	if r.opt.Farewell {
		r.loop.post(r.loop.stop)
	} else {
		r.dump()
	}
	return b, nil
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
		case bus.Dump:
			r.list(ctx)
		case bus.Fact:
			r.hear(m)
		case bus.Commit:
			if next.gen == m.Gen && next.cfg != nil && r.adopt(ctx, next) {
				r.answer(bus.Msg{Kind: bus.Committed, Gen: m.Gen})
			}
		}
	}
}

// hear takes in what another role says.
func (r *Role) hear(m bus.Msg) {
	if name, ok := bus.Instance(m.Subject); ok {
		r.loop.post(func(now time.Time) {
			r.loop.step(now, check.Instance{Name: name, Master: m.Text == vrrp.Master.String()}, nil)
		})
	}
}

// finish ends everything that runs beside the loop: scripts under way, then the hand, then the teller.
func (r *Role) finish() {
	r.world.end()
	if !r.hand.finish(handPatienceAtEnd) {
		r.teller.lines("IPVS: the kernel does not answer; the table may not be as it should")
	}
	r.loop.stands.close() // after the hand, which may have something for a next life
	r.teller.finish()
	if m := r.opt.machine; m != nil {
		m.drain()
	}
	r.loop.trials.stop()
	_ = r.loop.prober.Close()
	if m := r.opt.machine; m != nil {
		m.close()
	}
}

// all lets every script run as it stands.
func all(cfg *conf.Config) *jobs {
	j := &jobs{notify: make(map[*conf.Command]script.Job), misc: make(map[*conf.MiscCheck]script.Job)}
	add := func(c *conf.Command) {
		if c != nil {
			j.notify[c] = script.Job{Name: c.Argv[0], Argv: c.Argv}
		}
	}
	for _, vs := range cfg.VirtualServers {
		add(vs.QuorumUp)
		add(vs.QuorumDown)
		for _, rs := range vs.RealServers {
			add(rs.NotifyUp)
			add(rs.NotifyDown)
			for _, c := range rs.Checkers {
				if c.Misc != nil {
					j.misc[c.Misc] = script.Job{Name: c.Misc.Command.Argv[0], Argv: c.Misc.Command.Argv}
				}
			}
		}
	}
	return j
}
