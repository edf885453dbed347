package netns

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// A kernel without IPVS costs the virtual servers and nothing else: the virtual router is master, and the log names the module, once.
// (keepalived's checkers end, and with them its parent and the virtual router.)
func TestWithoutIPVS(t *testing.T) {
	if _, err := os.Stat("/proc/net/ip_vs"); err == nil || exec.Command("modprobe", "-n", "ip_vs").Run() == nil {
		t.Skip("needs a kernel without IPVS")
	}
	for which, dir := range folders(t) {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			n := l.Node("a").Link("eth0", "br0", "192.168.11.101/24")
			d := n.Start(lab.Holdfast, seed(t, dir, "004-01"))
			l.Until("it is master", 15*time.Second, func() bool { return n.Has("192.168.11.100") })
			l.Until("it says what is missing", 5*time.Second, func() bool { return d.Said("nothing is balanced until it is there") })
			d.Signal(syscall.SIGHUP)
			l.Until("it has reloaded", 10*time.Second, func() bool { return d.Said("Reload complete") })
			if code := d.Stop(); code != 0 {
				t.Errorf("exit status %d", code)
			}
			told := 0
			for _, line := range d.Lines() {
				if strings.Contains(line.Text, "ip_vs") {
					told++
				}
				if strings.Contains(line.Text, "IPVS cmd") || strings.Contains(line.Text, "exited") {
					t.Errorf("logged: %s", line.Text)
				}
			}
			if told != 1 {
				t.Errorf("the module is named %d times, want 1", told)
			}
		})
	}
}
