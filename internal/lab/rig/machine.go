package rig

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"

	"holdfast/internal/host/netns"
	"holdfast/internal/lab/site"
	"holdfast/ipvs"
)

// machine is a namespace that stands for one.
type machine struct {
	site  *site.Machine
	space *netns.Space
	dir   string // its directory: configuration, script, pid files
	web   *web   // nil when it serves nobody
}

// settle gives a machine that is wired what else it has: its way out, forwarding, virtual addresses of its own.
func (m *machine) settle() error {
	if m.site.Forward {
		if err := m.set("net/ipv4/ip_forward", "1"); err != nil {
			return err
		}
	}
	if m.site.Gateway.IsValid() {
		c, err := openLink(m.space)
		if err != nil {
			return err
		}
		defer c.Close() //nolint:errcheck // nothing is pending
		if err := c.AddRoute(netip.PrefixFrom(netip.IPv4Unspecified(), 0), m.site.Gateway); err != nil {
			return fmt.Errorf("lab: %s: %w", m.site.Name, err)
		}
	}
	return m.realServer()
}

// realServer has "holdfast realserver up" make the machine a real server of its virtual addresses. What that notes down lies in the
// lab's directory.
func (m *machine) realServer() error {
	if len(m.site.Loopback) == 0 {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"realserver", "up", "--run-dir", filepath.Join(m.dir, "realserver")}
	for _, ip := range m.site.Loopback {
		args = append(args, ip.String())
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "holdfast"
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := m.space.Do(cmd.Run); err != nil {
		return fmt.Errorf("lab: %s: realserver up: %w: %s", m.site.Name, err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// set writes a kernel parameter of the namespace.
func (m *machine) set(name, value string) error {
	err := m.space.Do(func() error { return os.WriteFile("/proc/sys/"+name, []byte(value), 0) })
	if err != nil {
		return fmt.Errorf("lab: %s: %w", m.site.Name, err)
	}
	return nil
}

// forget takes from the machine's kernel what does not outlive it: virtual addresses and the table of virtual services.
func (m *machine) forget() error {
	c, err := openLink(m.space)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // nothing is pending
	ops, err := strangers(c, m.site)
	if err != nil {
		return err
	}
	errs := c.Apply(ops)
	k, err := ipvs.Dial(ipvs.Options{NetNS: m.space.FD()})
	var missing *ipvs.MissingError
	switch {
	case errors.As(err, &missing):
	case err != nil:
		errs = append(errs, err)
	default:
		errs = append(errs, k.Flush(), k.Close())
	}
	return errors.Join(errs...)
}

// serve opens the machine's web server.
func (m *machine) serve() (err error) {
	if m.web == nil && m.site.Page != "" {
		m.web, err = openWeb(m.space, m.site.Name, m.site.Page)
	}
	return err
}

// silence closes it, and cuts off who is being served.
func (m *machine) silence() {
	if m.web != nil {
		m.web.close()
		m.web = nil
	}
}

func (m *machine) close() {
	m.silence()
	if m.space != nil {
		m.space.Close()
	}
}
