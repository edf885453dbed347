package proc

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// netnsDir is where ip-netns(8) keeps its handles.
const netnsDir = "/run/netns/"

// ErrNoNetNS says that there is no network namespace of that name.
var ErrNoNetNS = errors.New("no such network namespace (see ip netns list)")

// NetNS opens the network namespace that ip-netns(8) knows as name, or with an empty name that of the parent process, which for
// a role is the one that the daemon was started in.
func NetNS(name string) (*os.File, error) {
	path := netnsDir + name
	switch {
	case name == "":
		path = fmt.Sprintf("/proc/%d/ns/net", os.Getppid())
	case !plainName(name):
		return nil, fmt.Errorf("network namespace %q: not a plain name", name)
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("network namespace %s: %w: %w", name, ErrNoNetNS, err)
	}
	return f, err
}

// plainName reports whether a name can be that of a namespace.
func plainName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\x00")
}

// EnterNetNS moves the calling thread, and nothing else of the process, into the network namespace that
// ip-netns(8) knows as name. The goroutine must be locked to its thread, and stay so: a thread in a foreign
// namespace must never serve another goroutine. What the thread creates afterwards, sockets and child
// processes, lives there.
func EnterNetNS(name string) error {
	if !plainName(name) {
		return fmt.Errorf("network namespace %q: not a plain name", name)
	}
	path := netnsDir + name
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("network namespace %s: %s: %w: %w", name, path, ErrNoNetNS, err)
	}
	if err != nil {
		return denied("network namespace "+name+": open "+path, "root", err)
	}
	defer unix.Close(fd)
	err = unix.Setns(fd, unix.CLONE_NEWNET)
	if errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("network namespace %s: %s is not a network namespace (its mount may be gone): %w", name, path, err)
	}
	return denied("network namespace "+name+": setns", "CAP_SYS_ADMIN", err)
}
