package checkd

import (
	"context"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/internal/core/mail"
	"holdfast/internal/core/table"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/fifo"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/probe"
	"holdfast/internal/host/script"
	"holdfast/internal/host/spool"
)

// Kernel is the host's table of virtual services.
type Kernel interface {
	// Read returns those of the services that exist, with their destinations.
	Read(keys ...lvs.Key) ([]lvs.Entry, error)
	// Apply carries out ops in order and returns an error for each, nil for success. What is already as wanted is success.
	Apply(ops []lvs.Op) []error
	// Counts returns the connections of all destinations of those of the services that exist.
	Counts(keys ...lvs.Key) ([]lvs.Count, error)
	// Flush removes everything, whoever made it.
	Flush() error
	// Timeouts returns how long idle connections are remembered, and SetTimeouts changes those that are not 0.
	Timeouts() (conf.LVSTimeouts, error)
	SetTimeouts(conf.LVSTimeouts) error
	// Setting returns a setting of IPVS below net.ipv4.vs, and SetSetting changes it.
	Setting(name string) (int, error)
	SetSetting(name string, v int) error
	// SyncDaemons has these sync daemons run and no others. Errors about one of them are *plane.DaemonErrors.
	SyncDaemons(want ...plane.Daemon) error
	Close() error
}

// Prober carries the conversations of checkers: probe.Prober.
type Prober interface {
	Start(id probe.ID, call *talk.Call, now time.Time)
	Cancel(id probe.ID) bool
	Show(c *probe.Credentials)
	Wait(deadline time.Time, armed bool, results []probe.Result) ([]probe.Result, time.Time, bool, error)
	Wake()
	Close() error
}

// Runner starts scripts.
type Runner interface {
	Start(script.Job) (*script.Proc, error)
}

// Links tells of the host's addresses.
type Links interface {
	Addrs() ([]table.Addr, error)
	// Watch calls back for everything that changes until ctx ends.
	Watch(ctx context.Context, f func(table.Update)) error
}

// Files tells of the values of files.
type Files interface {
	// Read returns the number in a file; 0 without one.
	Read(path string) int64
	// Watch calls back with the path of a file that may have changed until ctx ends.
	Watch(ctx context.Context, paths []string, f func(path string)) error
}

// FIFO is a named pipe for events. Write writes an event as a whole or not at all, and never waits.
type FIFO interface {
	Write(event []byte) bool
	Close()
}

// Poster has letters delivered. Send never waits.
type Poster interface {
	// Configure says how from now on; nil: not at all.
	Configure(s *mail.Settings)
	Send(l mail.Letter)
	// Close tries to deliver what is left, for so long at most.
	Close(patience time.Duration)
}

// Host is everything that checkd needs of the machine.
type Host struct {
	Kernel  Kernel
	Prober  Prober
	Scripts Runner
	Post    Poster       // nil: there is no mail
	Links   Links        // nil: addresses are not looked at
	Files   Files        // nil: files are not looked at
	Spool   spool.Placer // nil: nothing is written

	OpenFIFO func(path string, o fifo.Owner) (FIFO, error) // nil: there are none
	// AllowPing lets PING_CHECK have its sockets and returns what undoes that; nil: it may have them.
	AllowPing func() (restore func() error, err error)
}
