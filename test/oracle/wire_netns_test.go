package oracle

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// packet is an IP packet as text; what counts up, and the checksum over it, are left out.
func packet(f lab.Frame) string {
	b := append([]byte(nil), f.Raw[14:14+f.IP.Len]...)
	copy(b[4:6], []byte{0, 0})
	copy(b[10:12], []byte{0, 0})
	return fmt.Sprintf("to %s: %x", f.Dst, b)
}

// The bytes of the adverts while master, of the farewell, and the headers around them.
func TestAdvertBytes(t *testing.T) {
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("10.9.0.%d/24", 200-i))
	}
	for name, config := range map[string]string{
		"plain":     lab.Config(nil, instance()),
		"password":  lab.Config(nil, with(instance(), func(v *lab.VI) { v.Pass = "secret" })),
		"longer":    lab.Config(nil, with(instance(), func(v *lab.VI) { v.Pass = "1-internal-ha" })),
		"addresses": lab.Config(nil, with(instance(), func(v *lab.VI) { v.VIPs = append(v.VIPs, many...) })),
		"group":     lab.Config([]string{"vrrp_mcast_group4 224.0.100.99"}, instance()),
		"vrid":      lab.Config(nil, with(instance(), func(v *lab.VI) { v.VRID = 255 })),
		"owner":     lab.Config(nil, with(instance(), func(v *lab.VI) { v.State, v.Prio = "MASTER", 255 })),
		"default":   lab.Config(nil, lab.VI{VIPs: []string{vip + "/24"}}),
		"excluded":  lab.Config(nil, instance("virtual_ipaddress_excluded {", "10.9.0.70/24", "}")),
		"peer":      lab.Config(nil, with(instance(), func(v *lab.VI) { v.VIPs = append(v.VIPs, "10.9.0.71 peer 10.9.0.72") })),
		"twice":     lab.Config(nil, with(instance(), func(v *lab.VI) { v.VIPs = append(v.VIPs, vip+"/24", vip+"/32") })),
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				s.start(config)
				s.master(2)
				if code := s.d.Stop(); code != 0 {
					t.Errorf("exit status %d", code)
				}
				all := s.wire.Adverts(addrA)
				headers(t, all)
				lab.Sound(t, s.wire.Pcap(nil), len(all))
				return []string{packet(all[0]), packet(all[1]), packet(all[len(all)-1])}
			})
		})
	}
}

func with(v lab.VI, change func(*lab.VI)) lab.VI {
	change(&v)
	return v
}

// headers checks what does not depend on the configuration.
func headers(t *testing.T, all []lab.Frame) {
	t.Helper()
	for i, f := range all {
		if f.IP.TOS != 0xc0 || f.IP.TTL != 255 || f.IP.Flags != 0 || f.IP.Offset != 0 || f.IP.HeaderLen != 20 || !f.IP.SumOK {
			t.Errorf("IP header of advert %d: %+v", i, *f.IP)
		}
		if f.IP.ID == 0 || i > 0 && f.IP.ID != all[i-1].IP.ID+1 {
			t.Errorf("identification of advert %d is %d", i, f.IP.ID)
		}
		if a := f.Advert; a.Version != 2 || a.Type != 1 || !a.SumOK || len(a.AuthData) != 8 || int(a.Count) != len(a.Addrs) {
			t.Errorf("advert %d: %+v", i, *f.Advert)
		}
		// The multicast MAC is made of the group's lower 23 bits (RFC 1112 §6.4).
		g := f.IP.Dst.As4()
		if want := fmt.Sprintf("01:00:5e:%02x:%02x:%02x", g[1]&127, g[2], g[3]); f.Dst.String() != want {
			t.Errorf("advert %d went to %s, want %s", i, f.Dst, want)
		}
	}
}

// Everything that a daemon sends from its start to its end, in order. Adverts after the first of a row, and the
// kernel's repetitions of its reports, are left out: how many there are depends on the moment.
func TestSequence(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		v := instance("virtual_ipaddress_excluded {", "10.9.0.70/24", "10.8.0.70/24 dev eth1", "}")
		v.VIPs = append(v.VIPs, "10.9.0.51/24", "10.8.0.52/24 dev eth1")
		br1 := s.Segment("br1")
		s.a.Link("eth1", "br1", "10.8.0.1/24")
		s.start(lab.Config(nil, v))
		s.master(1)
		s.Until("both bursts are over", 9*time.Second, func() bool {
			return len(announcements(s.wire)) >= 30 && len(announcements(br1)) >= 20
		})
		s.adverts(1)
		s.d.Stop()
		s.Until("it has left its group", 3*time.Second, func() bool { return len(s.reports(3)) > 0 })
		return append(append(story(s.wire), "on the other link"), story(br1)...)
	})
}

// story is what one station said, with the hardware address taken out.
func story(w *lab.Segment) (lines []string) {
	for _, f := range w.Frames() {
		line := ""
		switch {
		case f.ARP != nil && f.ARP.Gratuitous():
			line = "arp " + noMAC(f.Raw, f.Src.String())
		case f.Advert != nil:
			line = packet(f)
		case f.Report != nil:
			line = f.String()
		default:
			continue
		}
		known := false
		for _, l := range lines {
			// Announcements are counted, all else is told once.
			known = known || l == line && f.ARP == nil
		}
		if !known && !strings.HasPrefix(line, addrX) {
			lines = append(lines, line)
		}
	}
	return lines
}

// announcements returns the gratuitous ARPs.
func announcements(w *lab.Segment) []lab.Frame {
	return w.Where(func(f lab.Frame) bool { return f.ARP != nil && f.ARP.Gratuitous() })
}

// inject sends an advert for the instance from x.
func (s *stage) inject(prio uint8, change ...func([]byte)) {
	s.x.Send("eth0", lab.Advertisement(addrX, 51, prio, []string{vip}, change...))
}

// The first advert's identification; headers has checked that the others count up from it.
func TestFirstIdentification(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		s.start(lab.Config(nil, instance()))
		s.master(1)
		return []string{fmt.Sprint(s.wire.Adverts(addrA)[0].IP.ID)}
	})
}
