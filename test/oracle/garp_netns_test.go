package oracle

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// bursts tells the announcements in the rows in which they came: "+5s 10.9.0.50 10.9.0.51 …", counted from a
// moment and for 6.5 s. All parameters are whole seconds, and a busy machine is late: the times are rounded to
// them. A row ends with a pause of 0.4 s.
func bursts(arps []lab.Frame, from time.Time) (lines []string) {
	var row []string
	var at, prev time.Time
	end := func() {
		if len(row) > 0 {
			lines = append(lines, fmt.Sprintf("+%.0fs %s", math.Abs(at.Sub(from).Seconds()), strings.Join(row, " ")))
		}
		row = nil
	}
	for _, f := range arps {
		if f.At.Sub(from) > 6500*time.Millisecond {
			break
		}
		if f.At.Sub(prev) > 400*time.Millisecond {
			end()
			at = f.At
		}
		prev = f.At
		row = append(row, f.ARP.Sender.String())
	}
	end()
	return lines
}

// Every parameter of the announcements: how many, when, for which addresses and in which order.
func TestAnnouncements(t *testing.T) {
	for name, c := range map[string]struct{ globals, extra string }{
		"default":         {"", ""},
		"repeat":          {"", "garp_master_repeat 3\ngarp_master_delay 2"},
		"once":            {"", "garp_master_repeat 1\ngarp_master_delay 1"},
		"zero repeat":     {"", "garp_master_repeat 0"},
		"no second":       {"", "garp_master_delay 0"},
		"refresh":         {"", "garp_master_delay 1\ngarp_master_refresh 2"},
		"refresh repeat":  {"", "garp_master_delay 1\ngarp_master_refresh 2\ngarp_master_refresh_repeat 3"},
		"globals":         {"vrrp_garp_master_repeat 2\nvrrp_garp_master_delay 1\nvrrp_garp_master_refresh 3\nvrrp_garp_master_refresh_repeat 2", ""},
		"global and own":  {"vrrp_garp_master_repeat 2\nvrrp_garp_master_delay 1", "garp_master_repeat 4\ngarp_master_delay 2"},
		"refresh default": {"", "garp_master_refresh 3"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				v := instance(strings.Split(c.extra, "\n")...)
				v.VIPs = append(v.VIPs, "10.9.0.51/24")
				s.start(lab.Config(strings.Split(c.globals, "\n"), v))
				s.master(1)
				s.adverts(7)
				return bursts(announcements(s.wire), s.wire.Adverts(addrA)[0].At)
			})
		})
	}
}

// A lower priority is heard while master: an advert at once and more announcements, by their own parameters.
func TestAnnouncementsToLower(t *testing.T) {
	for name, c := range map[string]struct{ globals, extra string }{
		"default":          {"", ""},
		"as master":        {"", "garp_master_repeat 2\ngarp_master_delay 1"},
		"own":              {"", "garp_lower_prio_repeat 3\ngarp_lower_prio_delay 1"},
		"globals":          {"vrrp_garp_lower_prio_repeat 2\nvrrp_garp_lower_prio_delay 2", ""},
		"none":             {"", "garp_lower_prio_repeat 0\ngarp_lower_prio_delay 0"},
		"no advert":        {"vrrp_lower_prio_no_advert true", ""},
		"no advert of one": {"", "lower_prio_no_advert"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				s.start(lab.Config(strings.Split(c.globals, "\n"), instance(strings.Split(c.extra, "\n")...)))
				s.master(1)
				s.adverts(6) // both bursts of the transition are over
				before, adverts := len(announcements(s.wire)), len(s.wire.Adverts(addrA))
				last := s.wire.Adverts(addrA)[adverts-1]
				s.inject(50)
				s.Until("the injected one is on the wire", time.Second, func() bool { return len(s.wire.Adverts(addrX)) == 1 })
				at := s.wire.Adverts(addrX)[0].At
				s.adverts(7)
				answer := "waits with its advert"
				if next := s.wire.Adverts(addrA)[adverts]; next.At.Sub(at) < 300*time.Millisecond && next.At.Sub(last.At) < 900*time.Millisecond {
					answer = "answers at once"
				}
				return append([]string{answer}, bursts(announcements(s.wire)[before:], at)...)
			})
		})
	}
}

// Between two announcements on an interface lies the interval that is configured. Three are looked at: keepalived
// 2.2.7 loses the last one of a burst that it paces. Which address has its turn is not compared: keepalived announces one
// address as often as it shall and then the next, ours every address once before any is twice (docs/compat.md).
func TestAnnouncementInterval(t *testing.T) {
	for name, globals := range map[string]string{
		"global": "vrrp_garp_interval 0.2\nvrrp_garp_master_repeat 2",
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) (lines []string) {
				v := instance()
				v.VIPs = append(v.VIPs, "10.9.0.51/24")
				s.start(lab.Config(strings.Split(globals, "\n"), v))
				s.master(1)
				s.Until("all announcements", 5*time.Second, func() bool { return len(announcements(s.wire)) >= 3 })
				all := announcements(s.wire)[:3]
				for i, f := range all {
					gap := "first"
					if i > 0 {
						gap = "too early or too late"
						if d := f.At.Sub(all[i-1].At); d > 190*time.Millisecond && d < 500*time.Millisecond {
							gap = "paced"
						}
					}
					lines = append(lines, gap)
				}
				return lines
			})
		})
	}
}
