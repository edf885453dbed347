package uml_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/lab/uml"
	guest "holdfast/test/guest/uml"
)

func TestCommand(t *testing.T) {
	guest.Need(t)
	out := t.TempDir()
	var said bytes.Buffer
	g := uml.Guest{
		Args: []string{"/bin/sh", "-c", `echo "this is $WHO"; ipvsadm -A -t 10.9.0.1:80 -s mh && ipvsadm -Sn; echo left >/out/file; touch /etc/holdfast-guest; exit 7`},
		Env:  []string{"WHO=the guest", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, Out: out, Output: &said,
	}
	status, err := uml.Run(t.Context(), g)
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
	guest.Need(t)
	var said bytes.Buffer
	_, err := uml.Run(t.Context(), uml.Guest{Args: []string{"/bin/ls", "/sys/module"}, Output: &said, Without: "ip_vs"})
	if err != nil || strings.Contains(said.String(), "ip_vs") || !strings.Contains(said.String(), "veth") {
		t.Errorf("%v: %s", err, said.Bytes())
	}
}

// A guest whose time is over ends with all its processes; one that reboots does not run its command again.
func TestEnd(t *testing.T) {
	guest.Need(t)
	t.Run("late", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := uml.Run(ctx, uml.Guest{Args: []string{"/bin/sleep", "100"}})
		if err == nil || !strings.Contains(err.Error(), "deadline") || time.Since(begin) > 20*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
	})
	t.Run("reboot", func(t *testing.T) {
		var said bytes.Buffer
		_, err := uml.Run(t.Context(), uml.Guest{Args: []string{"/bin/sh", "-c", "echo once; echo b >/proc/sysrq-trigger; reboot -f; sleep 2"}, Output: &said})
		if n := strings.Count(said.String(), "once"); n != 1 {
			t.Errorf("it ran %d times: %v", n, err)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		if _, err := uml.Run(t.Context(), uml.Guest{Args: []string{"/no/such/program"}}); err == nil {
			t.Error("a command that is not there has run")
		}
	})
}
