package oracle

import (
	"slices"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// Every transition, as the log tells it with -D.
func TestDetailedLog(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		s.life(lab.Config(nil, instance("garp_master_delay 0")))
		return lines(t, s.d)
	})
}

// The same without -D.
func TestPlainLog(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		s.life(lab.Config(nil, instance("garp_master_delay 0")), lab.Flags("-n", "-l"))
		return lines(t, s.d)
	})
}

// What is said of adverts that come while master and while backup.
func TestAdvertLog(t *testing.T) {
	for name, play := range map[string]func(s *stage){
		"lower": func(s *stage) { s.master(1); s.inject(50); s.adverts(2) },
		"lower while backup": func(s *stage) {
			s.inject(50)
			s.inject(50)
			s.master(1)
		},
		"equal and higher address": func(s *stage) {
			s.master(1)
			s.inject(100)
			s.Until("it yields", 5*time.Second, func() bool { return !s.a.Has(vip) })
			s.master(1)
		},
		"farewell": func(s *stage) { s.inject(200); s.inject(0); s.master(1) },
		"farewell while master": func(s *stage) {
			s.master(1)
			const announces = "Sending gratuitous ARP on eth0 for " + vip
			s.Until("it has announced its address", 10*time.Second, func() bool { return s.d.Count(announces) >= 5 })
			s.inject(0)
			s.adverts(2)
		},
		"other address": func(s *stage) {
			s.master(1)
			s.x.Send("eth0", lab.Advertisement(addrX, 51, 50, []string{"10.9.0.51"}))
			s.adverts(2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				// One burst only: a second one may fall into the next mastership.
				s.start(lab.Config(nil, instance("garp_master_delay 0")))
				play(s)
				s.d.Stop()
				return lines(t, s.d)
			})
		})
	}
}

type start struct {
	v    lab.VI
	down bool
}

func (c start) announced() int {
	if slices.Contains(c.v.Extra, "garp_master_repeat 1") {
		return 1
	}
	return 5
}

// What is said of configurations that start in a particular way.
func TestStartLog(t *testing.T) {
	for name, c := range map[string]start{
		"owner":                {with(instance(), func(v *lab.VI) { v.State, v.Prio = "MASTER", 255 }), false},
		"state master":         {with(instance(), func(v *lab.VI) { v.State = "MASTER" }), false},
		"no state":             {with(instance(), func(v *lab.VI) { v.State = "" }), false},
		"nopreempt":            {instance("nopreempt"), false},
		"nopreempt and master": {with(instance("nopreempt"), func(v *lab.VI) { v.State = "MASTER" }), false},
		"preempt delay":        {instance("preempt_delay 2"), false},
		"password":             {with(instance(), func(v *lab.VI) { v.Pass = "longpassword" }), false},
		"link down":            {instance(), true},
		"track interface":      {instance("track_interface {", "eth1", "}"), false},
		"dont track":           {instance("dont_track_primary"), true},
		"source":               {instance("mcast_src_ip 10.9.0.1"), false},
		"excluded":             {instance("virtual_ipaddress_excluded {", "10.9.0.70", "}"), false},
		"garp":                 {instance("garp_master_repeat 1", "garp_master_delay 1"), false},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				s.a.Link("eth1", "br1")
				if c.down {
					s.a.Unplug("eth0")
				}
				s.d = s.a.Start(s.seat, lab.Config(nil, c.v))
				if c.down && name != "dont track" {
					s.Until("it is in fault", 5*time.Second, func() bool {
						return s.d.Said("entering FAULT state") && s.d.Said("Startup complete")
					})
				} else {
					// The end must not come in the middle of the announcements.
					s.Until("it has announced itself", 10*time.Second, func() bool {
						return s.a.Has(vip) && s.d.Count("Sending gratuitous ARP on eth0 for") >= c.announced()
					})
				}
				s.d.Stop()
				return lines(t, s.d)
			})
		})
	}
}
