package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// RunningError says that the daemon of a pid file lives.
type RunningError struct {
	Path string
	PID  int // 0 if it holds the file and has not yet written its number
}

func (e *RunningError) Error() string {
	return fmt.Sprintf("pid file %s: daemon is already running (pid %d)", e.Path, e.PID)
}

// PIDFile is a pid file that this process holds. Its lock ends with the process, however that ends.
type PIDFile struct {
	path string
	f    *os.File
}

// OpenPID takes the pid file at path and writes our process id. A file that a live daemon has, Holdfast's
// (which locks it) or keepalived's (which does not), gives a *RunningError; what a dead one left, or
// what is no pid at all, is replaced. A symbolic link at path is refused, never followed.
//
// compat: keepalived 2.2.7 takes any live process for itself, and garbage too (it then removes the file and
// exits 0 saying "daemon is already running"). A pid that was given to somebody else since a crash, as
// happens after every restart of a container, must not keep the addresses from being served.
func OpenPID(path string) (*PIDFile, error) {
	for range 10 {
		f, err := openLocked(path)
		if err != nil {
			return nil, err
		}
		if f == nil { // removed by its last owner between our open and our lock
			continue
		}
		p := &PIDFile{path, f}
		if err := p.claim(); err != nil {
			f.Close()
			return nil, err
		}
		return p, nil
	}
	return nil, fmt.Errorf("pid file %s: others create and remove it all the time", path)
}

// openLocked returns the locked file, or nil if path names another file by now.
func openLocked(path string) (*os.File, error) {
	f, err := openRegular(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	// Of the open file, not the process: a forked child or a second opening here cannot drop it.
	err = unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		pid, _ := readPID(f)
		f.Close()
		return nil, &RunningError{Path: path, PID: pid}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("pid file %s: %w", path, err)
	}
	if !same(path, f) {
		f.Close()
		return nil, nil
	}
	return f, nil
}

// openRegular opens a pid file, which must be a plain file: whatever else it is could lead anywhere, or hang.
func openRegular(path string, flags int) (*os.File, error) {
	f, err := os.OpenFile(path, flags|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o644)
	if errors.Is(err, unix.ELOOP) {
		return nil, fmt.Errorf("pid file %s: is a symbolic link: %w", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("pid file: %w", err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("pid file %s: %w", path, err)
	}
	return f, nil
}

// claim writes our pid, unless a live daemon that does not lock has the file.
func (p *PIDFile) claim() error {
	if pid, ok := readPID(p.f); ok && isDaemon(pid) {
		return &RunningError{Path: p.path, PID: pid}
	}
	err := p.f.Chmod(0o644) // whatever the umask said
	if err == nil {
		err = p.f.Truncate(0)
	}
	if err == nil {
		_, err = p.f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		return fmt.Errorf("pid file %s: %w", p.path, err)
	}
	return nil
}

// Running returns the process that holds the pid file at path, by lock or by a number that a live daemon
// has. It changes nothing. ok is false if there is no file or if it is stale; then pid is 0.
func Running(path string) (pid int, ok bool, err error) {
	f, err := openRegular(path, os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	defer f.Close()
	pid, readable := readPID(f)
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, &lock); err != nil {
		return 0, false, fmt.Errorf("pid file %s: %w", path, err)
	}
	if lock.Type != unix.F_UNLCK {
		return pid, true, nil
	}
	if readable && isDaemon(pid) {
		return pid, true, nil
	}
	return 0, false, nil
}

// Close removes the file, if it is still the one we wrote, and lets it go.
func (p *PIDFile) Close() error {
	if p.f == nil {
		return nil
	}
	var err error
	if pid, ok := readPID(p.f); ok && pid == os.Getpid() && same(p.path, p.f) {
		err = os.Remove(p.path)
	}
	err = errors.Join(err, p.f.Close())
	p.f = nil
	return err
}

func same(path string, f *os.File) bool {
	there, err := os.Lstat(path)
	if err != nil {
		return false
	}
	ours, err := f.Stat()
	return err == nil && os.SameFile(there, ours)
}

// readPID reads a positive decimal number with space around it.
func readPID(f io.ReaderAt) (int, bool) {
	var b [32]byte
	n, err := f.ReadAt(b[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, false
	}
	return parsePID(b[:n])
}

func parsePID(b []byte) (int, bool) {
	pid, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 32)
	if err != nil || pid < 1 {
		return 0, false
	}
	return int(pid), true
}

// isDaemon tells whether pid is a live daemon of our kind and not ourselves: the program is keepalived or
// holdfast by name, or the file that we run.
func isDaemon(pid int) bool {
	if pid == os.Getpid() || unix.Kill(pid, 0) == unix.ESRCH {
		return false
	}
	dir := "/proc/" + strconv.Itoa(pid)
	exe, err := os.Readlink(dir + "/exe")
	switch {
	case err == nil:
		theirs, err1 := os.Stat(dir + "/exe")
		ours, err2 := os.Stat("/proc/self/exe")
		if err1 == nil && err2 == nil && os.SameFile(theirs, ours) {
			return true
		}
		return isOurName(filepath.Base(strings.TrimSuffix(exe, " (deleted)")))
	case errors.Is(err, os.ErrPermission): // only the name is for everybody to read
		comm, _ := os.ReadFile(dir + "/comm")
		return isOurName(strings.TrimSpace(string(comm)))
	}
	return false // a kernel thread, a zombie, or gone
}

func isOurName(name string) bool { return name == "keepalived" || name == "holdfast" }
