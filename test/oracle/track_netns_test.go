package oracle

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// chk is a script that does what the file named by its argument says: a status to exit with, "hang", "deaf" (hang, and do not
// mind TERM) or "kill" (itself). It waits as long as the file says "wait".
const chk = "/usr/local/chk.sh"

const chkScript = `#!/bin/sh
x=wait
while [ "$x" = wait ]; do read x < /mnt/$1; [ "$x" = wait ] && sleep 0.05; done
case $x in
hang) sleep 60 ;;
deaf) trap '' TERM; sleep 60; sleep 60 ;;
kill) kill -9 $$ ;;
esac
exit $x
`

// vrrpScript is a vrrp_script that runs chk on the file of its own name.
func vrrpScript(name string, options ...string) string {
	return fmt.Sprintf("vrrp_script %s {\n script \"%s %s\"\n %s\n}\n", name, chk, name, strings.Join(options, "\n "))
}

func tracking(refs ...string) string { return "track_script {\n" + strings.Join(refs, "\n") + "\n}" }

const recorded = `notify "` + lab.Recorder + `"`

// tracked is a configuration with scripts and one instance that tracks them.
func tracked(scripts string, v lab.VI) string {
	v.Extra = append(v.Extra, recorded, "garp_master_delay 0")
	return strings.Replace(lab.Config(nil, v), "vrrp_instance", scripts+"vrrp_instance", 1)
}

// watch starts the daemon with what the scripts are to answer first.
func (s *stage) watch(config string, answers map[string]string) {
	for name, answer := range answers {
		s.a.Put(name, answer+"\n")
	}
	s.a.Link("eth1", "br1", "10.9.1.1/24")
	s.start(config, lab.File(chk, chkScript))
}

// now changes what a script answers and waits for that line to be said once more.
func (s *stage) now(script, answer, line string) {
	n := s.d.Count(line)
	s.a.Put(script, answer+"\n")
	s.said(line, n+1)
}

// turns does the same and waits until the master's priority, changed by it, was advertised.
func (s *stage) turns(script, answer string, from, to int) {
	s.now(script, answer, changing(from, to))
	s.advertises(to)
}

func (s *stage) advertises(priority int) {
	s.Until(fmt.Sprintf("it advertises %d", priority), 15*time.Second, func() bool {
		list := s.wire.Adverts(addrA)
		return len(list) > 0 && int(list[len(list)-1].Advert.Priority) == priority
	})
}

func (s *stage) said(line string, times int) {
	s.Until(fmt.Sprintf("%d times %q", times, line), 15*time.Second, func() bool { return s.d.Count(line) >= times })
}

// The lines that tell the story of scripts: not those of announcements, which go on side by side with it.
var tale = regexp.MustCompile(`[Ss]cript|Entering|entering|Changing|Syncing|Unsafe|WARNING|weighted|Disabling|reflector reports`)

// Lines whose place is chance, or is another for a reason.
var elsewhere = regexp.MustCompile(strings.Join([]string{
	`^SECURITY`,                   // keepalived judges scripts before weights
	`ignoring tracked script`,     //
	`Cannot have weighted`,        //
	`Assigned address`,            // a process of its own
	`expect idle - skipping run$`, // a matter of microseconds when the timeout is the interval
}, "|"))

// told stops the daemon and returns its story, the priorities that it advertised, and what it ran: in any order, because
// scripts that run side by side report when they like.
func (s *stage) told(t *testing.T) (list []string) {
	t.Helper()
	s.d.Stop()
	s.Until("the script of the end ran", 5*time.Second, func() bool {
		return strings.Contains(strings.Join(s.ran(), "\n"), `"VI" "STOP"`)
	})
	var loose []string
	for _, l := range lines(t, s.d) {
		switch {
		case elsewhere.MatchString(l):
			if !strings.HasSuffix(l, "skipping run") {
				loose = append(loose, l)
			}
		case tale.MatchString(l):
			list = append(list, l)
		}
	}
	loose = append(loose, s.ran()...)
	sort.Strings(loose)
	return append(append(list, s.advertised()), loose...)
}

// advertised is the row of priorities in the adverts of the first instance, without repetitions.
func (s *stage) advertised() string {
	var row []string
	for _, f := range s.wire.Adverts(addrA) {
		if p := fmt.Sprint(f.Advert.Priority); f.Advert.VRID == 51 && (len(row) == 0 || row[len(row)-1] != p) {
			row = append(row, p)
		}
	}
	return "advertised: " + strings.Join(row, ", ")
}

const (
	good   = "VRRP_Script(chk) succeeded"
	bad    = "VRRP_Script(chk) failed"
	late   = "VRRP_Script(chk) timed_out"
	master = "(VI) Entering MASTER STATE"
	backup = "(VI) Entering BACKUP STATE"
	fault  = "(VI) Entering FAULT STATE"
)

func changing(from, to int) string {
	return fmt.Sprintf("(VI) Changing effective priority from %d to %d", from, to)
}

// How results become a status, and a status a priority or a fault.
func TestTrackedScript(t *testing.T) {
	for name, c := range map[string]struct {
		options []string
		refs    []string
		prio    int
		play    func(s *stage)
	}{
		"nginx": {[]string{"interval 1", "weight -10", "fall 2", "rise 2"}, nil, 100, func(s *stage) {
			s.said(master, 1)
			s.turns("chk", "1", 100, 90)
			s.now("chk", "2", "now returning 2")
			s.turns("chk", "0", 90, 100)
		}},
		"condition": {[]string{"interval 1"}, nil, 100, func(s *stage) {
			s.said(master, 1)
			s.now("chk", "1", fault)
			s.now("chk", "3", "now returning 3")
			s.now("chk", "0", backup)
			s.said(master, 2)
		}},
		"condition with patience": {[]string{"interval 1", "fall 3", "rise 2"}, nil, 100, func(s *stage) {
			s.said(good, 1)
			s.now("chk", "1", fault)
			s.now("chk", "0", good)
		}},
		"positive weight":   {[]string{"interval 1", "weight 20"}, nil, 100, upAndDown},
		"weight reversed":   {[]string{"interval 1", "weight 20 reverse"}, nil, 100, upAndDown},
		"negative reversed": {[]string{"interval 1", "weight -20 reverse"}, nil, 100, upAndDown},
		"nothing reversed": {[]string{"interval 1", "weight 0 reverse"}, nil, 100, func(s *stage) {
			s.said(good, 1)
			s.now("chk", "1", backup)
			s.said(master, 1)
			s.now("chk", "0", fault)
		}},
		"own weight":          {[]string{"interval 1", "weight -20"}, []string{"chk weight 7"}, 100, upAndDown},
		"own weight of 0":     {[]string{"interval 1", "weight -20"}, []string{"chk weight 0"}, 100, inAndOut},
		"reversed by tracker": {[]string{"interval 1", "weight -20"}, []string{"chk weight 7 reverse"}, 100, upAndDown},
		"not reversed back":   {[]string{"interval 1", "weight -20 reverse"}, []string{"chk weight 7 noreverse"}, 100, upAndDown},
		"init_fail":           {[]string{"interval 1", "init_fail", "fall 2"}, nil, 100, inAndOut},
		"init_fail, weight":   {[]string{"interval 1", "init_fail", "weight -20"}, nil, 100, upAndDown},
		"clamped above":       {[]string{"interval 1", "weight 253"}, nil, 100, upAndDown},
		"clamped below":       {[]string{"interval 1", "weight -253"}, nil, 100, upAndDown},
		"owner":               {[]string{"interval 1"}, nil, 255, inAndOut},
		"owner with weight":   {[]string{"interval 1", "weight 5"}, nil, 255, func(s *stage) { s.said(master, 1) }},
		"signal": {[]string{"interval 1"}, nil, 100, func(s *stage) {
			s.said(good, 1)
			s.now("chk", "kill", bad)
			s.now("chk", "0", good)
		}},
		"hangs": {[]string{"interval 1"}, nil, 100, func(s *stage) {
			s.said(good, 1)
			s.now("chk", "hang", late)
			s.now("chk", "0", good)
			s.now("chk", "1", bad)
		}},
		"hangs twice": {[]string{"interval 1", "fall 2", "weight -10"}, nil, 100, func(s *stage) {
			s.said(good, 1)
			s.said(master, 1)
			s.turns("chk", "hang", 100, 90)
			s.turns("chk", "0", 90, 100)
		}},
		"hangs in time": {[]string{"interval 3", "timeout 1"}, nil, 100, func(s *stage) {
			s.said(good, 1)
			s.now("chk", "hang", late)
			s.now("chk", "0", good)
		}},
		"deaf": {[]string{"interval 6", "timeout 1"}, nil, 100, func(s *stage) {
			s.said(good, 1)
			s.now("chk", "deaf", late)
			s.now("chk", "0", good)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				v := instance(tracking(append(c.refs, "chk")[0]))
				if v.Prio = c.prio; c.prio == 255 {
					v.State = "MASTER"
				}
				s.watch(tracked(vrrpScript("chk", c.options...), v), map[string]string{"chk": "0"})
				c.play(s)
				return s.told(t)
			})
		})
	}
}

// upAndDown has a script with a weight fail once and recover, while master. Two adverts each, for the first may have left
// just before.
func upAndDown(s *stage) {
	s.said(good, 1)
	s.said(master, 1)
	s.adverts(1)
	s.now("chk", "1", bad)
	s.adverts(2)
	s.now("chk", "0", good)
	s.adverts(2)
}

// inAndOut does the same with one without a weight.
func inAndOut(s *stage) {
	s.said(master, 1)
	s.now("chk", "1", fault)
	n := s.d.Count(backup)
	s.now("chk", "0", good)
	s.said(backup, n+1)
}

// Weights of two scripts and an interface add up, and only the sum is clamped.
func TestTrackedSum(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		s.watch(tracked(vrrpScript("chk", "interval 1")+vrrpScript("alt", "interval 1", "timeout 30"),
			instance(tracking("chk weight -60", "alt weight 160"), "track_interface {", "eth1 weight -60", "}")),
			map[string]string{"chk": "0", "alt": "wait"})
		s.said(good, 1)
		s.said(master, 1)
		s.turns("alt", "0", 100, 254)
		s.turns("alt", "1", 254, 100)
		s.turns("chk", "1", 100, 40)
		s.a.Unplug("eth1")
		s.advertises(1)
		s.turns("chk", "0", 1, 40)
		s.a.Plug("eth1")
		s.advertises(100)
		s.turns("alt", "0", 100, 254)
		return s.told(t)
	})
}

// A first result that takes its time: nobody is told of anything until then.
func TestSlowFirstResult(t *testing.T) {
	for name, c := range map[string]struct {
		options []string
		prio    int
		play    func(s *stage)
	}{
		"good":           {nil, 100, func(s *stage) { s.now("chk", "0", good); s.said(master, 1) }},
		"bad":            {nil, 100, func(s *stage) { s.now("chk", "1", bad); s.runs(1); s.now("chk", "0", good) }},
		"owner":          {nil, 255, func(s *stage) { s.now("chk", "0", good); s.said(master, 1) }},
		"owner, bad":     {nil, 255, func(s *stage) { s.now("chk", "1", bad); s.runs(1); s.now("chk", "0", good); s.said(master, 1) }},
		"reversed, good": {[]string{"weight 0 reverse"}, 100, func(s *stage) { s.now("chk", "0", good); s.runs(1) }},
		"reversed, bad":  {[]string{"weight 0 reverse"}, 100, func(s *stage) { s.now("chk", "1", bad); s.said(master, 1) }},
		"init_fail":      {[]string{"init_fail"}, 100, func(s *stage) { s.now("chk", "0", good); s.said(master, 1) }},
		"never":          {nil, 100, func(*stage) {}},
		"weight":         {[]string{"weight 10"}, 100, func(s *stage) { s.said(master, 1); s.turns("chk", "0", 100, 110) }},
		"weight, bad":    {[]string{"weight -10"}, 100, func(s *stage) { s.said(master, 1); s.turns("chk", "1", 100, 90) }},
		"link goes": {nil, 100, func(s *stage) {
			s.a.Unplug("eth0")
			s.runs(1)
			s.now("chk", "0", good)
			s.a.Plug("eth0")
			s.said(master, 1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				v := instance(tracking("chk"))
				if v.Prio = c.prio; c.prio == 255 {
					v.State = "MASTER"
				}
				options := append([]string{"interval 1", "timeout 30"}, c.options...)
				s.watch(tracked(vrrpScript("chk", options...), v), map[string]string{"chk": "wait"})
				s.said("Startup complete", 1)
				c.play(s)
				return s.told(t)
			})
		})
	}
}

// Scripts and sync groups.
func TestTrackedInGroup(t *testing.T) {
	for name, c := range map[string]struct {
		options       []string
		group, v1, v2 string
		first         string
		play          func(s *stage)
	}{
		"group":               {nil, tracking("chk"), "", "", "0", inAndOut},
		"member":              {nil, "", tracking("chk"), "", "0", inAndOut},
		"group, weight":       {[]string{"weight -10"}, tracking("chk"), "", "", "0", upAndDown},
		"member, weight":      {[]string{"weight -10"}, "", tracking("chk"), "", "0", func(s *stage) { s.said(master, 1) }},
		"member, own weight":  {[]string{"weight -10"}, "sync_group_tracking_weight", tracking("chk"), "", "0", upAndDown},
		"both":                {[]string{"weight -10"}, "sync_group_tracking_weight\n" + tracking("chk weight -20"), tracking("chk weight -5"), "", "0", upAndDown},
		"owner":               {[]string{"weight -10"}, tracking("chk weight -20"), "", "priority 255", "0", inAndOut},
		"group, slow":         {nil, tracking("chk"), "", "", "wait", func(s *stage) { s.now("chk", "0", good); s.said(master, 1) }},
		"group, slow and bad": {nil, tracking("chk"), "", "", "wait", func(s *stage) { s.now("chk", "1", bad); s.runs(3) }},
		"member, slow":        {nil, "", tracking("chk"), "", "wait", func(s *stage) { s.now("chk", "0", good); s.said(master, 1) }},
		"member, slow and bad": {nil, "", tracking("chk"), "", "wait", func(s *stage) {
			s.now("chk", "1", bad)
			s.runs(2)
			s.now("chk", "0", good)
			s.said(master, 1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				v1, v2 := instance(c.v1), instance(c.v2)
				v2.Name, v2.Dev, v2.VRID, v2.VIPs = "V2", "eth1", 52, []string{"10.9.1.50"}
				if v2.Prio = 90; strings.HasPrefix(c.v2, "priority") {
					v2.Prio = 0
				}
				v2.Extra = append(v2.Extra, recorded, "garp_master_delay 0")
				scripts := vrrpScript("chk", append([]string{"interval 1", "timeout 30"}, c.options...)...)
				group := "vrrp_sync_group G {\n group {\n VI\n V2\n }\n " + recorded + "\n " + c.group + "\n}\n"
				s.watch(tracked(scripts+group, v1)+v2.String(), map[string]string{"chk": c.first})
				s.said("Startup complete", 1)
				c.play(s)
				return s.told(t)
			})
		})
	}
}

// Scripts that cannot be run, or that nobody needs.
func TestTrackedScriptAtStart(t *testing.T) {
	for name, c := range map[string]struct{ globals, scripts, refs string }{
		"absent":            {"", "vrrp_script chk {\n script /mnt/absent\n}\n", "chk"},
		"not executable":    {"", "vrrp_script chk {\n script /mnt/keepalived.conf\n}\n", "chk"},
		"insecure":          {"enable_script_security", "vrrp_script chk {\n script /usr/local/open/chk.sh\n}\n", "chk"},
		"insecure, allowed": {"", "vrrp_script chk {\n script \"/usr/local/open/chk.sh chk\"\n}\n", "chk"},
		"nowhere in PATH":   {"", "vrrp_script chk {\n script nosuchprogram\n}\n", "chk"},
		"in PATH":           {"", "vrrp_script chk {\n script true\n}\n", "chk"},
		"account":           {"", "vrrp_script chk {\n script /usr/bin/true\n user nobody\n}\n", "chk"},
		"unused":            {"", "vrrp_script chk {\n script /usr/bin/true\n}\n" + vrrpScript("alt"), "alt"},
		"one is disabled":   {"", "vrrp_script chk {\n script /mnt/absent\n}\n" + vrrpScript("alt"), "chk\nalt weight 5"},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				config := tracked(c.scripts, instance(tracking(c.refs)))
				config = strings.Replace(config, "script_user", c.globals+"\n script_user", 1)
				s.a.Put("chk", "0\n")
				s.a.Put("alt", "0\n")
				s.start(config, lab.File(chk, chkScript), lab.File("/usr/local/open/chk.sh", chkScript), lab.Prepare("chmod 0777 /usr/local/open"))
				s.said(master, 1)
				return s.told(t)
			})
		})
	}
}
