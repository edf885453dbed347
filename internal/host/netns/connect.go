package netns

import (
	"errors"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Connect makes a TCP connection from a namespace, whose Do is in, from a port or from 0, which is any, and waits for it until
// deadline, which is then that of the connection. Only the making of the socket happens inside: who waits there would keep others
// out. A deadline that passes is os.ErrDeadlineExceeded.
func Connect(in func(func() error) error, port uint16, to netip.AddrPort, deadline time.Time) (*os.File, error) {
	family, anyone := unix.AF_INET, netip.IPv4Unspecified()
	if !to.Addr().Is4() {
		family, anyone = unix.AF_INET6, netip.IPv6Unspecified()
	}
	var fd int
	err := in(func() (err error) {
		fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		return os.NewSyscallError("socket", err)
	})
	if err != nil {
		return nil, err
	}
	c := os.NewFile(uintptr(fd), "connection")
	err = c.SetDeadline(deadline)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	if err == nil {
		err = os.NewSyscallError("bind", unix.Bind(fd, sockaddr(netip.AddrPortFrom(anyone, port))))
	}
	if err == nil {
		err = unix.Connect(fd, sockaddr(to))
	}
	if errors.Is(err, unix.EINPROGRESS) {
		err = connected(c)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

// connected waits until the socket is connected or cannot be.
func connected(c *os.File) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var fault error
	err = raw.Write(func(fd uintptr) bool {
		n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		switch {
		case err != nil:
			fault = err
		case n != 0:
			fault = unix.Errno(n)
		default:
			_, err := unix.Getpeername(int(fd))
			return err == nil // else it is still under way
		}
		return true
	})
	return errors.Join(err, fault)
}
