package main

import (
	"fmt"
	"net"
)

// pair is two routers and a client, each with an interface eth0 on one bridge.
type pair struct {
	hub, a, b, client *space
	wire              *sniffer // on the bridge's ports: sees what left each node
	portA, portB      int
}

// Addresses of the pair.
const (
	pairVIP    = "10.99.0.100"
	pairPrefix = "10.99.0."
)

func newPair() (p *pair, err error) {
	p = &pair{}
	defer func() {
		if err != nil {
			p.close()
			p = nil
		}
	}()
	for _, n := range []struct {
		at   **space
		name string
	}{{&p.hub, "hub"}, {&p.a, "a"}, {&p.b, "b"}, {&p.client, "client"}} {
		if *n.at, err = newSpace(n.name); err != nil {
			return p, err
		}
	}
	lines := []string{"link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0", "link set br0 up"}
	for _, n := range []struct {
		port  string
		space *space
	}{{"pa", p.a}, {"pb", p.b}, {"pc", p.client}} {
		lines = append(lines, "link add "+n.port+" type veth peer name eth0 netns "+n.space.Name,
			"link set "+n.port+" master br0", "link set "+n.port+" up")
	}
	if err = p.hub.ip(lines...); err != nil {
		return p, err
	}
	for i, s := range []*space{p.client, p.a, p.b} {
		err = s.ip("link set lo up", fmt.Sprintf("addr add %s%d/24 dev eth0", pairPrefix, 10+i), "link set eth0 up")
		if err != nil {
			return p, err
		}
	}
	if err = p.hub.Do(p.findPorts); err != nil {
		return p, err
	}
	p.wire, err = sniff(p.hub, etherAll, protoVRRP)
	return p, err
}

const etherAll = 3 // ETH_P_ALL

func (p *pair) findPorts() error {
	for name, at := range map[string]*int{"pa": &p.portA, "pb": &p.portB} {
		i, err := net.InterfaceByName(name)
		if err != nil {
			return err
		}
		*at = i.Index
	}
	return nil
}

func (p *pair) close() {
	if p.wire != nil {
		p.wire.close()
	}
	for _, s := range []*space{p.client, p.a, p.b, p.hub} {
		if s != nil {
			s.Close()
		}
	}
}

// seen returns the adverts (or announcements) that came from a port at or after the instant from.
func (p *pair) seen(port int, k kind, from int64) []frame {
	var v []frame
	for _, f := range p.wire.drain() {
		if f.port == port && f.kind == k && f.at >= from {
			v = append(v, f)
		}
	}
	return v
}

// trunk is two routers joined by as many cables (v0, v1, …) as their virtual routers need.
type trunk struct {
	a, b   *space
	cables int
}

// routersPerCable leaves some of the 255 identifiers unused.
const routersPerCable = 250

func newTrunk(routers int) (*trunk, error) {
	t := &trunk{cables: (routers + routersPerCable - 1) / routersPerCable}
	var err error
	if t.a, err = newSpace("a"); err != nil {
		return nil, err
	}
	if t.b, err = newSpace("b"); err != nil {
		t.close()
		return nil, err
	}
	var make, in [2][]string
	for i := range t.cables {
		make[0] = append(make[0], fmt.Sprintf("link add v%d type veth peer name v%d netns %s", i, i, t.b.Name))
		for side := range in {
			in[side] = append(in[side], fmt.Sprintf("addr add 172.16.%d.%d/24 dev v%d", i, side+1, i),
				fmt.Sprintf("link set v%d up", i))
		}
	}
	if err = t.a.ip(append(make[0], in[0]...)...); err == nil {
		err = t.b.ip(in[1]...)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *trunk) close() {
	for _, s := range []*space{t.a, t.b} {
		if s != nil {
			s.Close()
		}
	}
}
