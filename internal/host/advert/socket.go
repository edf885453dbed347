package advert

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// Config says what a Socket is for.
type Config struct {
	Link     table.Link
	Family   int        // 4
	Group    netip.Addr // multicast group to join and hear; the zero Addr for unicast
	Source   netip.Addr // our address: required for unicast, which hears only packets sent to it
	VRIDs    []uint8    // the virtual routers to hear
	AllVRIDs bool       // hear every router, whatever VRIDs says
	Protocol int        // 112 (VRRP), or 51 (AH in front of it)
	RxBuf    int        // bytes for packets that wait, as SO_RCVBUF counts them; 0 = the kernel's default
}

// Stats counts since Open.
type Stats struct {
	Received  uint64 // packets handed out
	Malformed uint64 // packets refused by ParseIPv4
	Truncated uint64 // packets longer than MaxPacket
	Lost      uint64 // packets the kernel dropped because the queue was full, as of the last one received
	Sent      uint64
	Busy      uint64 // sends refused with ErrBusy
	Failed    uint64 // sends refused otherwise
}

// A Socket hears and sends adverts on one link. It is not safe for concurrent use.
type Socket struct {
	name      string
	index     int
	proto     int
	multicast bool
	rx, tx    int
	stamps    stamper
	stats     Stats
	lost      uint32 // the kernel's own counter, which wraps

	errBusy, errGone, errDown error // ready made, so that a failing Send allocates nothing either

	recv receiver
	dst  unix.RawSockaddrInet4
}

// priority is TC_PRIO_CONTROL, the band that pfifo_fast and prio serve first.
const priority = 7

// Open makes the socket and joins the group. The link must exist; it need not be up. Errors name the step,
// and wrap *DeniedError, *UnsupportedError, ErrLinkGone or ErrNoAddress where these apply.
func Open(c Config) (*Socket, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("advert: open on %s: %w", c.Link.Name, err)
	}
	s := &Socket{
		name: c.Link.Name, index: c.Link.Index, proto: c.Protocol, multicast: c.Group.IsValid(), rx: -1, tx: -1,
		errBusy: fmt.Errorf("advert: send on %s: %w", c.Link.Name, ErrBusy),
		errGone: fmt.Errorf("advert: send on %s: %w", c.Link.Name, ErrLinkGone),
		errDown: fmt.Errorf("advert: send on %s: %w", c.Link.Name, ErrLinkDown),
	}
	err := s.openRx(&c)
	if err == nil {
		err = s.openTx(&c)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("advert: open on %s: %w", c.Link.Name, err)
	}
	s.stamps = newStamper(time.Now())
	return s, nil
}

func (c *Config) check() error {
	switch {
	case c.Family != 4:
		return &UnsupportedError{Name: fmt.Sprintf("address family %d", c.Family)}
	case c.Protocol != protoVRRP && c.Protocol != protoAH:
		return &UnsupportedError{Name: fmt.Sprintf("protocol %d", c.Protocol)}
	case c.Link.Index <= 0:
		return fmt.Errorf("interface index %d: %w", c.Link.Index, ErrLinkGone)
	case c.Group.IsValid() && !(c.Group.Is4() && c.Group.IsMulticast()):
		return fmt.Errorf("group %v is not an IPv4 multicast address", c.Group)
	case c.Source.IsValid() && !c.Source.Is4():
		return fmt.Errorf("source %v is not an IPv4 address", c.Source)
	case !c.Group.IsValid() && !c.Source.IsValid():
		return errors.New("neither a group nor a source address")
	}
	return nil
}

// openRx makes the receiving half. The group is joined last, when the filter is in place.
func (s *Socket) openRx(c *Config) (err error) {
	if s.rx, err = rawSocket(c.Protocol, c.Link); err != nil {
		return err
	}
	for _, o := range []struct {
		step              string
		level, opt, value int
	}{
		{"refuse other groups", unix.SOL_IP, unix.IP_MULTICAST_ALL, 0},
		{"receive time stamps", unix.SOL_SOCKET, unix.SO_TIMESTAMPNS_NEW, 1},
		{"count lost packets", unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1},
	} {
		if err := unix.SetsockoptInt(s.rx, o.level, o.opt, o.value); err != nil {
			return wrap(o.step, "CAP_NET_RAW", err)
		}
	}
	if c.RxBuf > 0 {
		if err := setRxBuf(s.rx, c.RxBuf); err != nil {
			return err
		}
	}
	local := c.Group
	if !s.multicast {
		local = c.Source
		// The address may come later, with a link that comes up.
		if err := unix.SetsockoptInt(s.rx, unix.SOL_IP, unix.IP_FREEBIND, 1); err != nil {
			return wrap("free bind", "CAP_NET_ADMIN", err)
		}
	}
	if err := unix.Bind(s.rx, &unix.SockaddrInet4{Addr: local.As4()}); err != nil {
		return wrap("bind to "+local.String(), "CAP_NET_RAW", err)
	}
	// Between its creation and its bind the socket heard every link: nothing of that may be delivered.
	var b [1]byte
	for err == nil {
		_, _, err = unix.Recvfrom(s.rx, b[:], unix.MSG_DONTWAIT|unix.MSG_TRUNC)
	}
	if err := s.filter(c.AllVRIDs, c.VRIDs); err != nil {
		return err
	}
	if !s.multicast {
		return nil
	}
	// compat: joined by index with no address, as keepalived does; one IGMPv3 report "exclude nothing".
	mreq := unix.IPMreqn{Multiaddr: c.Group.As4(), Ifindex: int32(c.Link.Index)}
	if err := unix.SetsockoptIPMreqn(s.rx, unix.SOL_IP, unix.IP_ADD_MEMBERSHIP, &mreq); err != nil {
		return wrap("join "+c.Group.String(), "CAP_NET_RAW", err)
	}
	return nil
}

// openTx makes the sending half: IPPROTO_RAW receives nothing and takes complete packets.
func (s *Socket) openTx(c *Config) (err error) {
	if s.tx, err = rawSocket(unix.IPPROTO_RAW, c.Link); err != nil {
		return err
	}
	if s.multicast {
		mreq := unix.IPMreqn{Ifindex: int32(c.Link.Index)}
		if err := unix.SetsockoptIPMreqn(s.tx, unix.SOL_IP, unix.IP_MULTICAST_IF, &mreq); err != nil {
			return wrap("choose link for multicast", "CAP_NET_RAW", err)
		}
		if err := unix.SetsockoptInt(s.tx, unix.SOL_IP, unix.IP_MULTICAST_LOOP, 0); err != nil {
			return wrap("no multicast loop", "CAP_NET_RAW", err)
		}
	}
	// For the route's sake only, the header has its own; it resets the priority, so it comes first.
	if err := unix.SetsockoptInt(s.tx, unix.SOL_IP, unix.IP_TOS, 0xc0); err != nil {
		return wrap("type of service", "CAP_NET_ADMIN", err)
	}
	if err := unix.SetsockoptInt(s.tx, unix.SOL_SOCKET, unix.SO_PRIORITY, priority); err != nil {
		return wrap("queue priority", "CAP_NET_ADMIN", err)
	}
	return nil
}

// rawSocket makes a socket that hears nothing and is bound to the link.
func rawSocket(proto int, link table.Link) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return -1, wrap("raw socket", "CAP_NET_RAW", err)
	}
	err = attach(fd, rejectAll)
	if err == nil {
		err = bindToLink(fd, link)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// bindToLink binds by index: a link that was deleted and created again since the caller looked has another
// index and must not be taken for the old one.
func bindToLink(fd int, link table.Link) error {
	err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX, link.Index)
	if errors.Is(err, unix.ENOPROTOOPT) {
		return &UnsupportedError{Name: "binding a socket to an interface index", Kernel: "5.0"}
	}
	if err != nil {
		return wrap("bind to link", "CAP_NET_RAW", err)
	}
	return linkIs(fd, link.Index)
}

// linkIs asks the kernel whether the link that fd is bound to still exists.
func linkIs(fd, index int) error {
	if _, err := unix.GetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE); err != nil {
		return wrap(fmt.Sprintf("interface index %d", index), "CAP_NET_RAW", err)
	}
	return nil
}

// setRxBuf goes past net.core.rmem_max if it may.
func setRxBuf(fd, size int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil {
		return nil
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size); err != nil {
		return wrap("receive buffer", "CAP_NET_ADMIN", err)
	}
	return nil
}

// SetVRIDs replaces the set of virtual routers that are heard. Packets already queued are not affected.
func (s *Socket) SetVRIDs(vrids []uint8) error {
	if err := s.filter(false, vrids); err != nil {
		return fmt.Errorf("advert: %s: %w", s.name, err)
	}
	return nil
}

func (s *Socket) filter(all bool, vrids []uint8) error {
	if !all {
		return attach(s.rx, vridFilter(s.proto, vrids))
	}
	err := unix.SetsockoptInt(s.rx, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return wrap("detach filter", "CAP_NET_RAW", err)
	}
	return nil
}

// Check says whether the socket's link still exists: nil, or an error that wraps ErrLinkGone. A socket whose
// link was deleted never becomes readable, so nobody hears of it by receiving.
func (s *Socket) Check() error {
	if err := linkIs(s.rx, s.index); err != nil {
		return fmt.Errorf("advert: %s: %w", s.name, err)
	}
	return nil
}

// FD returns the descriptor to wait on for packets.
func (s *Socket) FD() int { return s.rx }

// Stats returns the counters.
func (s *Socket) Stats() Stats { return s.stats }

// Close leaves the group and closes both halves. Closing twice is harmless.
func (s *Socket) Close() error {
	var errs []error
	for _, fd := range []*int{&s.rx, &s.tx} {
		if *fd >= 0 {
			errs = append(errs, unix.Close(*fd))
			*fd = -1
		}
	}
	return errors.Join(errs...)
}
