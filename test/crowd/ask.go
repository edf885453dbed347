package crowd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Inside runs f where its sockets shall be: on a thread of some network namespace.
type Inside func(f func() error) error

// Answer is what became of one request.
type Answer struct {
	Began  time.Time
	Ended  time.Time
	Err    error  // nil: the whole page came, with status 200
	Server string // as the page's header of that name says
}

// Get asks for a page over a connection of its own, from a port or from 0, which is any, and waits for all of it, no longer than patience.
func Get(in Inside, port uint16, to netip.AddrPort, path string, patience time.Duration) Answer {
	a := Answer{Began: time.Now()}
	a.Server, a.Err = get(in, port, to, path, a.Began.Add(patience))
	a.Ended = time.Now()
	return a
}

func get(in Inside, port uint16, to netip.AddrPort, path string, deadline time.Time) (server string, err error) {
	c, err := connect(in, port, to, deadline)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, to); err != nil {
		return "", err
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	if _, err = io.Copy(io.Discard, r.Body); err == nil && r.StatusCode != http.StatusOK {
		err = errors.New(r.Status)
	}
	return r.Header.Get("Server"), err
}

// connect makes a connection. Only the making of the socket happens inside: who waits there would keep others out.
func connect(in Inside, port uint16, to netip.AddrPort, deadline time.Time) (*os.File, error) {
	family, anyone := unix.AF_INET, netip.IPv4Unspecified()
	if !to.Addr().Is4() {
		family, anyone = unix.AF_INET6, netip.IPv6Unspecified()
	}
	var fd int
	err := in(func() (err error) {
		fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	c := os.NewFile(uintptr(fd), "connection")
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err == nil {
		err = unix.Bind(fd, sockaddr(netip.AddrPortFrom(anyone, port)))
	}
	if err == nil {
		err = unix.Connect(fd, sockaddr(to))
	}
	if errors.Is(err, unix.EINPROGRESS) {
		err = connected(c, deadline)
	}
	if err == nil {
		err = c.SetDeadline(deadline)
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

// connected waits for the handshake.
func connected(c *os.File, deadline time.Time) error {
	if err := c.SetWriteDeadline(deadline); err != nil {
		return err
	}
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
			return err == nil // otherwise it goes on
		}
		return true
	})
	return errors.Join(err, fault)
}
