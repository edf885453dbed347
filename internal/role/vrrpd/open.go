package vrrpd

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/host/advert"
	"holdfast/internal/host/link"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/neigh"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/post"
	"holdfast/internal/host/proc"
	"holdfast/internal/host/script"
	"holdfast/internal/host/spool"
	"holdfast/internal/role/bus"
)

// machine is the host that a Role was opened on, to be let go of when it ends.
type machine struct {
	kernel  *link.Conn
	herald  *neigh.Announcer
	scripts *script.Runner
	post    *post.Office
}

// Open makes a role on this machine, in the network namespace of the calling thread. Host and Jobs of opt are filled
// in. A configuration that this machine cannot run gives a *bus.ExitError with ExitConfig.
func Open(opt Options) (*Role, error) {
	m := &machine{}
	role, err := m.open(opt)
	if err != nil {
		m.close()
		return nil, err
	}
	role.machine = m
	return role, nil
}

func (m *machine) open(opt Options) (_ *Role, err error) {
	detail(opt.Log, "Registering Kernel netlink reflector")
	detail(opt.Log, "Registering Kernel netlink command channel")
	if m.kernel, err = link.Open(link.Options{}); err != nil {
		return nil, fmt.Errorf("vrrp: %w", err)
	}
	opt.Vet = func(cfg *conf.Config) (map[*conf.Command]script.Job, error) { return m.vet(cfg, opt.Log) }
	if opt.Jobs, err = opt.Vet(opt.Config); err != nil {
		return nil, err
	}
	if m.herald, err = neigh.Open(); err != nil {
		return nil, fmt.Errorf("vrrp: %w", err)
	}
	if m.scripts, err = script.NewRunner(); err != nil {
		return nil, fmt.Errorf("vrrp: %w", err)
	}
	m.post = post.New(opt.Log, logs.LevelDetail)
	opt.Host = Host{Kernel: m.kernel, Announcer: m.herald, Scripts: m.scripts, OpenWire: openWire, Files: spool.Temp(), Post: m.post}
	opt.Host.OpenBalancer = func() (Balancer, error) { return openBalancer(opt.BalancerIn) }
	return New(opt), nil
}

// vet judges a configuration on this machine and logs what there is to say about it.
func (m *machine) vet(cfg *conf.Config, log *slog.Logger) (map[*conf.Command]script.Job, error) {
	links, err := m.kernel.Links()
	if err != nil {
		return nil, fmt.Errorf("vrrp: %w", err)
	}
	loopback := make(map[string]bool, len(links))
	for _, l := range links {
		loopback[l.Name] = l.Loopback()
	}
	awaited(cfg, loopback, log)
	found, fatal := conf.CheckInterfaces(cfg, loopback)
	last := conf.MissingInterfaces()
	for _, d := range found.All() {
		if d.Code != last.Code {
			say(log, d)
		}
	}
	jobs := prepare(cfg, log)
	if fatal {
		say(log, last)
		return nil, &bus.ExitError{Code: bus.ExitConfig, Err: fmt.Errorf("vrrp: %s", last.Summary)}
	}
	return jobs, nil
}

// openBalancer connects to the load balancer of our network namespace, or of another one.
func openBalancer(in *string) (Balancer, error) {
	var o plane.Options
	if in != nil {
		space, err := proc.NetNS(*in)
		if err != nil {
			return nil, err
		}
		o.Space = space
	}
	c, err := plane.Open(o)
	if err != nil {
		return nil, err // not a nil *plane.Conn in an interface
	}
	return c, nil
}

func openWire(c advert.Config) (Wire, error) { return advert.Open(c) }

// close lets go of the machine. Stop scripts have a second to end by themselves, and so long has the mail.
func (m *machine) close() {
	var posted sync.WaitGroup
	defer posted.Wait()
	if m.post != nil {
		posted.Go(func() { m.post.Close(lastPost) })
	}
	if m.scripts != nil {
		m.scripts.Drain(time.Second)
		m.scripts.Close()
	}
	if m.herald != nil {
		_ = m.herald.Close()
	}
	if m.kernel != nil {
		_ = m.kernel.Close()
	}
}

// awaited names the interfaces that may come later (dynamic_interfaces).
func awaited(cfg *conf.Config, have map[string]bool, log *slog.Logger) {
	for _, in := range cfg.Instances {
		if _, exists := have[in.Interface.V]; !exists && cfg.Global.DynamicInterfaces.V {
			log.Info("Configuration specifies interface "+in.Interface.V+" which doesn't currently exist - will use if created",
				"interface", in.Interface.V)
		}
	}
}

func say(log *slog.Logger, d diag.Diagnostic) {
	for line := range strings.SplitSeq(compat(d), "\n") {
		log.Info(line, "code", d.Code)
	}
}

// compat is keepalived's line about a finding.
func compat(d diag.Diagnostic) string {
	if d.Bare {
		return d.Compat
	}
	return fmt.Sprintf("(%s: Line %d) %s", d.At.File(), d.At.Line(), d.Compat)
}

func detail(log *slog.Logger, text string) {
	log.Log(context.Background(), logs.LevelDetail, text)
}

// schedule gives the urgent thread what the configuration asks for; what cannot be had is said, and done without.
func (r *Role) schedule() {
	// The runtime's own work must find a processor beside the urgent thread's.
	if runtime.GOMAXPROCS(0) < 3 {
		runtime.GOMAXPROCS(3)
	}
	g := &r.opt.Config.Global
	try := func(what string, err error) {
		if err != nil {
			r.opt.Log.Warn(what + " is not in force: " + err.Error())
		}
	}
	if g.VRRPNoSwap.V {
		try("vrrp_no_swap", proc.LockMemory())
	}
	if cpus := g.VRRPCPUAffinity.V; len(cpus) > 0 {
		try("vrrp_cpu_affinity", proc.Affinity(cpus...))
	}
	switch {
	case g.VRRPRTPriority.V > 0:
		try("vrrp_rt_priority", proc.RoundRobin(g.VRRPRTPriority.V))
	case g.VRRPPriority.Set():
		try("vrrp_priority", proc.Nice(g.VRRPPriority.V))
	default:
		// Not asked for and harmless if refused: wake up sooner than others of the same rank.
		if proc.RoundRobin(1) != nil {
			_ = proc.Slice(time.Millisecond)
		}
	}
}
