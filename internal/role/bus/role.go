package bus

import (
	"context"
	"fmt"
)

// Role is one long-lived part of the daemon. Run blocks until ctx ends or the role cannot go on; Ready
// is closed once it does its work; String is its name in logs and in the process table.
type Role interface {
	Run(ctx context.Context) error
	Ready() <-chan struct{}
	String() string
}

// Exit statuses of the daemon, as keepalived's (features: 0, 1, 2, 4, 6, 70, 204).
const (
	ExitOK          = 0
	ExitFatal       = 1
	ExitConfig      = 2
	ExitPermission  = 4
	ExitNoConfig    = 6
	ExitProgram     = 70
	ExitOutOfMemory = 204
)

// ExitError is an error that decides the exit status of its process.
type ExitError struct {
	Code int
	Err  error
}

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d: %v", e.Code, e.Err) }

// Unwrap returns the cause.
func (e *ExitError) Unwrap() error { return e.Err }
