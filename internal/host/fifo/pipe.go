package fifo

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Owner is whom a pipe belongs to.
type Owner struct{ UID, GID int }

// Pipe is a named pipe for events. Writing to it never waits: what has no room is lost.
type Pipe struct {
	path string
	fd   int
	made bool
	lost int
}

// Open opens the pipe at path for writing, and makes it if there is none, with mode 0644 less the process's umask, for that owner. What
// is there must be a pipe of that owner's or of ours.
func Open(path string, o Owner) (*Pipe, error) {
	p := &Pipe{path: path}
	if err := p.make(o); err != nil {
		return nil, fmt.Errorf("fifo: %w", err)
	}
	// Open for reading too: so it is never without a reader, which would be an error, and nothing waits for one.
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		p.remove()
		return nil, &os.PathError{Op: "fifo: open", Path: path, Err: err}
	}
	p.fd = fd
	if err := p.check(o); err != nil {
		_ = unix.Close(fd)
		p.remove()
		return nil, err
	}
	return p, nil
}

func (p *Pipe) make(o Owner) error {
	err := unix.Mkfifo(p.path, 0o644)
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	if err != nil {
		return &os.PathError{Op: "mkfifo", Path: p.path, Err: err}
	}
	p.made = true
	if err := os.Lchown(p.path, o.UID, o.GID); err != nil {
		p.remove()
		return err
	}
	return nil
}

// check refuses what others may have put in the pipe's place.
func (p *Pipe) check(o Owner) error {
	var st unix.Stat_t
	if err := unix.Fstat(p.fd, &st); err != nil {
		return &os.PathError{Op: "fifo: stat", Path: p.path, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return fmt.Errorf("fifo: %s is not a named pipe", p.path)
	}
	if uid := int(st.Uid); uid != o.UID && uid != os.Geteuid() {
		return fmt.Errorf("fifo: %s belongs to user %d", p.path, uid)
	}
	return nil
}

// Path is where the pipe is.
func (p *Pipe) Path() string { return p.path }

// Write writes an event, all of it or nothing; false if there was no room. An event has at most 4096 bytes (PIPE_BUF).
func (p *Pipe) Write(event []byte) bool {
	for {
		switch _, err := unix.Write(p.fd, event); {
		case err == nil:
			return true
		case !errors.Is(err, unix.EINTR):
			p.lost++
			return false
		}
	}
}

// Lost is how many events have been lost.
func (p *Pipe) Lost() int { return p.lost }

// Close closes the pipe and removes it if it was made by Open.
func (p *Pipe) Close() {
	_ = unix.Close(p.fd)
	p.remove()
}

func (p *Pipe) remove() {
	if p.made {
		_ = os.Remove(p.path)
	}
}
