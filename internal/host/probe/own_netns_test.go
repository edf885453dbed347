package probe_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// inNamespace runs f on a thread in a network namespace of its own, with loopback up. The thread ends with f.
func inNamespace(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: makes a network namespace")
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			err = ip("link", "set", "lo", "up")
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// ip runs ip(8) in the namespace of this thread.
func ip(args ...string) error {
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return errors.New(strings.Join(args, " ") + ": " + string(out))
	}
	return nil
}

func TestPing(t *testing.T) {
	inNamespace(t, func() {
		for _, args := range []string{
			"link add veth0 type veth peer name veth1", "link set veth0 up", "link set veth1 up",
			"addr add 10.77.0.1/24 dev veth0",
		} {
			if err := ip(strings.Fields(args)...); err != nil {
				t.Error(err)
				return
			}
		}
		p, err := probe.New(probe.Options{})
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = p.Close() }()
		call := func(to string, v4 bool) *talk.Call {
			return &talk.Call{
				Network: talk.Echo, To: netip.AddrPortFrom(netip.MustParseAddr(to), 0), Timeout: 200 * time.Millisecond, Talk: talk.NewPing(v4),
			}
		}
		if err := os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte("1 0"), 0); err != nil {
			t.Error(err)
			return
		}
		var fault *probe.SetupError
		if r := attempt(t, p, call("127.0.0.1", true)); r.Kind != probe.NotTried || !errors.As(r.Err, &fault) || fault.Step != probe.StepSocket {
			t.Errorf("without permission: %+v", r)
		}
		restore, err := probe.AllowPing()
		if err != nil {
			t.Error(err)
			return
		}
		for name, c := range map[string]struct {
			call  *talk.Call
			why   talk.Why
			errno unix.Errno
		}{
			"loopback":         {call("127.0.0.1", true), talk.Success, 0},
			"own address":      {call("10.77.0.1", true), talk.Success, 0},
			"IPv6":             {call("::1", false), talk.Success, 0},
			"nobody":           {call("10.77.0.2", true), talk.NoAnswer, 0},
			"unreachable":      {call("192.0.2.1", true), talk.SendFailed, unix.ENETUNREACH},
			"unreachable IPv6": {call("2001:db8::1", false), talk.SendFailed, unix.ENETUNREACH},
		} {
			r := attempt(t, p, c.call)
			if r.Kind != probe.Answered || r.Verdict.Why != c.why || unix.Errno(r.Verdict.Errno) != c.errno {
				t.Errorf("%s: %+v, %v", name, r, r.Err)
			}
		}
		if err := restore(); err != nil {
			t.Error(err)
		}
		if b, err := os.ReadFile("/proc/sys/net/ipv4/ping_group_range"); err != nil || strings.Join(strings.Fields(string(b)), " ") != "1 0" {
			t.Errorf("left at %q, %v", b, err)
		}
	})
}

// Where a connection comes from: address, port, interface, mark. The loop alone is asked; a goroutine of the crew is not in this
// thread's namespace.
func TestOwnSide(t *testing.T) {
	inNamespace(t, func() {
		for _, args := range []string{
			// The kernel makes the routes of IPv6 addresses a moment later.
			"addr add fd77::1/128 dev lo nodad", "addr add fd77::2/128 dev lo nodad", "addr add 10.77.0.1/32 dev lo", "addr add 10.77.0.2/32 dev lo",
			"link add veth0 type veth peer name veth1", "link set veth0 up", "link set veth1 up",
			// The mark decides what error a connection gets.
			"rule add fwmark 7 to 10.77.9.9 lookup 77", "route add blackhole 10.77.9.9 table 77", "route add unreachable 10.77.9.9",
		} {
			if err := ip(strings.Fields(args)...); err != nil {
				t.Error(err)
				return
			}
		}
		p, err := probe.New(probe.Options{})
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = p.Close() }()
		for _, c := range []struct {
			listen string
			change func(*talk.Call)
			from   string
			why    talk.Why
		}{
			{"10.77.0.1:80", func(*talk.Call) {}, "10.77.0.1:*", talk.Success},
			{"10.77.0.1:80", func(c *talk.Call) { c.From = netip.MustParseAddr("10.77.0.2") }, "10.77.0.2:*", talk.Success},
			{"10.77.0.1:80", func(c *talk.Call) { c.FromPort = 4321 }, "10.77.0.1:4321", talk.Success},
			{"10.77.0.1:80", func(c *talk.Call) { c.Interface = "lo" }, "10.77.0.1:*", talk.Success},
			{"10.77.0.1:80", func(c *talk.Call) { c.Interface = "veth0" }, "", talk.ConnectFailed},
			{"[fd77::1]:80", func(c *talk.Call) { c.From, c.FromPort = netip.MustParseAddr("fd77::2"), 4322 }, "[fd77::2]:4322", talk.Success},
		} {
			ownSide(t, p, c.listen, c.change, c.from, c.why)
		}
		mark := tcp(netip.MustParseAddrPort("10.77.9.9:9"), 300*time.Millisecond)
		if r := attempt(t, p, mark); r.Verdict.Errno != int(unix.EHOSTUNREACH) {
			t.Errorf("without a mark: %+v", r)
		}
		mark.Mark = 7
		if r := attempt(t, p, mark); r.Verdict.Errno != int(unix.EINVAL) {
			t.Errorf("with the mark: %+v, %v", r, r.Err)
		}
	})
}

// A server is not judged because no port is left here.
func TestNoPortLeft(t *testing.T) {
	inNamespace(t, func() {
		if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("50000 50003"), 0); err != nil {
			t.Error(err)
			return
		}
		l, err := net.Listen("tcp", "127.0.0.1:80")
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = l.Close() }()
		p, err := probe.New(probe.Options{})
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = p.Close() }()
		good, none := 0, 0
		for range 8 {
			var fault *probe.SetupError
			switch r := attempt(t, p, tcp(netip.MustParseAddrPort("127.0.0.1:80"), time.Second)); {
			case r.Kind == probe.Answered && r.Verdict.OK:
				good++
			case r.Kind == probe.NotTried && errors.As(r.Err, &fault) && fault.Step == probe.StepBind && errors.Is(fault, unix.EADDRNOTAVAIL):
				none++
			default:
				t.Errorf("%+v, %v", r, r.Err)
			}
		}
		if good == 0 || none == 0 {
			t.Errorf("%d good, %d without a port", good, none)
		}
	})
}

// ownSide makes one connection and looks at where it comes from.
func ownSide(t *testing.T, p *probe.Prober, listen string, change func(*talk.Call), from string, why talk.Why) {
	t.Helper()
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = l.Close() }()
	call := tcp(netip.MustParseAddrPort(listen), 300*time.Millisecond)
	change(call)
	r := attempt(t, p, call)
	if why != talk.Success {
		if r.Verdict.OK {
			t.Errorf("%s: %+v", listen, r)
		}
		return
	}
	if r.Verdict.Why != why {
		t.Errorf("%s from %s: %+v, %v", listen, from, r, r.Err)
		return
	}
	c, err := l.Accept()
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = c.Close() }()
	got := c.RemoteAddr().(*net.TCPAddr).AddrPort()
	want, any := strings.CutSuffix(from, ":*")
	if any && got.Addr().String() != want || !any && got.String() != from {
		t.Errorf("comes from %v, want %s", got, from)
	}
}
