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
	settings interface {
		Read(paths []string) (map[string]int, error)
		Write(path string, value int) error
	}
	ledger *ledger
}

// look takes a picture of the host.
func (s *site) look() (*realserver.Picture, error) {
	var p realserver.Picture
	var err error
	if p.Links, err = s.kernel.Links(); err != nil {
		return nil, err
	}
	if p.Addrs, err = s.kernel.Addrs(); err != nil {
		return nil, err
	}
	p.Settings, err = s.settings.Read(realserver.Needed(p.Links))
	return &p, err
}

// take carries out one step.
func (s *site) take(step realserver.Step) error {
	switch step.Kind {
	case realserver.Set:
		return s.settings.Write(step.Path, step.Value)
	case realserver.Raise, realserver.Lower, realserver.AddAddr, realserver.DelAddr:
	}
	index, err := s.index(step.Link)
	if err != nil {
		return err
	}
	switch step.Kind {
	case realserver.Raise, realserver.Lower:
		return s.kernel.SetUp(index, step.Kind == realserver.Raise)
	case realserver.AddAddr:
		return s.apply(table.AddAddr, index, step)
	case realserver.DelAddr:
		return s.apply(table.DelAddr, index, step)
	case realserver.Set:
	}
	return fmt.Errorf("no such kind of step: %d", step.Kind)
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
		a.Flags = unix.IFA_F_NODAD
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
	l.was = text
	return l.dir.Place(l.name, text)
}
