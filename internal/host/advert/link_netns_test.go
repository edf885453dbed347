package advert

import (
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

func TestLinkComesAndGoes(t *testing.T) {
	l := newLAN(t)
	old := l.config(l.a)
	s := l.open(l.a, old)
	out := packet4("10.77.0.1", "224.0.0.18", 255, 1, 112, vrrp3(51))
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	l.ip("-n", l.a, "link", "set", "v0", "down")
	if err := s.Send(out, group); !errors.Is(err, ErrLinkDown) {
		t.Errorf("link down: %v", err)
	}
	if err := s.Check(); err != nil {
		t.Errorf("a link that is down is not gone: %v", err)
	}
	l.ip("-n", l.a, "link", "set", "v0", "up")
	send(t, s, out, group)

	l.ip("-n", l.a, "link", "del", "v0")
	l.cable()
	for name, err := range map[string]error{"Send": s.Send(out, group), "Check": s.Check()} {
		if !errors.Is(err, ErrLinkGone) || !strings.Contains(err.Error(), "v0") {
			t.Errorf("%s on a link created anew: %v", name, err)
		}
	}
	if n := testing.AllocsPerRun(10, func() { s.Send(out, group) }); n != 0 {
		t.Errorf("a failing Send: %v allocations", n)
	}
	if st := s.Stats(); st.Sent != 1 || st.Failed < 2 {
		t.Errorf("%+v", st)
	}
	var again *Socket
	err := l.in(l.a, func() (err error) { again, err = Open(old); return err })
	if !errors.Is(err, ErrLinkGone) {
		t.Errorf("open with the old index: %v", err)
	}
	if again != nil {
		t.Error("a socket beside an error")
	}
	send(t, l.open(l.a, l.config(l.a)), out, group)
}

func TestOpenRefuses(t *testing.T) {
	l := newLAN(t)
	good := l.config(l.a)
	var unsupported *UnsupportedError
	for name, c := range map[string]struct {
		edit func(c *Config)
		ok   func(err error) bool
	}{
		"family 6":    {func(c *Config) { c.Family = 6 }, func(err error) bool { return errors.As(err, &unsupported) }},
		"protocol 17": {func(c *Config) { c.Protocol = 17 }, func(err error) bool { return errors.As(err, &unsupported) }},
		"no link":     {func(c *Config) { c.Link = table.Link{} }, func(err error) bool { return errors.Is(err, ErrLinkGone) }},
		"group":       {func(c *Config) { c.Group = netip.MustParseAddr("10.0.0.1") }, func(err error) bool { return err != nil }},
		"group 6":     {func(c *Config) { c.Group = netip.MustParseAddr("ff02::12") }, func(err error) bool { return err != nil }},
		"nothing":     {func(c *Config) { c.Group = netip.Addr{} }, func(err error) bool { return err != nil }},
	} {
		bad := good
		c.edit(&bad)
		err := l.in(l.a, func() error {
			s, err := Open(bad)
			if s != nil {
				s.Close()
			}
			return err
		})
		if !c.ok(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenWithoutPrivilege(t *testing.T) {
	l := newLAN(t)
	c := l.config(l.a)
	for _, missing := range []struct {
		bit  uint
		name string
	}{{unix.CAP_NET_RAW, "CAP_NET_RAW"}, {unix.CAP_NET_ADMIN, "CAP_NET_ADMIN"}} {
		err := l.in(l.a, func() error {
			if err := dropCap(missing.bit); err != nil {
				return err
			}
			s, err := Open(c)
			if s != nil {
				s.Close()
			}
			return err
		})
		if missing.bit == unix.CAP_NET_ADMIN && err == nil {
			continue // kernels from 5.17 on let CAP_NET_RAW choose the priority
		}
		var denied *DeniedError
		if !errors.As(err, &denied) || denied.Need != missing.name || !errors.Is(err, unix.EPERM) {
			t.Errorf("without %s: %v", missing.name, err)
		}
	}
}

// dropCap takes one capability from the calling thread.
func dropCap(bit uint) error {
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&h, &data[0]); err != nil {
		return err
	}
	data[bit/32].Effective &^= 1 << (bit % 32)
	data[bit/32].Permitted &^= 1 << (bit % 32)
	return unix.Capset(&h, &data[0])
}

// igmp returns the lines of v0 in the namespace's /proc/net/igmp: groups as the kernel prints them, with the
// number of members.
func (l *lan) igmp(ns string) (lines []string) {
	l.t.Helper()
	if err := l.in(ns, func() error {
		b, err := os.ReadFile("/proc/thread-self/net/igmp")
		if err != nil {
			return err
		}
		mine := false
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			if !strings.HasPrefix(line, "\t") {
				mine = len(f) > 1 && f[1] == "v0"
			} else if mine {
				lines = append(lines, f[0]+" "+f[1])
			}
		}
		return nil
	}); err != nil {
		l.t.Fatal(err)
	}
	return lines
}

const membership = "120000E0" // 224.0.0.18 as /proc/net/igmp has it on a little-endian machine

func members(lines []string) string {
	for _, line := range lines {
		if g, n, _ := strings.Cut(line, " "); g == membership || g == "E0000012" {
			return n
		}
	}
	return "none"
}

func TestGroupMembership(t *testing.T) {
	l := newLAN(t)
	if n := members(l.igmp(l.a)); n != "none" {
		t.Fatalf("members before: %s", n)
	}
	w := l.wire(l.b)
	s := l.open(l.a, l.config(l.a))
	if n := members(l.igmp(l.a)); n != "1" {
		t.Errorf("members: %s", n)
	}
	// RFC 3376 §4.2.12: CHANGE_TO_EXCLUDE_MODE of 224.0.0.18 with no sources, to 224.0.0.22, TTL 1.
	report := w.next(func(ip []byte) bool { return ip[9] == unix.IPPROTO_IGMP })
	body := report[int(report[0]&15)*4:]
	if body[0] != 0x22 || string(body[6:16]) != "\x00\x01\x04\x00\x00\x00\xe0\x00\x00\x12" || report[8] != 1 || report[19] != 22 {
		t.Errorf("report %x", report)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if n := members(l.igmp(l.a)); n != "none" {
		t.Errorf("members after Close: %s", n)
	}
}

// The real thing on the other end of the cable: its adverts are heard, and its membership looks like ours.
func TestKeepalived(t *testing.T) {
	l := newLAN(t)
	path, err := exec.LookPath("keepalived")
	if err != nil {
		t.Skip("needs keepalived")
	}
	s := l.open(l.a, l.config(l.a))
	dir := t.TempDir()
	conf := `
vrrp_instance V {
  interface v0
  virtual_router_id 51
  priority 255
  version 3
  advert_int 0.1
  virtual_ipaddress {
    10.77.0.50/24
  }
}
`
	if err := os.WriteFile(dir+"/k.conf", []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("nsenter", "--net=/run/netns/"+l.b, path, "-n", "-P", "-f", dir+"/k.conf", "-p", dir+"/p", "-r", dir+"/r", "--no-syslog")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(unix.SIGTERM)
		cmd.Wait()
	}()
	var p, q Packet
	receive(t, s, &p)
	receive(t, s, &q)
	if p.Src.String() != "10.77.0.2" || p.Dst != group || p.TTL != 255 || p.Header[1] != 0xc0 || q.ID != p.ID+1 ||
		len(p.Payload) != 12 || p.Payload[0] != 0x31 || p.Payload[1] != 51 || p.Payload[2] != 255 {
		t.Errorf("heard %v ttl %d id %d, %d: %x %x", p.Src, p.TTL, p.ID, q.ID, p.Header, p.Payload)
	}
	if d := q.At.Sub(p.At); d < 50*time.Millisecond || d > 3*time.Second {
		t.Errorf("adverts %v apart, configured 100 ms", d)
	}
	if ours, theirs := members(l.igmp(l.a)), members(l.igmp(l.b)); ours != theirs {
		t.Errorf("members: ours %s, keepalived's %s", ours, theirs)
	}
}
