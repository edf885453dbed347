package probe

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
)

// SetupError is why an attempt was not made: a system call before anything was sent failed.
type SetupError struct {
	Step      Step
	Interface string // with StepDevice
	Errno     unix.Errno
}

// Step is a step on the way to a socket.
type Step uint8

// The steps.
const (
	StepSocket Step = iota
	StepMark
	StepDevice
	StepBind
	StepWatch // adding the socket to the epoll set
)

func (s Step) String() string {
	return [...]string{"create a socket", "set the mark", "bind to the interface", "bind", "watch the socket"}[s]
}

func (e *SetupError) Error() string {
	if e.Step == StepDevice {
		return fmt.Sprintf("probe: %v %s: %v", e.Step, e.Interface, e.Errno)
	}
	return fmt.Sprintf("probe: %v: %v", e.Step, e.Errno)
}

// Unwrap gives the error number.
func (e *SetupError) Unwrap() error { return e.Errno }

// setup makes a SetupError of err, which came from a system call.
func setup(step Step, device string, err error) *SetupError {
	return &SetupError{Step: step, Interface: device, Errno: unix.Errno(number(err))}
}

// sockaddrs is memory for addresses that are handed to the kernel, so that none is allocated.
type sockaddrs struct {
	v4 unix.SockaddrInet4
	v6 unix.SockaddrInet6
}

func (s *sockaddrs) of(a netip.Addr, port uint16, v4 bool) unix.Sockaddr {
	if v4 {
		s.v4 = unix.SockaddrInet4{Port: int(port)}
		if a.IsValid() {
			s.v4.Addr = a.As4()
		}
		return &s.v4
	}
	s.v6 = unix.SockaddrInet6{Port: int(port)}
	if a.IsValid() {
		s.v6.Addr = a.As16()
	}
	return &s.v6
}

// open makes a socket for c that does not block, and binds it.
func (p *Prober) open(c *talk.Call) (int, *SetupError) {
	v4 := c.To.Addr().Is4() || c.To.Addr().Is4In6()
	family, kind, proto := unix.AF_INET6, unix.SOCK_STREAM, unix.IPPROTO_TCP
	if v4 {
		family = unix.AF_INET
	}
	switch c.Network {
	case talk.Stream:
	case talk.Datagram:
		kind, proto = unix.SOCK_DGRAM, unix.IPPROTO_UDP
	case talk.Echo:
		kind, proto = unix.SOCK_DGRAM, unix.IPPROTO_ICMPV6
		if v4 {
			proto = unix.IPPROTO_ICMP
		}
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return -1, setup(StepSocket, "", err)
	}
	if fault := p.bind(fd, c, v4); fault != nil {
		_ = unix.Close(fd)
		return -1, fault
	}
	return fd, nil
}

// bind sets what c wants of a socket's own side.
func (p *Prober) bind(fd int, c *talk.Call, v4 bool) *SetupError {
	if fault := prepare(fd, c, v4); fault != nil {
		return fault
	}
	if c.From.IsValid() && (c.From.Is4() || c.From.Is4In6()) != v4 {
		return setup(StepBind, "", unix.EAFNOSUPPORT)
	}
	if c.From.IsValid() || c.FromPort != 0 {
		if err := unix.Bind(fd, p.address.of(c.From, c.FromPort, v4)); err != nil {
			return setup(StepBind, "", err)
		}
	}
	return nil
}

// prepare sets the options that c wants, all but the address.
func prepare(fd int, c *talk.Call, v4 bool) *SetupError {
	if c.Mark != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(c.Mark)); err != nil {
			return setup(StepMark, "", err)
		}
	}
	if c.Interface != "" {
		if err := unix.BindToDevice(fd, c.Interface); err != nil {
			return setup(StepDevice, c.Interface, err)
		}
	}
	if c.FromPort != 0 {
		// A connection from this port to another server may not be over yet (TIME_WAIT).
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	if c.AllErrors {
		level, name := unix.SOL_IPV6, unix.IPV6_RECVERR
		if v4 {
			level, name = unix.SOL_IP, unix.IP_RECVERR
		}
		_ = unix.SetsockoptInt(fd, level, name, 1) // without it some errors are timeouts
	}
	return nil
}
