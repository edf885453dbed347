package vrrpd

import (
	"context"
	"net/netip"
	"time"

	"holdfast/internal/core/mail"
	"holdfast/internal/core/table"
	"holdfast/internal/host/advert"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/script"
	"holdfast/internal/host/spool"
)

// Kernel is the host's links and addresses: link.Conn, or mem.Host in tests.
type Kernel interface {
	Links() ([]table.Link, error)
	Addrs() ([]table.Addr, error)
	// Apply carries out ops in order and returns an error for each, nil for success. What is already as
	// wanted is success.
	Apply(ops []table.Op) []error
	// Watch calls back for everything that changes until ctx ends.
	Watch(ctx context.Context, f func(table.Update)) error
}

// Announcer sends gratuitous announcements of an address on a link, some times over.
type Announcer interface {
	Announce(l table.Link, a netip.Addr, times int) error
}

// Wire carries the adverts of one interface.
type Wire interface {
	FD() int
	Send(packet []byte, dst netip.Addr) error
	Recv(p *advert.Packet) error
	SetVRIDs(vrids []uint8) error
	Close() error
}

// Runner starts scripts.
type Runner interface {
	Start(script.Job) (*script.Proc, error)
}

// Balancer is what vrrpd needs of the kernel's load balancer: plane.Conn, or mem.Plane in tests.
type Balancer interface {
	// SyncDaemons has these sync daemons run and no others. Errors about one of them are *plane.DaemonErrors.
	SyncDaemons(want ...plane.Daemon) error
	Close() error
}

// Poster has letters delivered. Send never waits.
type Poster interface {
	// Configure says how from now on; nil: not at all.
	Configure(s *mail.Settings)
	Send(l mail.Letter)
	// Close tries to deliver what is left, for so long at most.
	Close(patience time.Duration)
}

// Host is everything that vrrpd needs of the machine.
type Host struct {
	Kernel    Kernel
	Announcer Announcer
	Scripts   Runner
	OpenWire  func(advert.Config) (Wire, error)
	Files     spool.Placer // nil: no listings are written
	Post      Poster       // nil: there is no mail

	// OpenBalancer connects to the load balancer. It may take long, and a kernel without one is an os.ErrNotExist.
	OpenBalancer func() (Balancer, error)
}
