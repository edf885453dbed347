package link

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// newNS makes a network namespace that lasts as long as the test and returns its file descriptor.
func newNS(t testing.TB) int {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: makes a network namespace")
	}
	var fd int
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread, now in another namespace, ends with the goroutine
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			fd, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatalf("namespace: %v", err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

func open(t testing.TB, ns int) *Conn {
	t.Helper()
	c, err := Open(Options{NetNS: ns, ReceiveBuffer: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// inNS is a command that runs in the namespace.
func inNS(ns int, name string, args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{fmt.Sprintf("--net=/proc/%d/fd/%d", os.Getpid(), ns), name}, args...)...)
}

// await watches until what was told satisfies until, reading everything anew on each Resync. begin runs
// once the first of them has been taken in.
func await(t testing.TB, c *Conn, what string, begin func(), until func(*table.Mirror) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var m table.Mirror
	met := false
	err := c.Watch(ctx, func(u table.Update) {
		if met {
			return
		}
		if m.Apply(u); u.Kind == table.Resync {
			links, err := c.Links()
			if err != nil {
				t.Error(err)
			}
			addrs, err := c.Addrs()
			if err != nil {
				t.Error(err)
			}
			m.Replace(links, addrs)
			if begin != nil {
				begin()
				begin = nil
			}
		}
		if met = until(&m); met {
			cancel()
		}
	})
	if err != nil || !met {
		t.Fatalf("%s: met %v, error %v", what, met, err)
	}
}

// pair makes a veth pair that is up, without duplicate address detection, and returns its first end.
func pair(t testing.TB, c *Conn, ns int, name, peer string) table.Link {
	t.Helper()
	if err := c.AddVeth(name, peer, 0); err != nil {
		t.Fatal(err)
	}
	var l table.Link
	for _, n := range []string{peer, name} {
		var err error
		if l, err = c.ByName(n); err != nil {
			t.Fatal(err)
		}
		if out, err := inNS(ns, "sysctl", "-qw", "net.ipv6.conf."+n+".accept_dad=0").CombinedOutput(); err != nil {
			t.Fatalf("sysctl: %v: %s", err, out)
		}
		if err = c.SetUp(l.Index, true); err != nil {
			t.Fatal(err)
		}
	}
	await(t, c, name+" up", nil, func(m *table.Mirror) (up bool) {
		l, _ = m.Link(l.Index)
		far, _ := m.LinkByName(peer)
		return l.Up() && far.Up()
	})
	return l
}

// ipLink is what "ip -d -j link" and "ip -d -j addr" tell of a link.
type ipLink struct {
	Index    int      `json:"ifindex"`
	Name     string   `json:"ifname"`
	Flags    []string `json:"flags"`
	MTU      int      `json:"mtu"`
	Master   string   `json:"master"`
	Parent   string   `json:"link"`
	HWAddr   string   `json:"address"`
	LinkInfo struct {
		Kind string `json:"info_kind"`
	} `json:"linkinfo"`
	Addrs []map[string]any `json:"addr_info"`
}

func ipJSON(t testing.TB, ns int, args ...string) (ls []ipLink) {
	t.Helper()
	cmd := inNS(ns, "ip", append([]string{"-d", "-j"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ip %v: %v", args, err)
	}
	if err := json.Unmarshal(out, &ls); err != nil {
		t.Fatalf("ip %v: %v", args, err)
	}
	return ls
}

// ipAddrs returns what ip shows of the addresses on a link, but for the link-local one the kernel made.
func ipAddrs(t testing.TB, ns int, name string) (as []map[string]any) {
	t.Helper()
	for _, l := range ipJSON(t, ns, "addr", "show", "dev", name) {
		for _, a := range l.Addrs {
			local, _ := a["local"].(string)
			if !strings.HasPrefix(local, "fe80:") || a["prefixlen"] != 64.0 {
				as = append(as, a)
			}
		}
	}
	return as
}
