package record

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// requests puts a request each 10 ms from..to (in ms) on the tape, which takes 2 ms; if nobody answers, as long as patience lasts.
func requests(t *Tape, from, to int, by string) {
	for at := from; at < to; at += 10 {
		ev := Event{Kind: Served, IP: vip, Node: by, Took: 2 * ms}
		if by == "" {
			ev.Took, ev.Text = Patience, "no connection"
		}
		ev.At = time.Duration(at)*ms + ev.Took
		t.Add(ev)
	}
}

func TestRequestsAreKeptInTheOrderTheyWereSent(t *testing.T) {
	var tape Tape
	requests(&tape, 0, 30, "")
	requests(&tape, 30, 60, "web1")
	l := &Load{}
	for _, i := range []int{3, 4, 0, 5, 1, 2} { // as they end
		l.add(tape.Load(vip).Requests[i])
	}
	if d := cmp.Diff(tape.Load(vip).Requests, l.Requests); d != "" {
		t.Error(d)
	}
	if rs := l.Within(Span{10 * ms, 40 * ms}); len(rs) != 4 || Failed(rs) != 2 || Tally(rs)["web1"] != 2 {
		t.Errorf("%+v", rs)
	}
	if rs := l.Within(Span{40 * ms, 10 * ms}); len(rs) != 0 {
		t.Errorf("an empty span has %+v", rs)
	}
}

func TestLoadOutage(t *testing.T) {
	var tape Tape
	requests(&tape, 0, 1000, "web1")
	requests(&tape, 1000, 1050, "")
	requests(&tape, 1050, 2000, "web2")
	requests(&tape, 2000, 2300, "")
	l := tape.Load(vip)
	if g, want := l.Outage(Span{0, 1900 * ms}), (Gap{From: 1000 * ms, To: 1050 * ms, Lost: 5}); g != want {
		t.Errorf("%+v, want %+v", g, want)
	}
	if g, want := l.Outage(Span{0, 3 * time.Second}), (Gap{From: 2000 * ms, To: 2290 * ms, Lost: 30, Open: true}); g != want {
		t.Errorf("%+v, want %+v", g, want)
	}
	if g := l.Outage(Span{0, 900 * ms}); g != (Gap{}) {
		t.Errorf("%+v", g)
	}
}

func TestLatestWantsThemOverAndYoung(t *testing.T) {
	var tape Tape
	requests(&tape, 0, 3000, "web1")
	l := tape.Load(vip)
	rs, ok := l.Latest(100, 500*ms, 3*time.Second)
	if !ok || len(rs) != 100 || rs[99].Sent != 1990*ms { // younger ones may have brothers that are not over yet
		t.Errorf("%v, %d, the last of %v", ok, len(rs), rs[len(rs)-1].Sent)
	}
	if _, ok := l.Latest(100, 1500*ms, 3*time.Second); ok {
		t.Error("some were sent too early")
	}
	if _, ok := l.Latest(100, 0, 1500*ms); ok {
		t.Error("there are not so many")
	}
}

func TestRateAndSlices(t *testing.T) {
	var tape Tape
	requests(&tape, 0, 1000, "web1")
	requests(&tape, 1000, 2000, "")
	l := tape.Load(vip)
	if d := cmp.Diff(map[string]int{"web1": 50}, l.Rate(1500*ms, time.Second)); d != "" { // the failed ones are not over
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"": 50}, l.Rate(2490*ms, 500*ms)); d != "" {
		t.Error(d)
	}
	want := []map[string]int{{}, {"web1": 25}, {"web1": 25}, {"web1": 25}, {"web1": 25}, {"": 25}}
	if d := cmp.Diff(want, l.Slice(1240*ms, 250*ms, 6)); d != "" {
		t.Error(d)
	}
}

func TestAMachineThatStoodStillExcuses(t *testing.T) {
	var tape Tape
	requests(&tape, 0, 1000, "web1")
	requests(&tape, 990, 1000, "")   // under way when it begins
	requests(&tape, 2000, 2010, "")  // the first after it
	requests(&tape, 2010, 4000, "w") // no more
	requests(&tape, 3500, 3510, "")
	whole := Span{0, 4 * time.Second}
	if d := cmp.Diff([]Span{{1000 * ms, 2000 * ms}}, tape.Stalls(whole)); d != "" {
		t.Error(d)
	}
	if late := tape.Late(whole); late != time.Second {
		t.Errorf("late by %v", late)
	}
	if n := tape.Excused(tape.Load(vip).Within(whole), whole); n != 2 {
		t.Errorf("%d excused, want 2", n)
	}
}

func TestTablesAreKeptWhenTheyDiffer(t *testing.T) {
	var tape Tape
	at := func(at time.Duration, active int, weight int) Event {
		return Event{At: at, Kind: Tabled, Node: "r1", Table: []Service{{Scheduler: "rr", Destinations: []Destination{{Weight: weight, Active: active}}}}}
	}
	for _, ev := range []Event{at(1, 0, 1), at(2, 5, 1), at(3, 5, 2), at(4, 6, 2), {At: 5, Kind: Tabled, Node: "r1"}} {
		tape.Add(ev)
	}
	evs := tape.Select(Tabled, Span{0, 9}, func(Event) bool { return true })
	if len(evs) != 3 || evs[1].At != 3 || len(tape.Node("r1").Table) != 0 {
		t.Errorf("%+v", evs)
	}
}

// A client that asks for hours is remembered by its last requests.
func TestLoadIsBounded(t *testing.T) {
	var l Load
	for i := range 5 * keepRequests {
		l.add(Request{Sent: time.Duration(i), Done: time.Duration(i), By: "web1"})
	}
	if n := len(l.Requests); n < keepRequests || n > 2*keepRequests || l.Requests[n-1].Sent != 5*keepRequests-1 || l.Requests[0].Sent != time.Duration(5*keepRequests-n) {
		t.Errorf("%d requests are left, from %d to %d", n, l.Requests[0].Sent, l.Requests[n-1].Sent)
	}
}
