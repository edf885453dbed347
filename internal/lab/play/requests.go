package play

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"holdfast/internal/lab/record"
)

// What a cluster's client and its directors' tables must come to.
const (
	// enough is how many requests in a row make the client content.
	enough = 100
	// uneven is by how many of them the servers' shares may differ. Requests run side by side.
	uneven = 4
	// inFlight is how many requests may fail when an address passes from one living director to another, or when a server that lives
	// leaves the table: those under way.
	inFlight = 3
	// lookout is how often the tables are read, and how long the last requests to a dead server may be under way.
	lookout = 200 * time.Millisecond
	// rounding is what checks may take longer than their configuration says, all answers and timers of a busy machine together.
	rounding = time.Second
)

// boot is how long a director may take to start its daemon: the guest has one processor, and everything runs on it.
const boot = 4 * time.Second

// claimsAfter expects a director's first claim no later than its waiting time after the start of its daemon's processes.
func claimsAfter(u Unit, in Instance, node string) Check {
	limit := u.Down(node, "") + slack + boot
	return Check{
		Want: fmt.Sprintf("%s is MASTER of %s ≤ %s after its start", node, in.Name, seconds(limit)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			evs := t.Adverts(node, in.VR(), s, false)
			if len(evs) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			return within(t, s, evs[0].At-s.From, 0, limit)
		},
	}
}

// servedBy waits until the client's latest requests are answered, all of them, and by each of those: the latest since the director's
// table is what it should be, and if it is a new master, since its first advertisement.
func (f *farm) servedBy(i int, names []string, node string, newcomer bool) Goal {
	svc := f.pair.Cluster.Services[i]
	ip, want := svc.Addr.Addr(), f.pair.Cluster.wants(&svc, f.alive)
	return Goal{
		Text: fmt.Sprintf("%s to serve %v", strings.Join(names, " and "), ip),
		Met: func(t *record.Tape, s record.Span) bool {
			from := s.From
			if at, changed := since(t, s, node, &svc, want); changed {
				from = at
			}
			if newcomer {
				first := t.Adverts(node, f.vr(ip), s, false)
				if len(first) == 0 {
					return false
				}
				from = max(from, first[0].At)
			}
			rs, ok := t.Load(ip).Latest(enough, from, s.To)
			return ok && servers(rs) == strings.Join(names, ",")
		},
	}
}

// servers names who answered, "" for nobody among them.
func servers(rs []record.Request) string {
	var names []string
	for name := range record.Tally(rs) {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// fair expects the servers to serve the latest requests by turns.
func fair(ip netip.Addr, names []string) Check {
	want := fmt.Sprintf("of %d requests to %v %s serve equally many", enough, ip, strings.Join(names, " and "))
	if len(names) == 1 {
		want = fmt.Sprintf("%s serves %d requests to %v", names[0], enough, ip)
	}
	return Check{
		Want: want,
		Judge: func(t *record.Tape, s record.Span) Verdict {
			rs, ok := t.Load(ip).Latest(enough, s.From, s.To)
			by := record.Tally(rs)
			least, most := len(rs), 0
			var got []string
			for _, n := range names {
				least, most = min(least, by[n]), max(most, by[n])
				got = append(got, fmt.Sprintf("%s %d", n, by[n]))
			}
			return Verdict{strings.Join(got, ", "), ok && servers(rs) == strings.Join(names, ",") && most-least <= uneven}
		},
	}
}

// lost expects at most so many requests of the step to fail.
func lost(ip netip.Addr, most int) Check {
	want := fmt.Sprintf("≤ %d requests to %v fail", most, ip)
	if most == 0 {
		want = fmt.Sprintf("no request to %v fails", ip)
	}
	return Check{
		Want: want,
		Judge: func(t *record.Tape, s record.Span) Verdict {
			rs := t.Load(ip).Within(s)
			n := record.Failed(rs)
			got, excused := excuse(t, s, n, rs)
			return Verdict{got, n-excused <= most && len(rs) > 0}
		},
	}
}

// excuse writes a number of failed requests, and how many of them are the machine's fault: it stood still while they were under way.
func excuse(t *record.Tape, s record.Span, n int, rs []record.Request) (got string, excused int) {
	got = fmt.Sprintf("%d of %d", n, len(rs))
	if excused = t.Excused(rs, s); excused > 0 {
		got += fmt.Sprintf(" (%d while the machine stood still)", excused)
	}
	return got, excused
}

// unserved expects the client to be answered again after at most so long.
func unserved(ip netip.Addr, most time.Duration) Check {
	return Check{
		Want: fmt.Sprintf("requests to %v fail for ≤ %s", ip, seconds(most)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			g := t.Load(ip).Outage(s)
			v := within(t, s, g.Length(), 0, most)
			v.Got += fmt.Sprintf(", %d in a row", g.Lost)
			return v
		},
	}
}

// tabled waits until a director's table is this, for the service of that number.
func (f *farm) tabled(i int, node string, want []netip.AddrPort) Goal {
	svc := f.pair.Cluster.Services[i]
	return Goal{
		Text: fmt.Sprintf("%s's table to send %v to %s", node, svc.Addr.Addr(), list(want)),
		Met: func(t *record.Tape, _ record.Span) bool {
			return has(t.Node(node).Table, &svc, want)
		},
	}
}

// since returns when within the span the node's table of the service became what it still is, if that is this.
func since(t *record.Tape, s record.Span, node string, svc *Service, want []netip.AddrPort) (at time.Duration, ok bool) {
	for _, ev := range t.Select(record.Tabled, s, func(ev record.Event) bool { return ev.Node == node }) {
		now := has(ev.Table, svc, want)
		if now && !ok {
			at = ev.At
		}
		ok = now
	}
	return at, ok
}

// settled expects a director's table to follow a death or a return in time.
func (f *farm) settled(i int, node string, most time.Duration, after string) Check {
	svc := f.pair.Cluster.Services[i]
	want := f.pair.Cluster.wants(&svc, f.alive)
	return Check{
		Want: fmt.Sprintf("%s sends %v to %s ≤ %s after the %s", node, svc.Addr.Addr(), list(want), seconds(most+rounding), after),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			at, ok := since(t, s, node, &svc, want)
			if !ok {
				return Verdict{Got: "no such table"}
			}
			return within(t, s, at-s.From, 0, most+rounding)
		},
	}
}

// then expects that no request fails once a director's table is what it should be.
func (f *farm) then(i int, node string) Check {
	svc := f.pair.Cluster.Services[i]
	want, ip := f.pair.Cluster.wants(&svc, f.alive), f.pair.Cluster.Services[i].Addr.Addr()
	return Check{
		Want: fmt.Sprintf("no request to %v fails from then on", ip),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			at, ok := since(t, s, node, &svc, want)
			if !ok {
				return Verdict{Got: "no such table"}
			}
			if claim := t.Adverts(node, f.vr(ip), s, false); len(claim) > 0 {
				at = max(at, claim[0].At) // who serves since then only
			}
			before := t.Load(ip).Within(record.Span{From: s.From, To: at + lookout})
			after := t.Load(ip).Within(record.Span{From: at + lookout + 1, To: s.To})
			n := record.Failed(after)
			got, excused := excuse(t, s, n, after)
			return Verdict{fmt.Sprintf("%s; %d of %d before", got, record.Failed(before), len(before)), n == excused && len(after) > 0}
		},
	}
}

// vr is the virtual router that has an address.
func (f *farm) vr(ip netip.Addr) record.VR {
	for _, in := range f.pair.Instances {
		if slices.Contains(in.VIPs, ip) {
			return in.VR()
		}
	}
	return record.VR{}
}

// list writes servers as short as they can be told apart.
func list(addrs []netip.AddrPort) string {
	if len(addrs) == 0 {
		return "nobody"
	}
	var parts []string
	for _, a := range addrs {
		parts = append(parts, a.Addr().String())
	}
	return strings.Join(parts, ", ")
}
