package neigh

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// What keeps an address from being announced on a link.
var (
	ErrNoARP       = errors.New("link does no address resolution")          // IFF_NOARP
	ErrNotEthernet = errors.New("link has no Ethernet address")             // HWLen is not 6
	ErrAddress     = errors.New("not an address that neighbours ask about") // zero, unspecified, mapped
)

// Announcer sends announcements on all links of one network namespace through one packet socket. Its
// methods may be called concurrently and do not wait: a full device queue is an error.
type Announcer struct {
	routers forwarding

	mu  sync.Mutex // guards what follows
	fd  int
	buf []byte
}

// Open makes an Announcer for the namespace of the calling thread. It needs CAP_NET_RAW.
func Open() (*Announcer, error) {
	// Protocol 0: the socket sends and is never given a packet.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("neigh: open: packet socket: %w", err)
	}
	return &Announcer{fd: fd, buf: make([]byte, 0, NALen)}, nil
}

// Close releases the socket.
func (an *Announcer) Close() error {
	an.mu.Lock()
	defer an.mu.Unlock()
	if an.fd < 0 {
		return nil
	}
	err := unix.Close(an.fd)
	an.fd = -1
	if err != nil {
		return fmt.Errorf("neigh: close: %w", err)
	}
	return nil
}

// Announce sends one frame that says that a lives on l: a gratuitous ARP for IPv4, an unsolicited
// neighbour advertisement for IPv6. The error is ErrNoARP, ErrNotEthernet or ErrAddress if there is
// nothing to send, else the kernel's.
func (an *Announcer) Announce(l table.Link, a netip.Addr) error {
	if err := Check(l, a); err != nil {
		return fmt.Errorf("neigh: announce %v on %s: %w", a, l.Name, err)
	}
	to := unix.SockaddrLinklayer{Ifindex: l.Index, Hatype: l.HWType, Halen: hwLen}
	router := a.Is6() && an.routers.on(l.Name)
	an.mu.Lock()
	defer an.mu.Unlock()
	if a.Is4() {
		an.buf = AppendGratuitousARP(an.buf[:0], l, a)
		to.Protocol = networkOrder(etherARP)
	} else {
		an.buf = AppendNeighbourAdvert(an.buf[:0], l, a, router)
		to.Protocol = networkOrder(etherIPv6)
	}
	copy(to.Addr[:], an.buf[:hwLen])
	for {
		err := unix.Sendto(an.fd, an.buf, 0, &to)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("neigh: announce %v on %s: send: %w", a, l.Name, err)
		}
	}
}

// Check returns what keeps a from being announced on l, or nil.
func Check(l table.Link, a netip.Addr) error {
	switch {
	case !a.IsValid() || a.IsUnspecified() || a.Is4In6():
		return ErrAddress
	case l.NoARP():
		return ErrNoARP
	case l.HWLen != hwLen:
		return ErrNotEthernet
	}
	return nil
}

func networkOrder(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}
