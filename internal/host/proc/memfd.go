package proc

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// sealed is every seal: no holder of the file, not even we, can change a byte of it any more.
const sealed = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL

// ErrNotSealed says that a memory file could still be changed by somebody.
var ErrNotSealed = errors.New("memory file is not sealed")

// WriteSealed puts b into a memory file that nobody can change. The name appears in /proc/PID/fd only.
// The file is closed on exec unless it is passed on; the caller closes it.
func WriteSealed(name string, b []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // MFD_NOEXEC_SEAL came with Linux 6.3
		fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, fmt.Errorf("memory file %s: %w", name, err)
	}
	f := os.NewFile(uintptr(fd), name)
	if _, err = f.Write(b); err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, sealed)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("memory file %s: %w", name, err)
	}
	return f, nil
}

// ReadAll returns the content of a sealed memory file from its beginning. It neither uses nor moves the
// file's offset, which every process that was given the file shares.
func ReadAll(f *os.File) ([]byte, error) {
	seals, err := unix.FcntlInt(f.Fd(), unix.F_GET_SEALS, 0)
	if err != nil || seals&sealed != sealed {
		return nil, fmt.Errorf("memory file %s: %w", f.Name(), errors.Join(ErrNotSealed, err))
	}
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("memory file: %w", err)
	}
	b := make([]byte, st.Size())
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("memory file: %w", err)
	}
	return b, nil
}
