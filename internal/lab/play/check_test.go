package play

import (
	"net/netip"
	"testing"
	"time"

	"holdfast/internal/lab/record"
)

const ms = time.Millisecond

var (
	vip  = netip.MustParseAddr("172.16.8.100")
	one  = Instance{Name: "VG_1", Link: "eth0", VRID: 103, Version: 2, Interval: time.Second, VIPs: []netip.Addr{vip}, Seats: map[string]Seat{"r1": {Prio: 100}, "r2": {Prio: 95}}}
	lone = Unit{Name: "VG_1", Members: []Instance{one}}
	span = record.Span{From: 10 * time.Second, To: 20 * time.Second}
)

func ad(at time.Duration, node string, prio uint8) record.Event {
	return record.Event{At: at, Kind: record.Advert, Node: node, Link: "eth0", VRID: 103, Prio: prio}
}

func word(at time.Duration, node, text string) record.Event {
	return record.Event{At: at, Kind: record.Notified, Node: node, Text: text}
}

func owner(at time.Duration, kind record.Kind, node string) record.Event {
	return record.Event{At: at, Kind: kind, Node: node, IP: vip}
}

// probes asks from 10 s to 20 s each millisecond; lost ones are those in [from, to).
func probes(from, to time.Duration) (evs []record.Event) {
	for i := range 10000 {
		at := 10*time.Second + time.Duration(i)*ms
		evs = append(evs, record.Event{At: at, Kind: record.Sent, IP: vip, Seq: i})
		if at < from || at >= to {
			evs = append(evs, record.Event{At: at, Kind: record.Answered, IP: vip, Seq: i, Node: "r1"})
		}
	}
	return evs
}

// Each check has to tell the right from the wrong.
func TestChecks(t *testing.T) {
	at := 10 * time.Second
	crashed := []record.Event{ad(at-200*ms, "r1", 100)}
	for _, c := range []struct {
		name  string
		check Check
		evs   []record.Event
		got   string
		ok    bool
	}{
		{"take-over in time", takesOver(lone, one, "r2", "r1", ""), append(crashed, ad(at+3450*ms, "r2", 95)), "3.650 s", true},
		{"take-over late", takesOver(lone, one, "r2", "r1", ""), append(crashed, ad(at+3750*ms, "r2", 95)), "3.950 s", false},
		{"take-over early", takesOver(lone, one, "r2", "r1", ""), append(crashed, ad(at+2000*ms, "r2", 95)), "2.200 s", false},
		{"no take-over", takesOver(lone, one, "r2", "r1", ""), crashed, "no advertisement", false},
		{"start in time", startsAfter(lone, one, "r1", "start"), []record.Event{ad(at+3610*ms, "r1", 100)}, "3.610 s", true},
		{"start late", startsAfter(lone, one, "r1", "start"), []record.Event{ad(at+3900*ms, "r1", 100)}, "3.900 s", false},
		{"farewell heard", inherits(lone, one, "r2", "r1"), []record.Event{ad(at, "r1", 0), ad(at+630*ms, "r2", 95)}, "0.630 s", true},
		{"farewell ignored", inherits(lone, one, "r2", "r1"), []record.Event{ad(at, "r1", 0), ad(at+3600*ms, "r2", 95)}, "3.600 s", false},
		{"heir in a hurry", inherits(lone, one, "r2", "r1"), []record.Event{ad(at, "r1", 0), ad(at+100*ms, "r2", 95)}, "0.100 s", false},
		{"no farewell", inherits(lone, one, "r2", "r1"), []record.Event{ad(at+630*ms, "r2", 95)}, "no farewell (priority 0)", false},
		{"silent death", noFarewell(one, "r1"), crashed, "0 with priority 0", true},
		{"last words", noFarewell(one, "r1"), []record.Event{ad(at+ms, "r1", 0)}, "1 with priority 0", false},
		{"quiet backup", silent(one, "r2"), []record.Event{ad(at, "r1", 100)}, "0 advertisements", true},
		{"loud backup", silent(one, "r2"), []record.Event{ad(at, "r2", 95)}, "1 advertisements", false},
		{"no outage", outage(vip, 0), probes(0, 0), "0.000 s", true},
		{"one probe lost", outage(vip, 0), probes(at+ms, at+2*ms), "0.001 s, 1 probes", false},
		{"short outage", outage(vip, 150*ms), probes(at+ms, at+101*ms), "0.100 s, 100 probes", true},
		{"long outage", outage(vip, 150*ms), probes(at+ms, at+201*ms), "0.200 s, 200 probes", false},
		{"announced", announced(vip, "r1"), []record.Event{owner(at, record.Announced, "r1")}, "1×", true},
		{"not announced", announced(vip, "r1"), []record.Event{owner(at, record.Announced, "r2")}, "0×", false},
		{"one master", twoMasters(one, "r1", 100*ms), []record.Event{ad(at, "r1", 100)}, "0.000 s", true},
		{
			"two owners", twoMasters(one, "r1", 100*ms),
			[]record.Event{owner(at, record.AddrUp, "r2"), ad(at, "r1", 100), owner(at, record.AddrUp, "r1"), owner(at+300*ms, record.AddrDown, "r2")},
			"0.300 s", false,
		},
		{
			"leftovers before", twoMasters(one, "r1", 100*ms),
			[]record.Event{owner(0, record.AddrUp, "r2"), owner(0, record.AddrUp, "r1"), owner(at, record.AddrDown, "r1"), ad(at+3600*ms, "r1", 100)},
			"0.000 s", true,
		},
		{"told right", notified(instanceOf(one), "r1", []string{"backup", "master"}), []record.Event{word(at, "r1", "VG_1 backup"), word(at+ms, "r1", "VG_1 master"), word(at, "r1", "VG_2 fault")}, "backup, master", true},
		{"told wrong", notified(instanceOf(one), "r1", []string{"backup", "master"}), []record.Event{word(at, "r1", "VG_1 master"), word(at+ms, "r1", "VG_1 backup")}, "master, backup", false},
		{"told too much", notified(instanceOf(one), "r1", nil), []record.Event{word(at, "r1", "VG_1 master")}, "master", false},
		{"ended well", ends("r1"), []record.Event{{At: at, Kind: record.Exited, Node: "r1", Text: "exit status 0"}}, "exit status 0", true},
		{"ended badly", ends("r1"), []record.Event{{At: at, Kind: record.Exited, Node: "r1", Text: "exit status 1"}}, "exit status 1", false},
		{"lives", lives("r1"), []record.Event{{Kind: record.Started, Node: "r1"}}, "it runs", true},
		{"lives no more", lives("r1"), []record.Event{{Kind: record.Started, Node: "r1"}, {Kind: record.Exited, Node: "r1"}}, "it has ended", false},
		{"not ended", ends("r1"), nil, "still there", false},
	} {
		var tape record.Tape
		for _, ev := range c.evs {
			tape.Add(ev)
		}
		if v := c.check.Judge(&tape, span); v != (Verdict{c.got, c.ok}) {
			t.Errorf("%s: %q gives %+v, want %q %v", c.name, c.check.Want, v, c.got, c.ok)
		}
	}
}

// A group on two segments, its addresses and its adverts.
var (
	vip2 = netip.MustParseAddr("10.16.8.100")
	two  = Instance{Name: "EXT", Link: "eth1", VRID: 103, Version: 2, Interval: time.Second, VIPs: []netip.Addr{vip2}, Seats: one.Seats}
	pair = Unit{Name: "G", Grouped: true, Members: []Instance{one, two}}
)

func on(link string, ev record.Event) record.Event {
	ev.Link = link
	return ev
}

func TestGroupChecks(t *testing.T) {
	at := 10 * time.Second
	// r1's last claims are 200 ms old on eth0 and 100 ms old on eth1 when something happens at 10 s.
	before := []record.Event{ad(at-200*ms, "r1", 100), on("eth1", ad(at-100*ms, "r1", 100))}
	with := func(evs ...record.Event) []record.Event { return append(before[:2:2], evs...) }
	heirs := func(a, b time.Duration) []record.Event {
		return with(ad(at+a, "r2", 95), on("eth1", ad(at+b, "r2", 95)))
	}
	bye := on("eth1", ad(at, "r1", 0))
	byes := []record.Event{ad(at+ms, "r1", 0), bye}
	has := func(at time.Duration, kind record.Kind, ip netip.Addr) record.Event {
		return record.Event{At: at, Kind: kind, Node: "r1", IP: ip}
	}
	for _, c := range []struct {
		name  string
		check Check
		evs   []record.Event
		got   string
		ok    bool
	}{
		{"crash: the later silence counts", takesOver(pair, one, "r2", "r1", ""), heirs(3530*ms, 3530*ms), "3.630 s", true},
		{"crash: not the earlier one", takesOver(pair, one, "r2", "r1", ""), heirs(3430*ms, 3530*ms), "3.530 s", false},
		{"unplugged: the silent link is waited for", takesOver(pair, two, "r2", "r1", "eth0"), append(heirs(3430*ms, 3432*ms), bye), "3.632 s", true},
		{"unplugged: the farewell alone does not do", takesOver(pair, two, "r2", "r1", "eth0"), append(heirs(3430*ms, 630*ms), bye), "0.830 s", false},
		{"unplugged: heard on one link only", takesOver(pair, two, "r2", "r1", "eth0"), []record.Event{bye, on("eth1", ad(at, "r2", 95))}, "no advertisement", false},
		{"stop", inherits(pair, one, "r2", "r1"), append(heirs(631*ms, 631*ms), byes...), "0.630 s", true},
		{"stop with one farewell", inherits(pair, one, "r2", "r1"), append(heirs(631*ms, 631*ms), bye), "no farewell (priority 0)", false},
		{"start", startsAfter(pair, two, "r1", "start"), []record.Event{on("eth1", ad(at+3630*ms, "r1", 100))}, "3.630 s", true},
		{"start on another segment", startsAfter(pair, two, "r1", "start"), []record.Event{ad(at+3630*ms, "r1", 100)}, "no advertisement", false},
		{"farewell", farewell(two, "r1"), []record.Event{bye}, "1 with priority 0", true},
		{"farewell elsewhere", farewell(two, "r1"), []record.Event{ad(at, "r1", 0)}, "0 with priority 0", false},
		{"as one", together(pair, "r2"), heirs(3530*ms, 3532*ms), "0.002 s", true},
		{"one by one", together(pair, "r2"), heirs(3530*ms, 630*ms), "2.900 s", false},
		{"one alone", together(pair, "r2"), with(ad(at, "r2", 95)), "no advertisement for EXT", false},
		{"whole", undivided(pair), []record.Event{has(0, record.AddrUp, vip), has(ms, record.AddrUp, vip2), has(at, record.AddrDown, vip), has(at+3*ms, record.AddrDown, vip2)}, "0.003 s", true},
		{"one here, one there", undivided(pair), []record.Event{has(0, record.AddrUp, vip), has(ms, record.AddrUp, vip2), has(at+3*time.Second, record.AddrDown, vip)}, "7.000 s", false},
		{"group told", notified(groupOf(pair), "r1", []string{"FAULT 0"}), []record.Event{word(at, "r1", "GROUP G FAULT 0"), word(at, "r1", "G fault")}, "FAULT 0", true},
		{"group told another's", notified(groupOf(pair), "r1", []string{"FAULT 0"}), []record.Event{word(at, "r1", "GROUP G2 FAULT 0")}, "nothing", false},
	} {
		var tape record.Tape
		for _, ev := range c.evs {
			tape.Add(ev)
		}
		if v := c.check.Judge(&tape, span); v != (Verdict{c.got, c.ok}) {
			t.Errorf("%s: %q gives %+v, want %q %v", c.name, c.check.Want, v, c.got, c.ok)
		}
	}
}

func TestASleepyMachineStretchesLimits(t *testing.T) {
	var tape record.Tape
	for i, at := range []time.Duration{11 * time.Second, 11*time.Second + 401*ms} {
		tape.Add(record.Event{At: at, Kind: record.Sent, IP: vip, Seq: i})
	}
	if v := within(&tape, span, 1300*ms, 0, time.Second); !v.OK || v.Got != "1.300 s (machine late by 0.400 s)" {
		t.Errorf("%+v", v)
	}
	if v := within(&tape, span, 1500*ms, 0, time.Second); v.OK {
		t.Errorf("%+v", v)
	}
}

// Each goal has to wait for what it names.
func TestGoals(t *testing.T) {
	at := 10 * time.Second
	for _, c := range []struct {
		name string
		goal Goal
		evs  []record.Event
		met  bool
	}{
		{"claimed", claims(one, "r1", 2), []record.Event{ad(at, "r1", 100), ad(at+time.Second, "r1", 100)}, true},
		{"claimed before", claims(one, "r1", 2), []record.Event{ad(0, "r1", 100), ad(at, "r1", 100)}, false},
		{"contested", claims(one, "r1", 2), []record.Event{ad(at, "r1", 100), ad(at+500*ms, "r2", 95), ad(at+time.Second, "r1", 100)}, false},
		{"settled", claims(one, "r1", 2), []record.Event{ad(at, "r2", 95), ad(at+ms, "r1", 100), ad(at+time.Second, "r1", 100)}, true},
		{"held", holds(vip, "r1", true), []record.Event{owner(at, record.AddrUp, "r1")}, true},
		{"held by two", holds(vip, "r1", true), []record.Event{owner(at, record.AddrUp, "r1"), owner(at, record.AddrUp, "r2")}, false},
		{"held beside the dead", holds(vip, "r1", false), []record.Event{owner(at, record.AddrUp, "r1"), owner(at, record.AddrUp, "r2")}, true},
		{"served", served(vip, "r1"), probes(0, 0), true},
		{"served by the other", served(vip, "r2"), probes(0, 0), false},
		{"told", told(instanceOf(one), "r1", "master"), []record.Event{word(at, "r1", "VG_1 master")}, true},
		{"told of another", told(instanceOf(one), "r1", "master"), []record.Event{word(at, "r1", "VG_2 master")}, false},
		{"gone", gone("r1"), []record.Event{{Kind: record.Started, Node: "r1"}, {Kind: record.Exited, Node: "r1"}}, true},
		{"there", gone("r1"), []record.Event{{Kind: record.Started, Node: "r1"}}, false},
		{"released", released("r1", []netip.Addr{vip}), []record.Event{owner(at, record.AddrUp, "r2")}, true},
		{"kept", released("r1", []netip.Addr{vip}), []record.Event{owner(at, record.AddrUp, "r1")}, false},
	} {
		var tape record.Tape
		for _, ev := range c.evs {
			tape.Add(ev)
		}
		if got := c.goal.Met(&tape, span); got != c.met {
			t.Errorf("%s: %q is %v", c.name, c.goal.Text, got)
		}
	}
}
