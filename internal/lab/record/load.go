package record

import (
	"slices"
	"time"
)

// Request is one request of the client over a connection of its own.
type Request struct {
	Sent, Done time.Duration
	By         string // who answered; empty if nobody did, and then
	Why        string // says why
}

// Load is what the client asked of one virtual address.
type Load struct{ Requests []Request } // in the order in which they were sent

// keepRequests is how many are remembered at least, as keepProbes.
const keepRequests = 1 << 16

// add keeps the order: requests end a little out of it.
func (l *Load) add(r Request) {
	if len(l.Requests) == 2*keepRequests {
		l.Requests = slices.Delete(l.Requests, 0, keepRequests)
	}
	i := len(l.Requests)
	for i > 0 && l.Requests[i-1].Sent > r.Sent {
		i--
	}
	l.Requests = slices.Insert(l.Requests, i, r)
}

// Within returns the requests that were sent in the span and are over.
func (l *Load) Within(s Span) []Request {
	return l.Requests[min(l.index(s.From), l.index(s.To+1)):l.index(s.To+1)]
}

// index returns the position of the first request sent at or after at.
func (l *Load) index(at time.Duration) int {
	i, _ := slices.BinarySearchFunc(l.Requests, at, func(r Request, at time.Duration) int {
		if r.Sent < at {
			return -1
		}
		return 1
	})
	return i
}

// Tally counts requests by who answered; "" has those that nobody did.
func Tally(rs []Request) map[string]int {
	by := map[string]int{}
	for _, r := range rs {
		by[r.By]++
	}
	return by
}

// Failed counts those that nobody answered.
func Failed(rs []Request) int { return Tally(rs)[""] }

// Outage returns the longest time in the span without an answered request: from when the first of a run of failed ones was sent to
// when the next answered one was. Answered ones in between end a run. The zero Gap if none failed.
func (l *Load) Outage(s Span) (worst Gap) {
	var g Gap
	end := func() {
		if g.Lost > 0 && (worst.Lost == 0 || g.Length() > worst.Length()) {
			worst = g
		}
		g = Gap{}
	}
	for _, r := range l.Within(s) {
		if r.By != "" {
			g.To, g.Open = r.Sent, false
			end()
			continue
		}
		if g.Lost == 0 {
			g.From = r.Sent
		}
		g.To, g.Lost, g.Open = r.Sent, g.Lost+1, true
	}
	end()
	return worst
}

// Latest returns the last n requests that are over and were sent after from, and whether there are so many. Those that are as
// young as a request may be at most are left out, for some of their time are not over yet.
func (l *Load) Latest(n int, from, now time.Duration) ([]Request, bool) {
	end := l.index(now - Patience)
	if end < n || l.Requests[end-n].Sent < from {
		return nil, false
	}
	return l.Requests[end-n : end], true
}

// Patience is how long the client waits for the end of an answer.
const Patience = time.Second

// Rate counts the requests that came to their end within the last time before now, by who answered.
func (l *Load) Rate(now, last time.Duration) map[string]int {
	by := map[string]int{}
	for i := len(l.Requests) - 1; i >= 0 && l.Requests[i].Sent >= now-last-Patience; i-- {
		if r := l.Requests[i]; r.Done > now-last && r.Done <= now {
			by[r.By]++
		}
	}
	return by
}

// Slice cuts the time before now into n parts of the length step, oldest first, and counts in each the requests sent then.
func (l *Load) Slice(now, step time.Duration, n int) []map[string]int {
	parts := make([]map[string]int, n)
	end := now - now%step + step // so that a request stays in its part from frame to frame
	start := end - time.Duration(n)*step
	for i := range parts {
		from := start + time.Duration(i)*step
		parts[i] = Tally(l.Within(Span{from, from + step - 1}))
	}
	return parts
}

// stall is how long the client may be late with a request before the machine is said to have stood still.
const stall = 100 * time.Millisecond

// Stalls returns when in the span the client itself came to nothing, and so whatever else runs on the machine: it meant to send
// requests and sent none.
func (t *Tape) Stalls(s Span) (all []Span) {
	var sent []time.Duration
	for _, l := range t.load {
		for _, r := range l.Within(s) {
			sent = append(sent, r.Sent)
		}
	}
	slices.Sort(sent)
	for i := 1; i < len(sent); i++ {
		if sent[i]-sent[i-1] > Pace+stall {
			all = append(all, Span{sent[i-1] + Pace, sent[i]})
		}
	}
	return all
}

// Excused returns how many of the requests that nobody answered were under way while the machine stood still.
func (t *Tape) Excused(rs []Request, s Span) (n int) {
	stalls := t.Stalls(Span{s.From - Patience, s.To + Patience})
	for _, r := range rs {
		if r.By == "" && slices.ContainsFunc(stalls, func(s Span) bool { return r.Sent <= s.To && r.Done >= s.From }) {
			n++
		}
	}
	return n
}
