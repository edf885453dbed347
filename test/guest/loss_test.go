package guest

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/crowd"
	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// What clients lose when servers and directors come and go: nothing once the others know of it. How much it is until then, beside
// keepalived, is the bench's business (case requests).
func TestRequestsLost(t *testing.T) {
	t.Parallel()
	need.Command(t, "ipvsadm", "the table's reader")
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("play", func(t *testing.T) {
			for name, story := range map[string]func(*shop){
				"reload": reloading, "a server dies": serverDies, "all servers die": allDie, "the master is killed": masterKilled,
				"the master stops": masterStops, "the master's link fails": masterCut,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					s := openShop(t)
					story(s)
					s.asking.Stop()
				})
			}
		})
	}, "HOLDFAST_BIN="+ours(t))
}

// shop is two directors in front of two servers and a page of excuse, and a crowd that asks for it. What is not answered at once is
// waited for: the machine may be busy, and what counts here is not time.
type shop struct {
	*estate
	webs   []*web
	da, db *lab.Daemon
	asking *crowd.Crowd
}

const (
	shopPort     = 80
	shopPeriod   = 20 * time.Millisecond
	shopPatience = 30 * time.Second
)

// config has servers by their weights; those of weight 0 are not there.
func (s *shop) config(priority int, weights ...int) string {
	var b strings.Builder
	b.WriteString(s.router(priority, ""))
	fmt.Fprintf(&b, "virtual_server %s %d {\n    delay_loop 1\n    lb_algo wrr\n    lb_kind DR\n    protocol TCP\n    sorry_server %s %d\n",
		s.virtual(), shopPort, s.addr(inner, hostServer+sorryIndex), shopPort)
	for i, w := range weights {
		if w > 0 {
			fmt.Fprintf(&b, "    real_server %s %d {\n        weight %d\n        TCP_CHECK {\n            connect_timeout 10\n            retry 0\n        }\n    }\n",
				s.addr(inner, hostServer+i), shopPort, w)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// table waits until directors have servers of those weights.
func (s *shop) table(weights map[int]int, directors ...*lab.Node) {
	s.t.Helper()
	service := "-t " + s.service(shopPort)
	lines := []string{"-A " + service + " -s wrr"}
	for i, w := range weights {
		lines = append(lines, fmt.Sprintf("-a %s -r %s -g -w %d", service, s.server(i, shopPort), w))
	}
	for _, n := range directors {
		awaitTable(s.t, n, patient, lines...)
	}
}

func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{estate: newEstate(t, "DR", false)}
	for i, n := range s.servers {
		s.webs = append(s.webs, serve(t, n, fmt.Sprintf("0.0.0.0:%d", shopPort), fmt.Sprintf("server %d", i)))
	}
	s.da, s.db = s.a.Start(lab.Holdfast, s.config(150, 1, 1)), s.b.Start(lab.Holdfast, s.config(100, 1, 1))
	s.Until("a is master", patient, func() bool { return s.a.Has(s.virtual()) })
	s.table(map[int]int{0: 1, 1: 1}, s.a, s.b)
	await(t, "it is open", patient, func() bool { _, err := fetch(s.client, s.service(shopPort)); return err == nil })
	s.asking = crowd.Start(s.client.Do, netip.MustParseAddrPort(s.service(shopPort)), shopPeriod, shopPatience)
	s.served("at first", time.Now())
	return s
}

// served wants a hundred requests from then on to be answered, every one.
func (s *shop) served(when string, from time.Time) []crowd.Answer {
	s.t.Helper()
	await(s.t, when+": a hundred requests are decided", patient, func() bool { return len(s.asking.Since(from)) >= 100 })
	all := s.asking.Until(from, time.Now())
	for _, a := range all {
		if a.Err != nil {
			s.t.Errorf("%s: %d of %d requests lost: %v", when, crowd.Lost(all), len(all), a.Err)
			return all
		}
	}
	return all
}

// reload changes what both directors read.
func (s *shop) reload(weights ...int) {
	s.t.Helper()
	for d, priority := range map[*lab.Daemon]int{s.da: 150, s.db: 100} {
		done := d.Count("Reload complete")
		d.Rewrite(s.config(priority, weights...))
		d.Signal(syscall.SIGHUP)
		s.Until("it is reloaded", patient, func() bool { return d.Count("Reload complete") > done })
	}
}

// reloading: neither another weight nor one more server costs a request, and a server that goes costs only those that it had.
func reloading(s *shop) {
	from := time.Now()
	s.reload(2, 1)
	s.table(map[int]int{0: 2, 1: 1}, s.a, s.b)
	s.reload(2, 1, 1)
	s.table(map[int]int{0: 2, 1: 1, 2: 1}, s.a, s.b)
	s.served("while weights change and a server comes", from)
	s.reload(2, 0, 1)
	s.table(map[int]int{0: 2, 2: 1}, s.a, s.b)
	s.served("without a server", time.Now())
}

// serverDies: whoever asks once it is out of the table is served, and so is everybody when it comes back.
func serverDies(s *shop) {
	s.webs[0].close()
	s.table(map[int]int{1: 1}, s.a, s.b)
	s.served("without the server", time.Now())
	from := time.Now()
	s.webs[0].open(s.t)
	s.table(map[int]int{0: 1, 1: 1}, s.a, s.b)
	s.served("as it comes back", from)
}

func allDie(s *shop) {
	s.webs[0].close()
	s.webs[1].close()
	s.table(map[int]int{sorryIndex: 1}, s.a, s.b)
	s.served("with the excuse", time.Now())
	from := time.Now()
	s.webs[1].open(s.t)
	s.table(map[int]int{1: 1}, s.a, s.b)
	s.served("as a server comes back", from)
}

// masterKilled: what is left in the kernel serves until the other director takes over.
func masterKilled(s *shop) {
	from := time.Now()
	s.da.Crash()
	s.turn(s.b)
	till := time.Now()
	s.served("through the other", till)
	s.unrefused(from, till)
}

// masterStops: the address goes before the services, so that nobody is refused; what is asked in between waits.
func masterStops(s *shop) {
	from := time.Now()
	if code := s.da.Stop(); code != 0 {
		s.t.Errorf("exit status %d", code)
	}
	said := func(text string) int {
		return slices.IndexFunc(s.da.Lines(), func(l lab.Line) bool { return strings.Contains(l.Text, text) })
	}
	if address, service := said("sent 0 priority"), said("Shutting down service"); address < 0 || service < address {
		s.t.Errorf("the farewell is line %d of the log, the end of the service line %d", address, service)
	}
	s.turn(s.b)
	till := time.Now()
	s.served("through the other", till)
	s.unrefused(from, till)
}

func masterCut(s *shop) {
	s.a.Unplug("eth0")
	s.turn(s.b)
	s.served("through the other", time.Now())
	s.a.Plug("eth0")
	s.turn(s.a)
	s.served("through the first again", time.Now())
}

// turn waits until the client sends to a director.
func (s *shop) turn(n *lab.Node) {
	s.t.Helper()
	link := strings.Fields(must(s.t, n, "ip", "-br", "link", "show", "dev", "eth0")) // eth0@if9 UP 02:00:00:00:00:01 <...>
	await(s.t, "the client turns to "+n.Name, patient, func() bool {
		return strings.Contains(must(s.t, s.client, "ip", "neigh", "show", s.virtual()), link[2])
	})
}

// unrefused: connections that are under way when the address moves may be reset, but nobody is told that nobody listens.
func (s *shop) unrefused(from, till time.Time) {
	s.t.Helper()
	for _, a := range s.asking.Until(from, till) {
		if errors.Is(a.Err, syscall.ECONNREFUSED) {
			s.t.Errorf("refused: %v", a.Err)
			return
		}
	}
}
