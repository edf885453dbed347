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

// lateKernel is a kernel without IPVS, while other roles do their work. It takes every operation for done, and looks now and then
// whether IPVS has come: the audit then finds that everything is missing. What is not in the table is refused with errNoIPVS, and
// the hand asks for it again.
type lateKernel struct {
	open func() (Kernel, error)
	log  *slog.Logger

	mu     sync.Mutex
	kernel Kernel // nil: not yet
	tried  time.Time
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
	return k
}

// Read implements Kernel.
func (l *lateKernel) Read(keys ...lvs.Key) ([]lvs.Entry, error) {
	if k := l.there(); k != nil {
		return k.Read(keys...)
	}
	return nil, errNoIPVS
}

// Counts implements Kernel.
func (l *lateKernel) Counts(keys ...lvs.Key) ([]lvs.Count, error) {
	if k := l.there(); k != nil {
		return k.Counts(keys...)
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
	return conf.LVSTimeouts{}, errNoIPVS
}

// SetTimeouts implements Kernel.
func (l *lateKernel) SetTimeouts(t conf.LVSTimeouts) error {
	if k := l.there(); k != nil {
		return k.SetTimeouts(t)
	}
	return errNoIPVS
}

// Setting implements Kernel.
func (l *lateKernel) Setting(name string) (int, error) {
	if k := l.there(); k != nil {
		return k.Setting(name)
	}
	return 0, errNoIPVS
}

// SetSetting implements Kernel.
func (l *lateKernel) SetSetting(name string, v int) error {
	if k := l.there(); k != nil {
		return k.SetSetting(name, v)
	}
	return errNoIPVS
}

// SyncDaemons implements Kernel.
func (l *lateKernel) SyncDaemons(want ...plane.Daemon) error {
	if k := l.there(); k != nil {
		return k.SyncDaemons(want...)
	}
	return errNoIPVS
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
