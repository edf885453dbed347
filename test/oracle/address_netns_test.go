package oracle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// addresses returns what ip(8) shows, without what differs from lab to lab: link-local IPv6 addresses that are
// made of hardware addresses, and the seconds by which a lifetime has run down.
func (s *stage) addresses(devs ...string) (lines []string) {
	for _, dev := range devs {
		for _, a := range s.a.Addrs(dev) {
			if local, _ := a["local"].(string); strings.HasPrefix(local, "fe80::") {
				continue
			}
			for _, k := range []string{"valid_life_time", "preferred_life_time"} {
				if v, ok := a[k].(float64); ok && v > 0 && v < 1e9 {
					a[k] = float64(int(v/100+0.99) * 100)
				}
			}
			lines = append(lines, dev+" "+canonical(a))
		}
	}
	return lines
}

// Every option that an address line can have, one by one, as the kernel shows it afterwards.
func TestAddressOptions(t *testing.T) {
	for name, line := range map[string]string{
		"plain":           "10.9.0.60",
		"length":          "10.9.0.60/24",
		"other subnet":    "192.0.2.1/28",
		"brd":             "10.9.0.60/24 brd 10.9.0.255",
		"broadcast":       "10.9.0.60/24 broadcast 10.9.0.254",
		"brd plus":        "10.9.0.60/24 brd +",
		"brd minus":       "10.9.0.60/24 brd -",
		"dev":             "10.8.0.60/24 dev eth1",
		"dev and label":   "10.8.0.60/24 dev eth1 label eth1:7",
		"label":           "10.9.0.60/24 label eth0:1",
		"scope link":      "192.0.2.1/28 scope link",
		"scope host":      "192.0.2.1/28 scope host",
		"scope site":      "192.0.2.1/28 scope site",
		"scope global":    "192.0.2.1/28 scope global",
		"scope mismatch":  "10.9.0.60/24 scope link", // the kernel refuses two scopes in one subnet
		"scope number":    "192.0.2.1/28 scope 7",
		"peer":            "10.9.0.60 peer 10.9.0.61",
		"peer length":     "10.9.0.60 peer 10.9.0.61/30",
		"home":            "10.9.0.60/24 home",
		"nodad":           "10.9.0.60/24 -nodad",
		"mngtmpaddr":      "10.9.0.60/24 mngtmpaddr",
		"noprefixroute":   "10.9.0.60/24 noprefixroute",
		"autojoin":        "10.9.0.60/24 autojoin",
		"no_track":        "10.9.0.60/24 no_track",
		"preferred zero":  "10.9.0.60/24 preferred_lft 0",
		"preferred":       "10.9.0.60/24 preferred_lft 10000",
		"preferred ever":  "10.9.0.60/24 preferred_lft forever",
		"several":         "192.0.2.1/28 brd 192.0.2.15 dev eth1 scope site label eth1:9 noprefixroute",
		"unknown word":    "10.9.0.60/24 colour blue",
		"length too long": "10.9.0.60/33",
		"bad broadcast":   "10.9.0.60/24 brd nonsense",
		"absent dev":      "10.9.0.60/24 dev eth9",
		"twice":           "10.9.0.60/24\n        10.9.0.60/24",
		"excluded v6":     "10.9.0.60/24\n    }\n    virtual_ipaddress_excluded {\n        2001:db8::60/64\n        2001:db8::61",
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				s.a.Link("eth1", "br1", "10.8.0.1/24")
				v := instance()
				// A priority of 255 need not wait; the plain address tells when the others are there.
				v.State, v.Prio, v.VIPs = "MASTER", 255, []string{line, vip + "/24"}
				s.d = s.a.Start(s.seat, lab.Config(nil, v))
				var ended bool
				s.Until("it is master, in fault or at its end", 10*time.Second, func() bool {
					ended, _ = s.d.Exited()
					return s.a.Has(vip) || ended || s.d.Said("entering FAULT state")
				})
				if ended {
					return []string{"ended"}
				}
				if s.a.Has(vip) {
					s.adverts(1)
				}
				got := s.addresses("eth0", "eth1")
				s.d.Stop()
				left := s.addresses("eth0", "eth1")
				if strings.Contains(line, " peer ") && s.seat == lab.Keepalived {
					// keepalived 2.2.7 leaves an address with a peer behind, which nobody wants.
					left = slices.DeleteFunc(left, func(l string) bool { return strings.Contains(l, `"address"`) })
				}
				return append(append(got, "after the stop"), left...)
			})
		})
	}
}

// Addresses that the kernel already has when the daemon starts: they are gone while it is backup.
func TestLeftovers(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		s.a.IP("addr add " + vip + "/24 dev eth0")
		s.a.IP("addr add 10.9.0.77/24 dev eth0")
		s.start(lab.Config(nil, instance()))
		s.master(1)
		got := s.addresses("eth0")
		s.d.Stop()
		return append(got, s.addresses("eth0")...)
	})
}
