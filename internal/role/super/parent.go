package super

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"holdfast/conf/diag"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// defaultWait is how long children may take to stop, unless child_wait_time says otherwise.
const defaultWait = 5 * time.Second

// defaultUmask lets nobody but us read what we and our scripts create.
// compat: also what keepalived has.
const defaultUmask = 0o177

// parent is the daemon's first process at work.
type parent struct {
	opt  Options
	sink *logs.Sink
	log  *slog.Logger
	disk Disk

	gen      *generation
	children []*child
	facts    map[string]fact // by subject
	born     midwife
	spawner  *proc.Spawner // nil with --single
	events   chan event
	over     chan struct{} // closed when run returns: nobody reads events any more

	change   *change // a reload under way
	again    bool    // another one was asked for meanwhile
	started  bool    // Startup complete was said
	stopping bool
	parted   bool             // the lasting children have been told to stop as well
	lull     <-chan time.Time // when they are told, even if others have not stopped
	deadline <-chan time.Time // when children that do not stop are killed
	killed   bool
	code     int
	pid      *proc.PIDFile
	pidPath  string
}

// Run is the life of the parent: it returns the daemon's exit status.
func Run(o Options) int {
	o.settle()
	signals, release := catch()
	defer release()
	p := &parent{opt: o, disk: Disk{Base: o.Base}, events: make(chan event, 64), over: make(chan struct{})}
	defer close(p.over)
	if o.Flags.Single {
		p.born = goroutine(&p.opt)
	} else {
		p.spawner = proc.NewSpawner()
		p.born = process(&p.opt, p.spawner)
	}
	if err := p.openLog(nil); err != nil {
		fmt.Fprintf(os.Stderr, "%s\n", err)
		return bus.ExitFatal
	}
	p.hello()
	err := p.setUp()
	if err == nil {
		p.startAll()
		err = p.loop(signals)
	}
	p.code = p.refusal(err)
	p.bye()
	return p.code
}

// refusal logs why the daemon does not run, or no longer, and returns the exit status for that.
func (p *parent) refusal(err error) int {
	abroad := !p.opt.Flags.Foreground && !p.started // whoever started a daemon does not read the log
	if err == nil {
		if abroad && p.code != bus.ExitOK {
			fmt.Fprintf(os.Stderr, "%s: could not start; the log says why\n", p.opt.Args[0])
		}
		return p.code
	}
	code := bus.ExitFatal
	var exit *bus.ExitError
	if errors.As(err, &exit) {
		code, err = exit.Code, exit.Err
	}
	var findings *diag.List
	if !errors.As(err, &findings) { // those are logged already
		p.log.Error(err.Error())
	}
	if abroad {
		fmt.Fprintf(os.Stderr, "%s: %v\n", p.opt.Args[0], err)
	}
	return code
}

func (p *parent) openLog(g *generation) error {
	lo := p.opt.logOptions(nil, nil)
	if g != nil {
		lo = p.opt.logOptions(nil, &g.global)
	}
	sink, err := logs.Open(lo)
	if err != nil {
		return err
	}
	if p.sink != nil {
		_ = p.sink.Close(time.Second)
	}
	p.sink, p.log = sink, sink.Logger()
	return nil
}

func (p *parent) detail(line string) { p.log.Log(context.Background(), logs.LevelDetail, line) }

func (p *parent) hello() {
	p.log.Info("Starting " + Banner(p.opt.Version))
	p.log.Info("Running on " + Kernel())
	p.log.Info("Command line: " + quoteArgs(p.opt.Args))
	for _, name := range p.opt.Flags.Idle {
		p.log.Warn("Option " + name + " is accepted but does nothing yet")
	}
}

func (p *parent) bye() {
	if p.pid != nil {
		if err := closePID(p.pid, p.pidPath); err != nil {
			p.log.Warn(err.Error())
		}
	}
	p.detail(readUsage().parentLine())
	p.log.Info("Stopped " + Banner(p.opt.Version))
	_ = p.sink.Close(2 * time.Second)
}

// setUp does everything that comes before the first child: configuration, pid files, privileges.
func (p *parent) setUp() error {
	proc.Umask(defaultUmask)
	if p.opt.Flags.UmaskSet {
		proc.Umask(int(p.opt.Flags.Umask))
	}
	g, err := p.read(1)
	if err != nil {
		return err
	}
	if err := g.fatal(); err != nil {
		return err
	}
	if suffix := identSuffix(&g.global, &p.opt.Flags); suffix != "" {
		p.log.Info("Changing syslog ident to Keepalived" + suffix)
		if err := p.openLog(g); err != nil {
			return err
		}
	}
	p.gen = g
	if err := p.claim(); err != nil {
		return err
	}
	if err := p.equip(); err != nil {
		return err
	}
	p.initFiles(true)
	return nil
}

// read prepares a generation and logs what was found on the way.
func (p *parent) read(number int) (*generation, error) {
	path := p.opt.Flags.ConfigFile
	p.detail("Opening file '" + path + "'.")
	g, cfg, err := prepare(number, p.disk, &p.opt)
	if err != nil {
		return nil, err
	}
	usable := g.fatal() == nil
	if usable {
		p.log.Info("Configuration file " + path)
	}
	report(p.log, &g.findings)
	if p.opt.Vet != nil && usable {
		found := p.opt.Vet(cfg)
		report(p.log, &found)
	}
	return g, nil
}

// claim makes sure that no other daemon runs here and takes our pid file.
func (p *parent) claim() error {
	g, f := &p.gen.global, &p.opt.Flags
	for i := range p.opt.Roles {
		sp := &p.opt.Roles[i]
		_, running, err := proc.Running(pidPath(p.opt.RunDir, sp.PIDFile(f), sp.Name, g, f))
		switch {
		case errors.Is(err, os.ErrPermission):
			return &bus.ExitError{Code: bus.ExitPermission, Err: err}
		case err != nil:
			return err
		case running:
			return errRunning
		}
	}
	var err error
	var running *proc.RunningError
	p.pidPath = pidPath(p.opt.RunDir, f.PIDFile, "keepalived", g, f)
	p.pid, err = openPID(p.pidPath)
	switch {
	case errors.As(err, &running):
		return errRunning
	case errors.Is(err, os.ErrPermission):
		p.log.Info("pidfile_write : Cannot open " + p.pidPath + " pidfile")
		return &bus.ExitError{Code: bus.ExitPermission, Err: err}
	}
	return err
}

// compat: not a failure for the exit status.
var errRunning = &bus.ExitError{Code: bus.ExitOK, Err: errors.New("daemon is already running")}

// equip sets what children inherit, and refuses what cannot work.
func (p *parent) equip() error {
	g, f := &p.gen.global, &p.opt.Flags
	if g.Umask.Set() && !f.UmaskSet {
		proc.Umask(int(g.Umask.V))
	}
	if f.CoreDump {
		if err := allowCores(f.CorePattern); err != nil {
			p.log.Warn(err.Error())
		}
	}
	if err := proc.SetName(cmp.Or(g.ProcessName.V, filepath.Base(p.opt.Args[0]))); err != nil {
		p.log.Warn(err.Error())
	}
	if f.Single && p.namespace() != "" {
		return &bus.ExitError{Code: bus.ExitConfig, Err: errors.New(
			"net_namespace cannot be had with --single: start it inside, with \"ip netns exec " + p.namespace() + "\"")}
	}
	if err := p.permitted(); err != nil || f.Single || p.namespace() == "" {
		return err
	}
	return p.spawner.Do(func() error { return proc.EnterNetNS(p.namespace()) })
}

func (p *parent) namespace() string { return namespace(&p.gen.global, &p.opt.Flags) }

// permitted refuses to start roles without the capabilities that they cannot work without.
func (p *parent) permitted() error {
	for i := range p.opt.Roles {
		sp := &p.opt.Roles[i]
		if sp.Make == nil || !p.gen.wanted[sp.Name] {
			continue
		}
		lacking, err := proc.Missing(sp.Needs...)
		if err != nil {
			return err
		}
		if len(lacking) > 0 {
			return &bus.ExitError{Code: bus.ExitPermission, Err: fmt.Errorf(
				"%s needs %s: run as root, or grant them with AmbientCapabilities= in the unit", sp.Title, join(lacking))}
		}
	}
	return nil
}

func join(caps []proc.Cap) string {
	names := make([]string, len(caps))
	for i, c := range caps {
		names[i] = c.String()
	}
	return strings.Join(names, " and ")
}
