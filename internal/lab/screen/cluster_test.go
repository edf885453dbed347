package screen

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

func dest(addr string, active, inactive int) record.Destination {
	return record.Destination{Addr: netip.MustParseAddrPort(addr), Forward: "Route", Weight: 1, Active: active, Inactive: inactive}
}

// both is a table with a service for each address, and the same destinations for each.
func both(dests []record.Destination, services ...string) (all []record.Service) {
	for _, s := range services {
		all = append(all, record.Service{Addr: netip.MustParseAddrPort(s), Scheduler: "rr", Destinations: dests})
	}
	return all
}

// serving is a cluster whose web1 died at 10 s and was out of r1's table at 14 s, but not of r2's; at 16 s web2 died as well.
func serving(t *testing.T, name string, services []string, first, second, last string) Scene {
	t.Helper()
	p := published(t, name)
	tape := &record.Tape{}
	add := func(at time.Duration, kind record.Kind, node string, table []record.Service) {
		tape.Add(record.Event{At: at, Kind: kind, Node: node, Table: table, Text: "killed"})
	}
	for _, node := range []string{"r1", "r2", "web1", "web2"} {
		add(0, record.Started, node, nil)
	}
	full := []record.Destination{dest(first, 1, 240), dest(second, 0, 241)}
	add(ms, record.Tabled, "r1", both(full, services...))
	add(ms, record.Tabled, "r2", both(full, services...))
	add(10*time.Second, record.Exited, "web1", nil)
	add(14*time.Second, record.Tabled, "r1", both(full[1:], services...))
	add(16*time.Second, record.Exited, "web2", nil)
	if last != "" {
		add(20*time.Second, record.Tabled, "r1", both([]record.Destination{dest(last, 2, 17)}, services...))
	}
	for i, in := range p.Instances {
		tape.Add(record.Event{At: 20 * time.Second, Kind: record.AddrUp, Node: play.Routers[i%2], IP: in.VIPs[0]})
	}
	for i, in := range p.Instances {
		tape.Add(record.Event{At: 20500 * ms, Kind: record.Advert, Node: play.Routers[i%2], Link: in.Link, VRID: in.VRID, Prio: 100})
	}
	for i := range 2150 {
		sent := time.Duration(i) * record.Pace
		ev := record.Event{At: sent + 2*ms, Took: 2 * ms, Kind: record.Served, IP: p.VIPs()[i%len(p.VIPs())], Seq: i, Node: "web2"}
		even := i/len(p.VIPs())%2 == 0
		switch {
		case sent < 10*time.Second && even:
			ev.Node = "web1"
		case sent >= 16*time.Second && sent < 20*time.Second, sent >= 10*time.Second && sent < 14*time.Second && even:
			ev.Node, ev.Text = "", "connection refused"
		case sent >= 20*time.Second:
			ev.Node = play.Sorry
		}
		tape.Add(ev)
	}
	tape.Now = 21500 * ms
	return Scene{
		Pair: p, Tape: tape, Daemon: "/usr/sbin/keepalived",
		Progress: play.Progress{
			Steps: play.Scenario(p), At: 3, Began: 16 * time.Second, Waiting: []string{"sorry to serve 192.168.11.100"},
			Rows: []play.Row{{Step: "1 cold start: r1", Want: "a", Got: "b", OK: true}, {Step: "3 death of web1", Want: "none fails", Got: "7"}},
		},
	}
}

func routed(t *testing.T) Scene {
	t.Helper()
	return serving(t, "dr", []string{"192.168.11.100:80"}, "192.168.12.121:80", "192.168.12.122:80", "127.0.0.1:80")
}

func active(t *testing.T) Scene {
	t.Helper()
	return serving(t, "active", []string{"10.16.8.100:80", "10.16.8.101:80"}, "10.16.8.8:80", "10.16.8.9:80", "")
}

func TestPictureOfACluster(t *testing.T) {
	golden(t, "cluster", Picture(routed(t), Size{100, 36}, false))
	golden(t, "cluster-two", Picture(active(t), Size{100, 40}, false))
	golden(t, "cluster-small", Picture(active(t), Size{80, 24}, false))
	for _, size := range []Size{{40, 5}, {60, 20}, {132, 60}} {
		fits(t, routed(t), size)
		fits(t, active(t), size)
	}
}

func TestTellerTellsOfRequestsAndTables(t *testing.T) {
	s := routed(t)
	tell := Teller{Pair: s.Pair}
	var lines []string
	add := func(ev record.Event) {
		if line, ok := tell.Event(ev); ok {
			lines = append(lines, line)
		}
	}
	for _, ev := range s.Tape.Events {
		add(ev)
	}
	for _, r := range s.Tape.Load(s.Pair.VIPs()[0]).Requests {
		add(record.Event{At: r.Done, Kind: record.Served, Node: r.By, Text: r.Why})
	}
	add(record.Event{At: 22 * time.Second, Kind: record.Tabled, Node: "r1"})
	golden(t, "cluster-lines", lines)
}

func TestTallyNamesWhatWasSkipped(t *testing.T) {
	if d := cmp.Diff("dr          skipped", Tally("dr", nil, true, false)); d != "" {
		t.Error(d)
	}
}
