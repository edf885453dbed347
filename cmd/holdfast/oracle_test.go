package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// theirs is keepalived itself, to be compared with where it is installed.
const theirs = "/usr/sbin/keepalived"

// answer is what a program said and how it ended.
type answer struct {
	Status   int
	Out, Err []string
}

func ask(t *testing.T, dir, path string, args ...string) answer {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Args[0] = "keepalived"
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GORACE=atexit_sleep_ms=0")
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %q: %v", path, args, err)
	}
	return answer{cmd.ProcessState.ExitCode(), normal(out.String()), normal(complaints.String())}
}

var (
	// keepalived writes some complaints without the newline.
	glued = regexp.MustCompile(`(.)(Keepalived v)`)
	// It names the file in a place only when a child reads it again, from memory.
	place = regexp.MustCompile(`^\((?:\S+: )?(Line \d+\))`)
	// It does not know the name of a long option without its parameter.
	unnamed = regexp.MustCompile(`^(Missing parameter for option --)\S+$`)
	// We say what an ambiguous option could be.
	couldBe = regexp.MustCompile(` \(could be .*\)$`)
)

// normal gives the lines of a text as far as the two programs must agree: the version and the help by their
// first line, findings without the file, each once.
func normal(text string) []string {
	text = glued.ReplaceAllString(text, "$1\n$2")
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "Keepalived v"):
			return append(lines, "Keepalived v…")
		case strings.HasPrefix(line, "Usage: "):
			return append(lines, line)
		}
		line = place.ReplaceAllString(line, "($1")
		line = unnamed.ReplaceAllString(line, "$1…")
		line = couldBe.ReplaceAllString(line, "")
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

func compare(t *testing.T, dir string, args ...string) {
	t.Helper()
	if _, err := os.Stat(theirs); err != nil {
		t.Skip("needs keepalived: the program that this one must answer like")
	}
	ours, err := exec.LookPath("keepalived") // testscript.Main puts ours first
	if err != nil {
		t.Fatal(err)
	}
	want, got := ask(t, dir, theirs, args...), ask(t, dir, ours, args...)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("keepalived %q (-theirs +ours):\n%s", args, d)
	}
}

// Every line ends with -v, -h, --signum, -t or an error, so that nobody starts a daemon. Left out on purpose:
// after -tFILE keepalived writes what is wrong with later options into FILE, where nobody looks for it.
func TestCommandLineLikeTheirs(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ok.conf", "global_defs {\n    router_id test\n}\n")
	for _, line := range []string{
		"-v", "-h", "--version", "--help", "--ver", "--he", "-v -h", "-h -v", "-h foo", "-v -Z", "-Z -v",
		"-Z", "--bogus", "--bogus=3", "-xyz", "-nlDv", "-DDDv", "-- -v -t", "foo -v", "-v foo",
		"--vrrp=3", "--log", "--dont", "--v", "--use", "--use-file", "-f", "-i", "-S", "-u", "-p", "-r", "-c", "-b", "-A", "-s",
		"--signum=STOP", "--signum=RELOAD", "--signum=DATA", "--signum=STATS", "--signum=STATS_CLEAR", "--signum=JSON",
		"--signum=stop", "--signum=9", "--signum=", "--signum STOP", "--signum", "--sig=STOP", "--signum=STOP --signum=DATA",
		"--signum=FOO -v",
		"-S9 -v", "-S 9 -v", "-S user -v", "-S daemon -v", "-S local8 -v", "-S local7 -v", "-S 3x -v", "-S -1 -v",
		"-u 99999 -v", "-u abc -v", "-u 022 -v", "-u 0777 -v", "-u 01000 -v", "-u 0x1f -v", "-u 511 -v", "-u 512 -v", "-u -1 -v",
		"-n -Z -l --nope -D", "-M -v", "-Mpattern -v", "-M pattern -v", "-t -v",
		"-P -C -B --all -I -V -X -R -d -a -x -m -e -G -v", "--no_bfd --no-syslog --dump-conf --core-dump -v",
		"-t -f ok.conf", "-t -f ok.conf foo", "-t log -f ok.conf bar", "-nlDt -fok.conf", "--config-t --use-f=ok.conf",
		"-tno/such/dir -f ok.conf",
	} {
		if strings.HasPrefix(line, "-- ") {
			line = "-t -f ok.conf " + line // all that follows "--" are operands
		}
		t.Run(line, func(t *testing.T) { compare(t, dir, strings.Fields(line)...) })
	}
}

// What is wrong with files and what they name on this host. (The language itself has an oracle of its own.)
func TestConfigTestLikeTheirs(t *testing.T) {
	dir := t.TempDir()
	const vip = "    virtual_ipaddress {\n        192.0.2.9/32\n    }\n"
	instance := func(name, id, link, more string) string {
		return "vrrp_instance " + name + " {\n    interface " + link + "\n    virtual_router_id " + id + "\n" + vip + more + "}\n"
	}
	// Scripts are looked at only if there is an instance; its interface is absent to both, and they look on.
	dynamic := "global_defs {\n    dynamic_interfaces\n}\n"
	runs := func(more string) string { return dynamic + instance("VI_1", "5", "nope0", "") + more }
	for name, text := range map[string]string{
		"empty":         "",
		"unknown":       "bogus 1\n",
		"missing":       "global_defs {\n    router_id x\n",
		"extra":         "global_defs {\n    router_id x\n}\n}\n",
		"interface":     instance("VI_1", "5", "nope0", ""),
		"two":           instance("VI_1", "5", "nope0", "") + instance("VI_2", "6", "nope1", ""),
		"dynamic":       dynamic + instance("VI_1", "5", "nope0", ""),
		"loopback":      instance("VI_1", "5", "lo", ""),
		"tracked":       instance("VI_1", "5", "nope0", "    track_interface {\n        nope1\n    }\n"),
		"address":       instance("VI_1", "5", "nope0", "    virtual_ipaddress_excluded {\n        192.0.2.8/24 dev nope1\n    }\n"),
		"idle script":   "vrrp_script s {\n    script \"/bin/true\"\n}\n",
		"idle gone":     "vrrp_script s {\n    script \"/no/such/script\"\n}\n",
		"script":        runs("vrrp_script s {\n    script \"/bin/true\"\n}\n"),
		"script gone":   runs("vrrp_script s {\n    script \"/no/such/script\"\n}\n"),
		"script path":   runs("vrrp_script s {\n    script \"true\"\n}\n"),
		"script secure": "global_defs {\n    enable_script_security\n    script_user root\n}\n" + runs("vrrp_script s {\n    script \"/bin/true\"\n}\n"),
		"no account":    "global_defs {\n    script_user nosuchuser\n}\n" + runs(""),
		"notify":        dynamic + instance("VI_1", "5", "nope0", "    notify /bin/true\n"),
		"notify gone":   dynamic + instance("VI_1", "5", "nope0", "    notify_master /no/such/script\n"),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "script secure" && os.Geteuid() != 0 {
				t.Skip("needs root: without it keepalived takes every script of root for insecure")
			}
			write(t, dir, "keepalived.conf", text)
			compare(t, dir, "-t", "-f", "keepalived.conf")
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
