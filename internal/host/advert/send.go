package advert

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Send sends one packet that begins with its complete IPv4 header; the kernel fills in the header's checksum
// and length and, where they are zero, its id and source address. dst decides where it goes: the header's
// own destination is not looked at. It never blocks.
//
// Multicast leaves by the socket's link without a look at the routes. Errors wrap ErrBusy, ErrLinkGone or
// ErrLinkDown where these apply; the packet was then not sent.
func (s *Socket) Send(packet []byte, dst netip.Addr) error {
	if len(packet) < minHeader {
		s.stats.Failed++
		return fmt.Errorf("advert: send on %s: packet of %d bytes has no header", s.name, len(packet))
	}
	if !dst.Is4() {
		s.stats.Failed++
		return fmt.Errorf("advert: send on %s: %v is not an IPv4 address", s.name, dst)
	}
	flags := uintptr(unix.MSG_DONTWAIT)
	if s.multicast {
		flags |= unix.MSG_DONTROUTE
	}
	s.dst.Family = unix.AF_INET
	s.dst.Addr = dst.As4()
	for {
		// Not unix.Sendto, whose address argument would be allocated.
		_, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(s.tx), uintptr(unsafe.Pointer(&packet[0])),
			uintptr(len(packet)), flags, uintptr(unsafe.Pointer(&s.dst)), unix.SizeofSockaddrInet4)
		switch errno {
		case 0:
			s.stats.Sent++
			return nil
		case unix.EINTR:
			continue
		case unix.EAGAIN, unix.ENOBUFS:
			s.stats.Busy++
			return s.errBusy
		case unix.ENODEV, unix.ENXIO:
			s.stats.Failed++
			return s.errGone
		case unix.ENETDOWN:
			s.stats.Failed++
			return s.errDown
		default:
			s.stats.Failed++
			if s.multicast && errno == unix.ENETUNREACH { // no route is looked up: it is the link's state
				return s.errDown
			}
			return fmt.Errorf("advert: send on %s to %v: %w", s.name, dst, errno)
		}
	}
}
