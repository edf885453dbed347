package record

import (
	"slices"
	"time"
)

// Grace is the client's patience: a probe without an answer for so long is lost, even if an answer comes
// yet. (The first probes to an address that nobody has wait in the client's own kernel for an ARP answer,
// and go out all at once when it comes.)
const Grace = 200 * time.Millisecond

// Probe is one question of the client. By is empty while there is no answer.
type Probe struct {
	Sent time.Duration
	Back time.Duration
	By   string
}

// Reach is one virtual address as the client sees it: every probe, by sequence number, but for those that are long ago.
type Reach struct {
	Probes []Probe
	first  int // the number of the first
}

// Gap is a run of unanswered probes. From is when the first of them was sent, To when the next answered
// one was (or the last unanswered one, if Open). A client that was itself late sends no probes and so
// makes no gap.
type Gap struct {
	From, To time.Duration
	Lost     int
	Open     bool
}

// Length is the outage in time.
func (g Gap) Length() time.Duration { return g.To - g.From }

// keepProbes is how many are remembered at least: a quarter of an hour's. No scenario takes so long; a lab that is held does.
const keepProbes = 1 << 20

func (r *Reach) sent(seq int, at time.Duration) {
	if seq < r.first {
		return
	}
	for r.first+len(r.Probes) <= seq {
		if len(r.Probes) == 2*keepProbes {
			r.Probes = slices.Delete(r.Probes, 0, keepProbes)
			r.first += keepProbes
		}
		r.Probes = append(r.Probes, Probe{Sent: at})
	}
	r.Probes[seq-r.first].Sent = at
}

func (r *Reach) answered(seq int, at time.Duration, by string) {
	if seq -= r.first; seq < 0 || seq >= len(r.Probes) {
		return
	}
	if p := &r.Probes[seq]; p.By == "" && at-p.Sent <= Grace {
		p.Back, p.By = at, by
	}
}

// within returns the probes sent in the span. Probes are sent in order.
func (r *Reach) within(s Span) []Probe {
	lo, hi := r.index(s.From), r.index(s.To+1)
	return r.Probes[min(lo, hi):hi]
}

// index returns the position of the first probe sent at or after at.
func (r *Reach) index(at time.Duration) int {
	lo, hi := 0, len(r.Probes)
	for lo < hi {
		if mid := (lo + hi) / 2; r.Probes[mid].Sent < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Gaps returns the runs of unanswered probes that begin in the span, in order.
func (r *Reach) Gaps(s Span) []Gap {
	var gaps []Gap
	open := false
	for _, p := range r.within(s) {
		if p.By != "" {
			if open {
				gaps[len(gaps)-1].To, gaps[len(gaps)-1].Open, open = p.Sent, false, false
			}
			continue
		}
		if !open {
			gaps, open = append(gaps, Gap{From: p.Sent, Open: true}), true
		}
		gaps[len(gaps)-1].To = p.Sent
		gaps[len(gaps)-1].Lost++
	}
	return gaps
}

// Outage returns the longest gap in the span; the zero Gap if every probe was answered.
func (r *Reach) Outage(s Span) Gap {
	var worst Gap
	for _, g := range r.Gaps(s) {
		if g.Lost > 0 && (worst.Lost == 0 || g.Length() > worst.Length()) {
			worst = g
		}
	}
	return worst
}

// Steady reports whether the last n probes older than Grace were all answered by node and sent after from.
func (r *Reach) Steady(node string, n int, from, now time.Duration) bool {
	end := r.index(now - Grace)
	if end < n {
		return false
	}
	for _, p := range r.Probes[end-n : end] {
		if p.By != node || p.Sent < from {
			return false
		}
	}
	return true
}

// Cell is one column of the reachability strip.
type Cell struct {
	Lost int
	By   string // who answered last; empty if nobody did
	Sent int
}

// Strip cuts the time before now into n cells of width step, oldest first. Probes younger than Grace
// and without an answer are not counted yet.
func (r *Reach) Strip(now, step time.Duration, n int) []Cell {
	cells := make([]Cell, n)
	end := now - now%step + step // so that a probe stays in its cell from frame to frame
	start := end - time.Duration(n)*step
	for _, p := range r.within(Span{max(start, 0), now}) {
		i := int((p.Sent - start) / step)
		switch {
		case i < 0 || i >= n:
		case p.By != "":
			cells[i].Sent++
			cells[i].By = p.By
		case now-p.Sent >= Grace:
			cells[i].Sent++
			cells[i].Lost++
		}
	}
	return cells
}

// late returns the longest time by which two probes in the span were further apart than period.
func (r *Reach) late(s Span, period time.Duration) time.Duration {
	var worst time.Duration
	probes := r.within(s)
	for i := 1; i < len(probes); i++ {
		worst = max(worst, probes[i].Sent-probes[i-1].Sent-period)
	}
	return worst
}
