package uml

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCommand(t *testing.T) {
	Need(t)
	out := t.TempDir()
	var said bytes.Buffer
	g := Guest{
		Args: []string{"/bin/sh", "-c", `echo "this is $WHO"; ipvsadm -A -t 10.9.0.1:80 -s mh && ipvsadm -Sn; echo left >/out/file; touch /etc/holdfast-guest; exit 7`},
		Env:  []string{"WHO=the guest", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, Out: out, Output: &said,
	}
	status, err := Run(t.Context(), g)
	if err != nil {
		t.Fatalf("%v: %s", err, said.Bytes())
	}
	if status != 7 {
		t.Errorf("exit status %d, want 7", status)
	}
	if diff := cmp.Diff("this is the guest\n-A -t 10.9.0.1:80 -s mh\n", said.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if b, err := os.ReadFile(filepath.Join(out, "file")); err != nil || string(b) != "left\n" {
		t.Errorf("the file that was left is %q, %v", b, err)
	}
	if _, err := os.Stat("/etc/holdfast-guest"); err == nil {
		t.Error("the guest has written to the host")
	}
}

func TestWithoutModules(t *testing.T) {
	Need(t)
	var said bytes.Buffer
	_, err := Run(t.Context(), Guest{Args: []string{"/bin/ls", "/sys/module"}, Output: &said, Without: "ip_vs"})
	if err != nil || strings.Contains(said.String(), "ip_vs") || !strings.Contains(said.String(), "veth") {
		t.Errorf("%v: %s", err, said.Bytes())
	}
}

// A guest whose time is over ends with all its processes; one that reboots does not run its command again.
func TestEnd(t *testing.T) {
	Need(t)
	t.Run("late", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := Run(ctx, Guest{Args: []string{"/bin/sleep", "100"}})
		if err == nil || !strings.Contains(err.Error(), "deadline") || time.Since(begin) > 20*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
	})
	t.Run("reboot", func(t *testing.T) {
		var said bytes.Buffer
		_, err := Run(t.Context(), Guest{Args: []string{"/bin/sh", "-c", "echo once; echo b >/proc/sysrq-trigger; reboot -f; sleep 2"}, Output: &said})
		if n := strings.Count(said.String(), "once"); n != 1 {
			t.Errorf("it ran %d times: %v", n, err)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		if _, err := Run(t.Context(), Guest{Args: []string{"/no/such/program"}}); err == nil {
			t.Error("a command that is not there has run")
		}
	})
}

// Its subtests run in the guest, and are counted here.
func TestInside(t *testing.T) {
	Inside(t, "", func(t *testing.T) {
		t.Run("modules", func(t *testing.T) {
			for _, m := range []string{"ip_vs", "ip_vs_mh", "veth", "dummy"} {
				if _, err := os.Stat("/sys/module/" + m); err != nil {
					t.Error(err)
				}
			}
		})
		t.Run("root", func(t *testing.T) {
			if err := os.WriteFile("/usr/holdfast-guest", []byte("x"), 0o644); err != nil {
				t.Error(err)
			}
			if b, _ := os.ReadFile("/proc/1/comm"); !strings.HasPrefix(string(b), "uml.test") {
				t.Errorf("init is %s", b)
			}
		})
	})
}

func TestReplay(t *testing.T) {
	all, err := decode([]byte(`{"Action":"run","Test":"TestX"}
{"Action":"output","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"run","Test":"TestX/a"}
{"Action":"output","Test":"TestX/a","Output":"    x_test.go:3: wrong\n"}
{"Action":"output","Test":"TestX/a","Output":"    --- FAIL: TestX/a (0.00s)\n"}
{"Action":"fail","Test":"TestX/a"}
{"Action":"run","Test":"TestX/b"}
{"Action":"output","Output":"no test's\n"}
`))
	if err != nil {
		t.Fatal(err)
	}
	x := grow(all).index["TestX"]
	if x == nil || x.outcome != "" || x.output.Len() > 0 || len(x.below) != 2 {
		t.Fatalf("TestX is %+v", x)
	}
	a, b := x.below[0], x.below[1]
	if a.name != "a" || a.outcome != "fail" || a.output.String() != "    x_test.go:3: wrong\n" {
		t.Errorf("a is %+v", a)
	}
	if b.name != "b" || b.outcome != "" {
		t.Errorf("b is %+v", b)
	}
}

func TestLoadOrder(t *testing.T) {
	tree := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(tree, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("modules.builtin", "kernel/net/tun.ko\n")
	write("modules.dep", "net/ip_vs_rr.ko: net/ip_vs.ko net/nf-conntrack.ko lib/crc.ko\nnet/ip_vs.ko: net/nf-conntrack.ko lib/crc.ko\n"+
		"net/nf-conntrack.ko: lib/crc.ko\nlib/crc.ko:\n")
	got, err := loadOrder(tree, []string{"tun", "nf_conntrack", "ip_vs_rr"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"lib/crc.ko", "net/nf-conntrack.ko", "net/ip_vs.ko", "net/ip_vs_rr.ko"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := loadOrder(tree, []string{"ip_vs_xx"}); err == nil {
		t.Error("a module that is not there was found")
	}
}
