package oracle

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

const (
	addrA, addrX = "10.9.0.1", "10.9.0.3"
	vip          = "10.9.0.50"
)

// stage is where a scene is played: one daemon at a, and a station x from which packets can be injected.
type stage struct {
	*lab.Lab
	seat lab.Seat
	wire *lab.Segment
	a, x *lab.Node
	d    *lab.Daemon
}

// both plays a scene for keepalived and for the subject at the same time and returns what they left.
func both(t *testing.T, play func(t *testing.T, s *stage) []string) (theirs, ours []string) {
	t.Helper()
	t.Parallel()
	t.Run("play", func(t *testing.T) {
		for _, one := range []struct {
			name string
			seat lab.Seat
			to   *[]string
		}{{"theirs", lab.Keepalived, &theirs}, {"ours", lab.Subject(), &ours}} {
			t.Run(one.name, func(t *testing.T) {
				t.Parallel()
				l := lab.New(t)
				*one.to = play(t, &stage{
					Lab: l, seat: one.seat, wire: l.Segment("br0"),
					a: l.Node("a").Link("eth0", "br0", addrA+"/24"),
					x: l.Node("x").Link("eth0", "br0", addrX+"/24"),
				})
			})
		}
	})
	return theirs, ours
}

// same plays a scene for both and fails the test where they differ.
func same(t *testing.T, play func(t *testing.T, s *stage) []string) {
	t.Helper()
	theirs, ours := both(t, play)
	if t.Failed() {
		return
	}
	if d := diff(theirs, ours); d != "" {
		t.Errorf("ours is not like theirs (-keepalived +%s):\n%s", lab.Subject().Name, d)
		return
	}
	t.Logf("both:\n%s", strings.Join(ours, "\n"))
}

// start runs the daemon and waits until it listens.
func (s *stage) start(config string, settings ...lab.Setting) {
	n := s.joins()
	s.d = s.a.Start(s.seat, config, settings...)
	s.Until("it listens", 5*time.Second, func() bool { return s.joins() > n })
}

func (s *stage) joins() int { return len(s.reports(4)) }

// reports returns a's IGMP reports with a record of that kind.
func (s *stage) reports(kind uint8) []lab.Frame {
	return s.wire.Where(func(f lab.Frame) bool {
		if f.IP == nil || f.IP.Src.String() != addrA {
			return false
		}
		for _, g := range f.Report {
			if g.Kind == kind {
				return true
			}
		}
		return false
	})
}

// master waits until the daemon has its address and has said so n times since now.
func (s *stage) master(n int) {
	s.Until("it is master", 10*time.Second, func() bool { return s.a.Has(vip) })
	s.adverts(n)
}

// adverts waits for n more adverts.
func (s *stage) adverts(n int) {
	have := len(s.wire.Adverts(addrA))
	s.Until(fmt.Sprintf("%d more adverts", n), time.Duration(n)*3*time.Second, func() bool {
		return len(s.wire.Adverts(addrA)) >= have+n
	})
}

// instance is the plain instance of most scenes.
func instance(extra ...string) lab.VI {
	return lab.VI{State: "BACKUP", Prio: 100, Interval: "1", VIPs: []string{vip + "/24"}, Extra: extra}
}

// canonical is a value as JSON with sorted keys.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// noMAC replaces a station's hardware address in a frame's bytes: it differs from lab to lab.
func noMAC(raw []byte, mac string) string {
	return strings.ReplaceAll(fmt.Sprintf("%x", raw), strings.ReplaceAll(mac, ":", ""), "[MAC]")
}
