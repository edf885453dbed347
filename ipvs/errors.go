package ipvs

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrBroken says that an earlier exchange with the kernel ended without the answer, so that this Client cannot tell any more
// which answer belongs to what. It must be closed and another one dialed.
var ErrBroken = errors.New("ipvs: connection to the kernel out of step")

// MissingError says that the kernel lacks a module. It is an os.ErrNotExist.
type MissingError struct {
	What    string   // "IPVS", "scheduler foo", "scheduler foo or persistence engine bar"
	Modules []string // what to load: "ip_vs", "ip_vs_foo"; several if the kernel did not say which of them it lacks
	Err     error    // what the kernel answered
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("ipvs: the kernel has no %s: module %s is not loaded or does not exist", e.What, strings.Join(e.Modules, " or "))
}

func (e *MissingError) Unwrap() error { return e.Err }

// Is makes every MissingError an os.ErrNotExist.
func (e *MissingError) Is(target error) bool { return target == os.ErrNotExist }

// OpError is the kernel's refusal of one operation. It is an os.ErrNotExist if the service or destination does not exist, and
// an os.ErrExist if it does already.
type OpError struct {
	Op          string         // "add service", "set destination", …
	Service     ServiceKey     // the zero value if the operation has none
	Destination netip.AddrPort // the zero value if the operation has none
	Errno       syscall.Errno
	Text        string // what the kernel had to say beside the errno; mostly nothing
}

func (e *OpError) Error() string {
	var b strings.Builder
	b.WriteString("ipvs: " + describe(e.Op, e.Service, e.Destination) + ": ")
	switch {
	case e.Service != (ServiceKey{}) && e.Errno == unix.ESRCH:
		b.WriteString("no such service")
	case e.Destination.IsValid() && e.Errno == unix.ENOENT:
		b.WriteString("no such destination")
	default:
		b.WriteString(e.Errno.Error())
	}
	if e.Text != "" {
		b.WriteString(" (" + e.Text + ")")
	}
	return b.String()
}

// Unwrap returns the errno.
func (e *OpError) Unwrap() error { return e.Errno }

// Is adds to what the errno is: the kernel says ESRCH of a service that does not exist.
func (e *OpError) Is(target error) bool { return target == os.ErrNotExist && e.Errno == unix.ESRCH }

// describe says what an operation is on: "add destination 10.0.0.1:80 of TCP 192.0.2.1:80".
func describe(op string, s ServiceKey, d netip.AddrPort) string {
	switch {
	case d.IsValid():
		return fmt.Sprintf("%s %v of %v", op, d, s)
	case s != (ServiceKey{}):
		return fmt.Sprintf("%s %v", op, s)
	}
	return op
}

// inputError is what cannot be put into a message.
type inputError string

func (e inputError) Error() string { return string(e) }

// Is makes every inputError the EINVAL that the kernel might have answered.
func (e inputError) Is(target error) bool { return target == error(unix.EINVAL) }

// missing returns the MissingError that the kernel's answer to an operation means, or nil. ENOENT of a change of a service is
// about its scheduler or persistence engine; a service that does not exist is ESRCH.
func missing(op Op, errno syscall.Errno) error {
	if errno != unix.ENOENT || op.Kind != AddService && op.Kind != SetService {
		return nil
	}
	e := &MissingError{What: "scheduler " + op.Service.Scheduler, Modules: []string{"ip_vs_" + op.Service.Scheduler}, Err: errno}
	if op.Service.Engine != "" {
		e.What += " or persistence engine " + op.Service.Engine
		e.Modules = append(e.Modules, "ip_vs_pe_"+op.Service.Engine)
	}
	return e
}
