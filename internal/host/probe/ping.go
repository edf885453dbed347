package probe

import (
	"fmt"
	"os"
	"strings"
)

const pingGroups = "/proc/sys/net/ipv4/ping_group_range"

// AllowPing lets the groups from 0 on use ICMP sockets in this network namespace, as PING_CHECK needs, and gives what restores
// the setting. Nothing is changed if group 0 may already.
func AllowPing() (restore func() error, err error) {
	before, err := os.ReadFile(pingGroups)
	if err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	var low, high uint32
	if _, err := fmt.Sscan(string(before), &low, &high); err != nil {
		return nil, fmt.Errorf("probe: %s: %w", pingGroups, err)
	}
	if low == 0 {
		return func() error { return nil }, nil
	}
	// "1 0", the kernel's default, means nobody.
	if err := os.WriteFile(pingGroups, fmt.Appendf(nil, "0 %d", high), 0); err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	return func() error {
		if err := os.WriteFile(pingGroups, []byte(strings.TrimSpace(string(before))), 0); err != nil {
			return fmt.Errorf("probe: %w", err)
		}
		return nil
	}, nil
}
