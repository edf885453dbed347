package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"holdfast/internal/core/lvs"
	"holdfast/internal/host/plane"
)

// cluster is two directors in front of web servers, and a client, all on one bridge; LVS-DR. Two of the servers are in the pool at
// first, the third is to spare, the last is the page of excuse.
type cluster struct {
	subject           subject
	hub, client, a, b *space
	webs              []*web
	tableA, tableB    *plane.Conn
	daemonA, daemonB  *daemon
	pool              pool
	drains            bool     // servers that are removed drain
	spaces            []*space // all of them
}

// pool is the weights of the servers, 0 for one that is not in it.
type pool [3]int

var (
	poolAtFirst = pool{2, 2, 0}
	poolWeighed = pool{1, 2, 0}
	poolChanged = pool{1, 0, 2} // another weight, one less, one more
	poolDrained = pool{2, 0, 0}
)

const sorry = 3 // the number of the server that is the page of excuse

const firstWeb = 21 // the last byte of the first one's address

func webAddr(i int) netip.Addr {
	return netip.MustParseAddr(fmt.Sprintf("%s%d", pairPrefix, firstWeb+i))
}

func newCluster(s subject) (c *cluster, err error) {
	c = &cluster{subject: s, pool: poolAtFirst}
	defer func() {
		if err != nil {
			c.close()
			c = nil
		}
	}()
	if err = c.connect(); err != nil {
		return c, err
	}
	for _, w := range c.webs {
		if err = w.takePart(); err != nil {
			return c, err
		}
	}
	for at, of := range map[**plane.Conn]*space{&c.tableA: c.a, &c.tableB: c.b} {
		if err = of.Do(func() (err error) { *at, err = plane.Open(plane.Options{}); return err }); err != nil {
			return c, err
		}
	}
	return c, nil
}

// host is one who gets a space and a link to the bridge.
type host struct {
	at   **space
	name string
	last int // byte of its address
}

// connect makes the spaces and the network.
func (c *cluster) connect() (err error) {
	hosts := []host{{&c.client, "c", 10}, {&c.a, "a", 11}, {&c.b, "b", 12}}
	for i := range sorry + 1 {
		w := &web{name: fmt.Sprintf("s%d", i+1)}
		c.webs = append(c.webs, w)
		hosts = append(hosts, host{&w.in, w.name, firstWeb + i})
	}
	if c.hub, err = newSpace("hub"); err != nil {
		return err
	}
	c.spaces = append(c.spaces, c.hub)
	lines := []string{"link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0", "link set br0 up"}
	for _, h := range hosts {
		if *h.at, err = newSpace(h.name); err != nil {
			return err
		}
		c.spaces = append(c.spaces, *h.at)
		if err = (*h.at).roomy(); err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("link add p%s type veth peer name eth0 netns %s", h.name, (*h.at).Name),
			fmt.Sprintf("link set p%s master br0", h.name), fmt.Sprintf("link set p%s up", h.name))
	}
	if err = c.hub.ip(lines...); err != nil {
		return err
	}
	for _, h := range hosts {
		if err = (*h.at).ip("link set lo up", fmt.Sprintf("addr add %s%d/24 dev eth0", pairPrefix, h.last), "link set eth0 up"); err != nil {
			return err
		}
	}
	return nil
}

// takePart makes the web server's host one that has the virtual address without telling anybody, and starts it.
func (w *web) takePart() error {
	err := w.in.Do(func() error {
		return errors.Join(os.WriteFile("/proc/sys/net/ipv4/conf/all/arp_ignore", []byte("1"), 0),
			os.WriteFile("/proc/sys/net/ipv4/conf/all/arp_announce", []byte("2"), 0))
	})
	if err == nil {
		err = w.in.ip("addr add " + pairVIP + "/32 dev lo")
	}
	if err == nil {
		err = w.start()
	}
	return err
}

func (c *cluster) close() {
	for _, d := range []*daemon{c.daemonA, c.daemonB} {
		if d != nil {
			d.close()
		}
	}
	for _, w := range c.webs {
		_ = w.kill()
	}
	for _, t := range []*plane.Conn{c.tableA, c.tableB} {
		if t != nil {
			_ = t.Close()
		}
	}
	for _, s := range c.spaces {
		s.Close()
	}
}

// conf is a director's configuration.
func (c *cluster) conf(n node) string {
	var b strings.Builder
	b.WriteString(pairConf(n, 2, second))
	fmt.Fprintf(&b, "virtual_server %s 80 {\n  delay_loop 1\n  lb_algo wrr\n  lb_kind DR\n  protocol TCP\n  sorry_server %v 80\n", pairVIP, webAddr(sorry))
	if c.drains {
		b.WriteString("  drain_timeout 60\n")
	}
	for i, weight := range c.pool {
		if weight > 0 {
			fmt.Fprintf(&b, "  real_server %v 80 {\n    weight %d\n    HTTP_GET {\n      url {\n        path /\n        status_code 200\n      }\n"+
				"      connect_timeout 1\n      retry 1\n      delay_before_retry 1\n    }\n  }\n", webAddr(i), weight)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// startA starts the director that is master while it is there, also once more.
func (c *cluster) startA() (err error) {
	if c.daemonA != nil {
		c.daemonA.close()
	}
	c.daemonA, err = c.subject.startWith(c.a, c.conf(nodeA))
	return err
}

func (c *cluster) startB() (err error) {
	c.daemonB, err = c.subject.startWith(c.b, c.conf(nodeB))
	return err
}

// become changes the pool by a reload of both directors.
func (c *cluster) become(p pool) error {
	c.pool = p
	if err := errors.Join(c.daemonA.write(c.conf(nodeA)), c.daemonB.write(c.conf(nodeB))); err != nil {
		return err
	}
	return errors.Join(c.daemonA.cmd.Process.Signal(syscall.SIGHUP), c.daemonB.cmd.Process.Signal(syscall.SIGHUP))
}

// port takes a host's link up or down, on the bridge's side.
func (c *cluster) port(name, to string) error { return c.hub.ip("link set p" + name + " " + to) }

// settled reports whether the directors that run have the whole pool in their tables, and the first of them has the address alone.
func (c *cluster) settled() bool {
	for _, d := range []struct {
		daemon *daemon
		table  *plane.Conn
	}{{c.daemonA, c.tableA}, {c.daemonB, c.tableB}} {
		if d.daemon.alive() && !c.pool.is(d.table) {
			return false
		}
	}
	first := c.daemonA.alive()
	return has(c.a) == first && has(c.b) != first
}

// is reports whether a table has these servers with these weights and no other.
func (p pool) is(t *plane.Conn) bool {
	entries, err := t.Read(lvs.AddrKey(protoTCP, netip.AddrPortFrom(netip.MustParseAddr(pairVIP), 80)))
	if err != nil || len(entries) != 1 {
		return false
	}
	var got pool
	for _, d := range entries[0].Dests {
		i := int(d.Addr.Addr().As4()[3]) - firstWeb
		if i < 0 || i >= len(got) {
			return false
		}
		got[i] = int(d.Weight)
	}
	return got == p
}

// has reports whether a director has the virtual address.
func has(s *space) (yes bool) {
	_ = s.Do(func() error {
		dev, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		addrs, err := dev.Addrs()
		for _, a := range addrs {
			yes = yes || strings.HasPrefix(a.String(), pairVIP+"/")
		}
		return err
	})
	return yes
}
