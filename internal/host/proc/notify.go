package proc

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// States that Notify sends, as sd_notify(3) has them. Several go into one call, a line each.
const (
	Ready    = "READY=1"
	Stopping = "STOPPING=1"
)

// Reloading returns the state that begins a reload: systemd wants the time (CLOCK_MONOTONIC) with it, to
// tell which of two reloads the READY=1 that follows belongs to.
func Reloading() string {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic("proc: clock_gettime(CLOCK_MONOTONIC): " + err.Error()) // cannot fail on Linux
	}
	return "RELOADING=1\nMONOTONIC_USEC=" + strconv.FormatInt(ts.Nano()/1000, 10)
}

// Notify tells the service manager that started us about our state; without one (NOTIFY_SOCKET is not set)
// it does nothing. It waits at most a second for a manager that does not read.
func Notify(state string) error {
	addr := os.Getenv("NOTIFY_SOCKET")
	if addr == "" {
		return nil
	}
	if addr[0] != '/' && addr[0] != '@' { // "@" is an abstract name, here and in x/sys
		return fmt.Errorf("notify: NOTIFY_SOCKET=%s: neither a path nor an abstract socket", addr)
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("notify: socket: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &unix.Timeval{Sec: 1}); err != nil {
		return fmt.Errorf("notify: send timeout: %w", err)
	}
	for {
		err = unix.Sendto(fd, []byte(state), unix.MSG_NOSIGNAL, &unix.SockaddrUnix{Name: addr})
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("notify: %s: %w", addr, err)
	}
	return nil
}
