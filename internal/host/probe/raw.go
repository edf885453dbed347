package probe

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls of a stream never block: its socket does not, and they are made without telling the Go scheduler. If it is told, its
// monitor may give this goroutine's processor away in the middle, which costs several wake-ups for a call of some microseconds.

// rawAddr is memory for an address as the kernel takes it.
type rawAddr struct{ v6 unix.RawSockaddrInet6 }

// set writes an address and gives its length.
func (r *rawAddr) set(a netip.AddrPort, v4 bool) uintptr {
	r.v6 = unix.RawSockaddrInet6{}
	port := (*[2]byte)(unsafe.Pointer(&r.v6.Port)) // at the same place in both families
	binary.BigEndian.PutUint16(port[:], a.Port())
	if v4 {
		r4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.v6))
		r4.Family, r4.Addr = unix.AF_INET, a.Addr().As4()
		return unix.SizeofSockaddrInet4
	}
	r.v6.Family, r.v6.Addr = unix.AF_INET6, a.Addr().As16()
	return unix.SizeofSockaddrInet6
}

// connect begins a connection of a stream.
func (p *Prober) connect(fd int, to netip.AddrPort, v4 bool) error {
	n := p.raw.set(to, v4)
	_, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&p.raw)), n)
	return asError(errno)
}

func closeRaw(fd int) { _, _, _ = unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

// read reads into the prober's buffer.
func (p *Prober) read(fd int) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&p.buffer)), uintptr(len(p.buffer)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// send sends what there is room for of b, which is not empty.
func send(fd int, b []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_NOSIGNAL, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// asError makes an error of a number, which fits into an interface without an allocation.
func asError(errno unix.Errno) error {
	if errno != 0 {
		return errno
	}
	return nil
}
