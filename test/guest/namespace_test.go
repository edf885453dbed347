package guest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/internal/host/netns"
	"holdfast/ipvs"
	"holdfast/test/guest/uml"
)

// elsewhere has the virtual server and the sync daemon in a network namespace other than the daemon's.
const elsewhere = `net_namespace_ipvs %s
global_defs {
  lvs_sync_daemon lo VI_1 id 7
  ipvs_sysctl {
    expire_nodest_conn 1
  }
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 100
  advert_int 1
  virtual_ipaddress {
    10.8.1.100/24
  }
}
virtual_server 10.9.0.1 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.2.0.11 80 {
  }
}
`

// TestTableOfAnotherNamespace: net_namespace_ipvs says where the table, the sync daemons and the settings are; those of our own stay as
// they are.
func TestTableOfAnotherNamespace(t *testing.T) {
	t.Parallel()
	program := ours(t)
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("both processes", func(t *testing.T) { otherNamespace(t, program) })
	}, "HOLDFAST_BIN="+program)
}

func otherNamespace(t *testing.T, program string) {
	for _, args := range []string{
		"link set lo up", "link add eth0 type veth peer name p0", "link set p0 up", "link set eth0 up", "addr add 10.8.1.1/24 dev eth0",
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", args, err, out)
		}
	}
	s, err := netns.New("holdfast-elsewhere", func() error { return exec.Command("ip", "link", "set", "lo", "up").Run() })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	there, err := ipvs.Dial(ipvs.Options{NetNS: s.FD()})
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	here, err := ipvs.Dial(ipvs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()

	dir := t.TempDir()
	file := filepath.Join(dir, "k.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, elsewhere, "holdfast-elsewhere"), 0o644); err != nil {
		t.Fatal(err)
	}
	pid := func(name string) string { return filepath.Join(dir, name) }
	cmd := exec.Command(program, "-n", "-l", "-D", "-f", file, "-p", pid("main.pid"), "-c", pid("check.pid"), "-r", pid("vrrp.pid"))
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "[backup lo 7] 1 services", 30*time.Second, func() bool { return standing(t, there) == "[backup lo 7] 1 services" })
	await(t, "[master lo 7] 1 services", 30*time.Second, func() bool { return standing(t, there) == "[master lo 7] 1 services" })
	if got := standing(t, here); got != "[] 0 services" {
		t.Errorf("in the daemon's own namespace: %s", got)
	}
	if a, b := expiring(t, s.Do), expiring(t, func(f func() error) error { return f() }); a != "1" || b != "0" {
		t.Errorf("expire_nodest_conn is %s there and %s here", a, b)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	await(t, "[] 0 services", 30*time.Second, func() bool { return standing(t, there) == "[] 0 services" })
	if a := expiring(t, s.Do); a != "0" {
		t.Errorf("in the end expire_nodest_conn is %s there", a)
	}
	if t.Failed() {
		t.Log(log.String())
	}
}

// expiring reads a setting of IPVS in a network namespace.
func expiring(t *testing.T, in func(func() error) error) string {
	t.Helper()
	var b []byte
	err := in(func() (err error) {
		b, err = os.ReadFile("/proc/sys/net/ipv4/vs/expire_nodest_conn")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// standing tells which sync daemons run and how many services there are.
func standing(t *testing.T, c *ipvs.Client) string {
	t.Helper()
	daemons, err := c.Daemons()
	if err != nil {
		t.Fatal(err)
	}
	services, err := c.Services()
	if err != nil {
		t.Fatal(err)
	}
	words := make([]string, len(daemons))
	for i, d := range daemons {
		words[i] = fmt.Sprintf("%v %s %d", d.State, d.Interface, d.SyncID)
	}
	return fmt.Sprintf("[%s] %d services", strings.Join(words, ", "), len(services))
}
