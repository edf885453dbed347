package vrrpd

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"holdfast/conf"
	"holdfast/internal/core/track"
	"holdfast/internal/host/script"
)

// checked is a role whose scripts are shell commands with $F, a file of the test's, in them.
type checked struct {
	*rig
	file string
}

const follower = `vrrp_instance VI {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 100
  virtual_ipaddress {
    192.0.2.10
  }
  track_script {
    chk
  }
  notify_fault "/n fault"
  notify_backup "/n backup"
}
`

func startChecked(t *testing.T, command, options string) *checked {
	t.Helper()
	c := &checked{file: filepath.Join(t.TempDir(), "answer")}
	c.answer(t, "0")
	program := filepath.Join(t.TempDir(), "chk.sh")
	text := "#!/bin/sh\n" + strings.ReplaceAll(command, "$F", c.file) + "\n"
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	runner, err := script.NewRunner()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { goleak.VerifyNone(t, goleak.IgnoreCurrent()) })
	t.Cleanup(runner.Close) // after the role has ended
	config := "vrrp_script chk {\n script " + program + "\n " + options + "\n}\n" + follower
	c.rig = startRig(t, config, func(r *rig) { r.runner = runner })
	return c
}

// answer changes the file in one step.
func (c *checked) answer(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(c.file+".new", []byte(text+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(c.file+".new", c.file); err != nil {
		t.Fatal(err)
	}
}

const exits = "read x < $F; exit $x"

func TestAWeightedScriptMovesThePriority(t *testing.T) {
	c := startChecked(t, exits, "interval 0.1\n weight -10\n fall 2")
	mark := c.await(0, "log VRRP_Script(chk) succeeded")
	c.answer(t, "1")
	mark = c.await(mark, "log Script `chk` now returning 1", "log VRRP_Script(chk) failed (exited with status 1)",
		"log (VI) Changing effective priority from 100 to 90")
	c.answer(t, "0")
	mark = c.await(mark, "log Script `chk` now returning 0", "log VRRP_Script(chk) succeeded",
		"log (VI) Changing effective priority from 90 to 100")
	c.never(0, "FAULT", "run /n fault")
	_ = mark
}

func TestAScriptWithoutWeightIsACondition(t *testing.T) {
	c := startChecked(t, exits, "interval 0.1")
	mark := c.await(0, "log VRRP_Script(chk) succeeded", "log (VI) Entering BACKUP STATE", "run /n backup")
	c.never(0, "FAULT", "fault")
	c.answer(t, "2")
	mark = c.await(mark, "log VRRP_Script(chk) failed (exited with status 2)", "log (VI) Entering FAULT STATE", "run /n fault")
	c.answer(t, "0")
	c.await(mark, "log VRRP_Script(chk) succeeded", "log (VI) Entering BACKUP STATE", "run /n backup")
}

// Until the first result nobody is told of a state; then the fault is told to the script only.
func TestASlowFirstResultHoldsInSilence(t *testing.T) {
	c := startChecked(t, "until [ -e $F.go ]; do sleep 0.02; done; exit 1", "interval 0.1\n timeout 30")
	c.await(0, "log (VI) removing VIPs.")
	<-c.role.Ready()
	c.never(0, "STATE", "run ")
	if err := os.WriteFile(c.file+".go", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c.await(0, "log VRRP_Script(chk) failed (exited with status 1)", "run /n fault")
	c.never(0, "STATE")
}

// A script that hangs fails, one that does not mind TERM is killed with what it started, and adverts go on.
func TestHungScripts(t *testing.T) {
	for name, command := range map[string]string{
		"hangs": "echo $$ >> $F.pids; sleep 300",
		"deaf":  "trap '' TERM; echo $$ >> $F.pids; sleep 300 & sleep 300; sleep 300",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startChecked(t, command, "interval 1\n timeout 1\n weight -10")
			mark := c.await(0, "log VRRP_Script(chk) timed_out", "log (VI) Changing effective priority from 100 to 90")
			c.await(mark, "send vrid=51 prio=90")
			c.end()
			c.runner.Close()
			list, err := os.ReadFile(c.file + ".pids")
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range strings.Fields(string(list)) {
				pid, _ := strconv.Atoi(word)
				gone(t, pid)
			}
		})
	}
}

// gone fails if a process group is still alive a second from now: what KILL ends takes the kernel a moment. Zombies are
// dead; who is to bury them is not our child any more.
func gone(t *testing.T, group int) {
	t.Helper()
	deadline := time.Now().Add(time.Second)
	for {
		left := alive(t, group)
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("left of process group %d: %v", group, left)
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// alive lists the processes of a group.
func alive(t *testing.T, group int) (pids []string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		_, rest, _ := strings.Cut(string(text), ") ") // state, parent, group
		if f := strings.Fields(rest); len(f) > 2 && f[0] != "Z" && f[2] == strconv.Itoa(group) {
			pids = append(pids, file)
		}
	}
	return pids
}

func setup(t *testing.T, text string) *Setup {
	t.Helper()
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{})
	if faults.HasErrors() {
		t.Fatal(faults.Error())
	}
	return NewSetup(cfg)
}

func member(name, vrid, extra string) string {
	return "vrrp_instance " + name + " {\n interface eth0\n virtual_router_id " + vrid + "\n priority 100\n virtual_ipaddress {\n 10.0.0." +
		vrid + "\n }\n " + extra + "\n}\n"
}

// Who tracks a script, with which weight, and in which order they hear of it.
func TestFollowers(t *testing.T) {
	const group = "vrrp_sync_group G {\n group {\n B\n C\n D\n }\n "
	refs := func(s string) string { return "track_script {\n" + s + "\n}\n" }
	chk := func(options string) string { return "vrrp_script chk {\n script /bin/true\n " + options + "\n}\n" }
	for name, c := range map[string]struct {
		text      string
		bad, good []int
		rules     []track.Rule // by router; the zero Rule is also that of those who do not track it
	}{
		"alone":  {chk("weight 3 reverse") + member("A", "1", refs("chk")) + member("B", "2", ""), []int{0}, []int{0}, []track.Rule{{Weight: 3, Reverse: true}, {}}},
		"member": {chk("") + group + "}\n" + member("A", "1", "") + member("B", "2", "") + member("C", "3", refs("chk")) + member("D", "4", ""), []int{2, 1, 3}, []int{2, 1, 3}, make([]track.Rule, 4)},
		"group": {
			chk("") + group + refs("chk") + "}\n" + member("A", "1", refs("chk weight 5")) + member("B", "2", "") + member("C", "3", "") + member("D", "4", ""),
			[]int{0, 1, 2, 3},
			[]int{0, 3, 1, 2},
			[]track.Rule{{Weight: 5}, {}, {}, {}},
		},
		"both": {
			chk("weight 7") + group + "sync_group_tracking_weight\n" + refs("chk weight -20") + "}\n" + member("B", "2", refs("chk weight 5")) + member("C", "3", refs("chk weight 0")) + member("D", "4", ""),
			[]int{0, 1, 2},
			[]int{1, 0, 2},
			[]track.Rule{{Weight: -20}, {}, {Weight: -20}},
		},
		"noreverse": {chk("weight 3 reverse") + member("A", "1", refs("chk weight 9 noreverse")), []int{0}, []int{0}, []track.Rule{{Weight: 9}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t, c.text)
			var sc *conf.Script
			var rules []track.Rule
			for _, p := range s.Plans {
				var r track.Rule
				for _, ts := range p.Scripts {
					sc, r = ts.Script, ts.Rule
				}
				rules = append(rules, r)
			}
			if !slices.Equal(rules, c.rules) {
				t.Errorf("rules %v, want %v", rules, c.rules)
			}
			if bad, good := s.followers(sc, false), s.followers(sc, true); !slices.Equal(bad, c.bad) || !slices.Equal(good, c.good) {
				t.Errorf("told of a failure: %v, of its end: %v; want %v, %v", bad, good, c.bad, c.good)
			}
		})
	}
}
