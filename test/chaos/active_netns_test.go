package chaos

import (
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// Two groups on two machines, each meant to be master of one of them. Their priorities are equal, so the document's
// wish is not what its files say: who is there first has all, and keeps it until it fails.
func TestEqualGroups(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		all := []string{outside, inside, "10.16.8.101", "172.16.8.101"}
		s := natSite(t, l, p, "003-08", "003-09")
		s.startA()
		l.Until("a has all", 15*time.Second, func() bool { return holds(s.a, s.b, all...) })
		s.startB()
		s.settles("a keeps all", 5*time.Second, s.a, s.b, all...)
		s.a.Unplug("eth2")
		s.settles("one network fails: b has all", 8*time.Second, s.b, s.a, all...)
		s.a.Plug("eth2")
		s.settles("b keeps all", 8*time.Second, s.b, s.a, all...)
		if code := s.db.Stop(); code != 0 {
			t.Errorf("b: exit status %d", code)
		}
		s.settles("b stops: a has all", 5*time.Second, s.a, s.b, all...)
	})
}

// caseStudy returns the case study's file and its counterpart, in which the other group is the first.
func caseStudy(t *testing.T) (one, two string) {
	t.Helper()
	one = seed(t, "000-01")
	swap := strings.NewReplacer(
		"state MASTER", "state BACKUP", "state BACKUP", "state MASTER", "priority 150", "priority 100", "priority 100", "priority 150")
	return one, swap.Replace(one)
}

// The case study: two active routers, two synchronised pairs of networks, authentication headers. Each has its own
// pair, and both when the other lost one of its networks.
func TestCaseStudy(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		one, two := caseStudy(t)
		mine := []string{"192.168.200.10", "192.168.200.11", "192.168.100.10"}
		yours := []string{"192.168.200.12", "192.168.200.13", "192.168.100.11"}
		s := newSite(l, p, side{"eth0", "br0", "192.168.200.5", "192.168.200.6"}, side{"eth1", "br1", "192.168.100.5", "192.168.100.6"}, one, two)
		s.startA()
		l.Until("a alone has all", 15*time.Second, func() bool { return holds(s.a, s.b, append(mine, yours...)...) })
		s.startB()
		each := func() bool { return holds(s.a, s.b, mine...) && holds(s.b, s.a, yours...) }
		l.Until("each has its own", 10*time.Second, each)
		s.stays("each keeps its own", time.Now().Add(4*time.Second), each)
		for _, dev := range []string{"eth0", "eth1"} {
			s.a.Unplug(dev)
			s.settles(dev+" fails: b has all", 10*time.Second, s.b, s.a, append(mine, yours...)...)
			s.a.Plug(dev)
			l.Until(dev+" is back: each has its own", 12*time.Second, each)
		}
		if code := s.db.Stop(); code != 0 {
			t.Errorf("b: exit status %d", code)
		}
		s.settles("b stops: a has all", 5*time.Second, s.a, s.b, append(mine, yours...)...)
		for _, f := range l.Segment("br0").Frames() {
			if f.Advert != nil {
				t.Errorf("an advert without authentication header: %s", f)
			}
		}
	})
}
