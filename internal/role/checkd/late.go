package checkd

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/internal/host/plane"
)

// lateKernel is a kernel without IPVS, while other roles do their work: it takes every order for done, and looks now and then
// whether IPVS has come. The audit then finds that everything is missing.
type lateKernel struct {
	open func() (Kernel, error)
	log  *slog.Logger

	mu       sync.Mutex
	kernel   Kernel // nil: not yet
	tried    time.Time
	timeouts conf.LVSTimeouts // to be set when it comes
	daemons  []plane.Daemon   // to run then
}

// lookAgain is how often a kernel without IPVS is tried.
const lookAgain = 10 * time.Second

var errNoIPVS = errors.New("the kernel has no IPVS")

// there returns the kernel's IPVS; nil if it has none.
func (l *lateKernel) there() Kernel {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kernel != nil || time.Since(l.tried) < lookAgain {
		return l.kernel
	}
	k, err := l.open()
	l.tried = time.Now()
	if err != nil {
		return nil
	}
	l.log.Info("IPVS: the kernel has it now")
	l.kernel = k
	if l.timeouts != (conf.LVSTimeouts{}) {
		if err := k.SetTimeouts(l.timeouts); err != nil {
			l.log.Info("IPVS: cannot set the timeouts: " + err.Error())
		}
	}
	if len(l.daemons) > 0 {
		if err := k.SyncDaemons(l.daemons...); err != nil {
			l.log.Info("IPVS: cannot set the sync daemons: " + err.Error())
		}
	}
	return k
}

// Read implements Kernel.
func (l *lateKernel) Read(keys ...lvs.Key) ([]lvs.Entry, error) {
	if k := l.there(); k != nil {
		return k.Read(keys...)
	}
	return nil, errNoIPVS
}

// Apply implements Kernel.
func (l *lateKernel) Apply(ops []lvs.Op) []error {
	if k := l.there(); k != nil {
		return k.Apply(ops)
	}
	return make([]error, len(ops))
}

// Flush implements Kernel.
func (l *lateKernel) Flush() error {
	if k := l.there(); k != nil {
		return k.Flush()
	}
	return nil
}

// Timeouts implements Kernel.
func (l *lateKernel) Timeouts() (conf.LVSTimeouts, error) {
	if k := l.there(); k != nil {
		return k.Timeouts()
	}
	return conf.LVSTimeouts{}, nil
}

// SetTimeouts implements Kernel.
func (l *lateKernel) SetTimeouts(t conf.LVSTimeouts) error {
	if k := l.there(); k != nil {
		return k.SetTimeouts(t)
	}
	l.mu.Lock()
	l.timeouts = t
	l.mu.Unlock()
	return nil
}

// SyncDaemons implements Kernel.
func (l *lateKernel) SyncDaemons(want ...plane.Daemon) error {
	if k := l.there(); k != nil {
		return k.SyncDaemons(want...)
	}
	l.mu.Lock()
	l.daemons = want
	l.mu.Unlock()
	return nil
}

// Close implements Kernel.
func (l *lateKernel) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kernel != nil {
		return l.kernel.Close()
	}
	return nil
}
