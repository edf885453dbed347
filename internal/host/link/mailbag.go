package link

import (
	"syscall"
	"unsafe"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// mailbag takes in many notifications with one system call. A takeover of a thousand addresses is told in a thousand
// datagrams, and to read them one by one, each looked at first for its size, costs more than to add the addresses.
type mailbag struct {
	raw  syscall.RawConn
	hdrs [bagLen]mmsghdr
	iovs [bagLen]unix.Iovec
	from [bagLen]unix.RawSockaddrNetlink
	bufs [bagLen][]byte
	got  int
}

const (
	bagLen    = 16
	letterLen = 32 << 10 // the kernel's largest notifications, of links with many virtual functions, have some KiB
)

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

func newMailbag(conn *netlink.Conn) (*mailbag, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	m := &mailbag{raw: raw}
	for i := range m.bufs {
		m.bufs[i] = make([]byte, letterLen)
		m.iovs[i].Base = &m.bufs[i][0]
		m.iovs[i].SetLen(letterLen)
		h := &m.hdrs[i].hdr
		h.Name, h.Iov = (*byte)(unsafe.Pointer(&m.from[i])), &m.iovs[i]
		h.SetIovlen(1)
	}
	return m, nil
}

// receive waits for at least one datagram.
func (m *mailbag) receive() error {
	m.got = 0
	var errno syscall.Errno
	err := m.raw.Read(func(fd uintptr) bool {
		for i := range m.hdrs {
			m.hdrs[i].hdr.Namelen, m.hdrs[i].hdr.Flags = unix.SizeofSockaddrNetlink, 0
		}
		var n uintptr
		for errno = unix.EINTR; errno == unix.EINTR; {
			n, _, errno = unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&m.hdrs[0])), bagLen, unix.MSG_DONTWAIT, 0, 0)
		}
		if errno == 0 {
			m.got = int(n)
		}
		return errno != unix.EAGAIN
	})
	if err == nil && errno != 0 {
		err = errno
	}
	return err
}

// datagrams yields what the last receive took in, nil for one that was too long. Only the kernel is believed.
func (m *mailbag) datagrams(yield func([]byte) bool) {
	for i := range m.got {
		b := m.bufs[i][:m.hdrs[i].len]
		if m.from[i].Pid != 0 {
			continue
		}
		if m.hdrs[i].hdr.Flags&unix.MSG_TRUNC != 0 {
			b = nil
		}
		if !yield(b) {
			return
		}
	}
}
