package screen

import (
	"flag"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const ms = time.Millisecond

var vip = netip.MustParseAddr("172.16.8.100")

// golden compares lines with a file under testdata.
func golden(t *testing.T, name string, lines []string) {
	t.Helper()
	got, file := strings.Join(lines, "\n")+"\n", "testdata/"+name+".txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func published(t *testing.T, name string) *play.Pair {
	t.Helper()
	pairs, err := play.Published()
	if err != nil {
		t.Fatal(err)
	}
	for i := range pairs {
		if pairs[i].Name == name {
			return &pairs[i]
		}
	}
	t.Fatalf("no pair %s", name)
	return nil
}

func single(t *testing.T) *play.Pair { return published(t, "single") }

// takeover is what a tape holds half a second after r2 took over from r1, which was killed at 5 s.
func takeover(t *testing.T) Scene {
	t.Helper()
	tape := &record.Tape{}
	add := func(evs ...record.Event) {
		for _, ev := range evs {
			tape.Add(ev)
		}
	}
	add(record.Event{Kind: record.Started, Node: "r1"}, record.Event{Kind: record.Started, Node: "r2"},
		record.Event{At: 100 * ms, Kind: record.AddrUp, Node: "r1", IP: vip},
		record.Event{At: 110 * ms, Kind: record.Notified, Node: "r1", Text: "VG_1 master"},
		record.Event{At: 5 * time.Second, Kind: record.Exited, Node: "r1", Text: "signal: killed"},
		record.Event{At: 8 * time.Second, Kind: record.AddrUp, Node: "r2", IP: vip},
		record.Event{At: 8 * time.Second, Kind: record.Announced, Node: "r2", IP: vip},
		record.Event{At: 8 * time.Second, Kind: record.Line, Node: "r2", Text: "Fri Nov 20 08:47:12 2026: (VG_1) Entering MASTER STATE"})
	for range 3 {
		add(record.Event{At: 8 * time.Second, Kind: record.Line, Node: "r2", Text: "Fri Nov 20 08:47:12 2026: Sending gratuitous ARP on eth0\x1b[2J"})
	}
	for i := range 5 {
		add(record.Event{At: time.Duration(i) * time.Second, Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 103, Prio: 100})
	}
	add(record.Event{At: 8 * time.Second, Kind: record.Advert, Node: "r2", Link: "eth0", VRID: 103, Prio: 95})
	for i := range 8500 {
		at := time.Duration(i) * ms
		add(record.Event{At: at, Kind: record.Sent, IP: vip, Seq: i})
		by := "r1"
		if i >= 8050 {
			by = "r2"
		}
		if i < 5000 || i >= 8050 {
			add(record.Event{At: at, Kind: record.Answered, IP: vip, Seq: i, Node: by})
		}
	}
	tape.Now = 8500 * ms
	p := single(t)
	return Scene{
		Pair: p, Tape: tape, Daemon: "/usr/sbin/keepalived",
		Progress: play.Progress{
			Steps: play.Scenario(p), At: 2, Began: 5 * time.Second, Waiting: []string{"r2 to advertise VG_1 2×"},
			Rows: []play.Row{{Step: "1 cold start: r1", Want: "a", Got: "b", OK: true}, {Step: "2 second router: r2", Want: "quiet", Got: "loud"}},
		},
	}
}

func TestPicture(t *testing.T) {
	s := takeover(t)
	golden(t, "takeover", Picture(s, Size{100, 36}, false))
	golden(t, "small", Picture(s, Size{44, 14}, false))
	s.Progress.At, s.Notes = len(s.Progress.Steps), []string{"Look inside with …"}
	golden(t, "held", Picture(s, Size{100, 30}, false))
}

func TestPictureNeverLeavesTheScreen(t *testing.T) {
	for _, size := range []Size{{40, 5}, {60, 20}, {132, 60}} {
		fits(t, takeover(t), size)
		fits(t, split(t), size)
	}
}

func fits(t *testing.T, s Scene, size Size) {
	t.Helper()
	plain := Picture(s, size, false)
	if len(plain) >= size.Height {
		t.Errorf("%v: %d lines", size, len(plain))
	}
	for i, l := range plain {
		if n := len([]rune(l)); n > size.Width {
			t.Errorf("%v: line %d has %d columns", size, i, n)
		}
		if strings.ContainsRune(l, '\x1b') {
			t.Errorf("%v: line %d carries an escape of the daemon's: %q", size, i, l)
		}
	}
	colored := Picture(s, size, true)
	for i := range plain {
		if bare := strings.TrimRight(sgr.Replace(colored[i]), " "); bare != plain[i] {
			t.Errorf("%v: line %d is %q in color, %q without", size, i, bare, plain[i])
		}
	}
}

// split is the case study a second after r1 lost eth0: it has let go of the first group, r2 still waits.
// A third party has the first group's VRID on the other segment.
func split(t *testing.T) Scene {
	t.Helper()
	p := published(t, "case")
	tape := &record.Tape{}
	for i, in := range p.Instances {
		node := play.Routers[i/2]
		tape.Add(record.Event{Kind: record.Started, Node: node})
		for _, ip := range in.VIPs {
			tape.Add(record.Event{At: ms, Kind: record.AddrUp, Node: node, IP: ip})
			for seq := range 11000 {
				at := time.Duration(seq) * ms
				tape.Add(record.Event{At: at, Kind: record.Sent, IP: ip, Seq: seq})
				if i >= 2 || at < 10*time.Second {
					tape.Add(record.Event{At: at, Kind: record.Answered, IP: ip, Seq: seq, Node: node})
				}
			}
			if i < 2 {
				tape.Add(record.Event{At: 10 * time.Second, Kind: record.AddrDown, Node: node, IP: ip})
			}
		}
	}
	for i, in := range p.Instances {
		tape.Add(record.Event{At: 9500 * ms, Kind: record.Advert, Node: play.Routers[i/2], Link: in.Link, VRID: in.VRID, Prio: 150})
	}
	for _, ev := range []record.Event{
		{At: 10 * time.Second, Kind: record.CarrierDown, Node: "r1", Text: "eth0"},
		{At: 10 * time.Second, Kind: record.Advert, Node: "r1", Link: "eth1", VRID: 52},
		{At: 10 * time.Second, Kind: record.Notified, Node: "r1", Text: "GROUP VG1 FAULT 0"},
		{At: 10500 * ms, Kind: record.Advert, Node: "r2", Link: "eth1", VRID: 51, Prio: 100},
		{At: 10500 * ms, Kind: record.Line, Node: "r2", Text: "Fri Nov 20 08:47:12 2026: (VI_2) Backup received priority 0 advertisement"},
	} {
		tape.Add(ev)
	}
	tape.Now = 11 * time.Second
	return Scene{
		Pair: p, Tape: tape, Daemon: "/usr/sbin/keepalived",
		Progress: play.Progress{
			Steps: play.Scenario(p), At: 2, Began: 9900 * ms, Waiting: []string{"r2 to advertise VI_1 2×"},
			Rows: []play.Row{{Step: "1 cold start: r1", Want: "a", Got: "b", OK: true}},
		},
	}
}

func TestPictureOfTwoNetworks(t *testing.T) {
	s := split(t)
	golden(t, "networks", Picture(s, Size{100, 36}, false))
	golden(t, "networks-small", Picture(s, Size{80, 24}, false))
	s.Tape.Add(record.Event{At: 11 * time.Second, Kind: record.Exited, Node: "r2", Text: "signal: killed"})
	left := Picture(s, Size{80, 24}, false)
	if !strings.Contains(strings.Join(left, "\n"), "eth0 still has 192.168.200.12 .13") {
		t.Errorf("what the dead has is not said:\n%s", strings.Join(left, "\n"))
	}
}

// sgr takes the pen's own escapes away.
var sgr = strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "",
	"\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[36m", "")

func TestTable(t *testing.T) {
	golden(t, "table", Table([]play.Row{
		{Step: "1 cold start", Want: "r1 is MASTER ≤ 3.859 s", Got: "3.620 s", OK: true},
		{Step: "1 cold start", Want: "client never misses 172.16.8.100", Got: "0.010 s, 10 probes"},
		{Step: "2 crash", Want: "no farewell", Got: "0", OK: true},
	}, false))
}

func TestTally(t *testing.T) {
	good, bad := play.Row{OK: true}, play.Row{}
	for want, rows := range map[string][]play.Row{
		"case          2 of   2 expectations held  ok":     {good, good},
		"case          1 of   2 expectations held  FAILED": {good, bad},
		"case          0 of   0 expectations held  FAILED": nil,
	} {
		if got := Tally("case", rows, false, false); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTellerTellsWhatChanges(t *testing.T) {
	tell := Teller{Pair: single(t)}
	var lines []string
	for _, ev := range []record.Event{
		{At: ms, Kind: record.Acted, Node: "r1", Text: "start r1"},
		{At: ms, Kind: record.Started, Node: "r1"},
		{At: 2 * ms, Kind: record.Line, Node: "r1", Text: "chatter"},
		{At: 3 * ms, Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 103, Prio: 100},
		{At: 4 * ms, Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 103, Prio: 100},
		{At: 4 * ms, Kind: record.Announced, Node: "r1", IP: vip},
		{At: 5 * ms, Kind: record.AddrUp, Node: "r1", IP: vip},
		{At: 5 * ms, Kind: record.AddrUp, Node: "r1", IP: netip.MustParseAddr("127.0.0.1")},
		{At: 6 * ms, Kind: record.Sent, IP: vip},
		{At: 6 * ms, Kind: record.Answered, IP: vip, Node: "r1"},
		{At: 7 * ms, Kind: record.Answered, IP: vip, Node: "r1", Seq: 1},
		{At: 8 * ms, Kind: record.Notified, Node: "r1", Text: "VG_1 master"},
		{At: 9 * ms, Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 103},
		{At: 10 * ms, Kind: record.AddrDown, Node: "r1", IP: vip},
		{At: 11 * ms, Kind: record.Exited, Node: "r1", Text: "exit status 0"},
		{At: 12 * ms, Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 103, Prio: 100},
		{At: 13 * ms, Kind: record.CarrierDown, Node: "r2", Text: "eth0"},
		{At: 14 * ms, Kind: record.CarrierUp, Node: "r2", Text: "eth0"},
	} {
		if line, ok := tell.Event(ev); ok {
			lines = append(lines, line)
		}
	}
	golden(t, "lines", lines)
}

func TestTellerNamesTheSegmentWhereThereAreTwo(t *testing.T) {
	tell := Teller{Pair: published(t, "case")}
	var lines []string
	for _, ev := range []record.Event{
		{Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 51, Prio: 150},
		{Kind: record.Advert, Node: "r2", Link: "eth1", VRID: 51, Prio: 100},
		{Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 51, Prio: 150},
		{Kind: record.Advert, Node: "r1", Link: "eth0", VRID: 51},
	} {
		if line, ok := tell.Event(ev); ok {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	want := []string{
		"0.000  r1: advertises virtual router 51 on eth0 with priority 150",
		"0.000  r2: advertises virtual router 51 on eth1 with priority 100",
		"0.000  r1: farewell for virtual router 51 on eth0",
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
}

func TestLogText(t *testing.T) {
	for line, want := range map[string]string{
		"Fri Nov 20 08:47:12 2026: (VG_1) Entering MASTER STATE":       "(VG_1) Entering MASTER STATE",
		"Fri Nov  6 08:47:12.123456 2026: (VG_1) Entering FAULT STATE": "(VG_1) Entering FAULT STATE",
		"no date": "no date",
	} {
		if got := LogText(line); got != want {
			t.Errorf("%q gives %q", line, got)
		}
	}
}
