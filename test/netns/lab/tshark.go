package lab

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"holdfast/test/netns/need"
)

// Tshark reads a capture file with tshark, all checksums verified, and returns the lines that it prints.
func Tshark(t testing.TB, pcap string, args ...string) []string {
	t.Helper()
	need.Tshark(t)
	cmd := exec.Command("tshark", append([]string{
		"-r", pcap, "-n", "-o", "ip.check_checksum:TRUE", "-o", "arp.detect_duplicate_ips:FALSE",
	}, args...)...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("tshark: %v: %s", err, complaints.Bytes())
	}
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
}

// Sound fails the test if tshark finds anything in the capture that is malformed, badly summed or worth a
// warning, or if it sees another number of VRRP packets than adverts.
func Sound(t testing.TB, pcap string, adverts int) {
	t.Helper()
	bad := Tshark(t, pcap, "-Y", "_ws.malformed || _ws.expert.severity >= 0x00600000 || ip.checksum.status == 0 || vrrp.checksum.status == 0")
	if bad[0] != "" {
		t.Errorf("tshark complains:\n%s", strings.Join(bad, "\n"))
	}
	good := Tshark(t, pcap, "-Y", "vrrp && vrrp.checksum.status == 1 && ip.checksum.status == 1", "-T", "fields", "-e", "vrrp.prio")
	if n := len(good); n != adverts || good[0] == "" {
		t.Errorf("tshark sees %d good VRRP packets, %d were sent", n, adverts)
	}
}
