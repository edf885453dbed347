package check_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"pgregory.net/rapid"

	"holdfast/internal/host/netns"
	"holdfast/internal/host/plane"
	"holdfast/test/guest/uml"
)

// TestTheKernelFollows plays what TestTheTableFollows does, on a real kernel.
func TestTheKernelFollows(t *testing.T) {
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("model", func(t *testing.T) {
			s, err := netns.New(fmt.Sprintf("holdfast-check-%d", os.Getpid()), func() error {
				// Without any route IPVS takes every IPv4 address for one of broadcast, and refuses it as a destination.
				return exec.Command("ip", "link", "set", "lo", "up", "multicast", "on").Run()
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			c, err := plane.Open(plane.Options{NetNS: s.FD()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			lives := 0
			rapid.Check(t, func(t *rapid.T) {
				lives++
				if err := c.Flush(); err != nil { // of a life that failed
					t.Fatal(err)
				}
				life(t, c)
			})
			t.Logf("%d lives", lives)
		})
	})
}
