package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv6"

	"holdfast/test/netns/lab"
)

// TestNeighboursOfIPv6 asks for an address of IPv6 as a neighbour does: a server answers for what its link has, and not for what is
// on the loopback. What it asks itself does not have the virtual address as its source.
func TestNeighboursOfIPv6(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	client, server := l.Node("client").Link("eth0", "br0"), l.Node("server").Link("eth0", "br0")
	client.IP("addr add fd00::9/64 dev eth0 nodad")
	// They have the multicast group of the virtual address, so that the server hears who asks for that. Each is asked for once, so that
	// a late answer is not taken for another.
	for i := range 4 {
		server.IP(fmt.Sprintf("addr add fd00::a%d:0:50/64 dev eth0 nodad", i))
	}
	n := neighbour(t, client)
	const vip = "fd00::50"
	if got := n.answers(vip); got {
		t.Error("an address that nobody has is answered for")
	}
	server.IP("addr add " + vip + "/128 dev eth0 nodad")
	if got := n.answers(vip); !got {
		t.Error("an address of eth0 is not answered for")
	}
	server.IP("addr del " + vip + "/128 dev eth0")
	done(t, server, "up", vip)
	if got := n.answers(vip); got {
		t.Error("after up the server answers")
	}
	server.IP("neigh flush dev eth0")
	if out, err := server.Output("ping", "-c", "1", "-W", "1", "-I", vip, "fd00::9"); err != nil && !strings.Contains(out, "1 packets transmitted") {
		t.Fatal(err, out)
	}
	if from := n.next(ipv6.ICMPTypeNeighborSolicitation, "fd00::9"); from == vip || from == "" {
		t.Errorf("the server asks as %q", from)
	}
	if got := n.answers(vip); got {
		t.Error("and then it answers")
	}
}

// solicitor asks on a link as a neighbour does, and hears what neighbours say.
type solicitor struct {
	t    *testing.T
	conn *icmp.PacketConn
	mac  net.HardwareAddr
	nth  int
}

func neighbour(t *testing.T, n *lab.Node) *solicitor {
	t.Helper()
	s := &solicitor{t: t}
	err := n.Do(func() error {
		ifi, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		s.mac = ifi.HardwareAddr
		if s.conn, err = icmp.ListenPacket("ip6:ipv6-icmp", "fd00::9"); err != nil {
			return err
		}
		c := s.conn.IPv6PacketConn()
		return errors.Join(c.SetMulticastHopLimit(255), c.SetMulticastInterface(ifi))
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close() })
	return s
}

// answers reports whether somebody says that he has an address. Who has answered for what he certainly has would have done so before.
func (s *solicitor) answers(ip string) (yes bool) {
	s.t.Helper()
	own := fmt.Sprintf("fd00::a%d:0:50", s.nth)
	s.nth++
	for end := time.Now().Add(soon); time.Now().Before(end); {
		s.ask(ip)
		s.ask(own)
		_ = s.conn.SetReadDeadline(time.Now().Add(time.Second)) // RFC 4861 §10: neighbours ask again then
		for {
			target, _, err := s.hear(ipv6.ICMPTypeNeighborAdvertisement)
			if err != nil {
				break
			}
			yes = yes || target == ip
			if target == own {
				return yes
			}
		}
	}
	s.t.Fatalf("the server does not answer for its own address within %v", soon)
	return false
}

// ask sends a neighbour solicitation (RFC 4861 §4.3).
func (s *solicitor) ask(ip string) {
	s.t.Helper()
	a := netip.MustParseAddr(ip).As16()
	group := net.IP{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a[13], a[14], a[15]}
	body := append(append([]byte{0, 0, 0, 0}, a[:]...), append([]byte{1, 1}, s.mac...)...)
	m := icmp.Message{Type: ipv6.ICMPTypeNeighborSolicitation, Body: &icmp.RawBody{Data: body}}
	b, err := m.Marshal(nil)
	if err == nil {
		_, err = s.conn.WriteTo(b, &net.IPAddr{IP: group})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// next waits for a message of a type about an address, and returns who sent it.
func (s *solicitor) next(kind ipv6.ICMPType, about string) string {
	s.t.Helper()
	_ = s.conn.SetReadDeadline(time.Now().Add(soon))
	for {
		target, from, err := s.hear(kind)
		if err != nil {
			s.t.Fatal(err)
		}
		if target == about {
			return from
		}
	}
}

// hear waits for a message of that type and returns what it is about and who sent it.
func (s *solicitor) hear(kind ipv6.ICMPType) (target, from string, err error) {
	b := make([]byte, 1500)
	for {
		n, src, err := s.conn.ReadFrom(b)
		if err != nil {
			return "", "", err
		}
		if n >= 24 && b[0] == byte(kind) {
			ip, _ := netip.AddrFromSlice(b[8:24])
			return ip.String(), src.String(), nil
		}
	}
}
