package neigh

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"unsafe"

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

// Announce says times over, one frame each and all at once, that a lives on l: by gratuitous ARP for IPv4, by unsolicited
// neighbour advertisements for IPv6. The error is ErrNoARP, ErrNotEthernet or ErrAddress if there is
// nothing to send, else the kernel's.
func (an *Announcer) Announce(l table.Link, a netip.Addr, times int) error {
	if err := Check(l, a); err != nil {
		return fmt.Errorf("neigh: announce %v on %s: %w", a, l.Name, err)
	}
	to := unix.RawSockaddrLinklayer{Family: unix.AF_PACKET, Ifindex: int32(l.Index), Hatype: l.HWType, Halen: hwLen}
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
	if err := an.send(&to, times); err != nil {
		return fmt.Errorf("neigh: announce %v on %s: send: %w", a, l.Name, err)
	}
	return nil
}

// mmsghdr is struct mmsghdr of sendmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	_   uint32 // msg_len: what was sent, which is all or nothing for a packet
}

// maxBurst is how many frames one call sends; UIO_MAXIOV is far above.
const maxBurst = 16

// send sends the frame in buf times over. Several frames go in one system call: a burst is for a moment in which there are better
// things to do.
func (an *Announcer) send(to *unix.RawSockaddrLinklayer, times int) error {
	iov := unix.Iovec{Base: &an.buf[0]}
	iov.SetLen(len(an.buf))
	var list [maxBurst]mmsghdr
	for i := range list {
		h := &list[i].hdr
		h.Name, h.Namelen = (*byte)(unsafe.Pointer(to)), unix.SizeofSockaddrLinklayer
		h.Iov = &iov
		h.SetIovlen(1)
	}
	for times > 0 {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(an.fd), uintptr(unsafe.Pointer(&list)), uintptr(min(times, maxBurst)), 0, 0, 0)
		switch errno {
		case 0:
			times -= int(n)
		case unix.EINTR:
		default:
			return errno
		}
	}
	return nil
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
