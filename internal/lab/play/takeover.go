package play

import (
	"fmt"
	"time"

	"holdfast/internal/lab/record"
)

// apart is how far apart the take-overs of a group's members may lie: they come of one decision.
const apart = 50 * time.Millisecond

// startsAfter expects node's first claim no later than its unit's own waiting time after the act that let
// it in.
func startsAfter(u Unit, in Instance, node string, since string) Check {
	limit := u.Down(node, "") + slack
	return Check{
		Want: fmt.Sprintf("%s is MASTER of %s ≤ %s after %s", node, in.Name, seconds(limit), since),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			evs := t.Adverts(node, in.VR(), s, false)
			if len(evs) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			return within(t, s, evs[0].At-s.From, 0, limit)
		},
	}
}

// takesOver expects the heir's first claim one master-down time after the last claim of the one that fell
// silent: neither later nor earlier. In a group that is the last claim that any member waits for; link
// names the segment that fell silent, "" if all did.
func takesOver(u Unit, in Instance, heir, leaver, link string) Check {
	after := "the last advertisement"
	switch {
	case u.Grouped && link != "":
		after += " on " + link
	case u.Grouped:
		after += " of " + u.Name
	}
	return u.follows(in, heir, leaver, u.Down(heir, link), after, func(*record.Tape, record.Span) string { return "" })
}

// inherits expects the heir's first claim one skew time after the farewell, in a group after the last one.
func inherits(u Unit, in Instance, heir, leaver string) Check {
	after := "the farewell"
	if u.Grouped {
		after += " of " + u.Name
	}
	return u.follows(in, heir, leaver, u.Skew(heir), after, func(t *record.Tape, s record.Span) string {
		for _, m := range u.Members {
			if len(t.Adverts(leaver, m.VR(), s, true)) == 0 {
				return "no farewell (priority 0)"
			}
		}
		return ""
	})
}

// follows judges a take-over by when it was due. What it shows is the wait as the slowest member had it.
func (u *Unit) follows(in Instance, heir, leaver string, wait time.Duration, after string, missing func(*record.Tape, record.Span) string) Check {
	return Check{
		Want: fmt.Sprintf("%s takes %s over %s … %s after %s", heir, in.Name, seconds(wait), seconds(wait+slack), after),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			if got := missing(t, s); got != "" {
				return Verdict{Got: got}
			}
			first := t.Adverts(heir, in.VR(), s, false)
			due, ok := u.due(t, s, heir, leaver)
			if !ok || len(first) == 0 {
				return Verdict{Got: "no advertisement"}
			}
			return within(t, s, first[0].At-due+wait, wait-early, wait+slack)
		},
	}
}

// together expects node's first claims for all members at nearly the same time.
func together(u Unit, node string) Check {
	return Check{
		Want: fmt.Sprintf("%s takes %s as one: ≤ %s apart", node, u.Name, seconds(apart)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			lo, hi := s.To, s.From
			for _, in := range u.Members {
				evs := t.Adverts(node, in.VR(), s, false)
				if len(evs) == 0 {
					return Verdict{Got: "no advertisement for " + in.Name}
				}
				lo, hi = min(lo, evs[0].At), max(hi, evs[0].At)
			}
			return within(t, s, hi-lo, 0, apart)
		},
	}
}

// undivided expects that no router stays with some of the unit's addresses but not all.
func undivided(u Unit) Check {
	return Check{
		Want: fmt.Sprintf("no router has only a part of %s for > %s", u.Name, seconds(handOverBoth)),
		Judge: func(t *record.Tape, s record.Span) Verdict {
			var worst time.Duration
			for _, node := range Routers {
				worst = max(worst, t.Partial(node, u.VIPs(), s))
			}
			return within(t, s, worst, 0, handOverBoth)
		},
	}
}
