package proc

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// DeniedError says that this process may not do something, and what would allow it.
type DeniedError struct {
	Op   string // what was tried: "SCHED_RR priority 50"
	Need string // what would help: "CAP_SYS_NICE, or …"
	Err  error
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("%s: %v: needs %s", e.Op, e.Err, e.Need)
}

// Unwrap returns the kernel's error.
func (e *DeniedError) Unwrap() error { return e.Err }

// UnsupportedError says that the running kernel lacks something.
type UnsupportedError struct {
	Name   string // what was asked for
	Kernel string // the first kernel that has it
}

func (e *UnsupportedError) Error() string { return e.Name + " needs Linux " + e.Kernel }

// Unwrap makes errors.Is(err, errors.ErrUnsupported) true.
func (e *UnsupportedError) Unwrap() error { return errors.ErrUnsupported }

// denied wraps err, as a *DeniedError if it is the kernel's refusal of a privilege.
func denied(op, need string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return &DeniedError{Op: op, Need: need, Err: err}
	}
	return fmt.Errorf("%s: %w", op, err)
}
