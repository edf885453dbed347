package play

import (
	"fmt"
	"net/netip"
	"time"

	"holdfast/internal/lab/record"
)

// slack is what the machine may add to every figure. The client's own lateness, measured on the same
// machine in the same step, comes on top: a sleepy machine is not the daemon's fault.
const slack = 250 * time.Millisecond

// handover is how long before its first advertisement a router may already prepare to be master.
const handover = 500 * time.Millisecond

// early is how much sooner than computed a take-over may seem to come.
const early = 20 * time.Millisecond

// within judges a figure against its limits.
func within(t *record.Tape, s record.Span, got, least, most time.Duration) Verdict {
	late := t.Late(s)
	v := Verdict{Got: seconds(got), OK: got >= least && got <= most+late}
	if got > most && v.OK {
		v.Got += fmt.Sprintf(" (machine late by %s)", seconds(late))
	}
	return v
}

// noFarewell expects a death without last words.
func noFarewell(in Instance, node string) Check {
	return Check{
		Want: fmt.Sprintf("%s says no farewell for %s", node, in.Name),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			n := len(t.Adverts(node, in.VR(), s, true))
			return Verdict{fmt.Sprintf("%d with priority 0", n), n == 0}
		},
	}
}

// farewell expects last words.
func farewell(in Instance, node string) Check {
	return Check{
		Want: fmt.Sprintf("%s says farewell for %s", node, in.Name),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			n := len(t.Adverts(node, in.VR(), s, true))
			return Verdict{fmt.Sprintf("%d with priority 0", n), n > 0}
		},
	}
}

// silent expects node to claim nothing.
func silent(in Instance, node string) Check {
	return Check{
		Want: fmt.Sprintf("%s does not claim %s", node, in.Name),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			n := len(t.Adverts(node, in.VR(), s, false))
			return Verdict{fmt.Sprintf("%d advertisements", n), n == 0}
		},
	}
}

// outage expects the client to miss answers for at most this long; 0 means not a single one.
func outage(ip netip.Addr, most time.Duration) Check {
	want := fmt.Sprintf("client misses %v for ≤ %s", ip, seconds(most))
	if most == 0 {
		want = fmt.Sprintf("client never misses %v", ip)
	}
	return Check{
		Want: want,
		Judge: func(t *record.Tape, s record.Span) Verdict {
			// Probes younger than this may still be answered.
			g := t.Reach(ip).Outage(record.Span{From: s.From, To: s.To - record.Grace})
			v := within(t, s, g.Length(), 0, most)
			if g.Lost > 0 {
				v.Got += fmt.Sprintf(", %d probes", g.Lost)
			}
			if most == 0 {
				v.OK = g.Lost == 0
			}
			return v
		},
	}
}

// twoMasters expects that at most this long both routers had the address and both advertised.
func twoMasters(in Instance, newcomer string, most time.Duration) Check {
	return Check{
		Want: fmt.Sprintf("both are MASTER of %s for ≤ %s", in.Name, seconds(most)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			first := t.Adverts(newcomer, in.VR(), s, false)
			if len(first) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			worst := t.Contest(newcomer, Other(newcomer), in.VR(), s)
			// What a crash left behind may lie about before; what counts begins with the claim.
			s.From = max(s.From, first[0].At-handover)
			for _, ip := range in.VIPs {
				worst = max(worst, t.Overlap(ip, Routers[:], s))
			}
			return within(t, s, worst, 0, most)
		},
	}
}

// announced expects node to tell the neighbours about the address by gratuitous ARP.
func announced(ip netip.Addr, node string) Check {
	return Check{
		Want: fmt.Sprintf("%s announces %v by gratuitous ARP", node, ip),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			n := len(t.Select(record.Announced, s, func(ev record.Event) bool { return ev.Node == node && ev.IP == ip }))
			return Verdict{fmt.Sprintf("%d×", n), n > 0}
		},
	}
}

// lives expects the daemon to be there: one that has ended is quiet, too.
func lives(node string) Check {
	return Check{
		Want: fmt.Sprintf("%s's daemon runs", node),
		Judge: func(t *record.Tape, _ record.Span) Verdict {
			if t.Node(node).Running {
				return Verdict{"it runs", true}
			}
			return Verdict{Got: "it has ended"}
		},
	}
}

// ends expects the daemon to exit with status 0.
func ends(node string) Check {
	return Check{
		Want: fmt.Sprintf("%s's daemon ends with exit status 0", node),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			evs := t.Select(record.Exited, s, func(ev record.Event) bool { return ev.Node == node })
			if len(evs) == 0 {
				return Verdict{Got: "still there"}
			}
			return Verdict{evs[0].Text, evs[0].Text == "exit status 0"}
		},
	}
}
