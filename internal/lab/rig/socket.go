package rig

import (
	"encoding/binary"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/netns"
)

// socket is a raw descriptor on the runtime's poller, read with recvmsg for the kernel's stamps.
type socket struct {
	file *os.File
	raw  syscall.RawConn
}

// backlog is what a socket holds in bytes while its reader waits for a processor: half a second of probes
// to six addresses, each of which the kernel counts as most of a kilobyte. What it dropped would look like
// a router's silence.
const backlog = 4 << 20

// newSocket makes a socket in s. tune sets it up before anything can arrive; the descriptor stays in
// its namespace wherever it is read.
func newSocket(s *netns.Space, domain, kind, proto int, tune func(fd int) error) (*socket, error) {
	fd := -1
	err := s.Do(func() (err error) {
		fd, err = unix.Socket(domain, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
		return os.NewSyscallError("socket", err)
	})
	if err != nil {
		return nil, err
	}
	if err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, backlog); err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	}
	if err == nil {
		err = tune(fd)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "lab-socket")
	raw, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &socket{f, raw}, nil
}

// packet is what one recvmsg gave.
type packet struct {
	data []byte
	oob  []byte
	from unix.Sockaddr
	wall time.Time // the kernel's stamp, or now without one
}

// recv waits for a packet. Asynchronous errors of a connected socket (connection refused) are returned
// as they are; os.ErrClosed ends the reader.
func (s *socket) recv(buf, oob []byte) (packet, error) {
	var p packet
	var err error
	rerr := s.raw.Read(func(fd uintptr) bool {
		var n, oobn int
		n, oobn, _, p.from, err = unix.Recvmsg(int(fd), buf, oob, 0)
		if err == unix.EAGAIN || err == unix.EINTR {
			return false
		}
		if err == nil {
			p.data, p.oob = buf[:n], oob[:oobn]
		}
		return true
	})
	if rerr != nil {
		return p, os.ErrClosed // the only way in which waiting fails; it comes without this wrapping
	}
	p.wall = time.Now()
	if err == nil {
		if t, ok := stampOf(p.oob); ok {
			p.wall = t
		}
	}
	return p, err
}

// send hands one datagram to the kernel without waiting.
func (s *socket) send(data, oob []byte, to unix.Sockaddr) error {
	var err error
	cerr := s.raw.Control(func(fd uintptr) { err = unix.Sendmsg(int(fd), data, oob, to, unix.MSG_DONTWAIT) })
	if cerr != nil {
		return cerr
	}
	return err
}

func (s *socket) close() { s.file.Close() }

// stampOf finds SO_TIMESTAMPNS among control messages.
func stampOf(oob []byte) (time.Time, bool) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return time.Time{}, false
	}
	for _, m := range msgs {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			sec := int64(binary.NativeEndian.Uint64(m.Data))
			nsec := int64(binary.NativeEndian.Uint64(m.Data[8:]))
			return time.Unix(sec, nsec), true
		}
	}
	return time.Time{}, false
}
