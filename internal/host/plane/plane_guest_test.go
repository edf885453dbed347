package plane_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"holdfast/internal/host/netns"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/plane/contract"
	"holdfast/test/guest/uml"
)

var spaces int

// kernel opens the table of a network namespace of its own.
func kernel(t *testing.T) *plane.Conn {
	t.Helper()
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
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestContractHoldsForTheKernel takes the guest's kernel, which has IPVS.
func TestContractHoldsForTheKernel(t *testing.T) {
	uml.Inside(t, "", func(t *testing.T) { contract.Run(t, kernel) })
}
