package logs

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// console writes to a file descriptor that may be a pipe or a terminal nobody reads. It asks poll(2)
// first, so that only a second writer on the same pipe can make write(2) block, and then only this
// goroutine.
//
// It writes by system call and not through os.File: that one turns EPIPE on stderr into the death of
// the process, and a daemon should outlive the reader of its console.
type console struct {
	fd int // ours, so that it cannot become another file's number while we still write
	n  int // bytes of the current line that are already out
}

func newConsole(f *os.File) (*console, error) {
	// Not by f.Fd, which would take a non-blocking descriptor's mode away, for everybody who shares it.
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fd int
	var dup error
	err = raw.Control(func(have uintptr) { fd, dup = unix.FcntlInt(have, unix.F_DUPFD_CLOEXEC, 3) })
	if err == nil {
		err = os.NewSyscallError("fcntl", dup)
	}
	return &console{fd: fd}, err
}

func (c *console) write(line []byte) error {
	for c.n < len(line) {
		if err := waitWritable(c.fd); err != nil {
			return c.fail(err)
		}
		// At most PIPE_BUF, which a pipe that polls as writable takes whole.
		n, err := unix.Write(c.fd, line[c.n:min(len(line), c.n+4096)])
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			// Non-blocking and no room for a whole piece although poll saw some: poll would
			// say so again at once.
			time.Sleep(10 * time.Millisecond)
			return errBusy
		case err != nil:
			return c.fail(err)
		default:
			c.n += n
		}
	}
	c.n = 0
	return nil
}

func (c *console) fail(err error) error {
	if !errors.Is(err, errBusy) {
		c.n = 0
	}
	return err
}

func waitWritable(fd int) error {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, int(patience/time.Millisecond))
	switch {
	case err != nil && err != unix.EINTR:
		return os.NewSyscallError("poll", err)
	case n <= 0:
		return errBusy
	case fds[0].Revents&unix.POLLNVAL != 0:
		return os.ErrClosed
	}
	return nil
}

func (c *console) flush() error { return nil }

func (c *console) close() error { return unix.Close(c.fd) }
