package plane_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"holdfast/internal/host/netns"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/plane/contract"
	"holdfast/ipvs"
)

var spaces int

// kernel opens the table of a network namespace of its own.
func kernel(t *testing.T) *plane.Conn {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: to make a network namespace")
	}
	spaces++
	s, err := netns.New(fmt.Sprintf("holdfast-plane-%d-%d", os.Getpid(), spaces), func() error {
		// Without any route IPVS takes every IPv4 address for one of broadcast, and refuses it as a destination.
		return exec.Command("ip", "link", "set", "lo", "up", "multicast", "on").Run()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c, err := plane.Open(plane.Options{NetNS: s.FD()})
	var missing *ipvs.MissingError
	if errors.As(err, &missing) {
		t.Skipf("needs a kernel with IPVS: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestContractHoldsForTheKernel needs a kernel with IPVS.
func TestContractHoldsForTheKernel(t *testing.T) {
	kernel(t) // once in front, so that what is skipped has this test's name
	contract.Run(t, kernel)
}
