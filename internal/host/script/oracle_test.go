//go:build oracle

package script

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"holdfast/conf"
)

// The check cases are put to the keepalived of this host: one virtual router each, in a network of its
// own, whose notify script writes down that it ran.
func TestCheckCasesAgainstKeepalived(t *testing.T) {
	needRoot(t)
	for _, secure := range []bool{true, false} {
		t.Run(fmt.Sprintf("secure %t", secure), func(t *testing.T) { askKeepalived(t, secure) })
	}
}

// mounted is where keepalived sees the tree. Not under /tmp: in a sticky directory it calls a directory
// that is named as a script unsafe, and elsewhere of the wrong type.
const mounted = "/mnt"

func askKeepalived(t *testing.T, secure bool) {
	root := t.TempDir()
	for p := root; p != "/tmp" && p != "/"; p = filepath.Dir(p) {
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ran := filepath.Join(t.TempDir(), "ran")
	if err := os.WriteFile(ran, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for p := ran; p != "/tmp" && p != "/"; p = filepath.Dir(p) {
		if err := os.Chmod(p, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	plantTree(t, root, mounted, "#!/bin/sh\necho \"$1 $0\" >>"+ran+"\n")
	conf, wantLines, wantRan := oracleConf(secure)
	confFile := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(confFile, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	logFile := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command("unshare", "--mount", "--net", "--propagation", "private", "sh", "-c",
		`mount -t tmpfs t /run; mount --bind "$0" `+mounted+`; ip link add eth0 type veth peer name p0; ip link set p0 up; ip addr add 10.9.0.1/24 dev eth0; ip link set eth0 up; ip link set lo up
PATH=`+mounted+`/nowhere:`+mounted+`/s:$PATH; exec keepalived -n -l -P -G -f "$1" >"$2" 2>&1`, root, confFile, logFile)
	cmd.Dir = "/"
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(strings.Join(tailOf(logFile), "\n"))
		}
	})
	lines := func(name string) []string {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	}
	eventually(t, "keepalived is up and its scripts have run", func() bool {
		entered := 0
		for _, l := range lines(logFile) {
			if strings.Contains(l, "Entering BACKUP STATE") {
				entered++
			}
		}
		return entered == strings.Count(conf, "vrrp_instance") && len(lines(ran)) >= len(wantRan)
	})
	_ = cmd.Process.Signal(unix.SIGTERM)
	_ = cmd.Wait()
	var gotLines []string
	for _, l := range lines(logFile) {
		_, l, _ = strings.Cut(l, " 20")
		_, l, _ = strings.Cut(l, ": ")
		if strings.Contains(strings.ToLower(l), "script") && !strings.HasPrefix(l, "Command line") {
			gotLines = append(gotLines, l)
		}
	}
	gotRan := lines(ran)
	slices.Sort(gotRan)
	slices.Sort(gotLines)
	slices.Sort(wantRan)
	slices.Sort(wantLines)
	if d := cmp.Diff(gotLines, wantLines); d != "" {
		t.Errorf("lines (-keepalived +ours):\n%s", d)
	}
	if d := cmp.Diff(gotRan, wantRan); d != "" {
		t.Errorf("programs that ran (-keepalived +ours):\n%s", d)
	}
}

// oracleConf returns a configuration of all cases and what Check says of them.
func oracleConf(secure bool) (conf string, lines, ran []string) {
	var b strings.Builder
	b.WriteString("global_defs {\n")
	if secure {
		b.WriteString(" enable_script_security\n")
	}
	b.WriteString(" script_user root\n}\n")
	c := Checker{Files: newFakeFiles(mounted), SearchPath: mounted + "/nowhere:" + mounted + "/s", Dir: "/", Security: secure}
	present, insecure := false, false
	for i, tc := range checkCases {
		script := strings.ReplaceAll(tc.script, "@", mounted)
		user := map[uint32]string{0: "root", nobody: "nobody"}[tc.who.UID]
		group := map[uint32]string{0: "root", nobody: "nogroup"}[tc.who.GID]
		fmt.Fprintf(&b, `vrrp_instance I%d {
 interface eth0
 virtual_router_id %d
 priority 100
 virtual_ipaddress { 10.9.1.%d }
 notify_backup "%s %d" %s %s
}
`, i, i+1, i+1, script, i, user, group)
		v := c.Check([]string{script, fmt.Sprint(i)}, tc.who)
		lines = append(lines, lines(v)...)
		present = present || v.Present
		insecure = insecure || v.Insecure
		if v.Run {
			ran = append(ran, fmt.Sprintf("%d %s", i, v.Argv[0]))
		}
	}
	if present && !secure {
		lines = append(lines, conf.InsecureScripts(insecure).Compat)
	}
	return b.String(), lines, ran
}

// tailOf returns the last lines of a file.
func tailOf(name string) []string {
	b, err := os.ReadFile(name)
	if err != nil {
		return []string{err.Error()}
	}
	l := strings.Split(string(b), "\n")
	return l[max(0, len(l)-40):]
}
