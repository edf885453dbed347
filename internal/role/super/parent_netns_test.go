package super

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// With a namespace the child lives inside from its first thread on, and the parent outside.
func TestChildLivesInTheNamespace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: network namespaces")
	}
	name := fmt.Sprintf("super-%d", os.Getpid())
	ip(t, "netns", "add", name)
	t.Cleanup(func() { ip(t, "netns", "del", name) })

	s := play(t, "serve", "--namespace="+name)
	pid := s.childPID()
	s.expect("Startup complete")
	if !slices.Contains(s.said, "Changing syslog ident to Keepalived_"+name) {
		t.Errorf("nothing about the ident in:\n%s", strings.Join(s.said, "\n"))
	}
	inside := strings.Fields(ip(t, "netns", "pids", name))
	if len(inside) != 1 || inside[0] != fmt.Sprint(pid) {
		t.Errorf("in the namespace: %v, want the child %d only", inside, pid)
	}
	if got := read(t, s.dir, "keepalived/"+name+"/vrrp.pid"); got != fmt.Sprintf("%d\n", pid) {
		t.Errorf("vrrp.pid is %q, want %d", got, pid)
	}
	// Respawned children live there too.
	kill(t, pid, syscall.SIGKILL)
	again := s.childPID()
	s.expect("actor plays serve, respawned true")
	if inside := strings.Fields(ip(t, "netns", "pids", name)); len(inside) != 1 || inside[0] != fmt.Sprint(again) {
		t.Errorf("after a respawn, in the namespace: %v, want %d", inside, again)
	}
	s.signal(syscall.SIGTERM)
	if code := s.end(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if _, err := os.Stat(s.dir + "/keepalived"); err == nil {
		t.Error("the directory of the pid files stays")
	}
}

func TestAbsentNamespace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: a missing namespace is looked for after a missing privilege")
	}
	s := play(t, "serve", "--namespace=no-such-"+fmt.Sprint(os.Getpid()))
	s.expect("no such network namespace")
	if code := s.end(); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	s.never("Starting VRRP")

	s = play(t, "serve", "--single", "--namespace=x")
	s.expect("net_namespace cannot be had with --single")
	if code := s.end(); code != 2 {
		t.Errorf("exit status %d, want 2", code)
	}
}

func ip(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
