package dump_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"holdfast/conf"
	"holdfast/internal/core/dump"
	"holdfast/internal/core/reason"
	"holdfast/internal/core/table"
	"holdfast/vrrp"
)

// lives is a machine on which the first instance is MASTER, the second hears a master, the third is in FAULT, and the
// fourth waits for its script.
func lives() *dump.Machine {
	m := machine("live.txtar")
	m.Mirror.Apply(table.Update{Kind: table.AddrIs, Addr: table.Addr{Link: 2, Prefix: netip.MustParsePrefix("10.9.0.77/32")}})
	since := time.Date(2026, 11, 2, 8, 10, 16, 70_000_999, time.UTC)
	peer := netip.MustParseAddr("10.9.0.2")
	why := vrrp.Why{Cause: vrrp.Silence, Peer: peer, Silent: 3612 * time.Millisecond}
	all := map[string]dump.Standing{
		"A": {
			Snapshot: vrrp.Snapshot{
				State: vrrp.Master, Since: since, Due: since.Add(time.Second), Down: 3609375 * time.Microsecond,
				Conditions: vrrp.Conditions{Priority: 90}, PeerPriority: 120,
				Stats: vrrp.Stats{Received: 11, Sent: 12, BecameMaster: 13, ReleasedMaster: 14, ZeroReceived: 15, ZeroSent: 16},
			},
			Total: 90, FD: 14,
			Decisions: []reason.Decision{
				{At: since, From: vrrp.Backup, To: vrrp.Master, Why: why, Base: 100, Priority: 90, Grounds: &reason.Grounds{Adds: []reason.Addition{{Name: "chk", Add: -10}}}},
				{At: since.Add(-time.Hour), To: vrrp.Backup, Why: vrrp.Why{Cause: vrrp.Started}, Base: 100, Priority: 100},
			},
		},
		"B": {
			Snapshot: vrrp.Snapshot{
				State: vrrp.Backup, Since: since, Due: since.Add(3 * time.Second), Down: 3 * time.Second, Peer: peer, PeerPriority: 200,
				Conditions: vrrp.Conditions{Priority: 1},
			},
			Total: -53, FD: 14,
		},
		"C": {
			Snapshot: vrrp.Snapshot{State: vrrp.Fault, Since: since, Conditions: vrrp.Conditions{Priority: 100, Faults: vrrp.LinkDown}},
			Total:    100, Failing: 1, FD: 16,
		},
		"D": {
			Snapshot: vrrp.Snapshot{State: vrrp.Fault, Held: true, Since: since, Conditions: vrrp.Conditions{Priority: 100, Faults: vrrp.Undecided}},
			Total:    100, Awaiting: 1, FD: 16,
		},
	}
	for i := range vrrp.Replayed + 1 {
		s := all["A"]
		s.Stats.Rejected[i] = 1 << i
		s.Stats.Received += 1 << i
		all["A"] = s
	}
	m.Live = &dump.Live{
		Instance: func(in *conf.Instance) (dump.Standing, bool) { s, ok := all[in.Name]; return s, ok },
		Group: func(*conf.SyncGroup) []reason.Decision {
			return []reason.Decision{{At: since, From: vrrp.Backup, To: vrrp.Fault, Because: "C: interface eth2 down"}}
		},
		Script: func(s *conf.Script) (dump.Outcome, bool) {
			return dump.Outcome{Luck: 3, Good: true}, s.Name == "chk"
		},
	}
	return m
}

// TestLive words testdata/live/*.txtar, a machine at work, in all three forms. Run with -update to rewrite what is wanted;
// read the diff. That the forms are keepalived's is shown by test/oracle.
func TestLive(t *testing.T) {
	path := filepath.Join("testdata", "live", "states.txtar")
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg, m := load(t, string(ar.Files[0].Data)), lives()
	socket := dump.Socket{FD: 14, Interface: "eth0", AH: true, Instances: cfg.Instances[:2]}
	m.Live.Sockets = []dump.Socket{socket}
	got := &txtar.Archive{Comment: ar.Comment, Files: []txtar.File{
		ar.Files[0],
		{Name: "want.data", Data: []byte(strings.Join(append(dump.VRRP(cfg, m), dump.Decisions(cfg, m)...), "\n") + "\n")},
		{Name: "want.stats", Data: []byte(dump.Stats(cfg, m))},
		{Name: "want.json", Data: dump.JSON(cfg, m)},
	}}
	if *update {
		if err := os.WriteFile(path, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(txtar.Format(ar)), string(txtar.Format(got))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// Whatever stands in a name, the JSON can be read and gives it back.
func TestJSONCanBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[ -~äß€\t"\\/<>&]{1,20}`).Draw(t, "name")
		in := &conf.Instance{Name: name}
		state := vrrp.State(rapid.IntRange(0, 3).Draw(t, "state"))
		since := time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "since"))
		m := &dump.Machine{Mirror: &table.Mirror{}, Live: &dump.Live{Instance: func(*conf.Instance) (dump.Standing, bool) {
			return dump.Standing{Snapshot: vrrp.Snapshot{State: state, Since: since}}, true
		}}}
		text := dump.JSON(&conf.Config{Instances: []*conf.Instance{in, in}}, m)
		var list []struct {
			Data struct {
				Name  string     `json:"iname"`
				State vrrp.State `json:"state"`
				Since float64    `json:"last_transition"`
			} `json:"data"`
		}
		if err := json.Unmarshal(text, &list); err != nil || len(list) != 2 {
			t.Fatalf("%v: %s", err, text)
		}
		if got := list[1].Data; got.Name != name || got.State != state || int64(got.Since) != since.Unix() {
			t.Fatalf("%+v from %s", got, text)
		}
	})
}
