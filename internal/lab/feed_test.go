package lab

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// spy is a view that notes what it is shown.
type spy struct {
	events []record.Event
	seen   []play.Progress
	said   []string
}

func (s *spy) event(ev record.Event)               { s.events = append(s.events, ev) }
func (s *spy) see(_ *record.Tape, p play.Progress) { s.seen = append(s.seen, p) }
func (s *spy) again(*record.Tape)                  {}
func (s *spy) hold([]string)                       {}
func (s *spy) logs(*record.Tape)                   { s.said = append(s.said, "logs") }
func (s *spy) end()                                { s.said = append(s.said, "end") }

func dr(t testing.TB) []play.Step {
	t.Helper()
	pairs, err := play.Published()
	if err != nil {
		t.Fatal(err)
	}
	for i := range pairs {
		if pairs[i].Name == "dr" {
			return play.Scenario(&pairs[i])
		}
	}
	t.Fatal("no dr")
	return nil
}

// What the lab in the guest sees arrives whole at the one outside, whatever pieces the console cuts it into, and whatever else is said
// there.
func TestFeedArrivesAsItWasSeen(t *testing.T) {
	vip := netip.MustParseAddr("192.168.11.100")
	events := []record.Event{
		{At: 1, Kind: record.Acted, Node: "web1", Text: "start web1"},
		{At: 2, Kind: record.Started, Node: "web1"},
		{At: 3, Kind: record.Served, Node: "web1", IP: vip, Seq: 7, Took: 2},
		{At: 4, Kind: record.Tabled, Node: "r1", Table: []record.Service{{
			Addr: netip.AddrPortFrom(vip, 80), Scheduler: "rr",
			Destinations: []record.Destination{{Addr: netip.MustParseAddrPort("192.168.12.121:80"), Forward: "Route", Weight: 1, Active: 2}},
		}}},
		{At: 5, Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 220, Prio: 100},
	}
	var console bytes.Buffer
	fmt.Fprintln(&console, "kernel: hello")
	f, steps := newFeeder(&console, "dr"), dr(t)
	tape := &record.Tape{}
	rows := []play.Row{{Step: "1", Want: "a", Got: "b", OK: true}}
	for i, ev := range events {
		tape.Add(ev)
		tape.Now = time.Duration(i) * time.Second
		f.event(ev)
		p := play.Progress{Steps: steps, At: i / 3, Began: 1, Waiting: []string{"it"}}
		if i > 2 {
			p.Rows = rows
		}
		f.see(tape, p)
	}
	rows = append(rows, play.Row{Step: "2", Want: "c", Got: "d"})
	f.see(tape, play.Progress{Steps: steps, At: 2, Rows: rows})
	f.end()

	var s spy
	l := &listener{open: func(string) (view, []play.Step) { return &s, steps }}
	for b := range slicesOf(console.Bytes(), 7) {
		if n, err := l.Write(b); n != len(b) || err != nil {
			t.Fatal(n, err)
		}
	}
	if d := cmp.Diff(events, s.events, cmpopts.EquateComparable(netip.Addr{}, netip.AddrPort{})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]PairResult{{Name: "dr", Rows: rows}}, l.done); d != "" {
		t.Error(d)
	}
	last := s.seen[len(s.seen)-1]
	if last.At != 2 || len(last.Rows) != 2 || len(last.Steps) != len(steps) {
		t.Errorf("the last progress is at %d, with the rows %v", last.At, last.Rows)
	}
	if got := strings.Join(s.said, " "); got != "logs end" {
		t.Errorf("at the end: %s", got)
	}
	if d := cmp.Diff([]string{"kernel: hello"}, l.rest); d != "" {
		t.Error(d)
	}
}

// slicesOf cuts bytes into pieces of n.
func slicesOf(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			k := min(n, len(b))
			if !yield(b[:k]) {
				return
			}
			b = b[k:]
		}
	}
}

// Nothing that comes from a console brings the lab down.
func FuzzListener(f *testing.F) {
	f.Add([]byte("{\"Begin\":\"dr\"}\n{\"Now\":5,\"At\":-3,\"Events\":[{\"At\":1,\"Kind\":12,\"Seq\":99999999999}]}\n{\"Over\":true}\nrest"))
	f.Add([]byte("{\"Begin\":\"xx\",\"Rows\":[{}]}\n[]\n\n{"))
	steps := dr(f)
	pairs, err := play.Published()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		o := &Options{Lines: io.Discard}
		l := &listener{open: func(name string) (view, []play.Step) {
			if name != "dr" {
				return nil, nil
			}
			return o.view(&pairs[5], "x"), steps
		}}
		_, _ = l.Write(b)
		l.finish()
	})
}
