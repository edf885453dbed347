package play

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
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

// startsAfter expects node's first claim no later than its own waiting time after the act that let it in.
func startsAfter(in Instance, node string, since string) Check {
	limit := in.Down(node) + slack
	return Check{
		Want: fmt.Sprintf("%s is MASTER of %s ≤ %s after %s", node, in.Name, seconds(limit), since),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			evs := t.Adverts(node, in.VRID, s, false)
			if len(evs) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			return within(t, s, evs[0].At-s.From, 0, limit)
		},
	}
}

// takesOver expects the heir's first claim one master-down time after the last claim of the one that
// fell silent: neither later nor earlier.
func takesOver(in Instance, heir, silent string) Check {
	down := in.Down(heir)
	return Check{
		Want: fmt.Sprintf("%s takes %s over %s … %s after the last advertisement",
			heir, in.Name, seconds(down), seconds(down+slack)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			first := t.Adverts(heir, in.VRID, s, false)
			last, ok := t.LastClaim(silent, in.VRID, s.To)
			if !ok || len(first) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			return within(t, s, first[0].At-last.At, down-early, down+slack)
		},
	}
}

// inherits expects the heir's first claim one skew time after the farewell.
func inherits(in Instance, heir, leaver string) Check {
	skew := in.Skew(heir)
	return Check{
		Want: fmt.Sprintf("%s takes %s over %s … %s after the farewell", heir, in.Name, seconds(skew), seconds(skew+slack)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			bye := t.Adverts(leaver, in.VRID, s, true)
			first := t.Adverts(heir, in.VRID, s, false)
			if len(bye) == 0 {
				return Verdict{Got: "no farewell (priority 0)"}
			}
			if len(first) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			return within(t, s, first[0].At-bye[0].At, skew-early, skew+slack)
		},
	}
}

// noFarewell expects a death without last words.
func noFarewell(in Instance, node string) Check {
	return Check{
		Want: fmt.Sprintf("%s says no farewell for %s", node, in.Name),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			n := len(t.Adverts(node, in.VRID, s, true))
			return Verdict{fmt.Sprintf("%d with priority 0", n), n == 0}
		},
	}
}

// silent expects node to claim nothing.
func silent(in Instance, node string) Check {
	return Check{
		Want: fmt.Sprintf("%s does not claim %s", node, in.Name),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			n := len(t.Adverts(node, in.VRID, s, false))
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
			first := t.Adverts(newcomer, in.VRID, s, false)
			if len(first) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			worst := t.Contest(newcomer, Other(newcomer), in.VRID, s)
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

// notified expects node's notify script to have been called for the instance with exactly these words,
// in this order.
func notified(in Instance, node string, words []string) Check {
	list := func(words []string) string {
		if len(words) == 0 {
			return "nothing"
		}
		return strings.Join(words, ", ")
	}
	return Check{
		Want: fmt.Sprintf("notify on %s for %s: %s", node, in.Name, list(words)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			var got []string
			for _, w := range t.Words(node, s) {
				if name, state, _ := strings.Cut(w, " "); name == in.Name {
					got = append(got, state)
				}
			}
			return Verdict{list(got), slices.Equal(got, words)}
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
