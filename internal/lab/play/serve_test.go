package play

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/internal/lab/record"
	"holdfast/internal/lab/site"
)

func TestPublishedClusters(t *testing.T) {
	for name, want := range map[string]struct {
		out, in  time.Duration // of the first director
		services int
		sorry    bool
	}{
		"dr":     {3*time.Second + 3*3*time.Second, 9 * time.Second, 1, true},
		"active": {3*time.Second + 3*time.Second, 7 * time.Second, 2, false},
	} {
		c := published1(t, name).Cluster
		if len(c.Services) != want.services || strings.Join(c.Site.Servers(), " ") != "web1 web2" || strings.Join(c.Site.Directors(), " ") != "r1 r2" {
			t.Fatalf("%s: %+v", name, c)
		}
		for _, s := range c.Services {
			if got := s.Pace["r1"]; got != (Pace{want.out, want.in}) || s.Sorry.IsValid() != want.sorry || s.Scheduler != "rr" {
				t.Errorf("%s: %+v", name, s)
			}
			for i, a := range s.Servers {
				if got := c.machine(a.Addr()); got != c.Site.Servers()[i] {
					t.Errorf("%s: %v is %q", name, a, got)
				}
			}
			for _, w := range c.Site.Servers() {
				if m := c.Site.Machine(w); m.Loopback[0] != c.Services[0].Addr.Addr() {
					t.Errorf("%s: %s has %v", name, w, m.Loopback)
				}
			}
		}
	}
	slow := published1(t, "dr").Cluster.Services[0].Pace["r2"]
	if slow != (Pace{15 * time.Second, 15 * time.Second}) {
		t.Errorf("the second director: %+v", slow)
	}
}

// Every address is once on its segment, and whoever has a gateway reaches it.
func TestSitesAreWhole(t *testing.T) {
	for _, name := range []string{"dr", "active"} {
		s := published1(t, name).Cluster.Site
		taken := map[netip.Addr]string{}
		for _, m := range s.Machines {
			for _, p := range m.Ports {
				if other, ok := taken[p.Addr.Addr()]; ok {
					t.Errorf("%s: %s and %s have %v", name, m.Name, other, p.Addr)
				}
				taken[p.Addr.Addr()] = m.Name
			}
		}
		for _, m := range s.Machines {
			near := func(p netip.Prefix) bool { return p.Contains(m.Gateway) }
			ok := !m.Gateway.IsValid()
			for _, p := range m.Ports {
				ok = ok || near(p.Addr) && s.Machine(taken[m.Gateway]).Forward
			}
			if !ok {
				t.Errorf("%s: %s cannot reach %v", name, m.Name, m.Gateway)
			}
		}
		if want := map[string]int{"dr": 3, "active": 1}[name]; s.Segments() != want || s.Machine(site.Client) == nil || s.Machine("nobody") != nil {
			t.Errorf("%s: %d segments", name, s.Segments())
		}
	}
}

// story puts a cluster's requests on a tape, one each 10 ms from 10 s to 20 s, answered as by says.
func story(tape *record.Tape, ip netip.Addr, by func(at time.Duration, n int) string) {
	for n := range 1000 {
		at := span.From + time.Duration(n)*record.Pace
		ev := record.Event{At: at + ms, Kind: record.Served, IP: ip, Took: ms, Node: by(at, n)}
		if ev.Node == "" {
			ev.Text = "connection refused"
		}
		tape.Add(ev)
	}
}

func TestClusterChecks(t *testing.T) {
	p := published1(t, "dr")
	f := &farm{pair: p, units: p.Units(), alive: []string{"web2"}, master: []string{"r1"}}
	svc := p.Cluster.Services[0]
	ip, in := svc.Addr.Addr(), p.Instances[0]
	at := span.From
	turns := func(_ time.Duration, n int) string { return []string{"web1", "web2"}[n%2] }
	until := func(end time.Duration) func(time.Duration, int) string { // web1's share fails until then
		return func(at time.Duration, n int) string {
			if at >= end {
				return "web2"
			}
			return []string{"", "web2"}[n%2]
		}
	}
	away := func(from, to time.Duration) func(time.Duration, int) string {
		return func(at time.Duration, n int) string {
			if at >= from && at < to {
				return ""
			}
			return turns(at, n)
		}
	}
	table := func(at time.Duration, node string, servers ...netip.AddrPort) record.Event {
		s := record.Service{Addr: svc.Addr, Scheduler: "rr"}
		for _, a := range servers {
			s.Destinations = append(s.Destinations, record.Destination{Addr: a, Forward: "Route", Weight: 1})
		}
		return record.Event{At: at, Kind: record.Tabled, Node: node, Table: []record.Service{s}}
	}
	full := table(time.Second, "r1", svc.Servers...)
	one := func(at time.Duration) record.Event { return table(at, "r1", svc.Servers[1]) }
	claim := func(at time.Duration, node string) record.Event {
		return record.Event{At: at, Kind: record.Advert, Node: node, Link: "eth0", VRID: 220, Prio: 100}
	}
	for _, c := range []struct {
		name  string
		check Check
		by    func(time.Duration, int) string
		evs   []record.Event
		got   string
		ok    bool
	}{
		{"none lost", lost(ip, 0), turns, nil, "0 of 1000", true},
		{"some lost", lost(ip, 2), away(at, at+30*ms), nil, "3 of 1000", false},
		{"few lost", lost(ip, 3), away(at, at+30*ms), nil, "3 of 1000", true},
		{"outage", unserved(ip, 3*time.Second), away(at+time.Second, at+4*time.Second), nil, "3.000 s, 300 in a row", true},
		{"long outage", unserved(ip, 3*time.Second), away(at+time.Second, at+4100*ms), nil, "3.100 s, 310 in a row", false},
		{"by turns", fair(ip, []string{"web1", "web2"}), turns, nil, "web1 50, web2 50", true},
		{"not by turns", fair(ip, []string{"web1", "web2"}), func(_ time.Duration, n int) string { return []string{"web1", "web2", "web2"}[n%3] }, nil, "web1 33, web2 67", false},
		{"somebody else", fair(ip, []string{"web1"}), turns, nil, "web1 50", false},
		{"out in time", f.settled(0, "r1", 4*time.Second, "death"), turns, []record.Event{full, one(at + 5*time.Second)}, "5.000 s", true},
		{"out too late", f.settled(0, "r1", 4*time.Second, "death"), turns, []record.Event{full, one(at + 5100*ms)}, "5.100 s", false},
		{"never out", f.settled(0, "r1", 4*time.Second, "death"), turns, []record.Event{full}, "no such table", false},
		{"out and in again", f.settled(0, "r1", 4*time.Second, "death"), turns, []record.Event{full, one(at + 2*time.Second), table(at+3*time.Second, "r1", svc.Servers...)}, "no such table", false},
		{"elsewhere", f.settled(0, "r1", 4*time.Second, "death"), turns, []record.Event{full, table(at+time.Second, "r2", svc.Servers[1])}, "no such table", false},
		{"none from then on", f.then(0, "r1"), until(at + 3*time.Second), []record.Event{full, one(at + 2900*ms)}, "0 of 689; 150 of 311 before", true},
		{"some from then on", f.then(0, "r1"), until(at + 4*time.Second), []record.Event{full, one(at + 2900*ms)}, "44 of 689; 156 of 311 before", false},
		{"from the new master on", f.then(0, "r1"), until(at + 4*time.Second), []record.Event{full, one(at + 2900*ms), claim(at+3900*ms, "r1")}, "0 of 589; 200 of 411 before", true},
		{"starts", claimsAfter(f.units[0], in, "r1"), turns, []record.Event{claim(at+9*time.Second, "r1")}, "9.000 s", true},
		{"starts too late", claimsAfter(f.units[0], in, "r1"), turns, []record.Event{claim(at+11*time.Second, "r1")}, "11.000 s", false},
	} {
		var tape record.Tape
		for _, ev := range c.evs {
			tape.Add(ev)
		}
		story(&tape, ip, c.by)
		s := span
		if c.name == "starts too late" {
			s.To = 30 * time.Second
		}
		if v := c.check.Judge(&tape, s); v != (Verdict{c.got, c.ok}) {
			t.Errorf("%s: %q gives %+v, want %q %v", c.name, c.check.Want, v, c.got, c.ok)
		}
	}
}

// What is awaited of the requests has to hold since the table is right and its director is master, not before.
func TestServedByWaitsForTableAndMaster(t *testing.T) {
	p := published1(t, "dr")
	f := &farm{pair: p, units: p.Units(), alive: []string{"web2"}, master: []string{"r2"}}
	svc := p.Cluster.Services[0]
	table := record.Event{At: span.From + 7500*ms, Kind: record.Tabled, Node: "r2", Table: []record.Service{{
		Addr: svc.Addr, Scheduler: "rr", Destinations: []record.Destination{{Addr: svc.Servers[1]}},
	}}}
	claim := record.Event{At: span.From + 7800*ms, Kind: record.Advert, Node: "r2", Link: "eth0", VRID: 220, Prio: 90}
	late := claim
	late.At = span.From + 8500*ms
	for _, c := range []struct {
		name     string
		evs      []record.Event
		newcomer bool
		met      bool
	}{
		{"no change", nil, false, true},
		{"the table in time", []record.Event{table}, false, true},
		{"no claim", []record.Event{table}, true, false},
		{"the claim in time", []record.Event{table, claim}, true, true},
		{"the claim too late", []record.Event{table, late}, true, false},
	} {
		var tape record.Tape
		for _, ev := range c.evs {
			tape.Add(ev)
		}
		story(&tape, svc.Addr.Addr(), func(time.Duration, int) string { return "web2" })
		if got := f.servedBy(0, f.alive, "r2", c.newcomer).Met(&tape, span); got != c.met {
			t.Errorf("%s: %v", c.name, got)
		}
		if f.servedBy(0, []string{"web1", "web2"}, "r2", false).Met(&tape, span) {
			t.Errorf("%s: web1 does not serve", c.name)
		}
	}
}
