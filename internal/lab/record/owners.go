package record

import (
	"net/netip"
	"slices"
	"time"
)

// Overlap returns how long, in all, more than one of the nodes had ip during the span.
func (t *Tape) Overlap(ip netip.Addr, nodes []string, s Span) time.Duration {
	have := map[string]bool{}
	var total, since time.Duration
	for _, ev := range t.moves(s.To, func(ev Event) bool { return ev.IP == ip && slices.Contains(nodes, ev.Node) }) {
		if len(have) > 1 {
			total += max(0, ev.At-max(since, s.From))
		}
		if ev.Kind == AddrUp {
			have[ev.Node] = true
		} else {
			delete(have, ev.Node)
		}
		since = ev.At
	}
	if len(have) > 1 {
		total += max(0, s.To-max(since, s.From))
	}
	return total
}

// Partial returns the longest stretch within the span during which node had some of the addresses but not
// all of them.
func (t *Tape) Partial(node string, ips []netip.Addr, s Span) time.Duration {
	have := map[netip.Addr]bool{}
	var worst, since time.Duration
	part := false
	for _, ev := range t.moves(s.To, func(ev Event) bool { return ev.Node == node && slices.Contains(ips, ev.IP) }) {
		if ev.Kind == AddrUp {
			have[ev.IP] = true
		} else {
			delete(have, ev.IP)
		}
		was := part
		part = len(have) > 0 && len(have) < len(ips)
		switch {
		case part && !was:
			since = ev.At
		case was && !part:
			worst = max(worst, ev.At-max(since, s.From))
		}
	}
	if part {
		worst = max(worst, s.To-max(since, s.From))
	}
	return worst
}

// moves returns the comings and goings of addresses up to to that match, ordered by time.
func (t *Tape) moves(to time.Duration, match func(Event) bool) []Event {
	all := append(t.Select(AddrUp, Span{0, to}, match), t.Select(AddrDown, Span{0, to}, match)...)
	slices.SortStableFunc(all, func(a, b Event) int { return int(a.At - b.At) })
	return all
}
