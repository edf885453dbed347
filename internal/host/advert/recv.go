package advert

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// receiver is what recvmsg(2) wants, kept so that a call allocates nothing.
type receiver struct {
	msg unix.Msghdr
	iov unix.Iovec
	oob [96]byte // a time stamp (32 bytes) and a loss counter (24 bytes), with room to spare
}

// Recv reads one packet into p, or returns ErrNone. p.At is the kernel's receive time, on the clock of
// time.Now and with a monotonic reading: it is never later than the return of Recv, and setting the clock
// of the host does not move it.
//
// *HeaderError and ErrTruncated concern one packet, which is dropped: go on receiving. Any other error
// concerns the socket.
func (s *Socket) Recv(p *Packet) error {
	r := &s.recv
	r.iov.Base = &p.buf[0]
	r.iov.SetLen(len(p.buf))
	r.msg.Iov = &r.iov
	r.msg.SetIovlen(1)
	var n uintptr
	for {
		r.msg.Control = &r.oob[0]
		r.msg.SetControllen(len(r.oob))
		r.msg.Flags = 0
		// Not unix.Recvmsg, which allocates the source address and asks the socket for its protocol.
		var errno unix.Errno
		n, _, errno = unix.Syscall(unix.SYS_RECVMSG, uintptr(s.rx), uintptr(unsafe.Pointer(&r.msg)), unix.MSG_DONTWAIT)
		if errno == 0 {
			break
		}
		if errno == unix.EAGAIN {
			s.stamps.empty(time.Now())
			return ErrNone
		}
		if errno != unix.EINTR {
			return fmt.Errorf("advert: receive on %s: %w", s.name, errno)
		}
	}
	now := time.Now()
	stamp, lost := control(r.oob[:r.msg.Controllen])
	s.stats.Lost += uint64(lost - s.lost)
	s.lost = lost
	p.At = now
	if stamp != 0 {
		p.At = s.stamps.arrival(now, stamp)
	}
	p.IfIndex = s.index
	if r.msg.Flags&unix.MSG_TRUNC != 0 {
		s.stats.Truncated++
		return ErrTruncated
	}
	if err := ParseIPv4(p.buf[:n], p); err != nil {
		s.stats.Malformed++
		return err
	}
	s.stats.Received++
	return nil
}
