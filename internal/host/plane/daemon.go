package plane

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/ipvs"
)

// Daemon is a sync daemon, the kernel's thread that sends connections to other directors (Master) or takes theirs. Zero values
// of the last four are the kernel's defaults.
type Daemon struct {
	Master    bool
	Interface string
	ID        uint8

	MaxLen uint16
	Group  netip.Addr
	Port   uint16
	TTL    uint8
}

// DaemonOf returns the sync daemon, of either kind, that a line lvs_sync_daemon asks for. id is its sync id if the line gives none.
func DaemonOf(s *conf.SyncDaemon, id uint8) Daemon {
	d := Daemon{Interface: s.Interface.V, ID: id, MaxLen: s.MaxLen.V, Group: s.Group.V, Port: s.Port.V, TTL: s.TTL.V}
	if s.ID.Set() {
		d.ID = s.ID.V
	}
	return d
}

// A DaemonError says which sync daemon could not be started or stopped, and why.
type DaemonError struct {
	Master bool
	Start  bool
	Err    error
}

func (e *DaemonError) Error() string {
	verb := "stop"
	if e.Start {
		verb = "start"
	}
	return fmt.Sprintf("%s the %v sync daemon: %v", verb, state(e.Master), e.Err)
}

// Line words the error as keepalived does, by the operation's old name and number (linux/ip_vs.h).
func (e *DaemonError) Line() string {
	op := "IP_VS_SO_SET_STOPDAEMON(1164)"
	if e.Start {
		op = "IP_VS_SO_SET_STARTDAEMON(1163)"
	}
	var errno syscall.Errno
	if !errors.As(e.Err, &errno) {
		return "IPVS cmd " + op + " error: " + e.Err.Error()
	}
	text := errno.Error()
	switch errno {
	case unix.EEXIST:
		text = "Daemon has already run"
	case unix.EINVAL:
		text = "Invalid operation.  Possibly wrong module version, address not unicast, ..."
	default:
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return fmt.Sprintf("IPVS cmd %s error: %s(%d)", op, text, int(errno))
}

// Unwrap returns why.
func (e *DaemonError) Unwrap() error { return e.Err }

// ours is a sync daemon that a Conn has started.
type ours struct {
	asked Daemon // as asked for
	ran   Daemon // as the kernel then had it, with its defaults and its own ideas of what is too little
}

func state(master bool) ipvs.DaemonState {
	if master {
		return ipvs.Master
	}
	return ipvs.Backup
}

// Daemons returns the sync daemons that run, the master first, with the kernel's defaults filled in.
func (c *Conn) Daemons() ([]Daemon, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		return nil, err
	}
	return running(client)
}

func running(client *ipvs.Client) ([]Daemon, error) {
	list, err := client.Daemons()
	var out []Daemon
	for _, d := range list {
		out = append(out, Daemon{
			Master: d.State == ipvs.Master, Interface: d.Interface, ID: d.SyncID, MaxLen: d.MaxLen, Group: d.Group, Port: d.Port, TTL: d.TTL,
		})
	}
	return out, err
}

// SyncDaemons has these sync daemons run, at most one master and one backup, and no others. One that this Conn has started so
// is left alone; one that somebody else has started is replaced. Its errors, if they are about daemons, are *DaemonErrors, joined.
func (c *Conn) SyncDaemons(want ...Daemon) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		return err
	}
	list, err := running(client)
	if err != nil {
		return err
	}
	wanted := make(map[bool]Daemon)
	for _, d := range want {
		wanted[d.Master] = d
	}
	var errs []error
	stays := make(map[bool]bool)
	for _, d := range list {
		w, is := wanted[d.Master]
		if is && c.ours[d.Master] == (ours{w, d}) {
			stays[d.Master] = true
			continue
		}
		if err := client.StopDaemon(state(d.Master)); err != nil && !errors.Is(err, syscall.Errno(unix.ESRCH)) {
			errs = append(errs, &DaemonError{Master: d.Master, Err: err})
		}
	}
	for _, d := range want {
		if stays[d.Master] {
			continue
		}
		if err := c.startDaemon(client, d); err != nil {
			errs = append(errs, &DaemonError{Master: d.Master, Start: true, Err: err})
		}
	}
	return errors.Join(errs...)
}

func (c *Conn) startDaemon(client *ipvs.Client, d Daemon) error {
	err := client.StartDaemon(ipvs.Daemon{
		State: state(d.Master), Interface: d.Interface, SyncID: d.ID, MaxLen: d.MaxLen, Group: d.Group, Port: d.Port, TTL: d.TTL,
	})
	if err != nil {
		return err
	}
	list, err := running(client)
	for _, r := range list {
		if r.Master == d.Master {
			c.ours[d.Master] = ours{d, r}
		}
	}
	return err
}
