package netns

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// machine has every interface that the configurations name, with the documents' addresses.
func machine(l *lab.Lab) *lab.Node {
	return l.Node("a").
		Link("eth0", "br0", "192.168.200.5/24", "172.16.8.10/24").
		Link("eth1", "br1", "192.168.100.5/24", "10.16.8.10/24", "172.16.28.1/24").
		Link("eth2", "br2", "172.16.8.10/24").
		Link("eno16777736", "br3", "172.16.53.104/16")
}

// started reports that a daemon has done what it does at its start; with nothing to run it waits for a better
// configuration.
func started(d *lab.Daemon) bool {
	return d.Said("Startup complete") || d.Said("keepalived has no configuration to run")
}

// All that is asked of these is that they load and start, that nothing crashes, and that the stop is clean.
// keepalived itself ends at once without IPVS in the kernel when there is a virtual_server, so there is -P.
func TestSeedsStart(t *testing.T) {
	for which, dir := range folders(t) {
		for _, name := range []string{
			"000-01", "001-01", "002-01", "002-02", "003-01", "003-02", "003-04", "003-05", "003-06", "003-08", "003-09", "003-10", "003-11",
			"003-12", "003-13", "003-14", "003-15", "003-16", "003-17", "003-18", "003-19", "003-20", "004-01", "004-02",
		} {
			t.Run(which+" "+name, func(t *testing.T) {
				lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
					d := machine(l).Start(s, seed(t, dir, name), lab.Flags("-n", "-l", "-D", "-P"), lab.File(notifyScript, lab.RecorderScript))
					l.Until("it has started", 5*time.Second, func() bool { return started(d) })
					if code := d.Stop(); code != 0 {
						t.Errorf("exit status %d", code)
					}
					for _, line := range d.Lines() {
						for _, bad := range []string{"panic", "goroutine ", "exited with permanent error", "exited due to signal"} {
							if strings.Contains(line.Text, bad) {
								t.Errorf("logged: %s", line.Text)
							}
						}
					}
				})
			})
		}
	}
}

// Fragments: a script without an instance is nothing to run, an instance whose script is absent runs without
// it, and together they are one configuration, in which a failing script costs ten.
func TestSeedFragments(t *testing.T) {
	for which, dir := range folders(t) {
		for name, c := range map[string]struct {
			config string
			prio   uint8
		}{
			"003-04 alone":      {seed(t, dir, "003-04"), 100},
			"003-03 and 003-04": {seed(t, dir, "003-03") + "\n" + seed(t, dir, "003-04"), 90},
		} {
			t.Run(which+" "+name, func(t *testing.T) {
				lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
					n := machine(l)
					d := n.Start(s, c.config, lab.File(notifyScript, lab.RecorderScript))
					l.Until("it is master", 10*time.Second, func() bool { return n.Has("10.16.8.100") })
					w := l.Segment("br1")
					l.Until("it says so", 5*time.Second, func() bool { return len(w.AdvertsOf("192.168.100.5", 171)) > 0 })
					if got := w.AdvertsOf("192.168.100.5", 171)[0]; got.Advert.Priority != c.prio {
						t.Errorf("%s, want priority %d", got, c.prio)
					}
					l.Until("its scripts ran", 5*time.Second, func() bool { return len(n.Runs()) == 2 })
					if got := fmt.Sprint(n.Runs()[0].Args, n.Runs()[1].Args); got != "[backup] [master]" {
						t.Errorf("scripts: %s", got)
					}
					if code := d.Stop(); code != 0 {
						t.Errorf("exit status %d", code)
					}
				})
			})
		}
	}
}

// The strict one: a password is ignored by the letter of the protocol, and state MASTER is not for priority 100.
func TestSeedStrict(t *testing.T) {
	for which, dir := range folders(t) {
		t.Run(which, func(t *testing.T) {
			lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
				n := machine(l)
				d := n.Start(s, seed(t, dir, "003-20"), lab.Flags("-n", "-l", "-D", "-P"), lab.File(notifyScript, lab.RecorderScript))
				l.Until("it is master", 10*time.Second, func() bool { return n.Has("172.16.28.65") })
				w := l.Segment("br1")
				l.Until("it says so", 5*time.Second, func() bool { return len(w.AdvertsOf("192.168.100.5", 65)) > 0 })
				if a := w.AdvertsOf("192.168.100.5", 65)[0].Advert; a.AuthType != 0 || a.Priority != 100 {
					t.Errorf("advert: %+v", a)
				}
				if code := d.Stop(); code != 0 {
					t.Errorf("exit status %d", code)
				}
				if n.Has("172.16.28.65") {
					t.Error("the address stays behind")
				}
			})
		})
	}
}

// The one copied from a web page: its blanks are U+00A0. keepalived takes them for words and finds nothing to
// do; with ordinary blanks it is a virtual router. Ours reads both.
func TestSeedFromTheWeb(t *testing.T) {
	for which, dir := range folders(t) {
		for name, config := range map[string]string{
			"as it is":    seed(t, dir, "001-01"),
			"with blanks": strings.ReplaceAll(seed(t, dir, "001-01"), "\u00a0", " "),
		} {
			t.Run(which+" "+name, func(t *testing.T) {
				lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
					n := machine(l)
					d := n.Start(s, config, lab.Flags("-n", "-l", "-D", "-P"))
					l.Until("it has started", 5*time.Second, func() bool { return started(d) })
					if s == lab.Keepalived && name == "as it is" {
						if !d.Said("keepalived has no configuration to run") {
							t.Error("keepalived has learnt to read U+00A0")
						}
						return
					}
					l.Until("it is master", 10*time.Second, func() bool { return n.Has("172.16.53.50") })
					w := l.Segment("br3")
					l.Until("it says so", 5*time.Second, func() bool { return len(w.AdvertsOf("172.16.53.104", 99)) > 0 })
					f := w.AdvertsOf("172.16.53.104", 99)[0]
					if f.IP.Dst.String() != "224.0.100.99" || f.Advert.Priority != 98 || string(f.Advert.AuthData) != "571f97b2" {
						t.Errorf("advert: %s, %q", f, f.Advert.AuthData)
					}
					if code := d.Stop(); code != 0 {
						t.Errorf("exit status %d", code)
					}
				})
			})
		}
	}
}
