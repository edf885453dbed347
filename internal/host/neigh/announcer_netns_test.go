package neigh_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
	"holdfast/internal/host/neigh"
)

// lan is a veth pair in a namespace of its own: va is where announcements are made, vb where they arrive.
type lan struct {
	t   *testing.T
	ns  int
	va  table.Link
	tap int // packet socket that hears what arrives on vb
}

// onThread runs f on a thread that may enter a namespace, since it ends with f.
func onThread(t *testing.T, f func() error) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- f()
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func newLAN(t *testing.T) *lan {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: makes a network namespace")
	}
	n := &lan{t: t}
	onThread(t, func() (err error) {
		if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		n.ns, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		return err
	})
	t.Cleanup(func() { _ = unix.Close(n.ns) })
	for _, args := range [][]string{
		{"sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.router_solicitations=0"},
		{"ip", "link", "add", "va", "type", "veth", "peer", "name", "vb"},
		{"ip", "link", "set", "vb", "up"},
		{"ip", "link", "set", "va", "up"},
		{"ip", "addr", "add", "10.9.0.1/24", "dev", "va"},
	} {
		n.run(args...)
	}
	n.inside(func() error {
		i, err := net.InterfaceByName("va")
		if err != nil {
			return err
		}
		n.va = table.Link{Index: i.Index, Name: "va", HWType: unix.ARPHRD_ETHER, HWLen: 6, Flags: unix.IFF_UP | unix.IFF_RUNNING}
		copy(n.va.HWAddr[:], i.HardwareAddr)
		vb, err := net.InterfaceByName("vb")
		if err != nil {
			return err
		}
		all := uint16(unix.ETH_P_ALL<<8) | unix.ETH_P_ALL>>8
		if n.tap, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(all)); err != nil {
			return err
		}
		if err = unix.SetsockoptTimeval(n.tap, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 60}); err != nil {
			return err
		}
		return unix.Bind(n.tap, &unix.SockaddrLinklayer{Ifindex: vb.Index, Protocol: all})
	})
	t.Cleanup(func() { _ = unix.Close(n.tap) })
	return n
}

func (n *lan) inside(f func() error) {
	n.t.Helper()
	onThread(n.t, func() error {
		if err := unix.Setns(n.ns, unix.CLONE_NEWNET); err != nil {
			return err
		}
		return f()
	})
}

func (n *lan) command(args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{fmt.Sprintf("--net=/proc/%d/fd/%d", os.Getpid(), n.ns)}, args...)...)
}

func (n *lan) run(args ...string) {
	n.t.Helper()
	if out, err := n.command(args...).CombinedOutput(); err != nil {
		n.t.Fatalf("%v: %v: %s", args, err, out)
	}
}

// next returns the next frame that va sent.
func (n *lan) next() []byte {
	n.t.Helper()
	b := make([]byte, 2048)
	for {
		got, from, err := unix.Recvfrom(n.tap, b, unix.MSG_TRUNC)
		if err != nil {
			n.t.Fatalf("waiting for a frame: %v", err)
		}
		if sll, ok := from.(*unix.SockaddrLinklayer); !ok || sll.Pkttype != unix.PACKET_OUTGOING {
			return b[:got]
		}
	}
}

// hear returns the next frame that va sent and that is an announcement of a.
func (n *lan) hear(a netip.Addr) []byte {
	n.t.Helper()
	for {
		if f := n.next(); isAnnouncement(f, a) {
			return f
		}
	}
}

func isAnnouncement(f []byte, a netip.Addr) bool {
	arp := len(f) >= 42 && f[12] == 8 && f[13] == 6 && bytes.Equal(f[28:32], a.AsSlice())
	na := len(f) >= 78 && f[12] == 0x86 && f[20] == 58 && f[54] == 136 && bytes.Equal(f[62:78], a.AsSlice())
	return arp || na
}

func (n *lan) open() *neigh.Announcer {
	n.t.Helper()
	var an *neigh.Announcer
	n.inside(func() (err error) {
		an, err = neigh.Open()
		return err
	})
	n.t.Cleanup(func() { _ = an.Close() })
	return an
}

func TestAnnouncementsArrive(t *testing.T) {
	n := newLAN(t)
	an := n.open()
	n.inside(func() error { return errors.Join(an.Announce(n.va, vip4, 1), an.Announce(n.va, vip6, 1)) })
	if got, want := n.hear(vip4), neigh.AppendGratuitousARP(nil, n.va, vip4); !bytes.Equal(got, want) {
		t.Errorf("ARP\n%swant\n%s", hex.Dump(got), hex.Dump(want))
	}
	if got, want := n.hear(vip6), neigh.AppendNeighbourAdvert(nil, n.va, vip6, false); !bytes.Equal(got, want) {
		t.Errorf("advertisement\n%swant\n%s", hex.Dump(got), hex.Dump(want))
	}
	noARP := n.va
	noARP.Flags |= unix.IFF_NOARP
	if err := an.Announce(noARP, vip4, 1); !errors.Is(err, neigh.ErrNoARP) {
		t.Errorf("on a link without ARP: %v", err)
	}
	gone := n.va
	gone.Index = 1 << 20
	if err := an.Announce(gone, vip4, 1); !errors.Is(err, unix.ENXIO) {
		t.Errorf("on a link that is not there: %v", err)
	}
	n.run("ip", "link", "set", "va", "down")
	if err := an.Announce(n.va, vip4, 1); !errors.Is(err, unix.ENETDOWN) {
		t.Errorf("on a link that is down: %v", err)
	}
	if err := errors.Join(an.Close(), an.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := an.Announce(n.va, vip4, 1); !errors.Is(err, unix.EBADF) {
		t.Errorf("once closed: %v", err)
	}
}

// A burst is that many frames, more than one call can send among them.
func TestABurstArrives(t *testing.T) {
	n := newLAN(t)
	an := n.open()
	const times = 37
	n.inside(func() error { return an.Announce(n.va, vip4, times) })
	if err := an.Announce(n.va, vip6, 1); err != nil {
		t.Fatal(err)
	}
	want := neigh.AppendGratuitousARP(nil, n.va, vip4)
	heard := 0
	for {
		f := n.next()
		if isAnnouncement(f, vip6) { // the frames arrive in order
			break
		}
		if bytes.Equal(f, want) {
			heard++
		}
	}
	if heard != times {
		t.Errorf("%d frames, want %d", heard, times)
	}
}

func TestARouterSaysSo(t *testing.T) {
	n := newLAN(t)
	n.run("sysctl", "-qw", "net.ipv6.conf.va.forwarding=1")
	an := n.open()
	n.inside(func() error { return an.Announce(n.va, vip6, 1) })
	if got, want := n.hear(vip6), neigh.AppendNeighbourAdvert(nil, n.va, vip6, true); !bytes.Equal(got, want) {
		t.Errorf("advertisement\n%swant\n%s", hex.Dump(got), hex.Dump(want))
	}
}

// The running keepalived sends, byte for byte, what we send: as a host and as a router.
func TestFramesAreThoseOfTheRunningKeepalived(t *testing.T) {
	for _, router := range []bool{false, true} {
		n := newLAN(t)
		if _, err := exec.LookPath("keepalived"); err != nil {
			t.Skip("needs root: and keepalived, to compare with")
		}
		if router {
			n.run("sysctl", "-qw", "net.ipv6.conf.va.forwarding=1")
		}
		stop := keepalived(n)
		if got, want := n.hear(vip4), neigh.AppendGratuitousARP(nil, n.va, vip4); !bytes.Equal(got, want) {
			t.Errorf("keepalived sends\n%sand we\n%s", hex.Dump(got), hex.Dump(want))
		}
		if got, want := n.hear(vip6), neigh.AppendNeighbourAdvert(nil, n.va, vip6, router); !bytes.Equal(got, want) {
			t.Errorf("router %v: keepalived sends\n%sand we\n%s", router, hex.Dump(got), hex.Dump(want))
		}
		stop()
	}
}

func keepalived(n *lan) (stop func()) {
	n.t.Helper()
	dir := n.t.TempDir()
	conf := filepath.Join(dir, "keepalived.conf")
	text := fmt.Sprintf(`vrrp_instance V {
 state MASTER
 interface va
 virtual_router_id 51
 priority 255
 virtual_ipaddress {
  %v
 }
 virtual_ipaddress_excluded {
  %v
 }
}
`, vip4, vip6)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		n.t.Fatal(err)
	}
	cmd := n.command("keepalived", "-n", "-l", "-D", "-P", "-f", conf, "-p", filepath.Join(dir, "p"), "-r", filepath.Join(dir, "r"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		ended := make(chan struct{})
		go func() {
			_ = cmd.Wait()
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(time.Minute):
			_ = cmd.Process.Kill()
			n.t.Error("keepalived does not stop")
		}
	}
}
