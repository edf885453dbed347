package super

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// ChildName returns the role that this process was started as by a parent of its own kind; "" if it is
// no child.
func ChildName() string { return os.Getenv(envRole) }

// Child is the life of a child process: it takes over what the parent left on the descriptors, runs the
// role named by ChildName until the parent says Stop, dies, or the role cannot go on, and returns the
// exit status.
func Child(o Options) int {
	signals, release := catch() // before all else: until then a reload that is meant for us would kill us
	defer release()
	name, lives, last := os.Getenv(envRole), os.Getenv(envLife), os.Getenv(envLast) != ""
	o.Base = os.Getenv(envBase)
	o.settle()
	legacy := os.Getenv(envLegacy)
	for _, mark := range []string{envRole, envLife, envBase, envLast, envLegacy} {
		os.Unsetenv(mark) // not for the scripts that the role starts
	}
	// A crash must look like one: without this a panic exits with status 2, which says "configuration".
	debug.SetTraceback("crash")
	sp := o.spec(name)
	if sp == nil {
		fmt.Fprintf(os.Stderr, "%s=%s: no such role\n", envRole, name)
		return bus.ExitProgram
	}
	h, err := inherit()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s=%s: %v\n", envRole, name, err)
		return bus.ExitProgram
	}
	defer h.parent.Close()
	if !o.Flags.Foreground {
		// Our output is the terminal of whoever starts the daemon, and he shall be able to leave.
		if err := ForgetTerminal(); err != nil {
			fmt.Fprintf(h.words, "%s: %v\n", sp.Ident, err)
		}
	}
	n, _ := strconv.Atoi(lives)
	l := life{spec: sp, nth: n, last: last, legacy: legacy, opt: &o, parent: h.parent, signals: signals}
	code, err := l.run(context.Background(), h.snapshot)
	if err != nil {
		fmt.Fprintf(h.words, "%s: %v\n", sp.Ident, err)
	}
	return code
}

// heritage is what a parent left on the descriptors.
type heritage struct {
	parent   bus.Conn
	snapshot []byte
	words    *os.File // what is written here, the parent logs when we are gone
}

func inherit() (*heritage, error) {
	parent, err := bus.FromFD(fdBus)
	if err != nil {
		return nil, fmt.Errorf("not started by a parent: %w", err)
	}
	config := os.NewFile(fdConfig, "configuration")
	defer config.Close()
	snapshot, err := proc.ReadAll(config)
	if err != nil {
		return nil, fmt.Errorf("not started by a parent: %w", err)
	}
	unix.CloseOnExec(fdCrash)
	words := os.NewFile(fdCrash, "crash")
	if err := debug.SetCrashOutput(words, debug.CrashOptions{}); err != nil {
		return nil, fmt.Errorf("crash output: %w", err)
	}
	return &heritage{parent, snapshot, words}, nil
}

// life is one life of a role, in a process of its own or as a goroutine.
type life struct {
	spec    *Spec
	nth     int // counts the lives of the role from 1
	last    bool
	legacy  string
	opt     *Options
	parent  bus.Conn
	signals <-chan os.Signal // the process's; nil if it is not ours, with its name and its pid file
}

// run makes the role and attends to it until it stops, and returns the exit status. What goes wrong is
// logged; the error is what went wrong before there was a log.
func (l life) run(ctx context.Context, snapshot []byte) (code int, err error) {
	cfg, err := thaw(snapshot, l.opt.Flags.ConfigFile, l.opt.Load, l.spec.Skips)
	if err != nil {
		return bus.ExitProgram, fmt.Errorf("configuration from the parent: %w", err)
	}
	sink, err := logs.Open(l.opt.logOptions(l.spec, &cfg.Global))
	if err != nil {
		return bus.ExitFatal, err
	}
	defer func() { _ = sink.Close(time.Second) }()
	log := sink.Logger()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	inner, outer := bus.Pipe()
	if l.signals != nil {
		release, err := l.settle(&cfg.Global, stop, inner, log)
		if err != nil {
			return bus.ExitFatal, err
		}
		defer release()
	}
	role, err := l.spec.Make(Birth{
		Config: cfg, Flags: l.opt.Flags, Log: log, Bus: outer,
		Respawn: l.nth > 1, Farewell: l.last, Legacy: l.legacy, Thaw: l.thaw,
	})
	if err == nil {
		err = attend(ctx, role, l.parent, inner, outer, !l.opt.Flags.Single, log)
	}
	code = exitCode(err)
	if err != nil && code != bus.ExitOK {
		var exit *bus.ExitError
		if errors.As(err, &exit) && exit.Err != nil {
			err = exit.Err
		}
		log.Error(l.spec.Title + " cannot go on: " + err.Error())
	}
	farewell(log)
	return code, nil
}

// thaw reads a later generation's snapshot from the file that the parent names.
func (l life) thaw(where string) (*conf.Config, error) {
	f, err := os.Open(where)
	if err != nil {
		return nil, fmt.Errorf("configuration from the parent: %w", err)
	}
	defer f.Close()
	snapshot, err := proc.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("configuration from the parent: %w", err)
	}
	return thaw(snapshot, l.opt.Flags.ConfigFile, l.opt.Load, l.spec.Skips)
}

// settle makes the process known by its name and its pid file, and its signals heard.
func (l life) settle(g *conf.Global, stop func(), inner bus.Conn, log *slog.Logger) (release func(), err error) {
	name := l.spec.Process(g)
	if name == "" {
		name = filepath.Base(l.opt.Args[0])
	}
	if err := proc.SetName(name); err != nil {
		log.Warn(err.Error())
	}
	f := &l.opt.Flags
	path := pidPath(l.opt.RunDir, l.spec.PIDFile(f), l.spec.Name, g, f)
	pid, err := openPID(path)
	if err != nil {
		return nil, err
	}
	deaf := obey(l.signals, stop, inner, log)
	return func() {
		deaf()
		if err := closePID(pid, path); err != nil {
			log.Warn(err.Error())
		}
	}, nil
}

func farewell(log *slog.Logger) {
	if log.Enabled(context.Background(), logs.LevelDetail) {
		log.Log(context.Background(), logs.LevelDetail, readUsage().childLine())
		return
	}
	log.Info("Stopped")
}

// obey turns signals that a child gets itself into what they mean. An interrupt from the terminal goes
// to the whole process group and a hang-up is for the parent: the parent passes on what is meant.
func obey(signals <-chan os.Signal, stop func(), role bus.Conn, log *slog.Logger) (deaf func()) {
	quit := make(chan struct{})
	go func() {
		for {
			select {
			case <-quit:
				return
			case s := <-signals:
				switch kind := asked(s); {
				case s == syscall.SIGTERM:
					stop()
				case kind != 0:
					if err := role.Send(bus.Msg{Kind: kind}); err != nil {
						log.Warn("signal " + s.String() + " is lost: " + err.Error())
					}
				}
			}
		}
	}()
	return func() { close(quit) }
}
