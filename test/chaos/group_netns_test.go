package chaos

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// notifyScript is where the documents' configurations look for theirs.
const notifyScript = "/usr/local/keepalived/etc/keepalived/notify.sh"

// seed is one of the documents' configurations.
func seed(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../netns/testdata/seeds", name+".conf"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// side is one of the two networks that both machines are on.
type side struct {
	dev, segment string
	a, b         string // their own addresses
}

// site is two machines that are on two networks, and what they run.
type site struct {
	*duo
	sides [2]side
	confs [2]string
}

func newSite(l *lab.Lab, p lab.Pair, one, two side, a, b string) *site {
	s := &site{duo: &duo{l: l, p: p, a: l.Node("a"), b: l.Node("b")}, sides: [2]side{one, two}, confs: [2]string{a, b}}
	for _, sd := range s.sides {
		s.a.Link(sd.dev, sd.segment, sd.a+"/24")
		s.b.Link(sd.dev, sd.segment, sd.b+"/24")
	}
	return s
}

func (s *site) startA() {
	s.da = s.a.Start(s.p.A, s.confs[0], lab.File(notifyScript, lab.RecorderScript))
}

func (s *site) startB() {
	s.db = s.b.Start(s.p.B, s.confs[1], lab.File(notifyScript, lab.RecorderScript))
	s.l.Until("b listens", 5*time.Second, func() bool { return s.db.Said("Entering BACKUP STATE (init)") })
}

// holds reports whether the first node has all the addresses and the other has none.
func holds(who, other *lab.Node, addrs ...string) bool {
	for _, a := range addrs {
		if !who.Has(a) || other.Has(a) {
			return false
		}
	}
	return true
}

// settles waits until who has the addresses and other none of them, and for a second more of the same.
func (s *site) settles(what string, within time.Duration, who, other *lab.Node, addrs ...string) {
	s.l.Until(what, within, func() bool { return holds(who, other, addrs...) })
	until := time.Now().Add(2 * time.Second)
	s.stays(what+" and stays so", until, func() bool { return holds(who, other, addrs...) })
}

// stays fails the test if a condition ceases to hold before a moment.
func (s *site) stays(what string, until time.Time, cond func() bool) {
	wake := time.AfterFunc(time.Until(until), s.l.Wake)
	defer wake.Stop()
	s.l.Never("not "+what, func() bool { return !time.Now().Before(until) }, time.Until(until)+5*time.Second,
		func() bool { return !cond() })
}

var outside, inside = "10.16.8.100", "172.16.8.100"

// two networks of one pair, as in the documents that share 10.16.8.0/24 and 172.16.8.0/24.
func natSite(t *testing.T, l *lab.Lab, p lab.Pair, a, b string) *site {
	t.Helper()
	return newSite(l, p, side{"eth1", "br1", "10.16.8.10", "10.16.8.11"}, side{"eth2", "br2", "172.16.8.10", "172.16.8.11"},
		seed(t, a), seed(t, b))
}

// A master and a backup whose inner and outer addresses move together, whatever happens to one of the two networks.
// Their priorities are equal: who has the addresses keeps them.
func TestGroupFollows(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		s := natSite(t, l, p, "003-12", "003-13")
		s.startA()
		l.Until("a has both", 15*time.Second, func() bool { return holds(s.a, s.b, outside, inside) })
		s.startB()
		s.settles("a keeps both", 5*time.Second, s.a, s.b, outside, inside)

		s.a.Unplug("eth1")
		s.settles("one network fails: b has both", 8*time.Second, s.b, s.a, outside, inside)
		s.a.Plug("eth1")
		s.settles("it is back: b keeps both", 8*time.Second, s.b, s.a, outside, inside)

		if code := s.db.Stop(); code != 0 {
			t.Errorf("b: exit status %d", code)
		}
		s.settles("b stops: a has both", 5*time.Second, s.a, s.b, outside, inside)
		s.startB()
		s.settles("b returns: a keeps both", 5*time.Second, s.a, s.b, outside, inside)

		s.da.Crash()
		l.Until("a dies: b has both", 8*time.Second, func() bool { return s.b.Has(outside) && s.b.Has(inside) })
		s.startA()
		s.settles("a returns: b keeps both", 8*time.Second, s.b, s.a, outside, inside)
	})
}

// One network is cut between the two, and no carrier tells of it. The backup hears nothing there, but its group does not
// leave without the other network, on which the master is alive: two masters of a group would be worse than none on one
// network. Only when both are cut are there two.
func TestGroupCut(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		s := natSite(t, l, p, "003-12", "003-13")
		s.startA()
		l.Until("a has both", 15*time.Second, func() bool { return holds(s.a, s.b, outside, inside) })
		s.startB()
		s.settles("a keeps both", 5*time.Second, s.a, s.b, outside, inside)
		s.a.Cut("eth1")
		s.stays("a keeps both, b has none", time.Now().Add(9*time.Second), func() bool { return holds(s.a, s.b, outside, inside) })
		if !s.db.Said("(External_1) Receive advertisement timeout") || s.db.Said("(Internal_1) Receive advertisement timeout") {
			t.Error("b does not tell on which network it hears nothing")
		}
		if n := len(l.Segment("br1").Adverts("10.16.8.11")); n > 0 {
			t.Errorf("b sent %d adverts", n)
		}
		s.a.Cut("eth2")
		l.Until("both have both", 10*time.Second, func() bool {
			return s.a.Has(outside) && s.a.Has(inside) && s.b.Has(outside) && s.b.Has(inside)
		})
		s.a.Mend("eth1", "br1")
		s.a.Mend("eth2", "br2")
		s.settles("whole again: the higher address has both", 10*time.Second, s.b, s.a, outside, inside)
	})
}
