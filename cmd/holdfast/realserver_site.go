package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/realserver"
	"holdfast/internal/core/table"
	"holdfast/internal/host/proc"
	"holdfast/internal/host/spool"
)

// site is the host that becomes a real server.
type site struct {
	kernel interface {
		Links() ([]table.Link, error)
		Addrs() ([]table.Addr, error)
		Apply(ops []table.Op) []error
		SetUp(index int, up bool) error
	}
	tunnels interface {
		AddTunnel(name, kind string) error
		DelLink(index int) error
	}
	ports interface { // asked only where GUE is in play
		Ports() (map[realserver.Port]bool, error)
		OpenPort(p realserver.Port) error
		ClosePort(p realserver.Port) error
	}
	settings interface {
		Read(paths []string) (map[string]int, error)
		Write(path string, value int) error
	}
	ledger *ledger
}

// look takes a picture of the host, with the ports for GUE if there is need of them.
func (s *site) look(gue bool) (*realserver.Picture, error) {
	var p realserver.Picture
	var err error
	if p.Links, err = s.kernel.Links(); err != nil {
		return nil, err
	}
	if p.Addrs, err = s.kernel.Addrs(); err != nil {
		return nil, err
	}
	if gue {
		if p.Ports, err = s.ports.Ports(); err != nil {
			return nil, err
		}
	}
	p.Settings, err = s.settings.Read(realserver.Needed(p.Links))
	return &p, err
}

// take carries out one step. found is true if a link that was to be made is there, and not by us.
func (s *site) take(step realserver.Step) (found bool, err error) {
	switch step.Kind {
	case realserver.Set:
		return false, s.settings.Write(step.Path, step.Value)
	case realserver.AddLink:
		return s.make(step)
	case realserver.OpenPort:
		return false, s.ports.OpenPort(step.Port)
	case realserver.ClosePort:
		return false, s.ports.ClosePort(step.Port)
	case realserver.Raise, realserver.Lower, realserver.AddAddr, realserver.DelAddr, realserver.DelLink:
	}
	index, err := s.index(step.Link)
	if err != nil {
		return false, err
	}
	switch step.Kind {
	case realserver.Raise, realserver.Lower:
		return false, s.kernel.SetUp(index, step.Kind == realserver.Raise)
	case realserver.AddAddr:
		return false, s.apply(table.AddAddr, index, step)
	case realserver.DelAddr:
		return false, s.apply(table.DelAddr, index, step)
	case realserver.DelLink:
		return false, s.tunnels.DelLink(index)
	case realserver.Set, realserver.AddLink, realserver.OpenPort, realserver.ClosePort:
	}
	return false, fmt.Errorf("no such kind of step: %d", step.Kind)
}

func (s *site) make(step realserver.Step) (found bool, err error) {
	err = s.tunnels.AddTunnel(step.Link, step.Type)
	if errors.Is(err, unix.EEXIST) {
		if _, absent := s.index(step.Link); absent == nil {
			return true, nil
		}
	}
	if errors.Is(err, unix.EOPNOTSUPP) {
		err = fmt.Errorf("the kernel has no interfaces of the type %s: %w", step.Type, err)
	}
	return false, err
}

func (s *site) index(name string) (int, error) {
	links, err := s.kernel.Links()
	if err != nil {
		return 0, err
	}
	for _, l := range links {
		if l.Name == name {
			return l.Index, nil
		}
	}
	return 0, fmt.Errorf("there is no interface %s", name)
}

func (s *site) apply(kind table.OpKind, index int, step realserver.Step) error {
	a := table.Addr{Link: index, Prefix: step.Prefix, Valid: table.Forever, Preferred: table.Forever}
	if step.Prefix.Addr().Is6() {
		a.Preferred = 0            // so that nobody takes it for a source
		a.Flags = unix.IFA_F_NODAD // or who listens there at once may find it tentative, on any link
	}
	return s.kernel.Apply([]table.Op{{Kind: kind, Addr: a}})[0]
}

// ledger keeps the record of a network namespace in a file.
type ledger struct {
	dir  spool.Dir
	name string
	boot string
	was  []byte // what was read
}

func openLedger(dir string) (*ledger, error) {
	boot, err := proc.Boot()
	if err != nil {
		return nil, err
	}
	space, err := proc.OwnNetNS()
	if err != nil {
		return nil, err
	}
	return &ledger{dir: spool.Dir(dir), name: "realserver-" + space + ".json", boot: boot}, nil
}

func (l *ledger) path() string { return filepath.Join(string(l.dir), l.name) }

// lock keeps others from changing the host meanwhile.
func (l *ledger) lock() (unlock func(), err error) {
	if err := os.MkdirAll(string(l.dir), 0o755); err != nil {
		return nil, err
	}
	return l.dir.Lock()
}

// largest is more than the record of a host with the most addresses that anybody has.
const largest = 16 << 20

// read returns the record; known is false if there is none.
func (l *ledger) read() (r realserver.Record, known bool, err error) {
	st, err := os.Stat(l.path())
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err == nil && (!st.Mode().IsRegular() || st.Size() > largest) {
		err = errors.New("not a file of a few kilobytes")
	}
	if err == nil {
		l.was, err = os.ReadFile(l.path())
	}
	if err == nil {
		r, err = realserver.ParseRecord(l.was, l.boot)
	}
	if err != nil {
		return r, false, fmt.Errorf("the record of what up did, %s, is of no use: %w; what up did is still there: delete that file, "+
			"look at \"ip addr\" and \"sysctl -ar arp_\", and undo it by hand", l.path(), err)
	}
	return r, true, nil
}

// write replaces the record, unless it says what it said before. Where there is none, an empty one is not needed.
func (l *ledger) write(r realserver.Record) error {
	text := r.Text(l.boot)
	if bytes.Equal(text, l.was) || l.was == nil && r.Empty() {
		return nil
	}
	if err := l.dir.Place(l.name, text); err != nil {
		return err
	}
	l.was = text
	return nil
}
