package conf_test

import (
	"bufio"
	"fmt"
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
)

// TestTypedOracle runs keepalived on a file and compares what it prints of each instance with --dump-conf with
// what Load makes of it.
func TestTypedOracle(t *testing.T) {
	ns := oracleNamespace(t)
	want := dumpedInstances(t, ns, "testdata/typed/values.conf")
	cfg, _ := conf.Load(dirSource{"testdata/typed"}, "values.conf", conf.Options{})
	if len(want) != len(cfg.Instances) || len(want) == 0 {
		t.Fatalf("keepalived has %d instances, we have %d", len(want), len(cfg.Instances))
	}
	for _, in := range cfg.Instances {
		got := describe(in)
		have := map[string]string{}
		for k := range got {
			have[k] = want[in.Name][k]
		}
		if d := cmp.Diff(have, got); d != "" {
			t.Errorf("%s (-keepalived +we):\n%s", in.Name, d)
		}
	}
}

// dumpedInstances gives the "Key = Value" lines of each instance in keepalived's dump; addresses are under
// "VIP n" and "eVIP n".
func dumpedInstances(t *testing.T, ns, file string) map[string]map[string]string {
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

	all := map[string]map[string]string{}
	var cur map[string]string
	list, n := "", 0
	for s := bufio.NewScanner(out); s.Scan(); {
		line := s.Text()
		if i := strings.Index(line, ": "); i > 0 && strings.Count(line[:i], ":") == 2 {
			line = line[i+2:] // behind the date
		}
		if strings.HasPrefix(line, "------< Interfaces") {
			break
		}
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "VRRP Instance = "); ok {
			cur = map[string]string{}
			all[name] = cur
			continue
		}
		if cur == nil {
			continue
		}
		if list != "" && strings.HasPrefix(line, "     ") {
			cur[list+" "+strconv.Itoa(n)] = strings.TrimSpace(line)
			n++
			continue
		}
		list = ""
		switch text := strings.TrimSpace(line); {
		case strings.HasPrefix(text, "Virtual IP ("):
			list, n = "VIP", 0
		case strings.HasPrefix(text, "Virtual IP Excluded"):
			list, n = "eVIP", 0
		case strings.HasPrefix(text, "Multicast address "):
			cur["Multicast address"] = strings.TrimPrefix(text, "Multicast address ")
		default:
			if k, v, ok := strings.Cut(text, " = "); ok {
				cur[k] = accountPart.ReplaceAllString(v, "")
			}
		}
	}
	return all
}

var accountPart = regexp.MustCompile(`, uid:gid \d+:\d+$`)

// describe words an instance as keepalived's dump does.
func describe(in *conf.Instance) map[string]string {
	yes := func(v bool, a, b string) string {
		if v {
			return a
		}
		return b
	}
	secs := func(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
	m := map[string]string{
		"VRRP Version":                                     strconv.Itoa(int(in.Version.V)),
		"Wantstate":                                        yes(in.State.V == conf.StateMaster, "MASTER", "BACKUP"),
		"Interface":                                        in.Interface.V,
		"Multicast address":                                in.McastGroup.V.String(),
		"Virtual Router ID":                                strconv.Itoa(int(in.VRID.V)),
		"Priority":                                         strconv.Itoa(int(in.Priority.V)),
		"Gratuitous ARP delay":                             secs(in.GARP.MasterDelay.V),
		"Gratuitous ARP repeat":                            strconv.Itoa(in.GARP.MasterRepeat.V),
		"Gratuitous ARP refresh":                           secs(in.GARP.MasterRefresh.V),
		"Gratuitous ARP refresh repeat":                    strconv.Itoa(in.GARP.MasterRefreshRepeat.V),
		"Gratuitous ARP lower priority delay":              secs(in.GARP.LowerPrioDelay.V),
		"Gratuitous ARP lower priority repeat":             strconv.Itoa(in.GARP.LowerPrioRepeat.V),
		"Down timer adverts":                               strconv.Itoa(in.DownTimerAdverts.V),
		"Send advert after receive lower priority advert":  yes(in.LowerPrioNoAdvert.V, "false", "true"),
		"Send advert after receive higher priority advert": yes(in.HigherPrioSendAdvert.V, "true", "false"),
		"Accept":  yes(in.Accept.V, "enabled", "disabled"),
		"Preempt": yes(in.NoPreempt.V, "disabled", "enabled"),
	}
	if in.Version.V == 2 {
		m["Advert interval"] = secs(in.AdvertInt.V) + " sec"
	} else {
		m["Advert interval"] = fmt.Sprintf("%d milli-sec", in.AdvertInt.V/time.Millisecond)
	}
	if in.PreemptDelay.V > 0 {
		m["Preempt delay"] = fmt.Sprintf("%.1f secs", in.PreemptDelay.V.Seconds())
	}
	if in.AuthType.V == conf.AuthPass {
		m["Password"] = strings.TrimRight(string(in.AuthPass.V[:]), "\x00")
	}
	for i := range in.Addresses {
		m["VIP "+strconv.Itoa(i)] = addressText(in, &in.Addresses[i])
	}
	for i := range in.Excluded {
		m["eVIP "+strconv.Itoa(i)] = addressText(in, &in.Excluded[i])
	}
	for k, c := range map[string]*conf.Command{
		"Master": in.Notify.Master, "Backup": in.Notify.Backup, "Fault": in.Notify.Fault, "Stop": in.Notify.Stop,
	} {
		if c != nil {
			argv := append([]string{"/usr" + c.Argv[0]}, c.Argv[1:]...) // keepalived resolves links
			m[k+" state transition script"] = "'" + strings.Join(argv, "' '") + "'"
		}
	}
	return m
}

func addressText(in *conf.Instance, a *conf.Address) string {
	s := a.Written()
	if a.Broadcast.IsValid() {
		s += " brd " + a.Broadcast.String()
	}
	dev := in.Interface.V
	if a.Dev.Set() {
		dev = a.Dev.V
	}
	s += " dev " + dev + " scope " + map[uint8]string{0: "global", 254: "host", 253: "link"}[a.Scope.V]
	if a.Label.Set() {
		s += " label " + a.Label.V
	}
	if a.Peer.IsValid() {
		s += " peer " + a.Peer.String()
	}
	if a.Home {
		s += " home"
	}
	if a.NoPrefixRout {
		s += " noprefixroute"
	}
	return s
}
