package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"

	"holdfast/internal/host/netns"
)

const spacePrefix = "holdfast-bench-"

// space is a network namespace of the bench.
type space struct{ *netns.Space }

var spaces atomic.Int64

// newSpace makes a namespace without IPv6, whose routine chatter would be noise.
func newSpace(what string) (*space, error) {
	s, err := netns.New(fmt.Sprintf("%s%d-%d-%s", spacePrefix, os.Getpid(), spaces.Add(1), what), func() error {
		for _, which := range []string{"all", "default"} {
			// A kernel without IPv6 has no such file and needs none.
			if err := os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0); err != nil && !os.IsNotExist(err) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &space{s}, nil
}

// ip runs ip(8) commands, one per line, inside.
func (s *space) ip(lines ...string) error {
	cmd := exec.Command("ip", "-n", s.Name, "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ip in %s: %w: %s", s.Name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
