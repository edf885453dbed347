package guest

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"holdfast/test/netns/lab"
)

// estate is two networks: in the outer one (br0) is the client, in the inner one (br1) are the real servers, and the directors a and b
// are in both. With NAT the real servers answer through the director who has the inner virtual address; with DR and TUN they have the
// virtual address themselves, and a link into the outer network, over which they answer past the directors.
type estate struct {
	*lab.Lab
	t            *testing.T
	kind         string // NAT, DR or TUN
	v6           bool
	a, b, client *lab.Node
	servers      []*lab.Node
	pages        map[string][]*web // of the matrix, by feature and server
	preemptDelay int               // of virtual routers, in seconds; 0: none
}

const (
	outer = 0 // the networks' numbers
	inner = 1

	hostVirtual = 50 // of both networks
	hostClient  = 200
	hostServer  = 11 // of the first
)

func newEstate(t *testing.T, kind string, v6 bool) *estate {
	t.Helper()
	l := lab.New(t)
	e := &estate{Lab: l, t: t, kind: kind, v6: v6}
	e.a, e.b = e.director("a", 1), e.director("b", 2)
	e.client = e.link(l.Node("c"), "eth0", outer, hostClient)
	for i := range 3 {
		n := e.link(l.Node(fmt.Sprintf("s%d", i+1)), "eth0", inner, hostServer+i)
		e.servers = append(e.servers, n)
		if kind == "NAT" {
			n.IP("route add default via " + e.addr(inner, hostVirtual))
			continue
		}
		e.link(n, "eth1", outer, hostServer+i)
		e.takesPart(n)
	}
	return e
}

// director adds a node that forwards between the networks.
func (e *estate) director(name string, host int) *lab.Node {
	e.t.Helper()
	n := e.link(e.link(e.Node(name), "eth0", outer, host), "eth1", inner, host)
	e.set(n, "ipv4/ip_forward", "1")
	e.set(n, "ipv6/conf/all/forwarding", "1")
	e.set(n, "ipv4/vs/sync_threshold", "3 10") // a connection is told of at its 3rd packet, its 13th, and so on
	return n
}

// takesPart makes a node a real server of DR or TUN: it takes the virtual address for its own without telling anybody, and unpacks
// what comes in tunnels.
func (e *estate) takesPart(n *lab.Node) {
	e.t.Helper()
	if e.kind == "TUN" {
		device := "tunl0"
		if e.v6 {
			device = "ip6tnl0"
		}
		n.IP("link set " + device + " up")
	}
	if e.v6 {
		n.IP("addr add " + e.virtual() + "/128 dev lo nodad")
		return
	}
	realServer(e.t, n, e.virtual())
}

// set writes a setting of the kernel's network.
func (e *estate) set(n *lab.Node, name, value string) {
	e.t.Helper()
	err := n.Do(func() error { return os.WriteFile("/proc/sys/net/"+name, []byte(value), 0) })
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *estate) addr(net, host int) string {
	form := "10.9.%d.%d"
	if e.v6 {
		form = "fd09:0:0:%d::%d"
	}
	return netip.MustParseAddr(fmt.Sprintf(form, net, host)).String()
}

// link gives a node a link into one of the networks.
func (e *estate) link(n *lab.Node, dev string, net, host int) *lab.Node {
	e.t.Helper()
	segment := fmt.Sprintf("br%d", net)
	if !e.v6 {
		return n.Link(dev, segment, e.addr(net, host)+"/24")
	}
	n.Link(dev, segment)
	n.IP("addr add " + e.addr(net, host) + "/64 dev " + dev + " nodad")
	return n
}

func (e *estate) virtual() string { return e.addr(outer, hostVirtual) }

// at is an address with a port.
func (e *estate) at(addr string, port int) string {
	if e.v6 {
		addr = "[" + addr + "]"
	}
	return fmt.Sprintf("%s:%d", addr, port)
}

// service is the address of a virtual service.
func (e *estate) service(port int) string { return e.at(e.virtual(), port) }

// server is the address of the i-th real server.
func (e *estate) server(i, port int) string { return e.at(e.addr(inner, hostServer+i), port) }

// router is the configuration of a director's virtual routers, one in each network; they share their fate. More is for global_defs.
func (e *estate) router(priority int, more string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global_defs {\n%s\n}\nvrrp_sync_group BOTH {\n    group {\n        OUTER\n        INNER\n    }\n}\n", more)
	for i, name := range []string{"OUTER", "INNER"} {
		fmt.Fprintf(&b, "vrrp_instance %s {\n    state BACKUP\n    interface eth%d\n    virtual_router_id %d\n    priority %d\n    advert_int 1\n"+
			"    virtual_ipaddress {\n        %s/24\n    }\n", name, i, 51+i, priority, e.addr(i, hostVirtual))
		if e.preemptDelay > 0 {
			fmt.Fprintf(&b, "    preempt_delay %d\n", e.preemptDelay)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// take gives a director the virtual addresses by hand, where no virtual router does.
func (e *estate) take(n *lab.Node) {
	e.t.Helper()
	for i := range 2 {
		n.IP(fmt.Sprintf("addr add %s/64 dev eth%d nodad", e.addr(i, hostVirtual), i))
	}
	for _, other := range append([]*lab.Node{e.client}, e.servers...) {
		other.IP("neigh flush dev eth0") // as an announcement would
	}
}

// leave takes them away.
func (e *estate) leave(n *lab.Node) {
	e.t.Helper()
	for i := range 2 {
		n.IP(fmt.Sprintf("addr del %s/64 dev eth%d", e.addr(i, hostVirtual), i))
	}
}

// rules says a virtual service in ipvsadm's words: the lines of its first n servers with a weight of 1. The service is what follows -A.
func (e *estate) rules(service, options string, port int, servers ...int) []string {
	how := map[string]string{"NAT": "-m -w 1", "DR": "-g -w 1", "TUN": "-i -w 1 --tun-type ipip"}[e.kind]
	lines := []string{"-A " + service + " " + options}
	for _, i := range servers {
		lines = append(lines, fmt.Sprintf("-a %s -r %s %s", service, e.server(i, port), how))
	}
	return lines
}
