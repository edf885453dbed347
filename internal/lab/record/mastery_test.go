package record

import (
	"slices"
	"testing"
	"time"
)

var vr = VR{"eth0", 7}

func advert(at time.Duration, node string, prio uint8) Event {
	return Event{At: at, Kind: Advert, Node: node, Link: "eth0", VRID: 7, Prio: prio}
}

func moved(at time.Duration, kind Kind, node string) Event {
	return Event{At: at, Kind: kind, Node: node, IP: vip}
}

func taped(evs ...Event) *Tape {
	t := &Tape{}
	for _, ev := range evs {
		t.Add(ev)
	}
	return t
}

func TestMasters(t *testing.T) {
	const sec = time.Second
	for name, c := range map[string]struct {
		evs  []Event
		now  time.Duration
		want []string
	}{
		"nobody":    {nil, sec, nil},
		"one":       {[]Event{advert(sec, "r1", 100)}, 2 * sec, []string{"r1"}},
		"fell":      {[]Event{advert(sec, "r1", 100)}, 6 * sec, nil},
		"farewell":  {[]Event{advert(sec, "r1", 100), advert(sec+1, "r1", 0)}, 2 * sec, nil},
		"contested": {[]Event{advert(sec, "r1", 100), advert(sec, "r2", 95)}, 2 * sec, []string{"r1", "r2"}},
		"late news": {[]Event{advert(2*sec, "r1", 0), advert(sec, "r1", 100)}, 2 * sec, nil},
		"other":     {[]Event{{At: sec, Kind: Advert, Node: "r1", Link: "eth0", VRID: 8, Prio: 1}}, 2 * sec, nil},
		"elsewhere": {[]Event{{At: sec, Kind: Advert, Node: "r1", Link: "eth1", VRID: 7, Prio: 1}}, 2 * sec, nil},
	} {
		tape := taped(c.evs...)
		tape.Now = c.now
		if got := tape.Masters(vr, 3600*ms); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestOverlapAddsUpTheTimeWithTwoOwners(t *testing.T) {
	tape := taped(
		moved(0, AddrUp, "r1"), moved(100*ms, AddrUp, "r2"), moved(130*ms, AddrDown, "r1"),
		moved(500*ms, AddrUp, "r1"), // and it stays
	)
	both := []string{"r1", "r2"}
	for _, c := range []struct {
		span Span
		want time.Duration
	}{
		{Span{0, 50 * ms}, 0},
		{Span{0, 400 * ms}, 30 * ms},
		{Span{110 * ms, 400 * ms}, 20 * ms},
		{Span{0, 600 * ms}, 130 * ms},
		{Span{550 * ms, 600 * ms}, 50 * ms},
	} {
		if got := tape.Overlap(vip, both, c.span); got != c.want {
			t.Errorf("%v: %v, want %v", c.span, got, c.want)
		}
	}
	if got := tape.Overlap(vip, []string{"r2"}, Span{0, 600 * ms}); got != 0 {
		t.Errorf("one owner overlaps itself by %v", got)
	}
}

func TestContest(t *testing.T) {
	clean := taped(advert(0, "r2", 95), advert(500*ms, "r1", 100), advert(1500*ms, "r1", 100))
	if got := clean.Contest("r1", "r2", vr, Span{0, 2 * time.Second}); got != 0 {
		t.Errorf("clean hand-over: %v", got)
	}
	fight := taped(advert(0, "r2", 95), advert(500*ms, "r1", 100), advert(time.Second, "r2", 95), advert(1500*ms, "r1", 100))
	if got := fight.Contest("r1", "r2", vr, Span{0, 2 * time.Second}); got != 500*ms {
		t.Errorf("fight: %v, want 500ms", got)
	}
}

func TestWordsFollowTheOrderInWhichScriptsStarted(t *testing.T) {
	word := func(at time.Duration, pid int, text string) Event {
		return Event{At: at, Kind: Notified, Node: "r1", Seq: pid, Text: text}
	}
	tape := taped(
		word(10*ms, 101, "b"), word(11*ms, 100, "a"), // overtaken
		word(5*time.Second, 50, "c"),                                      // long after: the pid says nothing
		word(6*time.Second, 32767, "d"), word(6*time.Second+ms, 300, "e"), // wrapped around
	)
	want := []string{"a", "b", "c", "d", "e"}
	if got := tape.Words("r1", Span{0, 10 * time.Second}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := tape.Words("r2", Span{0, 10 * time.Second}); got != nil {
		t.Errorf("r2 heard %v", got)
	}
}

func TestNodeFollowsEvents(t *testing.T) {
	tape := taped(Event{Kind: Started, Node: "r1"}, advert(1, "r1", 9), moved(2, AddrUp, "r1"),
		Event{At: 3, Kind: CarrierDown, Node: "r1", Text: "eth0"}, Event{At: 4, Kind: Announced, Node: "r1", IP: vip})
	n := tape.Node("r1")
	if !n.Running || !n.Cut["eth0"] || n.Cut["eth1"] || n.Adverts != 1 || n.Garps != 1 || len(tape.Has(vip)) != 1 {
		t.Errorf("%+v", n)
	}
	for range keepLines + 5 {
		tape.Add(Event{Kind: Line, Node: "r1", Text: "x"})
	}
	if len(n.Lines) != keepLines {
		t.Errorf("%d lines kept, want %d", len(n.Lines), keepLines)
	}
	tape.Add(moved(5, AddrDown, "r1"))
	tape.Add(Event{At: 6, Kind: Exited, Node: "r1"})
	if n.Running || len(tape.Has(vip)) != 0 {
		t.Errorf("%+v", n)
	}
}
