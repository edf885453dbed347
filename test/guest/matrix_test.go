package guest

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// Every way to forward, with each family of addresses and each feature, serves a client: through the first director, and through the
// second when the first one's link has failed. The same is asked of keepalived and of ours.
func TestMatrix(t *testing.T) {
	t.Parallel()
	need.Keepalived(t)
	need.Command(t, "ipvsadm", "the table's reader")
	need.Command(t, "iptables-legacy", "a firewall that marks packets")
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("play", func(t *testing.T) {
			for _, seat := range lab.Subjects() {
				for _, kind := range []string{"NAT", "DR", "TUN"} {
					for _, v6 := range []bool{false, true} {
						name := fmt.Sprintf("%s IPv%d %s", kind, map[bool]int{false: 4, true: 6}[v6], seat.Name)
						t.Run(name, func(t *testing.T) { t.Parallel(); matrix(t, seat, kind, v6) })
					}
				}
			}
		})
	}, "HOLDFAST_BIN="+ours(t))
}

// feature is a virtual service of its own port.
type feature struct {
	name    string
	port    int
	service string // the heading of its block, after virtual_server; empty: its address and port
	more    string // in the block
	options string // what ipvsadm says of it
	pool    []int  // its servers' numbers
	check   string // of each server
	last    string // in the block, after the servers
	try     func(e *estate, f *feature)
	listens []string // on the servers: networks
}

// Checks that a busy machine does not fail.
const (
	patientCheck = "{\n            connect_timeout 10\n            retry 3\n            delay_before_retry 1\n        }"
	tcpCheck     = "TCP_CHECK " + patientCheck
)

func features() []feature {
	both, tcp := []int{0, 1}, []string{"tcp"}
	return []feature{
		{name: "round robin", port: 80, options: "-s rr", pool: both, check: tcpCheck, listens: tcp, try: byTurns},
		{name: "persistence", port: 81, more: "persistence_timeout 60", options: "-s rr -p 60", pool: both, check: tcpCheck, listens: tcp, try: persistent},
		{
			name: "group of a mark", port: markedPort, service: "group MARKED", more: "persistence_timeout 60", options: "-s rr -p 60", pool: both,
			check: tcpCheck, listens: tcp, try: marked,
		},
		{name: "sorry server", port: 84, options: "-s rr", pool: both[:1], check: tcpCheck, last: "sorry_server %s 84", listens: tcp, try: excused},
		{
			name: "datagrams", port: 53, more: "protocol UDP", options: "-s rr", pool: both, listens: []string{"udp"}, try: datagrams,
			check: "UDP_CHECK " + strings.Replace(patientCheck, "retry", "require_reply\n            retry", 1),
		},
	}
}

const (
	mark       = 7
	markedPort = 82
	markedToo  = 83
	sorryIndex = 2 // of the servers
)

// config is the feature's part of a configuration.
func (f *feature) config(e *estate) string {
	var b strings.Builder
	heading := f.service
	if heading == "" {
		heading = fmt.Sprintf("%s %d", e.virtual(), f.port)
	}
	fmt.Fprintf(&b, "virtual_server %s {\n    delay_loop 1\n    lb_algo rr\n    lb_kind %s\n    %s\n", heading, e.kind, f.more)
	if !strings.Contains(f.more, "protocol") {
		b.WriteString("    protocol TCP\n")
	}
	for _, i := range f.pool {
		port := f.port
		fmt.Fprintf(&b, "    real_server %s %d {\n        %s\n    }\n", e.addr(inner, hostServer+i), port, f.check)
	}
	if f.last != "" {
		fmt.Fprintf(&b, "    "+f.last+"\n", e.addr(inner, hostServer+sorryIndex))
	}
	b.WriteString("}\n")
	return b.String()
}

// table is what ipvsadm says of it while those servers serve.
func (f *feature) table(e *estate, servers ...int) []string {
	service, port := "-t "+e.service(f.port), f.port
	if f.service != "" && e.kind != "NAT" {
		port = 0 // a mark may stand for any port, and only NAT can change it
	}
	switch {
	case f.listens[0] == "udp":
		service = "-u " + e.service(f.port)
	case f.service != "" && e.v6:
		service = fmt.Sprintf("-f %d -6", mark)
	case f.service != "":
		service = fmt.Sprintf("-f %d", mark)
	}
	return e.rules(service, f.options, port, servers...)
}

func matrix(t *testing.T, seat lab.Seat, kind string, v6 bool) {
	e := newEstate(t, kind, v6)
	e.pages = map[string][]*web{}
	family := ""
	if v6 {
		family = " inet6"
	}
	config := fmt.Sprintf("virtual_server_group MARKED {\n    fwmark %d%s\n}\n", mark, family)
	var full []string
	all := features()
	for _, f := range all {
		config += f.config(e)
		full = append(full, f.table(e, f.pool...)...)
		e.open(&f)
	}
	for _, n := range []*lab.Node{e.a, e.b} {
		e.mark(n)
	}
	e.run(seat, config)
	through := func(name string, master *lab.Node) {
		e.Until(name+" is master", patient, func() bool {
			return master.Has(e.virtual()) && (kind != "NAT" || master.Has(e.addr(inner, hostVirtual)))
		})
		for _, n := range []*lab.Node{e.a, e.b} {
			awaitTable(t, n, patient, full...)
		}
		await(t, name+" serves", patient, func() bool { _, err := fetch(e.client, e.service(80)); return err == nil })
		for _, f := range all {
			t.Run(f.name+" through "+name, func(t *testing.T) {
				e.t = t
				f.try(e, &f)
			})
		}
		e.t = t
	}
	through("a", e.a)
	e.a.Unplug("eth0")
	if v6 {
		e.leave(e.a)
		e.take(e.b)
	}
	e.Until("a has let go", patient, func() bool { return !e.a.Has(e.virtual()) })
	through("b", e.b)
}

// run starts the daemon at both directors, and a has the virtual addresses. Virtual routers move those of IPv4; ours do not yet move
// those of IPv6, so the test does it for both daemons.
func (e *estate) run(seat lab.Seat, config string) {
	e.t.Helper()
	for i, n := range []*lab.Node{e.a, e.b} {
		if e.v6 {
			n.Start(seat, config, lab.Flags("-n", "-l", "-D", "-C"))
		} else {
			n.Start(seat, e.router(150-50*i, "")+config)
		}
	}
	if e.v6 {
		e.take(e.a)
	}
}

// open has every server listen for a feature.
func (e *estate) open(f *feature) {
	e.t.Helper()
	everywhere := "0.0.0.0"
	if e.v6 {
		everywhere = "::"
	}
	for i, n := range e.servers {
		page := fmt.Sprintf("server %d", i)
		if f.listens[0] == "udp" {
			// What is to come from the virtual address has to be sent from there.
			answer(e.t, n, e.server(i, f.port), page)
			if e.kind != "NAT" {
				answer(e.t, n, e.service(f.port), page)
			}
			continue
		}
		e.pages[f.name] = append(e.pages[f.name], serve(e.t, n, e.at(everywhere, f.port), page))
		if f.service != "" {
			serve(e.t, n, e.at(everywhere, markedToo), page)
		}
	}
}

// mark has a director's firewall mark what comes for the two ports of the group.
func (e *estate) mark(n *lab.Node) {
	e.t.Helper()
	program := "iptables-legacy"
	if e.v6 {
		program = "ip6tables-legacy"
	}
	for _, port := range []int{markedPort, markedToo} {
		must(e.t, n, program, "-t", "mangle", "-A", "PREROUTING", "-d", e.virtual(), "-p", "tcp", "--dport", fmt.Sprint(port),
			"-j", "MARK", "--set-mark", fmt.Sprint(mark))
	}
}

// ask fetches n pages from a port.
func (e *estate) ask(port, n int) (pages []string) {
	e.t.Helper()
	for range n {
		page, err := fetch(e.client, e.service(port))
		if err != nil {
			e.t.Errorf("port %d: %v", port, err)
		}
		pages = append(pages, page)
	}
	return pages
}

// byTurns: each server serves every second request.
func byTurns(e *estate, f *feature) {
	turns(e.t, e.ask(f.port, 6))
}

func turns(t *testing.T, pages []string) {
	t.Helper()
	for i, page := range pages {
		if want := pages[i%2]; page != want || pages[0] == pages[1] {
			t.Errorf("served by %q", pages)
			return
		}
	}
}

// persistent: a client stays with a server.
func persistent(e *estate, f *feature) {
	if pages := slices.Compact(e.ask(f.port, 6)); len(pages) != 1 {
		e.t.Errorf("served by %q", pages)
	}
}

// marked: it does so whichever of the ports it asks.
func marked(e *estate, f *feature) {
	if pages := slices.Compact(append(e.ask(f.port, 3), e.ask(markedToo, 3)...)); len(pages) != 1 {
		e.t.Errorf("served by %q", pages)
	}
}

// excused: the sorry server serves while there is no other.
func excused(e *estate, f *feature) {
	server := e.pages[f.name][0]
	page := func(want string) {
		e.t.Helper()
		await(e.t, want, patient, func() bool { got, err := fetch(e.client, e.service(f.port)); return err == nil && got == want })
	}
	page("server 0")
	server.close()
	page("server 2")
	server.open(e.t)
	page("server 0")
	if pages := slices.Compact(e.ask(f.port, 3)); len(pages) != 1 {
		e.t.Errorf("served by %q", pages)
	}
}

// datagrams: each port of the client is another client.
func datagrams(e *estate, f *feature) {
	var pages []string
	for range 6 {
		page, err := query(e.client, e.service(f.port))
		if err != nil {
			e.t.Errorf("port %d: %v", f.port, err)
		}
		pages = append(pages, page)
	}
	turns(e.t, pages)
}

// answer starts a server that answers each datagram with the same word; it ends with t.
func answer(t *testing.T, n *lab.Node, addr, page string) {
	t.Helper()
	var c net.PacketConn
	err := n.Do(func() (err error) { c, err = net.ListenPacket("udp", addr); return err })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		for b := make([]byte, 512); ; {
			_, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = c.WriteTo([]byte(page), from)
		}
	}()
}

// query sends a datagram from a port of its own and returns what comes back.
func query(n *lab.Node, addr string) (string, error) {
	var c net.Conn
	err := n.Do(func() (err error) { c, err = net.Dial("udp", addr); return err })
	if err != nil {
		return "", err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte("who?")); err != nil {
		return "", err
	}
	b := make([]byte, 512)
	k, err := c.Read(b)
	return string(b[:k]), err
}
