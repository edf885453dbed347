package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/host/netns"
	"holdfast/ipvs"
	"holdfast/test/guest/uml"
)

// ipvsSpace makes a network namespace with IPVS and ipvsadm to judge by.
func ipvsSpace(t *testing.T) (*netns.Space, *ipvs.Client) {
	t.Helper()
	if _, err := exec.LookPath("ipvsadm"); err != nil {
		t.Skip("needs ipvsadm: to compare with")
	}
	s, err := netns.New(fmt.Sprintf("holdfast-ipvs-cmd-%d", os.Getpid()), func() error {
		return exec.Command("ip", "link", "set", "lo", "up").Run()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c, err := ipvs.Dial(ipvs.Options{NetNS: s.FD()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return s, c
}

// both runs a listing and ipvsadm on the same table.
func both(t *testing.T, s *netns.Space, args ...string) (ours, theirs string) {
	t.Helper()
	var out bytes.Buffer
	if err := s.Do(func() error {
		root := newRoot()
		root.SetOut(&out)
		root.SetArgs(append([]string{"ipvs"}, args...))
		if err := root.Execute(); err != nil {
			return err
		}
		text, err := exec.Command("ipvsadm", append([]string{"-Ln"}, args...)...).CombinedOutput()
		theirs = string(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out.String(), theirs
}

// TestIPVSAsIpvsadm takes the guest's kernel, which has IPVS.
func TestIPVSAsIpvsadm(t *testing.T) {
	uml.Inside(t, "", func(t *testing.T) {
		s, c := ipvsSpace(t)
		t.Run("daemons", func(t *testing.T) { syncDaemons(t, s, c) })
		t.Run("any table", func(t *testing.T) { anyTable(t, s, c) })
		t.Run("counters", func(t *testing.T) { counters(t, s, c) })
	})
}

// anyTable wants what "holdfast ipvs" prints to be what ipvsadm prints.
func anyTable(t *testing.T, s *netns.Space, c *ipvs.Client) {
	for seed := range int64(25) {
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		for i, err := range c.Do(randomTable(rand.New(rand.NewSource(seed)))) {
			if err != nil && !errors.Is(err, os.ErrExist) {
				t.Fatalf("seed %d, operation %d: %v", seed, i, err)
			}
		}
		for _, args := range [][]string{nil, {"--stats"}, {"--rate"}} {
			ours, theirs := both(t, s, args...)
			if ours != theirs {
				t.Fatalf("seed %d, %q (-ipvsadm +holdfast):\n%s", seed, args, cmp.Diff(theirs, ours))
			}
		}
	}
}

// syncDaemons wants the same of no sync daemon, of one and of both, with the kernel's settings and with others.
func syncDaemons(t *testing.T, s *netns.Space, c *ipvs.Client) {
	same := func(lines int) {
		t.Helper()
		ours, theirs := both(t, s, "--daemon")
		if ours != theirs || strings.Count(ours, "\n") != lines {
			t.Errorf("%d lines (-ipvsadm +holdfast):\n%s\n%s", lines, cmp.Diff(theirs, ours), ours)
		}
	}
	for _, line := range []string{"link add sync type dummy", "addr add fd00::1/64 dev sync nodad", "link set sync up"} {
		if err := s.Do(exec.Command("ip", strings.Fields(line)...).Run); err != nil {
			t.Fatalf("ip %s: %v", line, err)
		}
	}
	same(0)
	for i, d := range []ipvs.Daemon{
		{State: ipvs.Backup, Interface: "lo", SyncID: 255},
		{State: ipvs.Master, Interface: "sync", SyncID: 7, MaxLen: 1200, Group: netip.MustParseAddr("ff02::81"), Port: 9000, TTL: 3},
	} {
		if err := c.StartDaemon(d); err != nil {
			t.Fatal(err)
		}
		same(i + 1)
	}
	for i, d := range []ipvs.DaemonState{ipvs.Backup, ipvs.Master} {
		if err := c.StopDaemon(d); err != nil {
			t.Fatal(err)
		}
		same(1 - i)
	}
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.Intn(len(list))] }

// randomTable has addresses that differ in a few bits, the first among them, so that their order is put to the test.
func randomTable(r *rand.Rand) (ops []ipvs.Op) {
	addr := func(f ipvs.Family) netip.Addr {
		if f == ipvs.IPv4 {
			return netip.AddrFrom4([4]byte{pick[byte](r, 1, 9, 10, 100, 127, 128, 200, 223), pick[byte](r, 0, 127, 128), 0, pick[byte](r, 1, 127, 128)})
		}
		a := [16]byte{0: pick[byte](r, 0x20, 0x26, 0xfc, 0xfd), 15: pick[byte](r, 1, 127, 128, 254)}
		for _, i := range []int{1, 4, 8, 12} {
			a[i] = pick[byte](r, 0, 0, 1, 127, 128, 254)
		}
		return netip.AddrFrom16(a)
	}
	port := func() uint16 { return pick[uint16](r, 0, 1, 80, 255, 256, 32767, 32768, 65535) }
	for range r.Intn(40) {
		f := pick(r, ipvs.IPv4, ipvs.IPv4, ipvs.IPv6)
		k := ipvs.AddrKey(pick(r, ipvs.TCP, ipvs.UDP, ipvs.SCTP), netip.AddrPortFrom(addr(f), port()))
		if r.Intn(4) == 0 {
			k = ipvs.MarkKey(f, pick[uint32](r, 1, 2, 7, 255, 256, 1<<31-1, 1<<31, 1<<32-1))
		}
		s := ipvs.Service{
			ServiceKey: k, Scheduler: pick(r, "rr", "wlc", "sh", "mh", "lblcr"), Engine: pick(r, "", "", "sip"), Flags: ipvs.Flags(r.Uint32()) & ipvs.AllFlags,
			Timeout: time.Duration(pick(r, 1, 300, 100000)) * time.Second,
		}
		if s.Mask = pick(r, netip.Addr{}, ipvs.PrefixMask(f, 1+r.Intn(31))); r.Intn(4) == 0 {
			s.Flags = 0
		}
		ops = append(ops, ipvs.Op{Kind: ipvs.AddService, Service: s})
		for range r.Intn(9) {
			// Without Bypass, for which ipvsadm prints what it finds in its memory.
			d := ipvs.Destination{Forward: ipvs.Forward(r.Intn(4)), Weight: pick[int32](r, 0, 1, 100, 999999, 1000000, 1<<31-1)}
			of := f
			if d.Forward == ipvs.Tunnel {
				of = pick(r, ipvs.IPv4, ipvs.IPv6)
			}
			d.Addr = netip.AddrPortFrom(addr(of), port())
			ops = append(ops, ipvs.Op{Kind: ipvs.AddDestination, Service: s, Destination: d})
		}
	}
	return ops
}

// counters wants the same of the counters of real connections, once the kernel has taken stock of them.
func counters(t *testing.T, s *netns.Space, c *ipvs.Client) {
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	var listener net.Listener
	if err := s.Do(func() (err error) {
		listener, err = net.Listen("tcp4", "127.0.0.1:8080")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write(make([]byte, 5000))
			conn.Close()
		}
	}()
	web := ipvs.Service{ServiceKey: ipvs.AddrKey(ipvs.TCP, netip.MustParseAddrPort("127.0.0.2:80")), Scheduler: "rr"}
	dest := ipvs.Destination{Addr: netip.MustParseAddrPort("127.0.0.1:8080"), Weight: 1}
	if err := errors.Join(c.AddService(web), c.AddDestination(web.ServiceKey, dest)); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := s.Do(func() error {
			conn, err := net.DialTimeout("tcp4", "127.0.0.2:80", 10*time.Second)
			if err != nil {
				return err
			}
			defer conn.Close()
			_, err = conn.Read(make([]byte, 1))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	// The kernel takes stock every two seconds, and may do it between the two listings.
	seen := map[string]bool{}
	for end := time.Now().Add(time.Minute); len(seen) < 3; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("alike and with numbers in them were only %v", seen)
		}
		for _, args := range [][]string{nil, {"--stats"}, {"--rate"}} {
			ours, theirs := both(t, s, args...)
			if ours == theirs && strings.ContainsAny(strings.SplitN(ours, "127.0.0.1:8080", 2)[1], "23456789") {
				seen[fmt.Sprint(args)] = true
			}
		}
	}
}
