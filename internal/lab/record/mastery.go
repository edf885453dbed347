package record

import (
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Adverts returns what node sent for vrid in the span: claims (priority above 0) or farewells.
func (t *Tape) Adverts(node string, vrid uint8, s Span, farewell bool) []Event {
	return t.Select(Advert, s, func(ev Event) bool {
		return ev.Node == node && ev.VRID == vrid && (ev.Prio == 0) == farewell
	})
}

// LastClaim returns the newest advertisement with a priority above 0 that node sent for vrid up to at.
func (t *Tape) LastClaim(node string, vrid uint8, at time.Duration) (Event, bool) {
	evs := t.Adverts(node, vrid, Span{0, at}, false)
	if len(evs) == 0 {
		return Event{}, false
	}
	return evs[len(evs)-1], true
}

// Masters returns the routers that claim vrid now: those whose last word within the last `within` was
// an advertisement with a priority above 0. Two names mean two masters.
func (t *Tape) Masters(vrid uint8, within time.Duration) []string {
	last := map[string]Event{}
	for i := len(t.Events) - 1; i >= 0; i-- {
		ev := t.Events[i]
		if ev.At < t.Now-within-time.Second { // arrival order differs from time order by less than this
			break
		}
		if ev.Kind != Advert || ev.VRID != vrid || ev.At < t.Now-within {
			continue
		}
		if old, seen := last[ev.Node]; !seen || ev.At > old.At {
			last[ev.Node] = ev
		}
	}
	maps.DeleteFunc(last, func(_ string, ev Event) bool { return ev.Prio == 0 })
	return slices.Sorted(maps.Keys(last))
}

// Overlap returns how long, in all, more than one of the nodes had ip during the span.
func (t *Tape) Overlap(ip netip.Addr, nodes []string, s Span) time.Duration {
	moves := []Event{}
	for _, k := range []Kind{AddrUp, AddrDown} {
		moves = append(moves, t.Select(k, Span{0, s.To}, func(ev Event) bool {
			return ev.IP == ip && slices.Contains(nodes, ev.Node)
		})...)
	}
	slices.SortStableFunc(moves, func(a, b Event) int { return int(a.At - b.At) })
	have := map[string]bool{}
	var total, since time.Duration
	for _, ev := range moves {
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

// Contest returns for how long two routers claimed vrid in turns during the span: from the newcomer's
// first claim to the other's last claim after it. Zero is a clean hand-over.
func (t *Tape) Contest(newcomer, other string, vrid uint8, s Span) time.Duration {
	first := t.Adverts(newcomer, vrid, s, false)
	if len(first) == 0 {
		return 0
	}
	after := t.Adverts(other, vrid, Span{first[0].At, s.To}, false)
	if len(after) == 0 {
		return 0
	}
	return after[len(after)-1].At - first[0].At
}

// Words returns what node's notify script was told during the span, in the order in which the scripts
// were started: scripts run side by side, so the later one may speak first.
func (t *Tape) Words(node string, s Span) []string {
	evs := t.Select(Notified, s, func(ev Event) bool { return ev.Node == node })
	for i := range evs {
		for j := i; j > 0 && startedBefore(evs[j], evs[j-1]); j-- {
			evs[j], evs[j-1] = evs[j-1], evs[j]
		}
	}
	var words []string
	for _, ev := range evs {
		words = append(words, ev.Text)
	}
	return words
}

// startedBefore compares two scripts that spoke shortly after one another by their process ids, which
// the kernel gives out in ascending order until they wrap around.
func startedBefore(a, b Event) bool {
	const shortly, wrapped = 2 * time.Second, 10000
	return a.At-b.At < shortly && a.Seq < b.Seq && b.Seq-a.Seq < wrapped
}
