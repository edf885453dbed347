package proc

import (
	"fmt"
	"os"
	"strings"
)

// maxName is the longest name the kernel keeps, in bytes.
const maxName = 15

// SetName sets the name of the process as ps, top, pgrep and killall see it: that of its first thread,
// whichever thread calls. Longer names are cut at 15 bytes. A process that was started through
// /proc/self/exe is called "exe" until it calls this.
func SetName(comm string) error {
	if comm == "" || strings.ContainsAny(comm, "\x00\n") {
		return fmt.Errorf("process name %q: empty, or not one line", comm)
	}
	if len(comm) > maxName {
		comm = comm[:maxName]
	}
	if err := os.WriteFile("/proc/self/comm", []byte(comm), 0); err != nil {
		return fmt.Errorf("process name %q: %w", comm, err)
	}
	return nil
}
