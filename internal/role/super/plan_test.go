package super

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/host/proc"
)

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

// As observed of keepalived 2.2.7: see backoff.go.
func TestBackoff(t *testing.T) {
	var b backoff
	for i, want := range []int{0, 1, 2, 4, 8, 16, 32, 60, 60} {
		got, limited := b.next(50 * time.Second)
		if got != time.Duration(want)*time.Second || !limited {
			t.Errorf("death %d: wait %v, limited %v; want %d s", i+1, got, limited, want)
		}
	}
	if got, limited := b.next(65 * time.Second); got != 0 || limited {
		t.Errorf("after a long life: wait %v, limited %v; want at once", got, limited)
	}
	if got, limited := b.next(time.Second); got != 0 || !limited {
		t.Errorf("the series does not begin anew: wait %v, limited %v", got, limited)
	}
}

func TestPIDPath(t *testing.T) {
	for want, g := range map[string]struct {
		option, instance, namespace string
		dir                         bool
		flags                       Flags
	}{
		"/run/vrrp.pid":                 {},
		"/x/y.pid":                      {option: "/x/y.pid", instance: "foo", dir: true},
		"/run/keepalived/vrrp_foo.pid":  {instance: "foo"},
		"/run/keepalived/vrrp.pid":      {dir: true},
		"/run/keepalived/ns/vrrp_i.pid": {instance: "i", namespace: "ns", dir: true},
	} {
		var c conf.Global
		c.InstanceName.V, c.NetNamespace.V, c.UsePIDDir.V = g.instance, g.namespace, g.dir
		if got := pidPath("/run", g.option, "vrrp", &c, &g.flags); got != want {
			t.Errorf("%+v: %s, want %s", g, got, want)
		}
	}
	if got := pidPath("/run", "", "vrrp", &conf.Global{}, &Flags{Namespace: "ns"}); got != "/run/keepalived/ns/vrrp.pid" {
		t.Errorf("-s: %s", got)
	}
	both := conf.Global{}
	both.InstanceName.V, both.NetNamespace.V = "foo", "kns"
	if got := identSuffix(&both, &Flags{}); got != "_kns_foo" {
		t.Errorf("ident suffix %s", got)
	}
}

func TestEndLines(t *testing.T) {
	for sig, want := range map[syscall.Signal]string{
		0:               "",
		syscall.SIGKILL: "pid 7 exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?",
		syscall.SIGSEGV: "pid 7 exited due to segmentation fault (SIGSEGV).",
		syscall.SIGABRT: "pid 7 exited due to signal 6 (Aborted)",
	} {
		if got := (end{Status: proc.Status{Signal: sig}}).line(7); got != want {
			t.Errorf("signal %d: %q, want %q", sig, got, want)
		}
	}
}

func TestQuoteArgs(t *testing.T) {
	if got, want := quoteArgs([]string{"keepalived", "-f", "a b"}), "'keepalived' '-f' 'a b'"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
