package need

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Namespace makes a network namespace in which a configuration finds the links lo, eth0, eth1 and eth2, and returns its name for
// ip-netns(8): prefix and the process's number. It is removed when the test ends. Without root or keepalived it skips t.
func Namespace(t testing.TB, prefix string) string {
	t.Helper()
	Keepalived(t)
	Root(t)
	ns := fmt.Sprintf("%s%d", prefix, os.Getpid())
	run := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", args, err, out)
		}
	}
	run("netns", "add", ns)
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", ns).CombinedOutput(); err != nil {
			t.Errorf("ip netns del: %v: %s", err, out)
		}
	})
	run("-n", ns, "link", "set", "lo", "up")
	for i := range 3 {
		dev := fmt.Sprintf("eth%d", i)
		run("-n", ns, "link", "add", dev, "type", "veth", "peer", "name", fmt.Sprintf("p%d", i))
		run("-n", ns, "addr", "add", fmt.Sprintf("198.51.100.%d/24", i+1), "dev", dev)
		run("-n", ns, "link", "set", dev, "up")
	}
	return ns
}
