package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// TestTunnels has a director send to a real server through tunnels, in the guest, whose kernel has them.
func TestTunnels(t *testing.T) {
	need.Command(t, "ipvsadm", "the director's table")
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("served", tunnelled)
		t.Run("mended", mended)
	})
}

// tunnelNet is a client, a director, and a real server that greets whoever connects to port 80.
type tunnelNet struct {
	t              *testing.T
	client, server *lab.Node
	director       *lab.Node
}

func newTunnelNet(t *testing.T) *tunnelNet {
	t.Helper()
	l := lab.New(t)
	n := &tunnelNet{t: t, client: l.Node("client"), director: l.Node("director"), server: l.Node("server")}
	for i, node := range []*lab.Node{n.client, n.director, n.server} {
		node.Link("eth0", "br0", fmt.Sprintf("10.9.0.%d/24", i+1))
		node.IP(fmt.Sprintf("addr add fd00::%d/64 dev eth0", i+1))
	}
	n.director.IP("addr add 10.9.0.50/32 dev eth0")
	n.director.IP("addr add fd00::50/128 dev eth0 preferred_lft 0") // or it would be the tunnel's source, which the server refuses from itself
	var listener net.Listener
	if err := n.server.Do(func() (err error) {
		listener, err = net.Listen("tcp", ":80")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "served")
			c.Close()
		}
	}()
	return n
}

// served reports whether the client is greeted at the virtual address.
func (n *tunnelNet) served(vip string) bool {
	var c net.Conn
	if err := n.client.Do(func() (err error) {
		c, err = net.DialTimeout("tcp", net.JoinHostPort(vip, "80"), 1500*time.Millisecond)
		return err
	}); err != nil {
		return false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	text, _ := io.ReadAll(c)
	return string(text) == "served"
}

func (n *tunnelNet) must(want bool, vip, when string) {
	n.t.Helper()
	if n.served(vip) != want {
		n.t.Errorf("%s: %s is served: %v", when, vip, !want)
	}
}

// tunnelOptions are ipvsadm's words for what --tun takes.
func tunnelOptions(method string) string {
	kind, port, gue := strings.Cut(method, ":")
	if gue {
		return kind + " --tun-port " + port + " --tun-nocsum"
	}
	return kind
}

// whole is the state of the server, with its ports for GUE.
func (n *tunnelNet) whole() string {
	n.t.Helper()
	ports, err := n.server.Output("ip", "fou", "show")
	if err != nil {
		n.t.Fatal(err, ports)
	}
	return state(n.t, n.server) + ports
}

// tunnelled wants a client to be served with up, and not without it, or with what check has something to say about.
func tunnelled(t *testing.T) {
	for _, method := range []string{"ipip", "gre", "gue:6080"} {
		n := newTunnelNet(t)
		for vip, server := range map[string]string{"10.9.0.50": "10.9.0.3", "fd00::50": "fd00::3"} {
			service := net.JoinHostPort(vip, "80")
			for _, c := range []string{"-A -t " + service + " -s rr", "-a -t " + service + " -r " + net.JoinHostPort(server, "80") + " -i --tun-type " + tunnelOptions(method)} {
				if out, err := n.director.Output("ipvsadm", strings.Fields(c)...); err != nil {
					t.Fatal(err, out)
				}
			}
		}
		shell(t, n.server, "sysctl -qw net.ipv4.conf.all.rp_filter=1")
		before := n.whole()
		n.must(false, "10.9.0.50", method+" before up")
		out := done(t, n.server, "up", "--tun="+method, "10.9.0.50", "fd00::50")
		for _, vip := range []string{"10.9.0.50", "fd00::50"} {
			n.must(true, vip, method+" after up:\n"+out)
		}
		if out := done(t, n.server, "up", "--tun="+method, "10.9.0.50"); out != "nothing to do\n" {
			t.Errorf("a second up: %s", out)
		}
		if out := done(t, n.server, "check"); out != "10.9.0.50: ready\nfd00::50: ready\n" {
			t.Errorf("check: %s", out)
		}
		n.spoil(method)
		done(t, n.server, "down", "10.9.0.50")
		n.must(true, "fd00::50", method+" after the down of the other")
		done(t, n.server, "down")
		if after := n.whole(); after != before {
			t.Errorf("%s: was\n%s\nis\n%s", method, before, after)
		}
	}
}

// spoil has check find what keeps the client from being served, and nothing else.
func (n *tunnelNet) spoil(method string) {
	n.t.Helper()
	dev, dev6 := "tunl0", "ip6tnl0"
	if method == "gre" {
		dev, dev6 = "gre0", "ip6gre0"
	}
	type spoiling struct{ spoil, mend, vip, code string }
	all := []spoiling{
		{"sysctl -qw net.ipv4.conf.%s.rp_filter=1", "sysctl -qw net.ipv4.conf.%s.rp_filter=2", "10.9.0.50", "rp-filter"},
		{"ip addr del 10.9.0.50/32 dev %s; ip addr add 10.9.0.50/32 dev lo", "ip addr del 10.9.0.50/32 dev lo; ip addr add 10.9.0.50/32 dev %s", "10.9.0.50", "rp-filter"},
		{"ip link set %s down", "ip link set %s up", "10.9.0.50", "link-down"},
		{"ip addr del 10.9.0.50/32 dev %s", "ip addr add 10.9.0.50/32 dev %s", "10.9.0.50", "absent"},
		{"ip -6 addr del fd00::50/128 dev " + dev6, "ip addr add fd00::50/128 dev " + dev6, "fd00::50", "absent"},
	}
	if strings.HasPrefix(method, "gue") {
		all = append(all, spoiling{"ip fou del port 6080", "ip fou add port 6080 gue", "10.9.0.50", "gue-port"},
			spoiling{"ip fou del port 6080 -6", "ip fou add port 6080 -6 gue", "fd00::50", "gue-port"})
	}
	for _, c := range all {
		in := func(command string) string {
			if strings.Contains(command, "%s") {
				return fmt.Sprintf(command, dev)
			}
			return command
		}
		shell(n.t, n.server, in(c.spoil))
		out, status := realServer(n.t, n.server, "check", "--tun="+method, c.vip)
		if status != statusFound || strings.Count(out, "[") != 1 || !strings.Contains(out, "["+c.code+"]") {
			n.t.Errorf("%s: check after %q: exit status %d: %s", method, in(c.spoil), status, out)
		}
		n.must(false, c.vip, in(c.spoil))
		shell(n.t, n.server, in(c.mend))
		n.must(true, c.vip, in(c.mend))
	}
}

// mended runs the commands that check shows on a host without links for tunnels, and up and down on another.
func mended(t *testing.T) {
	const only = "/proc/sys/net/core/fb_tunnels_only_for_init_net"
	if err := os.WriteFile(only, []byte("1"), 0); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.WriteFile(only, []byte("0"), 0) }()
	for _, method := range []string{"ipip", "gre", "gue:6080"} {
		n := newTunnelNet(t)
		shell(t, n.server, "sysctl -qw net.ipv4.conf.default.rp_filter=1")
		before := n.whole()
		up := done(t, n.server, "up", "--tun="+method, "10.9.0.50", "fd00::50")
		if strings.Count(up, "made (") != 2 || strings.Contains(up, "itself") {
			t.Errorf("%s: up: %s", method, up)
		}
		done(t, n.server, "down")
		if after := n.whole(); after != before {
			t.Errorf("%s: was\n%s\nis\n%s", method, before, after)
		}
		out, status := realServer(t, n.server, "check", "--tun="+method, "10.9.0.50", "fd00::50")
		if status != statusFound || strings.Count(out, "[no-tunnel]") != 2 {
			t.Errorf("%s: exit status %d: %s", method, status, out)
		}
		if gue := strings.HasPrefix(method, "gue"); strings.Contains(out, "[gue-port]") != gue {
			t.Errorf("%s: %s", method, out)
		}
		for line := range strings.Lines(out) {
			if m, ok := strings.CutPrefix(strings.TrimSpace(line), "mend:"); ok {
				shell(t, n.server, m)
			}
		}
		if out := done(t, n.server, "check", "--tun="+method, "10.9.0.50", "fd00::50"); !strings.HasPrefix(out, "10.9.0.50: ready") {
			t.Errorf("after mending: %s", out)
		}
	}
}
