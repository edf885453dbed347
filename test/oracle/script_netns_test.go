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

// ran returns what ran, in the order in which the daemon started it.
func (s *stage) ran() (lines []string) {
	runs := s.a.Runs()
	// Numbers begin anew at a limit: of two that are far apart, the higher one is the older.
	sort.Slice(runs, func(i, j int) bool {
		a, b := runs[i].PID, runs[j].PID
		if far := 8192; a-b > far || b-a > far {
			return a > b
		}
		return a < b
	})
	for _, r := range runs {
		lines = append(lines, r.String())
	}
	return lines
}

// runs waits until n scripts have run.
func (s *stage) runs(n int) {
	s.Until(fmt.Sprintf("%d scripts ran", n), 15*time.Second, func() bool { return len(s.a.Runs()) >= n })
}

// life is a scene with every transition: start, backup, master, fault, backup, master, backup by a better
// one, master, end.
func (s *stage) life(config string, settings ...lab.Setting) {
	s.start(config, settings...)
	s.master(1)
	s.a.Unplug("eth0")
	s.Until("it is in fault", 5*time.Second, func() bool { return !s.a.Has(vip) })
	s.a.Plug("eth0")
	s.master(1)
	s.inject(200)
	s.Until("it yields", 5*time.Second, func() bool { return !s.a.Has(vip) })
	s.master(1)
	s.d.Stop()
}

// All notify keywords, each with arguments: which scripts run, with which words, in which order.
func TestNotify(t *testing.T) {
	same(t, func(t *testing.T, s *stage) []string {
		s.life(lab.Config(nil, instance(
			`notify_master "`+lab.Recorder+` master of all"`,
			`notify_backup "`+lab.Recorder+` backup"`,
			`notify_fault "`+lab.Recorder+` fault"`,
			`notify_stop "`+lab.Recorder+` stop"`,
			`notify "`+lab.Recorder+` any"`,
		)))
		s.runs(16)
		return s.ran()
	})
}

// The ways to write a script with arguments.
func TestScriptWords(t *testing.T) {
	r := lab.Recorder
	for name, line := range map[string]string{
		"unquoted":         r,
		"unquoted words":   r + " one two",
		"quoted":           `"` + r + `"`,
		"quoted words":     `"` + r + ` one two"`,
		"inner single":     `"` + r + ` 'one two' three"`,
		"inner escaped":    `"` + r + ` \"one two\" three"`,
		"inner empty":      `"` + r + ` '' three"`,
		"backslash":        `"` + r + ` one\ two"`,
		"outer single":     `'` + r + ` one two'`,
		"many blanks":      `"` + r + `   one    two  "`,
		"dollar":           `"` + r + ` $HOME $(id) *"`,
		"semicolon":        `"` + r + ` one; ` + r + ` two"`,
		"user":             `"` + r + ` one" nobody`,
		"user and group":   `"` + r + ` one" nobody nogroup`,
		"absent user":      `"` + r + ` one" nosuchuser`,
		"comment":          `"` + r + ` one # two"  # three`,
		"exclamation mark": `"` + r + ` one !two" !three`,
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				// The script of the stop comes last: what has not run until then never will.
				v := instance("notify_master "+line, `notify_stop "`+r+` stopped"`)
				v.State, v.Prio = "MASTER", 255
				s.d = s.a.Start(s.seat, lab.Config(nil, v))
				s.master(1)
				s.d.Stop()
				s.Until("the end", 5*time.Second, func() bool { return strings.Contains(strings.Join(s.ran(), ""), `"stopped"`) })
				return s.ran()
			})
		})
	}
}

// Scripts that must not be run, or are not there.
func TestScriptSecurity(t *testing.T) {
	const own, group = "/usr/local/own/rec.sh", "/usr/local/group/rec.sh"
	for name, c := range map[string]struct{ globals, script, prepare string }{
		"absent":              {"", "/mnt/absent.sh", ""},
		"absent secure":       {"enable_script_security", "/mnt/absent.sh", ""},
		"not executable":      {"", "/mnt/keepalived.conf", ""},
		"directory":           {"", "/mnt", ""},
		"relative":            {"", "rec.sh", ""},
		"in path":             {"", "true", ""},
		"writable insecure":   {"", group, "chmod 0777 /usr/local/group"},
		"writable secure":     {"enable_script_security", group, "chmod 0777 /usr/local/group"},
		"file secure":         {"enable_script_security", own, "chmod 0777 " + own},
		"owner secure":        {"enable_script_security", own, "chown nobody " + own},
		"all well and secure": {"enable_script_security", own, ""},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				v := instance(`notify_master "`+c.script+` one"`, `notify_stop "`+own+` stopped"`)
				v.State, v.Prio = "MASTER", 255
				settings := []lab.Setting{lab.File(own, lab.RecorderScript), lab.File(group, lab.RecorderScript)}
				if c.prepare != "" {
					settings = append(settings, lab.Prepare(c.prepare))
				}
				s.d = s.a.Start(s.seat, lab.Config(strings.Split(c.globals, "\n"), v), settings...)
				s.master(1)
				code := s.d.Stop()
				said := []string{fmt.Sprintf("exit status %d", code)}
				for _, l := range s.d.Lines() {
					for _, word := range []string{"script", "Script", "executable", "SECURITY", "Unable", "Disabling", "notify"} {
						if strings.Contains(l.Text, word) && !strings.Contains(l.Text, "Command line") {
							said = append(said, l.Text)
							break
						}
					}
				}
				if name != "owner secure" && name != "file secure" {
					s.Until("the end", 5*time.Second, func() bool { return strings.Contains(strings.Join(s.ran(), ""), `"stopped"`) })
				}
				return append(said, s.ran()...)
			})
		})
	}
}

// placed is a line's place in the file: keepalived gives that of a block's end, ours that of the word at fault.
var placed = regexp.MustCompile(`^\(([^ ]+: )?Line [0-9]+\) `)

// Users that do not exist: nobody else runs the scripts, and the instance does without them.
func TestScriptUsers(t *testing.T) {
	const script, check = "vrrp_script chk {\n script /bin/true\n}\n", "vrrp_script chk {\n script /bin/true\n user nosuch\n}\n"
	for name, c := range map[string]struct{ globals, script, notify string }{
		"script_user":               {"script_user nosuch", script, lab.Recorder},
		"script_user, group":        {"script_user root nosuch", script, lab.Recorder},
		"own":                       {"script_user root", check, lab.Recorder + ` nosuch`},
		"own group":                 {"script_user root", check, lab.Recorder + ` root nosuch`},
		"default, with security":    {"enable_script_security", script, lab.Recorder},
		"default, notify only":      {"enable_script_security", "", lab.Recorder},
		"default, without security": {"", script, lab.Recorder},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				v := instance("notify " + c.notify)
				if c.script != "" {
					v.Extra = append(v.Extra, tracking("chk"))
				}
				s.start("global_defs {\n router_id lab\n " + c.globals + "\n}\n" + c.script + v.String())
				s.master(1)
				s.d.Stop()
				list := []string{fmt.Sprintf("scripts run: %v", len(s.ran()) > 0)}
				for _, l := range lines(t, s.d) {
					if regexp.MustCompile(`[Uu]ser|[Gg]roup|uid/gid|SECURITY`).MatchString(l) {
						list = append(list, placed.ReplaceAllString(l, ""))
					}
				}
				return list
			})
		})
	}
}
