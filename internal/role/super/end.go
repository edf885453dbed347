package super

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// end is how one life of a role ended.
type end struct {
	proc.Status
	trace []byte // what a Go runtime that crashed said last
}

// permanent reports an exit status that another start would only repeat, with keepalived's word for it.
func (e end) permanent() (string, bool) {
	if e.Signal != 0 {
		return "", false
	}
	switch e.Code {
	case bus.ExitFatal:
		return "FATAL", true
	case bus.ExitConfig:
		return "CONFIG", true
	case bus.ExitPermission:
		return "missing permission", true
	}
	return "", false
}

// line is keepalived's line for an end by a signal; "" for an exit.
func (e end) line(pid int) string {
	switch e.Signal {
	case 0:
		return ""
	case syscall.SIGSEGV:
		return fmt.Sprintf("pid %d exited due to segmentation fault (SIGSEGV).", pid)
	case syscall.SIGKILL:
		return fmt.Sprintf("pid %d exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?", pid)
	}
	return fmt.Sprintf("pid %d exited due to signal %d (%s)", pid, int(e.Signal), signalName(e.Signal))
}

// signalName is strsignal(3) in the C locale; the standard library writes the names in lower case.
func signalName(s syscall.Signal) string {
	name := s.String()
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		return name
	}
	return string(name[0]-'a'+'A') + name[1:]
}

// exitCode is the exit status that an error of a role stands for. An error that says nothing about it
// is a program error, which is worth another try.
func exitCode(err error) int {
	var exit *bus.ExitError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return bus.ExitOK
	case errors.As(err, &exit):
		return exit.Code
	case errors.Is(err, os.ErrPermission):
		return bus.ExitPermission
	}
	return bus.ExitProgram
}
