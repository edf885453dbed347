package checkd

import (
	"errors"
	"os"
	"syscall"

	"holdfast/internal/core/lvs"
)

// excuse is why the kernel refused an operation, in keepalived's words, with the error number that keepalived logs.
func excuse(op lvs.Op, err error) (text string, number int) {
	var errno syscall.Errno
	aboutDest := op.Kind >= lvs.AddDest
	switch is := errors.As(err, &errno); {
	case !is && !errors.Is(err, os.ErrNotExist):
		return err.Error(), 0
	case !is, errno == syscall.ESRCH && op.Kind != lvs.AddService:
		errno = syscall.ENOENT // compat: a service that is not there
		return "No such file or directory", int(errno)
	}
	switch {
	case errno == syscall.EEXIST && aboutDest:
		return "Destination already exists", int(errno)
	case errno == syscall.EEXIST:
		return "Service already exists", int(errno)
	case errno == syscall.ENOENT && aboutDest:
		return "No such destination", int(errno)
	case errno == syscall.ENOENT && op.Kind != lvs.DelService:
		return "Scheduler or persistence engine not found", int(errno)
	}
	return sentence(errno), int(errno)
}

// sentence is the C library's text of an error number.
func sentence(e syscall.Errno) string {
	switch e {
	case syscall.ENOMEM:
		return "Cannot allocate memory"
	case syscall.EPERM:
		return "Operation not permitted"
	}
	s := []byte(e.Error())
	if len(s) > 0 && 'a' <= s[0] && s[0] <= 'z' {
		s[0] -= 'a' - 'A'
	}
	return string(s)
}
