package conf_test

import (
	"bufio"
	stdcmp "cmp"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
	"holdfast/test/netns/need"
)

// TestTypedOracle runs keepalived on files and compares what it prints with --dump-conf of each instance, sync group and
// script with what Load makes of them.
func TestTypedOracle(t *testing.T) {
	files, err := filepath.Glob("testdata/typed/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		cfg, _ := conf.Load(dirSource{"testdata/typed"}, filepath.Base(file), conf.Options{})
		if len(cfg.Instances) == 0 {
			continue // about other things
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".conf"), func(t *testing.T) {
			want := dumped(t, need.Namespace(t, "hfconf"), file)
			got := map[string]map[string]string{}
			for _, in := range cfg.Instances {
				got["VRRP Instance "+in.Name] = describe(in)
			}
			for _, g := range cfg.Groups {
				got["VRRP Sync Group "+g.Name] = describeGroup(cfg, g)
			}
			for _, s := range cfg.Scripts {
				got["VRRP Script "+s.Name] = describeScript(s)
			}
			withTracking(cfg, got)
			for name := range want {
				if ours.MatchString(name) && got[name] == nil {
					t.Errorf("only keepalived has %s", name)
				}
			}
			for name, values := range got {
				have := map[string]string{}
				for k := range values {
					if v, ok := want[name][k]; ok {
						have[k] = v
					}
				}
				maps.DeleteFunc(values, func(_, v string) bool { return v == "" })
				if d := cmp.Diff(have, values); d != "" {
					t.Errorf("%s (-keepalived +we):\n%s", name, d)
				}
			}
		})
	}
}

// dumped gives the "Key = Value" lines of each section of keepalived's dump. The lines of a list are under "List n".
func dumped(t *testing.T, ns, file string) map[string]map[string]string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("ip", "netns", "exec", ns, keepalived, "-n", "-l", "-d", "-P", "-f", file,
		"-p", filepath.Join(dir, "parent.pid"), "-r", filepath.Join(dir, "vrrp.pid"))
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	watchdog := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()

	d := dumpReader{all: map[string]map[string]string{}}
	for s := bufio.NewScanner(out); s.Scan(); {
		line := s.Text()
		if i := strings.Index(line, ": "); i > 0 && strings.Count(line[:i], ":") == 2 {
			line = line[i+2:] // behind the date
		}
		if strings.HasPrefix(line, "------< Interfaces") {
			break
		}
		d.line(line)
	}
	return d.all
}

// dumpReader takes a dump apart, line by line.
type dumpReader struct {
	all  map[string]map[string]string
	cur  map[string]string
	list string
	n    int
}

func (d *dumpReader) line(line string) {
	text := strings.TrimSpace(line)
	indent := len(line) - len(strings.TrimLeft(line, " "))
	key, value, pair := strings.Cut(text, " = ")
	switch {
	case indent == 1 && pair:
		d.cur, d.list = map[string]string{}, ""
		name, _, _ := strings.Cut(value, ",") // behind it: a group's state
		d.all[key+" "+name] = d.cur
	case d.cur == nil || indent == 0:
	case indent == 5 && d.list != "":
		d.cur[d.list+" "+strconv.Itoa(d.n)] = text
		d.n++
	case listHead.MatchString(text):
		d.list, d.n = listHead.FindStringSubmatch(text)[1], 0
	case ownLink.MatchString(text):
		// Whether the link is there depends on the machine.
		m := ownLink.FindStringSubmatch(text)
		d.cur["Use "+m[1]] = m[2] + m[3]
	case strings.HasPrefix(text, "Multicast address "):
		text, _, _ = strings.Cut(text, ",") // behind it: a number that the machine gives
		d.cur["Multicast address"] = strings.TrimPrefix(text, "Multicast address ")
	case pair:
		d.list = ""
		d.cur[key] = accountPart.ReplaceAllString(value, "")
	default:
		d.list = ""
		if k, v, ok := strings.Cut(text, " : "); ok {
			text, value = k, v
		}
		d.cur[text] = stdcmp.Or(value, "yes")
	}
}

var (
	listHead = regexp.MustCompile(`^(.*?) ?(?:\(\d+\))? ?:$`)
	ours     = regexp.MustCompile(`^VRRP (Instance|Sync Group|Script) `)
	ownLink  = regexp.MustCompile(`^Use (VMAC|IPVLAN), (.*), is_up = (?:true|false)(.*)$`)
)

var accountPart = regexp.MustCompile(`, uid:gid \d+:\d+$`)
