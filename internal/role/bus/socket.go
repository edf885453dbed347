package bus

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// Pair returns one end of a bus and, for a child process to inherit, the file of the other. The caller
// closes the file once the child has it: only then does the death of the child end the bus.
func Pair() (Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("bus: socketpair: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "bus")
	ours, err := FromFD(fds[0])
	if err != nil {
		unix.Close(fds[0])
		theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// FromFD takes over descriptor fd, one end of a SOCK_SEQPACKET socket pair.
func FromFD(fd int) (Conn, error) {
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return nil, fmt.Errorf("bus: descriptor %d: %w", fd, err)
	}
	if kind != unix.SOCK_SEQPACKET {
		return nil, fmt.Errorf("bus: descriptor %d: socket type %d is not SOCK_SEQPACKET", fd, kind)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("bus: descriptor %d: %w", fd, err)
	}
	f := os.NewFile(uintptr(fd), "bus")
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("bus: descriptor %d: %w", fd, err)
	}
	return &sockConn{file: f, raw: raw}, nil
}

type sockConn struct {
	file   *os.File
	raw    syscall.RawConn
	closed atomic.Bool // a RawConn's own error for that has no exported name
}

func (c *sockConn) Send(m Msg) error {
	p, err := Encode(m)
	if err != nil {
		return err
	}
	// MSG_EOR and the like are not needed: a packet is a message. The callback always says "done", so
	// that the runtime never parks a sender.
	var sendErr error
	err = c.raw.Write(func(fd uintptr) bool {
		sendErr = retry(func() error {
			return unix.Sendto(int(fd), p, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, nil)
		})
		return true
	})
	if err == nil {
		err = sendErr
	}
	switch {
	case err == nil:
		return nil
	case c.closed.Load():
		return os.ErrClosed
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.ENOBUFS):
		return ErrFull
	case errors.Is(err, unix.EPIPE), errors.Is(err, unix.ECONNRESET):
		return io.ErrClosedPipe
	}
	return fmt.Errorf("bus: send: %w", err)
}

func (c *sockConn) Recv() (Msg, error) {
	buf := make([]byte, MaxPacket+1) // one more: an overlong packet shows
	var n int
	var recvErr error
	err := c.raw.Read(func(fd uintptr) bool {
		recvErr = retry(func() (err error) {
			n, _, err = unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
			if errors.Is(err, unix.ECONNRESET) {
				// The other end closed with our packets unread. The kernel says so once and ahead of
				// the packets that it sent us before; those come after.
				n, _, err = unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
			}
			return err
		})
		return !errors.Is(recvErr, unix.EAGAIN)
	})
	if err == nil {
		err = recvErr
	}
	switch {
	case err != nil && c.closed.Load():
		return Msg{}, os.ErrClosed
	case err != nil:
		return Msg{}, fmt.Errorf("bus: receive: %w", err)
	case n == 0:
		return Msg{}, io.EOF // an empty packet is never sent
	}
	return Decode(buf[:n])
}

func (c *sockConn) Close() error {
	c.closed.Store(true)
	if err := c.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("bus: close: %w", err)
	}
	return nil
}

func retry(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
