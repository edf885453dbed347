package record

import (
	"maps"
	"slices"
	"time"
)

// Adverts returns what node sent for vr in the span: claims (priority above 0) or farewells.
func (t *Tape) Adverts(node string, vr VR, s Span, farewell bool) []Event {
	return t.Select(Advert, s, func(ev Event) bool {
		return ev.Node == node && ev.VR() == vr && (ev.Prio == 0) == farewell
	})
}

// LastClaim returns the newest advertisement with a priority above 0 that node sent for vr up to at.
func (t *Tape) LastClaim(node string, vr VR, at time.Duration) (Event, bool) {
	evs := t.Adverts(node, vr, Span{0, at}, false)
	if len(evs) == 0 {
		return Event{}, false
	}
	return evs[len(evs)-1], true
}

// Masters returns the routers that claim vr now: those whose last word within the last `within` was
// an advertisement with a priority above 0. Two names mean two masters.
func (t *Tape) Masters(vr VR, within time.Duration) []string {
	last := map[string]Event{}
	for i := len(t.Events) - 1; i >= 0; i-- {
		ev := t.Events[i]
		if ev.At < t.Now-within-time.Second { // arrival order differs from time order by less than this
			break
		}
		if ev.Kind != Advert || ev.VR() != vr || ev.At < t.Now-within {
			continue
		}
		if old, seen := last[ev.Node]; !seen || ev.At > old.At {
			last[ev.Node] = ev
		}
	}
	maps.DeleteFunc(last, func(_ string, ev Event) bool { return ev.Prio == 0 })
	return slices.Sorted(maps.Keys(last))
}

// Contest returns for how long two routers claimed vr in turns during the span: from the newcomer's
// first claim to the other's last claim after it. Zero is a clean hand-over.
func (t *Tape) Contest(newcomer, other string, vr VR, s Span) time.Duration {
	first := t.Adverts(newcomer, vr, s, false)
	if len(first) == 0 {
		return 0
	}
	after := t.Adverts(other, vr, Span{first[0].At, s.To}, false)
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
