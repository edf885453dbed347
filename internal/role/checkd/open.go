package checkd

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"holdfast/conf"
	"holdfast/internal/host/fifo"
	"holdfast/internal/host/gaze"
	"holdfast/internal/host/link"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/post"
	"holdfast/internal/host/probe"
	"holdfast/internal/host/proc"
	"holdfast/internal/host/script"
	"holdfast/internal/host/spool"
	"holdfast/internal/role/bus"
)

// machine is the host that a Role was opened on, to be let go of when it ends.
type machine struct {
	kernel  Kernel
	links   *link.Conn
	scripts *script.Runner
	post    *post.Office
	prober  *probe.Prober
}

// powers are what the role needs: to program IPVS (NET_ADMIN, which is also for marks), to bind to interfaces and low ports, to
// run scripts as others and end them, to read track files, to be urgent, and to open the configuration that the parent, which has
// more powers, holds out to it in /proc (SYS_PTRACE). What its scripts that run as root may do is not touched by it.
var powers = []proc.Cap{
	proc.NetAdmin, proc.NetRaw, proc.NetBindService, proc.SetUID, proc.SetGID, proc.Kill, proc.Chown, proc.DACOverride,
	proc.DACReadSearch, proc.FOwner, proc.SysNice, proc.SysResource, proc.IPCLock,
	proc.SysPtrace,
}

// Open makes a role on this machine, in the network namespace of the calling thread. Host of opt is filled in. A kernel
// without IPVS gives a *bus.ExitError with ExitFatal.
func Open(opt Options) (*Role, error) {
	m := &machine{}
	opt.machine = m
	if err := m.open(&opt); err != nil {
		m.close()
		return nil, err
	}
	return New(opt), nil
}

func (m *machine) open(opt *Options) (err error) {
	opt.vet = func(cfg *conf.Config) *jobs { return prepare(cfg, opt.Log) }
	if m.scripts, err = script.NewRunner(); err != nil { // before anything is pinned
		return fmt.Errorf("checkers: %w", err)
	}
	first := opt.vet(opt.Config)
	opt.Log.Info("Initializing ipvs")
	if err = m.openKernel(opt); err != nil {
		return err
	}
	if m.links, err = link.Open(link.Options{}); err != nil {
		return fmt.Errorf("checkers: %w", err)
	}
	m.prober, err = probe.New(probe.Options{Credentials: credentials(opt.Config, opt.Log)})
	if err != nil {
		return fmt.Errorf("checkers: %w", err)
	}
	if opt.Confine {
		debug.SetGCPercent(thrift)
		keep := powers
		if opt.TableIn != nil {
			keep = append(slices.Clone(powers), proc.SysAdmin) // to enter that namespace again
		}
		if err := proc.Keep(keep...); err != nil {
			opt.Log.Warn("the checkers keep all powers of the process: " + err.Error())
		}
	}
	m.post = post.New(opt.Log, logs.LevelDetail)
	opt.jobs = first
	opt.Host = Host{
		Kernel: m.kernel, Prober: m.prober, Scripts: m.scripts, Post: m.post, Links: m.links, Files: gaze.Files{}, Spool: spool.Temp(),
		OpenFIFO: openFIFO, AllowPing: probe.AllowPing,
	}
	g, log := &opt.Config.Global, opt.Log
	opt.begin = func() bool { return schedule(g, log) }
	return nil
}

func openFIFO(path string, o fifo.Owner) (FIFO, error) {
	p, err := fifo.Open(path, o)
	if err != nil {
		return nil, err // not a nil *fifo.Pipe in an interface
	}
	return p, nil
}

// openKernel connects to the kernel's IPVS. One that cannot do it is told of in keepalived's words and in ours.
func (m *machine) openKernel(opt *Options) error {
	open := func() (Kernel, error) { return openTable(opt.TableIn) }
	k, err := open()
	if err == nil {
		m.kernel = k
		return nil
	}
	why := err.Error()
	if errors.Is(err, os.ErrNotExist) {
		why = "No such file or directory"
	}
	opt.Log.Info("IPVS: Can't initialize ipvs: " + why)
	if !opt.Beside {
		return &bus.ExitError{Code: bus.ExitFatal, Err: err}
	}
	opt.Log.Warn(err.Error() + "; nothing is balanced until it is there, everything else goes on")
	m.kernel = &lateKernel{open: open, log: opt.Log, tried: time.Now()}
	return nil
}

// openTable connects to the IPVS of our network namespace, or of another one.
func openTable(in *string) (Kernel, error) {
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

// thrift is how much the heap may grow before it is collected, in percent: what is checked stays, and little is allocated beside it.
const thrift = 30

// drain gives scripts under way a second to end by themselves, and the mail server as long for what is left.
func (m *machine) drain() {
	var posted sync.WaitGroup
	posted.Go(func() { m.post.Close(time.Second) })
	m.scripts.Drain(time.Second)
	posted.Wait()
}

// close lets go of the machine.
func (m *machine) close() {
	if m.scripts != nil {
		m.scripts.Close()
	}
	if m.prober != nil {
		_ = m.prober.Close()
	}
	if m.links != nil {
		_ = m.links.Close()
	}
	if m.kernel != nil {
		_ = m.kernel.Close()
	}
}

// schedule gives the loop's thread what the configuration asks for, and reports whether that is anything; what cannot be had is said,
// and done without.
func schedule(g *conf.Global, log *slog.Logger) bool {
	// With a single processor of the runtime's, its monitor takes that away from a thread that waits in the kernel as soon as it sees
	// it, which costs several wake-ups; from one of two it does so after 10 ms.
	if runtime.GOMAXPROCS(0) < 2 {
		runtime.GOMAXPROCS(2)
	}
	p := &g.CheckerProcess
	try := func(what string, err error) {
		if err != nil {
			log.Warn(what + " is not in force: " + err.Error())
		}
	}
	if p.NoSwap.V {
		try("checker_no_swap", proc.LockMemory())
	}
	if cpus := p.CPUAffinity.V; len(cpus) > 0 {
		try("checker_cpu_affinity", proc.Affinity(cpus...))
	}
	switch {
	case p.RTPriority.V > 0:
		// The runtime's own work must find a processor beside the urgent thread's.
		if runtime.GOMAXPROCS(0) < 3 {
			runtime.GOMAXPROCS(3)
		}
		try("checker_rt_priority", proc.RoundRobin(p.RTPriority.V))
	case p.Priority.Set():
		try("checker_priority", proc.Nice(p.Priority.V))
	}
	return p.RTPriority.V > 0 || p.Priority.Set() || len(p.CPUAffinity.V) > 0
}
