package reason_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/internal/core/reason"
	"holdfast/vrrp"
)

var (
	peer = netip.MustParseAddr("10.0.0.1")
	at   = time.Date(2026, 11, 20, 8, 10, 16, 5e8, time.UTC)
)

func TestSentences(t *testing.T) {
	chk := &reason.Grounds{Adds: []reason.Addition{{Name: "chk_nginx", Add: -10}}}
	even := &reason.Grounds{Adds: []reason.Addition{{Name: "a", Add: -10}, {Name: "interface b", Add: 10}}}
	down := &reason.Grounds{Faults: []string{"interface eth1 down", "script chk failed"}}
	silence := vrrp.Why{Cause: vrrp.Silence, Peer: peer, Priority: 200, Silent: 3612 * time.Millisecond}
	for _, c := range []struct {
		d    reason.Decision
		want string
	}{
		{
			reason.Decision{From: vrrp.Backup, To: vrrp.Master, Why: silence, Base: 100, Priority: 90, Grounds: chk},
			"MASTER since 2026-11-20 08:10:16: no advert from 10.0.0.1 for 3.61 s; base 100, chk_nginx -10, effective 90",
		},
		{
			reason.Decision{To: vrrp.Master, Why: silence, Base: 95, Priority: 95},
			"MASTER since 2026-11-20 08:10:16: no advert from 10.0.0.1 for 3.61 s; priority 95",
		},
		{
			reason.Decision{To: vrrp.Backup, Why: vrrp.Why{Cause: vrrp.Outranked, Peer: peer, Priority: 200, Ours: 100}, Base: 100, Priority: 100, Grounds: even},
			"BACKUP since 2026-11-20 08:10:16: 10.0.0.1 has priority 200, ours is 100; base 100, a -10, interface b +10, effective 100",
		},
		{
			reason.Decision{To: vrrp.Fault, Why: vrrp.Why{Cause: vrrp.Faulted, Faults: vrrp.TrackedDown | vrrp.TrackedFailed}, Base: 100, Priority: 100, Grounds: down},
			"FAULT since 2026-11-20 08:10:16: interface eth1 down, script chk failed",
		},
		{
			reason.Decision{To: vrrp.Fault, Why: vrrp.Why{Cause: vrrp.Faulted, Faults: vrrp.TrackedDown}},
			"FAULT since 2026-11-20 08:10:16: tracked interface down",
		},
		{
			reason.Decision{To: vrrp.Master, Why: vrrp.Why{Cause: vrrp.Owner}, Base: 255, Priority: 255, Grounds: chk},
			"MASTER since 2026-11-20 08:10:16: address owner (priority 255); priority 255",
		},
		{
			reason.Decision{To: vrrp.Backup, Why: vrrp.Why{Cause: vrrp.Recovered, Faults: vrrp.Undecided}, Base: 9, Priority: 9},
			"BACKUP since 2026-11-20 08:10:16: tracked items have said how they are; priority 9",
		},
		{
			reason.Decision{To: vrrp.Fault, Because: "A: interface eth1 down"},
			"FAULT since 2026-11-20 08:10:16: A: interface eth1 down",
		},
	} {
		c.d.At = at
		if got := c.d.Since(); got != c.want {
			t.Errorf("\n got %s\nwant %s", got, c.want)
		}
	}
	d := reason.Decision{At: at, From: vrrp.Backup, To: vrrp.Master, Why: silence, Base: 95, Priority: 95}
	if got, want := d.Line(), "MASTER because no advert from 10.0.0.1 for 3.61 s; priority 95"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := d.Past(), "2026-11-20 08:10:16 BACKUP → MASTER: no advert from 10.0.0.1 for 3.61 s; priority 95"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Every cause has words of its own, and a fact that belongs to it is in them.
func TestEveryCauseIsExplained(t *testing.T) {
	seen := make(map[string]vrrp.Cause)
	for c := vrrp.Started; c <= vrrp.Adopted; c++ {
		w := vrrp.Why{Cause: c, Peer: peer, Priority: 201, Ours: 100, Silent: time.Second, Faults: vrrp.NoAddress}
		s := reason.Explain(w, nil)
		if other, ok := seen[s]; ok || strings.Contains(s, "without a name") {
			t.Errorf("cause %d is %q like %d", c, s, other)
		}
		seen[s] = c
		fact := map[vrrp.Cause]string{
			vrrp.Silence: "1.00 s", vrrp.Farewell: "10.0.0.1", vrrp.Outranked: "201", vrrp.OutrankedAddr: "10.0.0.1",
			vrrp.Faulted: "no address", vrrp.Recovered: "no address",
		}[c]
		if !strings.Contains(s, fact) {
			t.Errorf("cause %d: %q lacks %q", c, s, fact)
		}
	}
	if s := reason.Explain(vrrp.Why{Cause: vrrp.Silence}, nil); s != "no master was heard" {
		t.Errorf("without a peer: %q", s)
	}
}

// What is told of a priority adds up, whatever is tracked.
func TestPrioritiesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.IntRange(1, 254).Draw(t, "base")
		g := &reason.Grounds{}
		for i, add := range rapid.SliceOfN(rapid.IntRange(-253, 253), 0, 5).Draw(t, "adds") {
			if add != 0 {
				g.Adds = append(g.Adds, reason.Addition{Name: fmt.Sprintf("item_%d", i), Add: add})
			}
		}
		total := g.Total(uint8(base))
		effective := min(max(total, 1), 254)
		d := reason.Decision{At: at, To: vrrp.Master, Why: vrrp.Why{Cause: vrrp.Silence}, Base: uint8(base), Priority: uint8(effective), Grounds: g}
		_, told, _ := strings.Cut(d.Line(), "; ")
		var end, sum int
		for _, part := range strings.Split(told, ", ") {
			var name string
			var n int
			if _, err := fmt.Sscanf(part, "%s %d", &name, &n); err != nil {
				t.Fatalf("%q in %q: %v", part, told, err)
			}
			switch name {
			case "effective":
				end = n
			case "priority":
				end, sum = n, n
			default:
				sum += n
			}
		}
		if end != effective || sum != total && len(g.Adds) > 0 {
			t.Fatalf("%q: effective %d, total %d", told, effective, total)
		}
	})
}

func TestRingKeepsTheLatest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r reason.Ring
		n := rapid.IntRange(0, 100).Draw(t, "n")
		for i := range n {
			r.Add(reason.Decision{Because: fmt.Sprint(i)})
		}
		list := r.List()
		if len(list) != min(n, 32) {
			t.Fatalf("%d of %d are kept", len(list), n)
		}
		if (r.Last() == nil) != (n == 0) || n > 0 && *r.Last() != list[0] {
			t.Fatalf("the last is %v", r.Last())
		}
		for i, d := range list {
			if want := fmt.Sprint(n - 1 - i); d.Because != want {
				t.Fatalf("at %d: %s instead of %s", i, d.Because, want)
			}
		}
	})
}

func TestGroundsEqual(t *testing.T) {
	all := []*reason.Grounds{
		nil,
		{},
		{Adds: []reason.Addition{{Name: "a", Add: 1}}},
		{Adds: []reason.Addition{{Name: "a", Add: 2}}},
		{Adds: []reason.Addition{{Name: "b", Add: 1}}},
		{Faults: []string{"x"}},
		{Faults: []string{"y"}},
		{Failing: 1},
		{Awaiting: 1},
	}
	for i, a := range all {
		for j, b := range all {
			if a.Equal(b) != (i == j) {
				t.Errorf("%d and %d: %v", i, j, a.Equal(b))
			}
		}
	}
}
