package record

import (
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Node is what is known of one router now.
type Node struct {
	Running bool
	Cut     map[string]bool // its interfaces without carrier
	Adverts int             // sent by it, as the bridges saw them
	Garps   int
	IPs     map[netip.Addr]time.Duration // the addresses it has, since when
	Lines   []string                     // its last log lines
	Word    string                       // the last thing its notify script was told
	Table   []Service                    // its virtual services
}

// keepLines is how many log lines of each router are kept for the screen.
const keepLines = 30

// Tape is everything seen so far. The zero Tape is empty and ready; it is not safe for concurrent use.
type Tape struct {
	Now    time.Duration
	Events []Event // in order of arrival; neither probes nor requests, and of the tables only those that differ in more than counts
	nodes  map[string]*Node
	reach  map[netip.Addr]*Reach
	load   map[netip.Addr]*Load
}

// Node returns the named router's state, which is never nil.
func (t *Tape) Node(name string) *Node {
	n := t.nodes[name]
	if n == nil {
		if t.nodes == nil {
			t.nodes = map[string]*Node{}
		}
		n = &Node{Cut: map[string]bool{}, IPs: map[netip.Addr]time.Duration{}}
		t.nodes[name] = n
	}
	return n
}

// Reach returns the client's view of a virtual address, which is never nil.
func (t *Tape) Reach(ip netip.Addr) *Reach {
	r := t.reach[ip]
	if r == nil {
		if t.reach == nil {
			t.reach = map[netip.Addr]*Reach{}
		}
		r = &Reach{}
		t.reach[ip] = r
	}
	return r
}

// Load returns the requests to a virtual address, which is never nil.
func (t *Tape) Load(ip netip.Addr) *Load {
	l := t.load[ip]
	if l == nil {
		if t.load == nil {
			t.load = map[netip.Addr]*Load{}
		}
		l = &Load{}
		t.load[ip] = l
	}
	return l
}

// Add puts an event on the tape.
func (t *Tape) Add(ev Event) {
	t.Now = max(t.Now, ev.At)
	switch ev.Kind {
	case Sent:
		t.Reach(ev.IP).sent(ev.Seq, ev.At)
		return
	case Answered:
		t.Reach(ev.IP).answered(ev.Seq, ev.At, ev.Node)
		return
	case Served:
		t.Load(ev.IP).add(Request{Sent: ev.At - ev.Took, Done: ev.At, By: ev.Node, Why: ev.Text})
		return
	case Tabled:
		n := t.Node(ev.Node)
		same := SameTable(n.Table, ev.Table)
		if n.Table = ev.Table; same {
			return
		}
	}
	t.Events = append(t.Events, ev)
	n := t.Node(ev.Node)
	switch ev.Kind {
	case Advert:
		n.Adverts++
	case Announced:
		n.Garps++
	case AddrUp:
		n.IPs[ev.IP] = ev.At
	case AddrDown:
		delete(n.IPs, ev.IP)
	case CarrierUp:
		delete(n.Cut, ev.Text)
	case CarrierDown:
		n.Cut[ev.Text] = true
	case Notified:
		n.Word = ev.Text
	case Line:
		n.Lines = append(n.Lines, ev.Text)
		n.Lines = n.Lines[max(0, len(n.Lines)-keepLines):]
	case Started, Exited:
		n.Running = ev.Kind == Started
	}
}

// Has returns the routers that have ip now, by name.
func (t *Tape) Has(ip netip.Addr) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(t.nodes)) {
		if _, ok := t.nodes[name].IPs[ip]; ok {
			names = append(names, name)
		}
	}
	return names
}

// Select returns the events of one kind that match and lie in the span, ordered by time.
func (t *Tape) Select(k Kind, s Span, match func(Event) bool) []Event {
	var out []Event
	for _, ev := range t.Events {
		if ev.Kind == k && s.Has(ev.At) && match(ev) {
			out = append(out, ev)
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int { return int(a.At - b.At) })
	return out
}

// Period is how far apart the client means to send its probes, and Pace its requests: to each address Pace times the number of
// addresses.
const (
	Period = time.Millisecond
	Pace   = 10 * time.Millisecond
)

// Late returns by how much the client itself overslept at worst during the span, or of requests, in all: what this machine adds to
// any figure.
func (t *Tape) Late(s Span) time.Duration {
	var worst time.Duration
	for _, r := range t.reach {
		worst = max(worst, r.late(s, Period))
	}
	var still time.Duration
	for _, s := range t.Stalls(s) {
		still += s.To - s.From
	}
	return max(worst, still)
}
