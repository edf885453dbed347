package oracle

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// Signals that have no name of their own here, as the C library numbers them.
const (
	sigJSON       = syscall.Signal(34 + 2)
	sigStatsClear = syscall.Signal(64 - 1)
)

// spooled has the daemon write its files where the test can read them.
const spooled = "mkdir -p /mnt/spool; export TMPDIR=/mnt/spool"

func (s *stage) spool(name string) string { return filepath.Join(s.a.Dir(), "spool", name) }

// ask sends a signal and waits until the log tells of it.
func (s *stage) ask(t *testing.T, sig syscall.Signal, line string) {
	t.Helper()
	n := s.d.Count(line)
	s.d.Signal(sig)
	s.Until("the log says "+line, 5*time.Second, func() bool { return s.d.Count(line) > n })
}

// written returns the three files that the daemon writes on request. The JSON comes last, so that the others are complete
// when it is.
func (s *stage) written(t *testing.T) (data, stats, doc string) {
	t.Helper()
	_ = os.Remove(s.spool("keepalived.json"))
	s.ask(t, syscall.SIGUSR1, "Printing VRRP data")
	s.ask(t, syscall.SIGUSR2, "Printing VRRP stats")
	s.ask(t, sigJSON, "Printing VRRP as json")
	stop := s.look()
	defer stop()
	s.Until("the JSON is there", 5*time.Second, func() bool {
		b, _ := os.ReadFile(s.spool("keepalived.json"))
		return json.Valid(b) && strings.HasSuffix(string(b), "\n")
	})
	read := func(name string) string {
		b, err := os.ReadFile(s.spool(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return read("keepalived.data"), read("keepalived.stats"), read("keepalived.json")
}

// look has Until look again and again: the lab does not record files.
func (s *stage) look() (stop func()) {
	tick, done := time.NewTicker(20*time.Millisecond), make(chan struct{})
	go func() {
		for {
			select {
			case <-tick.C:
				s.Wake()
			case <-done:
				return
			}
		}
	}()
	return func() { tick.Stop(); close(done) }
}

// Lines of the data file that need not be the same, each for a reason.
var unspooled = regexp.MustCompile(strings.Join([]string{
	undumped.String(),
	`^   Not IPv6 forwarding`, // what keepalived found out about a link for its own use
	`^   rp_filter `,          // likewise
	`^   Seen up = `,          // since when differs
}, "|"))

// Values that differ from run to run, or by accident.
var unsteady = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`= [0-9]{9,}\.[0-9]{6} \([A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}\.[0-9]{6} 2[0-9]{3}\)`), "= [MOMENT]"},
	{regexp.MustCompile(`"last_transition":[0-9]{9,}\.[0-9]{6},`), `"last_transition":[MOMENT],`},
	{regexp.MustCompile(`fd_in [0-9]+,? fd_out (= )?[0-9]+`), "fd_in N, fd_out N"},
	{regexp.MustCompile(`Master router = ff02::12`), "Master router = 224.0.0.18"}, // nobody was heard; memory of IPv6 instances
	{regexp.MustCompile(`"auth_data":"[^"]*"`), `"auth_data":"********"`},          // ours tells no password
	{madeUp, "[MADE UP]"},
	{regexp.MustCompile(`(Advertisement Interval:|"advert_interval_err":) ?[0-9]+`), "$1 N"}, // keepalived does not count them
}

func steady(text string) (list []string) {
	text, _, _ = strings.Cut(text, "------< Decisions >------\n") // ours
	for _, u := range unsteady {
		text = u.pattern.ReplaceAllString(text, u.by)
	}
	for _, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !unspooled.MatchString(l) {
			list = append(list, l)
		}
	}
	return list
}

// snapshot is all three files in the form in which they are compared.
func (s *stage) snapshot(t *testing.T, when string) []string {
	t.Helper()
	data, stats, doc := s.written(t)
	out := append([]string{"# " + when + ": data"}, steady(data)...)
	out = append(append(out, "# stats"), steady(stats)...)
	// Keys, their order, and values; one to a line.
	return append(append(out, "# json"), strings.SplitAfter(strings.Join(steady(doc), "\n"), ",")...)
}

// What the files tell of states, through a life.
func TestDumpsOfALife(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		member bool
	}{
		"plain": {lab.Config(nil, instance("preempt_delay 1.5", `notify_master "`+lab.Recorder+` 'its own' master"`, "garp_master_delay 0")), false},
		"options": {lab.Config(nil, with(instance(
			"virtual_ipaddress_excluded {", "10.9.0.70 dev eth1", "}", "track_interface {", "eth1 weight 7", "}", `notify "`+lab.Recorder+` 'a b' /c"`,
			"garp_master_delay 2", "garp_master_refresh 60", "smtp_alert", "nopreempt", "garp_master_delay 0",
		), func(v *lab.VI) { v.Pass = "secret" })), false},
		"group": {"vrrp_sync_group G {\n group {\n VI\n W\n }\n}\n" + lab.Config(nil, instance("garp_master_delay 0"),
			lab.VI{Name: "W", Dev: "eth1", VRID: 52, Prio: 100, VIPs: []string{"10.9.1.50"}, Extra: []string{"garp_master_delay 0"}}), true},
		"script": {"vrrp_script good {\n script \"/bin/true\"\n interval 1\n weight -5\n rise 3\n}\nvrrp_script bad {\n script \"/bin/false\"\n interval 1\n weight -20\n fall 2\n}\n" +
			lab.Config(nil, instance("track_script {", "good", "bad", "}", "garp_master_delay 0")), false},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) (all []string) {
				s.a.Link("eth1", "br1", "10.9.1.1/24")
				s.start(c.text, lab.Prepare(spooled))
				if name == "script" {
					s.Until("the scripts have run", 10*time.Second, func() bool {
						return s.d.Said("(bad) failed") && s.d.Said("(good) succeeded") && s.d.Said("to 80")
					})
				}
				all = append(all, s.snapshot(t, "backup")...)
				s.rules(0, 0)
				all = append(all, s.snapshot(t, "master")...)
				if c.member {
					return all // of what a group sends at its end, the number differs
				}
				sent, announced := len(s.wire.Adverts(addrA)), s.d.Count(announcing)
				for range 2 { // with the first one, keepalived does not note who it came from
					s.injectAs(200, name == "options")
				}
				s.Until("it yields", 5*time.Second, func() bool { return !s.a.Has(vip) })
				all = append(all, s.snapshot(t, "outranked")...)
				s.injectAs(0, name == "options")
				s.rules(sent, announced)
				return append(all, s.snapshot(t, "after a farewell")...)
			})
		})
	}
}

// rules waits until the daemon is master with everything that belongs to it: it has said so for the first time since it had
// sent that many adverts, it has its address, and has announced that since it had done so that many times.
func (s *stage) rules(sent, announced int) {
	s.Until("it is master", 10*time.Second, func() bool {
		return s.a.Has(vip) && len(s.wire.Adverts(addrA)) > sent && s.d.Count(announcing) > announced
	})
}

const announcing = "Sending gratuitous ARP on eth0 for " + vip

// injectAs injects an advert, with the password that one of the configurations has.
func (s *stage) injectAs(prio uint8, secret bool) {
	s.inject(prio, func(m []byte) {
		if secret {
			m[4] = 1
			copy(m[len(m)-8:], "secret")
		}
	})
}

// What is counted of every kind of bad advert, and that counting starts anew after a clearing.
func TestStatsOfBadAdverts(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		s.start(lab.Config(nil, with(instance("garp_master_delay 0"), func(v *lab.VI) { v.Pass = "secret" })), lab.Prepare(spooled))
		good := func(m []byte) { m[4] = 1; copy(m[len(m)-8:], "secret") }
		s.inject(150, good)
		whole := lab.Advertisement(addrX, 51, 150, []string{vip}, good)[34:]
		for _, message := range [][]byte{
			whole[:len(whole)-4],                      // short
			append(whole[:len(whole):len(whole)], 0),  // long
			append([]byte{0x22}, whole[1:]...),        // type, which the checksum does not allow for
			append([]byte{0x31}, whole[1:]...),        // version
			append([]byte{0x21, 51, 7}, whole[3:]...), // checksum
		} {
			s.x.Send("eth0", lab.Packet(addrX, "224.0.0.18", 255, message))
		}
		s.x.Send("eth0", lab.Packet(addrX, "224.0.0.18", 254, whole))
		for _, change := range []func([]byte){
			func(m []byte) { m[0] = 0x22 },
			func(m []byte) { m[4] = 9 },
			func(m []byte) { m[4] = 0 },
			func(m []byte) { m[4] = 2 },
			func(m []byte) { m[5] = 2 },
			func(m []byte) { copy(m[len(m)-8:], "wrong\x00") },
			func(m []byte) { m[11]++ }, // the address
		} {
			s.inject(150, func(m []byte) { good(m); change(m) })
		}
		s.x.Send("eth0", lab.Advertisement(addrX, 51, 150, []string{vip, "10.9.0.51"}, good))
		s.inject(0, good)
		_, stats, _ := s.written(t)
		list := steady(stats)
		s.ask(t, sigStatsClear, "Printing and clearing VRRP stats")
		_, stats, _ = s.written(t)
		return append(append(list, "# cleared"), strings.SplitAfter(stats, "\n")...)
	})
}

// Who may write to the directory of temporary files can lay links there. Neither program writes through them.
func TestDumpsFollowNoLink(t *testing.T) {
	same(t, func(t *testing.T, s *stage) (list []string) {
		s.start(lab.Config([]string{"umask 0027"}, instance()), lab.Prepare(spooled+"; echo untouched >/mnt/victim; for f in data stats json; do ln -s /mnt/victim /mnt/spool/keepalived.$f; done"))
		s.written(t)
		victim, err := os.ReadFile(filepath.Join(s.a.Dir(), "victim"))
		list = append(list, string(victim), canonical(err))
		for _, f := range []string{"data", "stats", "json"} {
			st, err := os.Lstat(s.spool("keepalived." + f))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, f+" "+st.Mode().String())
		}
		return list
	})
}

// The reason of a transition is told right behind keepalived's line about it.
func TestReasonsFollowTheirTransitions(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	s := &stage{Lab: l, seat: lab.Subject(), wire: l.Segment("br0"), a: l.Node("a").Link("eth0", "br0", addrA+"/24"), x: l.Node("x").Link("eth0", "br0", addrX+"/24")}
	if s.seat != lab.Holdfast {
		return // keepalived gives none
	}
	s.start(lab.Config(nil, instance("garp_master_delay 0", "track_interface {", "eth9 weight -10", "}")), lab.Prepare(spooled))
	s.master(1)
	s.inject(200)
	s.Until("it yields", 5*time.Second, func() bool { return !s.a.Has(vip) })
	data, _, _ := s.written(t)
	s.d.Stop()
	want := map[string]string{
		"Entering MASTER STATE": "(VI) MASTER because no master was heard; base 100, interface eth9 -10, effective 90",
		"Entering BACKUP STATE": "(VI) BACKUP because " + addrX + " has priority 200, ours is 90; base 100, interface eth9 -10, effective 90",
	}
	logged := s.d.Lines()
	for i, line := range logged[:len(logged)-1] {
		for entering, because := range want {
			if strings.HasSuffix(line.Text, ") "+entering) {
				if got := logged[i+1].Text; got != because {
					t.Errorf("behind %q comes %q", line.Text, got)
				}
				delete(want, entering)
			}
		}
	}
	for entering := range want {
		t.Errorf("never logged: %s", entering)
	}
	_, told, _ := strings.Cut(data, "------< Decisions >------\n")
	if !regexp.MustCompile(`^ VRRP Instance = VI\n   BACKUP since \S+ \S+: 10\.9\.0\.3 has priority 200, .*\n     \S+ \S+ BACKUP → MASTER: no master was heard; .*\n     \S+ \S+ INIT → BACKUP: started; .*\n$`).MatchString(told) {
		t.Errorf("the decisions are:\n%s", told)
	}
}
