package ipvs_test

import (
	"errors"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/netlink"
	"github.com/mdlayher/netlink/nltest"
	"golang.org/x/sys/unix"

	"holdfast/ipvs"
	"holdfast/ipvs/ipvstest"
)

// hush is a connection to a kernel that says nothing while *silent.
func hush(k *ipvstest.Kernel, silent *bool) *netlink.Conn {
	serve := k.Serve()
	return nltest.Dial(func(requests []netlink.Message) ([]netlink.Message, error) {
		switch {
		case !*silent:
			return serve(requests)
		case requests != nil:
			return nil, nil
		}
		return nil, os.ErrDeadlineExceeded
	})
}

func TestInfoAndTimeouts(t *testing.T) {
	t.Parallel()
	configure(t, ipvstest.New().Client(t))
}

func configure(t *testing.T, c *ipvs.Client) {
	t.Helper()
	info, err := c.Info()
	if want := (ipvs.Info{Version: ipvs.Version{Major: 1, Minor: 2, Patch: 1}, TableSize: 4096}); err != nil || info != want {
		t.Errorf("info %+v, %v, want %+v", info, err, want)
	}
	want := ipvs.Timeouts{TCP: 900 * time.Second, TCPFin: 120 * time.Second, UDP: 300 * time.Second}
	if got, err := c.Timeouts(); err != nil || got != want {
		t.Errorf("timeouts %+v, %v", got, err)
	}
	want.TCP, want.UDP = time.Hour, 7*time.Second
	if err := c.SetTimeouts(ipvs.Timeouts{TCP: want.TCP, UDP: want.UDP}); err != nil {
		t.Error(err)
	}
	if got, err := c.Timeouts(); err != nil || got != want {
		t.Errorf("timeouts %+v, %v, want %+v", got, err, want)
	}
}

func TestDaemons(t *testing.T) {
	t.Parallel()
	daemons(t, ipvstest.New().Client(t))
}

// daemons needs a kernel whose loopback interface takes multicast.
func daemons(t *testing.T, c *ipvs.Client) {
	t.Helper()
	if all, err := c.Daemons(); err != nil || len(all) != 0 {
		t.Fatalf("at first: %+v, %v", all, err)
	}
	whole := ipvs.Daemon{
		State: ipvs.Master, Interface: "lo", SyncID: 255, MaxLen: 1000, Group: netip.MustParseAddr("224.0.1.9"), Port: 9000, TTL: 7,
	}
	six := ipvs.Daemon{
		State: ipvs.Backup, Interface: "lo", SyncID: 3, MaxLen: 1200, Group: netip.MustParseAddr("ff02::1:9"), Port: 258, TTL: 255,
	}
	for _, d := range []ipvs.Daemon{whole, six} {
		if err := c.StartDaemon(d); err != nil {
			t.Fatal(err)
		}
		if err := c.StartDaemon(d); !errors.Is(err, os.ErrExist) {
			t.Errorf("a second one: %v", err)
		}
		if all, err := c.Daemons(); err != nil || !cmp.Equal(all, []ipvs.Daemon{d}, addrComparer()) {
			t.Errorf("daemons %+v, %v, want %+v", all, err, d)
		}
		mixed(t, c)
		if err := c.StopDaemon(d.State); err != nil {
			t.Error(err)
		}
		if err := c.StopDaemon(d.State); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("stopped once more: %v", err)
		}
	}
	six.State = ipvs.Master
	if err := c.StartDaemon(six); !errors.Is(err, unix.ENETUNREACH) {
		t.Errorf("a group without a route: %v", err)
	}
	bad := whole
	bad.Group = netip.MustParseAddr("10.0.0.1")
	if err := c.StartDaemon(bad); !errors.Is(err, unix.EINVAL) {
		t.Errorf("a group that is none: %v", err)
	}
	if err := c.StartDaemon(ipvs.Daemon{State: ipvs.Master, Interface: "lo"}); err != nil {
		t.Fatal(err)
	}
	all, err := c.Daemons()
	if err != nil || len(all) != 1 {
		t.Fatalf("daemons %+v, %v", all, err)
	}
	want := ipvs.Daemon{State: ipvs.Master, Interface: "lo", MaxLen: 1472, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1}
	if all[0] != want {
		t.Errorf("the kernel's defaults are %+v, want %+v", all[0], want)
	}
	if err := c.StopDaemon(ipvs.Master); err != nil {
		t.Error(err)
	}
	// The other way round: while a destination is of another family than its service, no daemon starts.
	if err := c.AddService(webRR); err != nil {
		t.Fatal(err)
	}
	if err := c.AddDestination(web, six4); err != nil {
		t.Fatal(err)
	}
	if err := c.StartDaemon(whole); !errors.Is(err, unix.EINVAL) {
		t.Errorf("beside a destination of another family: %v", err)
	}
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
}

// six4 is an IPv6 server for an IPv4 service.
var six4 = ipvs.Destination{Addr: netip.MustParseAddrPort("[fd00::6]:80"), Forward: ipvs.Tunnel, Weight: 1}

// mixed wants a destination of another family to be refused while a daemon runs.
func mixed(t *testing.T, c *ipvs.Client) {
	t.Helper()
	if err := c.AddService(webRR); err != nil {
		t.Fatal(err)
	}
	if err := c.AddDestination(web, six4); !errors.Is(err, unix.EINVAL) {
		t.Errorf("a destination of another family beside a sync daemon: %v", err)
	}
	if err := c.DelService(web); err != nil {
		t.Error(err)
	}
}

func TestCounters(t *testing.T) {
	t.Parallel()
	k := ipvstest.New()
	c := k.Client(t)
	dest := ipvs.Destination{Addr: netip.MustParseAddrPort("10.0.0.1:80"), Weight: 1}
	if err := errors.Join(c.AddService(webRR), c.AddDestination(web, dest)); err != nil {
		t.Fatal(err)
	}
	// Every one of them needs more than 32 bits.
	stats := ipvs.Stats{
		Connections: 1 << 40, InPackets: 1<<40 + 1, OutPackets: 1<<40 + 2, InBytes: 1<<40 + 3, OutBytes: 1<<40 + 4, ConnectionsPerSec: 1<<40 + 5,
		InPacketsPerSec: 1<<40 + 6, OutPacketsPerSec: 1<<40 + 7, InBytesPerSec: 1<<40 + 8, OutBytesPerSec: 1<<40 + 9,
	}
	if !k.Count(web, netip.AddrPort{}, stats, [3]uint32{}) || !k.Count(web, dest.Addr, stats, [3]uint32{1, 2, 3}) {
		t.Fatal("nothing to count")
	}
	check := func(want ipvs.Stats) {
		t.Helper()
		s, err := c.Service(web)
		if err != nil || s.Stats != want {
			t.Errorf("service %+v, %v", s, err)
		}
		ds, err := c.Destinations(web)
		if err != nil || len(ds) != 1 {
			t.Fatalf("destinations %+v, %v", ds, err)
		}
		if d := ds[0]; d.Stats != want || d.Active != 1 || d.Inactive != 2 || d.Persistent != 3 {
			t.Errorf("destination %+v", d)
		}
	}
	check(stats)
	if err := c.ZeroService(web); err != nil {
		t.Error(err)
	}
	check(ipvs.Stats{})
	k.Count(web, netip.AddrPort{}, stats, [3]uint32{})
	if err := c.Zero(); err != nil {
		t.Error(err)
	}
	check(ipvs.Stats{})
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
	if all, err := c.Services(); err != nil || len(all) != 0 {
		t.Errorf("after flush: %v, %v", all, err)
	}
}
