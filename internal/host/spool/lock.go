package spool

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Lock waits until nobody else has locked the directory, and locks it until unlock or the end of the process.
func (d Dir) Lock() (unlock func(), err error) {
	f, err := os.Open(string(d))
	if err != nil {
		return nil, err
	}
	for {
		if err = unix.Flock(int(f.Fd()), unix.LOCK_EX); err != unix.EINTR { //nolint:errorlint // a plain errno
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", d, err)
	}
	return func() { f.Close() }, nil
}
