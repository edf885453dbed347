package advert

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Decisions a caller takes by error.
var (
	// ErrNone says that no packet waits; it is the normal end of a drain.
	ErrNone = errors.New("advert: no packet waiting")
	// ErrLinkGone says that the link is not what it was when the socket was opened: deleted, or deleted and
	// created again under the same name. Close the socket and open another when the link is back.
	ErrLinkGone = errors.New("link is gone")
	// ErrLinkDown says that the link is there but not up, or does not speak IPv4.
	ErrLinkDown = errors.New("link is down")
	// ErrBusy says that the kernel has no room for the packet now; it was not sent.
	ErrBusy = errors.New("send queue is full")
	// ErrNoAddress says that the unicast source address is not usable.
	ErrNoAddress = errors.New("source address is not on this host")
	// ErrTruncated says that a packet was longer than any advert can be and was dropped.
	ErrTruncated = errors.New("advert: packet is too long")
)

// DeniedError says which privilege a step needed.
type DeniedError struct {
	Step string // "raw socket", "bind to link", …
	Need string // the capability: "CAP_NET_RAW"
	Err  error
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("%s: %v: needs %s", e.Step, e.Err, e.Need)
}

// Unwrap returns the kernel's error.
func (e *DeniedError) Unwrap() error { return e.Err }

// UnsupportedError says what this package or this kernel cannot do.
type UnsupportedError struct {
	Name   string // what was asked for
	Kernel string // the first kernel that has it; empty if it is not a matter of the kernel
}

func (e *UnsupportedError) Error() string {
	if e.Kernel == "" {
		return e.Name + " is not supported"
	}
	return e.Name + " needs Linux " + e.Kernel
}

// Unwrap makes errors.Is(err, errors.ErrUnsupported) true.
func (e *UnsupportedError) Unwrap() error { return errors.ErrUnsupported }

// HeaderError says why bytes are not an IPv4 packet. It is a verdict on a packet, not on the socket.
type HeaderError struct{ Reason string }

func (e *HeaderError) Error() string { return "advert: ipv4 header: " + e.Reason }

// Values, not constructors: a flood of bad packets must not become a flood of garbage.
var (
	errShort    = &HeaderError{"fewer than 20 bytes"}
	errVersion  = &HeaderError{"version is not 4"}
	errIHL      = &HeaderError{"header length is impossible"}
	errTotal    = &HeaderError{"total length is impossible"}
	errFragment = &HeaderError{"fragment"}
)

// wrap names the step, the missing privilege and the link state behind the error of a system call.
func wrap(step, need string, err error) error {
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return &DeniedError{Step: step, Need: need, Err: err}
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%s: %w: %w", step, ErrLinkGone, err)
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return fmt.Errorf("%s: %w: %w", step, ErrNoAddress, err)
	}
	return fmt.Errorf("%s: %w", step, err)
}
