package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Node is one namespace.
type Node struct {
	Name string

	lab     *Lab
	ns      string // name of the namespace
	daemons []*Daemon

	have    map[place]bool // by the kernel's notifications
	changes []Change
	done    chan struct{}

	runs []Run
	rec  *os.File
}

type place struct {
	addr netip.Addr
	link int
}

// Change is one address that came or went.
type Change struct {
	At   time.Time
	Came bool
	Addr netip.Prefix
	Link int
}

func (c Change) String() string {
	verb := "lost"
	if c.Came {
		verb = "got"
	}
	return fmt.Sprintf("%s %s on link %d", verb, c.Addr, c.Link)
}

// Node adds a namespace with nothing but loopback in it.
func (l *Lab) Node(name string) *Node {
	l.t.Helper()
	n := l.namespace(name)
	l.nodes = append(l.nodes, n)
	n.watch()
	return n
}

func (l *Lab) namespace(name string) *Node {
	l.t.Helper()
	n := &Node{Name: name, lab: l, ns: l.id + "-" + name, have: map[place]bool{}, done: make(chan struct{})}
	if out, err := exec.Command("ip", "netns", "add", n.ns).CombinedOutput(); err != nil {
		l.t.Fatalf("ip netns add: %v: %s", err, out)
	}
	n.inside(func() error {
		// Duplicate address detection would make every link wait a second.
		for _, which := range []string{"all", "default"} {
			_ = os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/accept_dad", []byte("0"), 0)
		}
		if name == "sw" {
			return os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0)
		}
		return nil
	})
	n.ip("link set lo up")
	return n
}

func (n *Node) close() {
	close(n.done)
	if n.rec != nil {
		_ = n.rec.Close()
	}
	if out, err := exec.Command("ip", "netns", "del", n.ns).CombinedOutput(); err != nil {
		n.lab.t.Errorf("ip netns del: %v: %s", err, out)
	}
}

// inside runs f on a thread that is in the node's network namespace.
func (n *Node) inside(f func() error) {
	n.lab.t.Helper()
	if err := n.Do(f); err != nil {
		n.lab.t.Fatalf("%s: %v", n.Name, err)
	}
}

// Do runs f on a thread that is in the node's network namespace, and returns its error: sockets that f opens and programs that it
// starts belong there. It may be called from any goroutine.
func (n *Node) Do(f func() error) error {
	errs := make(chan error)
	go func() {
		runtime.LockOSThread()
		home, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			errs <- err
			return
		}
		defer home.Close()
		away, err := os.Open("/run/netns/" + n.ns)
		if err != nil {
			errs <- err
			return
		}
		defer away.Close()
		if err := unix.Setns(int(away.Fd()), unix.CLONE_NEWNET); err != nil {
			errs <- err
			return
		}
		err = f()
		if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back == nil {
			// A thread that could not go home stays locked, and dies with this goroutine.
			runtime.UnlockOSThread()
		}
		errs <- err
	}()
	return <-errs
}

// ip runs ip(8) commands in the node.
func (n *Node) ip(commands ...string) {
	n.lab.t.Helper()
	cmd := exec.Command("ip", "-n", n.ns, "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		n.lab.t.Fatalf("%s: ip: %v: %s\n%s", n.Name, err, out, strings.Join(commands, "\n"))
	}
}

// IP runs one ip(8) command in the node: "addr del 10.9.0.50/24 dev eth0".
func (n *Node) IP(command string) {
	n.lab.t.Helper()
	n.ip(command)
}

// Link gives the node an interface on a segment, with addresses.
func (n *Node) Link(dev, segment string, cidrs ...string) *Node {
	n.lab.t.Helper()
	n.lab.Segment(segment)
	port := n.port(dev)
	n.lab.sw.ip(
		"link add "+port+" type veth peer name "+dev+" netns "+n.ns,
		"link set "+port+" master "+segment+" up",
	)
	var commands []string
	for _, c := range cidrs {
		commands = append(commands, "addr add "+c+" brd + dev "+dev)
	}
	n.ip(append(commands, "link set "+dev+" up")...)
	return n
}

func (n *Node) port(dev string) string {
	if len(dev) > 6 {
		dev = dev[len(dev)-6:]
	}
	return "p" + n.Name + "-" + dev
}

// Unplug takes the switch's side of the link down: the node's interface loses its carrier.
func (n *Node) Unplug(dev string) { n.lab.t.Helper(); n.lab.sw.ip("link set " + n.port(dev) + " down") }

// Plug is the reverse of Unplug.
func (n *Node) Plug(dev string) { n.lab.t.Helper(); n.lab.sw.ip("link set " + n.port(dev) + " up") }

// Output runs a program in the node's namespace and returns what it printed.
func (n *Node) Output(program string, args ...string) (string, error) {
	out, err := exec.Command("nsenter", append([]string{"--net=/run/netns/" + n.ns, program}, args...)...).CombinedOutput()
	return string(out), err
}

// Addr is one address as ip(8) shows it; the fields that ip leaves out are absent.
type Addr map[string]any

// Addrs returns the addresses of an interface as `ip -j addr` prints them, in the kernel's order.
func (n *Node) Addrs(dev string) []Addr {
	n.lab.t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("ip", "-n", n.ns, "-j", "addr", "show", "dev", dev)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		n.lab.t.Fatalf("ip addr show: %v", err)
	}
	var links []struct {
		Addrs []Addr `json:"addr_info"`
	}
	if err := json.Unmarshal(out.Bytes(), &links); err != nil {
		n.lab.t.Fatalf("ip addr show: %v: %s", err, out.Bytes())
	}
	var all []Addr
	for _, l := range links {
		all = append(all, l.Addrs...)
	}
	return all
}

// watch follows the node's addresses.
func (n *Node) watch() {
	n.lab.t.Helper()
	ch := make(chan netlink.AddrUpdate, 64)
	n.inside(func() error {
		return netlink.AddrSubscribeWithOptions(ch, n.done, netlink.AddrSubscribeOptions{ListExisting: true})
	})
	go func() {
		for u := range ch {
			n.changed(u)
		}
	}()
}

func (n *Node) changed(u netlink.AddrUpdate) {
	addr, ok := netip.AddrFromSlice(u.LinkAddress.IP)
	if !ok {
		return
	}
	addr = addr.Unmap()
	bits, _ := u.LinkAddress.Mask.Size()
	n.lab.locked(func() {
		at := place{addr, u.LinkIndex}
		if u.NewAddr {
			n.have[at] = true
		} else {
			delete(n.have, at)
		}
		n.changes = append(n.changes, Change{time.Now(), u.NewAddr, netip.PrefixFrom(addr, bits), u.LinkIndex})
	})
	n.lab.happened()
}

// Has reports whether the node has that address on any of its links.
func (n *Node) Has(addr string) (has bool) {
	want := netip.MustParseAddr(addr)
	n.lab.locked(func() {
		for at := range n.have {
			has = has || at.addr == want
		}
	})
	return has
}

// Changes returns what happened to the node's addresses so far.
func (n *Node) Changes() (all []Change) {
	n.lab.locked(func() { all = append(all, n.changes...) })
	return all
}
