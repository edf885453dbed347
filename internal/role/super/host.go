package super

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/proc"
)

// ownDir is the name of the directory that pid files of named instances and of namespaces share.
const ownDir = "keepalived"

// ownDirs lists the directories of ours that path lies in, the outer one first.
func ownDirs(path string) []string {
	dir := filepath.Dir(path)
	if filepath.Base(dir) == ownDir {
		return []string{dir}
	}
	if outer := filepath.Dir(dir); filepath.Base(outer) == ownDir {
		return []string{outer, dir}
	}
	return nil
}

// openPID takes a pid file; its directory is made if it is one of ours.
func openPID(path string) (f *proc.PIDFile, err error) {
	for range 10 {
		if err := makeOwnDirs(path); err != nil {
			return nil, err
		}
		f, err = proc.OpenPID(path)
		if len(ownDirs(path)) == 0 || !errors.Is(err, os.ErrNotExist) {
			return f, err
		}
		// Another daemon that ended has just removed the directory that it found empty.
	}
	return nil, err
}

func makeOwnDirs(path string) error {
	for _, dir := range ownDirs(path) {
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			err = os.Chmod(dir, 0o755) // the umask of a daemon would keep everybody from reading pid files in there
		}
		if err != nil && !errors.Is(err, os.ErrExist) && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("pid file: %w", err)
		}
	}
	return nil
}

// closePID removes a pid file, and its directory if that is one of ours and empty now.
func closePID(f *proc.PIDFile, path string) error {
	err := f.Close()
	removeOwnDirs(path)
	return err
}

// sweepPID removes the pid file that a killed child left.
func sweepPID(path string) {
	if _, running, err := proc.Running(path); err == nil && !running {
		_ = os.Remove(path)
		removeOwnDirs(path)
	}
}

// removeOwnDirs removes what is empty; a directory that somebody uses stays, since rmdir fails.
func removeOwnDirs(path string) {
	dirs := ownDirs(path)
	for i := len(dirs) - 1; i >= 0; i-- {
		_ = os.Remove(dirs[i])
	}
}

// allowCores lifts the limit on core files, for us and what we start, and sets the pattern of their names.
func allowCores(pattern string) error {
	err := proc.CoreDump(true)
	if pattern == "" {
		return err
	}
	if werr := os.WriteFile("/proc/sys/kernel/core_pattern", []byte(pattern), 0o644); werr != nil {
		err = errors.Join(err, fmt.Errorf("core files: %w", werr))
	}
	return err
}

// ForgetTerminal puts /dev/null in place of the standard files.
func ForgetTerminal() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for fd := range 3 {
		if err := unix.Dup3(int(null.Fd()), fd, 0); err != nil {
			return fmt.Errorf("descriptor %d: %w", fd, err)
		}
	}
	return nil
}
