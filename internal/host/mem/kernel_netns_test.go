package mem_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/link"
	"holdfast/internal/host/mem/contract"
)

// newNS makes a network namespace that lasts as long as the test and returns its file descriptor.
func newNS(t *testing.T) int {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: makes a network namespace")
	}
	var fd int
	err := onThread(func() (err error) {
		if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		fd, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		return err
	})
	if err != nil {
		t.Fatalf("namespace: %v", err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// within runs f on a thread that is in the namespace.
func within(fd int, f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
			return err
		}
		return f()
	})
}

// onThread runs f on an operating system thread that ends with it.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- f()
	}()
	return <-done
}

func TestContractHoldsForTheKernel(t *testing.T) {
	contract.Run(t, func(t *testing.T) contract.World {
		ns := newNS(t)
		sysctl := func(name, value string) error {
			return within(ns, func() error { return os.WriteFile("/proc/sys/net/"+name, []byte(value), 0o600) })
		}
		// The peer exists for the carrier; what is down has none.
		c, err := link.Open(link.Options{NetNS: ns})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		w := contract.World{
			Kernel: c, SetUp: c.SetUp, DelLink: c.DelLink,
			Promote: func(on bool) error {
				v := "0"
				if on {
					v = "1"
				}
				return sysctl("ipv4/conf/all/promote_secondaries", v)
			},
		}
		for _, family := range []string{"all", "default"} {
			if err := sysctl(fmt.Sprintf("ipv6/conf/%s/accept_dad", family), "0"); err != nil {
				t.Fatal(err)
			}
		}
		for name, at := range map[string]*int{"va": &w.A, "vb": &w.B} {
			if err := c.AddVeth(name, name+"-far", 0); err != nil {
				t.Fatal(err)
			}
			for _, n := range []string{name + "-far", name} {
				l, err := c.ByName(n)
				if err != nil {
					t.Fatal(err)
				}
				if err := c.SetUp(l.Index, true); err != nil {
					t.Fatal(err)
				}
				*at = l.Index
			}
		}
		if err := sysctl("ipv4/conf/all/promote_secondaries", "0"); err != nil {
			t.Fatal(err)
		}
		if err := sysctl("ipv4/conf/default/promote_secondaries", "0"); err != nil {
			t.Fatal(err)
		}
		return w
	})
}
