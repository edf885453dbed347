package record

import (
	"net/netip"
	"testing"
	"time"
)

const ms = time.Millisecond

var vip = netip.MustParseAddr("192.0.2.100")

// ask puts one probe each millisecond from..to on the tape, answered by the router (or nobody, if empty).
func ask(t *Tape, from, to int, by string) {
	for i := from; i < to; i++ {
		at := time.Duration(i) * ms
		t.Add(Event{At: at, Kind: Sent, IP: vip, Seq: i})
		if by != "" {
			t.Add(Event{At: at + ms/2, Kind: Answered, IP: vip, Seq: i, Node: by})
		}
	}
}

func TestOutageIsFromTheFirstLostProbeToTheNextAnswered(t *testing.T) {
	var tape Tape
	ask(&tape, 0, 100, "r1")
	ask(&tape, 100, 110, "")
	ask(&tape, 110, 200, "r1")
	ask(&tape, 200, 700, "")
	ask(&tape, 700, 900, "r2")
	g := tape.Reach(vip).Outage(Span{0, 900 * ms})
	if want := (Gap{From: 200 * ms, To: 700 * ms, Lost: 500}); g != want {
		t.Errorf("outage %+v, want %+v", g, want)
	}
	if n := len(tape.Reach(vip).Gaps(Span{0, 900 * ms})); n != 2 {
		t.Errorf("%d gaps, want 2", n)
	}
	if g := tape.Reach(vip).Outage(Span{0, 99 * ms}); g != (Gap{}) {
		t.Errorf("outage before anything happened: %+v", g)
	}
	if g := tape.Reach(vip).Outage(Span{0, 400 * ms}); !g.Open || g.Lost != 201 {
		t.Errorf("outage under way: %+v", g)
	}
	if g := tape.Reach(vip).Outage(Span{500 * ms, 400 * ms}); g.Lost != 0 {
		t.Errorf("outage of an empty span: %+v", g)
	}
}

func TestALateClientMakesNoOutage(t *testing.T) {
	var tape Tape
	for i, at := range []time.Duration{0, ms, 2 * ms, 90 * ms, 91 * ms} {
		tape.Add(Event{At: at, Kind: Sent, IP: vip, Seq: i})
		tape.Add(Event{At: at + ms, Kind: Answered, IP: vip, Seq: i, Node: "r1"})
	}
	if g := tape.Reach(vip).Outage(Span{0, time.Second}); g.Lost != 0 {
		t.Errorf("outage %+v", g)
	}
	if late := tape.Late(Span{0, time.Second}); late != 87*ms {
		t.Errorf("late %v, want 87ms", late)
	}
}

func TestAnAnswerPastPatienceDoesNotCount(t *testing.T) {
	var tape Tape
	tape.Add(Event{At: 0, Kind: Sent, IP: vip, Seq: 0})
	tape.Add(Event{At: Grace + 1, Kind: Answered, IP: vip, Seq: 0, Node: "r1"})
	tape.Add(Event{At: Grace + 1, Kind: Answered, IP: vip, Seq: 7, Node: "r1"}) // never asked
	if g := tape.Reach(vip).Outage(Span{0, time.Second}); g.Lost != 1 {
		t.Errorf("outage %+v, want one lost probe", g)
	}
}

func TestSteadyWantsOneRouterAndNoLoss(t *testing.T) {
	var tape Tape
	ask(&tape, 0, 500, "r1")
	ask(&tape, 500, 1000, "r2")
	r := tape.Reach(vip)
	for _, c := range []struct {
		node      string
		from, now time.Duration
		want      bool
	}{
		{"r2", 0, time.Second, true},
		{"r1", 0, time.Second, false},
		{"r2", 700 * ms, time.Second, false}, // some of the 200 were sent before
		{"r1", 0, 500 * ms, true},
		{"r1", 0, 700*ms + Grace, false},
	} {
		if got := r.Steady(c.node, 200, c.from, c.now); got != c.want {
			t.Errorf("Steady(%s, from %v, now %v) = %v", c.node, c.from, c.now, got)
		}
	}
}

func TestStripKeepsProbesInTheirCells(t *testing.T) {
	var tape Tape
	ask(&tape, 0, 100, "r1")
	ask(&tape, 100, 200, "")
	ask(&tape, 200, 250, "")
	ask(&tape, 250, 300, "r2")
	r := tape.Reach(vip)
	cells := r.Strip(599*ms, 100*ms, 6)
	want := []Cell{{0, "r1", 100}, {100, "", 100}, {50, "r2", 100}, {}, {}, {}}
	for i := range want {
		if cells[i] != want[i] {
			t.Errorf("cell %d: %+v, want %+v", i, cells[i], want[i])
		}
	}
	moved := r.Strip(600*ms, 100*ms, 6)
	if moved[0] != want[1] || moved[1] != want[2] {
		t.Errorf("after 1 ms the strip is %+v", moved)
	}
	if early := r.Strip(260*ms, 100*ms, 6)[5]; early != (Cell{0, "r2", 11}) {
		t.Errorf("probes given up within their grace: %+v", early)
	}
}

// A client that probes for hours is remembered by its last probes, and an answer still finds its own.
func TestReachIsBounded(t *testing.T) {
	var r Reach
	const last = 3*keepProbes + 5
	for i := range last + 1 {
		r.sent(i, time.Duration(i))
	}
	r.answered(last, last+1, "r1")
	r.answered(1, 2, "r2") // of one that is forgotten
	n := len(r.Probes)
	if n < keepProbes || n > 2*keepProbes || r.Probes[0].Sent != time.Duration(last+1-n) || r.Probes[n-1] != (Probe{Sent: last, Back: last + 1, By: "r1"}) {
		t.Errorf("%d probes are left, from %d to %+v", n, r.Probes[0].Sent, r.Probes[n-1])
	}
	if r.Probes[1].By != "" {
		t.Error("a late answer belongs to another probe")
	}
}
