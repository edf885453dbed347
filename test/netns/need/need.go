package need

import (
	"os"
	"os/exec"
	"testing"
)

// Root skips t unless the test may create network namespaces.
func Root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: network namespaces and raw sockets")
	}
	Command(t, "ip", "iproute2")
}

// Keepalived skips t unless the distribution's keepalived is installed.
func Keepalived(t testing.TB) {
	t.Helper()
	Command(t, "/usr/sbin/keepalived", "the distribution's keepalived")
}

// Tshark skips t unless tshark is installed.
func Tshark(t testing.TB) {
	t.Helper()
	Command(t, "tshark", "the wire's second opinion")
}

// FRR skips t unless the distribution's FRR with vrrpd is installed.
func FRR(t testing.TB) {
	t.Helper()
	Command(t, "/usr/lib/frr/vrrpd", "FRR's vrrpd")
	Command(t, "/usr/lib/frr/zebra", "FRR's zebra")
	Command(t, "vtysh", "FRR's shell")
}

// Command skips t unless the program can be found; why says what it is for.
func Command(t testing.TB, program, why string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("needs %s: %s is not installed", base(program), why)
	}
}

func base(program string) string {
	for i := len(program) - 1; i >= 0; i-- {
		if program[i] == '/' {
			return program[i+1:]
		}
	}
	return program
}
