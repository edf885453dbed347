package gaze

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Files watches files by inotify. The zero value is ready.
type Files struct{}

// longest is how much of a file is looked at, in bytes.
const longest = 128

// Read returns the number that a file begins with, as strtol reads it; 0 if there is no file or no number. A number that is too
// large is the largest.
func (Files) Read(path string) int64 {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0) // a FIFO in its place must not hold us up
	if err != nil {
		return 0
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return 0
	}
	return number(b)
}

func number(b []byte) int64 {
	b = bytes.TrimLeft(b, " \t\n\v\f\r")
	n := 0
	if n < len(b) && (b[n] == '-' || b[n] == '+') {
		n++
	}
	for n < len(b) && '0' <= b[n] && b[n] <= '9' {
		n++
	}
	v, err := strconv.ParseInt(string(b[:n]), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return v
}

// What may change a file's content. compat: one that is being written counts when it is closed.
const changes = unix.IN_CLOSE_WRITE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE | unix.IN_MOVE_SELF

// again is how soon a directory is looked for that does not exist.
const again = time.Second

// Watch calls f with the path of each file that may have changed until ctx ends, and then returns nil. At first it calls it for
// every path, once it listens, so that nothing is missed. Files and their directories may come and go meanwhile.
func (Files) Watch(ctx context.Context, paths []string, f func(path string)) error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return fmt.Errorf("gaze: inotify: %w", err)
	}
	w := &watch{file: os.NewFile(uintptr(fd), "inotify"), fd: fd, tell: f, names: make(map[string][]string), dirs: make(map[int32][]string), absent: make(map[string]bool)}
	defer w.file.Close()
	defer context.AfterFunc(ctx, func() { _ = w.file.SetReadDeadline(time.Unix(1, 0)) })()
	for _, p := range paths {
		d := filepath.Dir(p)
		w.names[d] = append(w.names[d], p)
	}
	return w.run(ctx)
}

type watch struct {
	file   *os.File
	fd     int
	tell   func(string)
	names  map[string][]string // paths by directory
	dirs   map[int32][]string  // directories by watch: one may have several names
	absent map[string]bool     // directories that were looked for in vain, and that was told
}

func (w *watch) run(ctx context.Context) error {
	buf := make([]byte, 16<<10)
	missing := w.listen()
	next := time.Now().Add(again)
	for ctx.Err() == nil {
		if missing && !time.Now().Before(next) { // also where others keep us busy
			missing, next = w.listen(), time.Now().Add(again)
		}
		deadline := time.Time{}
		if missing {
			deadline = next
		}
		if err := w.file.SetReadDeadline(deadline); err != nil {
			return fmt.Errorf("gaze: inotify: %w", err)
		}
		if ctx.Err() != nil { // its end may have been just before
			break
		}
		n, err := w.file.Read(buf)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
		case err != nil:
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("gaze: inotify: %w", err)
		default:
			if w.hear(buf[:n]) && !missing {
				missing, next = true, time.Now().Add(again)
			}
		}
	}
	return nil
}

// listen watches the directories that are not watched yet and tells of their files, also when it finds that there are none. It reports whether one is missing.
func (w *watch) listen() (missing bool) {
	watched := make(map[string]bool, len(w.dirs))
	for _, names := range w.dirs {
		for _, d := range names {
			watched[d] = true
		}
	}
	for d, paths := range w.names {
		if watched[d] {
			continue
		}
		wd, err := unix.InotifyAddWatch(w.fd, d, changes|unix.IN_ONLYDIR)
		if err != nil {
			if missing = true; !w.absent[d] { // it may have come and gone since it was lost
				w.absent[d] = true
				w.tellAll(paths)
			}
			continue
		}
		delete(w.absent, d)
		w.dirs[int32(wd)] = append(w.dirs[int32(wd)], d)
		w.tellAll(paths)
	}
	return missing
}

// hear tells of what has changed and reports whether a directory is gone.
func (w *watch) hear(b []byte) (gone bool) {
	for len(b) >= unix.SizeofInotifyEvent {
		wd := int32(binary.NativeEndian.Uint32(b))
		mask := binary.NativeEndian.Uint32(b[4:])
		length := int(binary.NativeEndian.Uint32(b[12:]))
		b = b[unix.SizeofInotifyEvent:]
		if length > len(b) {
			return gone
		}
		name := string(bytes.TrimRight(b[:length], "\x00"))
		b = b[length:]
		switch {
		case mask&unix.IN_Q_OVERFLOW != 0:
			for _, paths := range w.names {
				w.tellAll(paths)
			}
		case mask&unix.IN_IGNORED != 0:
			names := w.dirs[wd]
			delete(w.dirs, wd)
			gone = true
			for _, d := range names {
				w.tellAll(w.names[d])
			}
		case mask&unix.IN_MOVE_SELF != 0: // another may take its name; IN_IGNORED follows
			_, _ = unix.InotifyRmWatch(w.fd, uint32(wd))
		default:
			for _, d := range w.dirs[wd] {
				w.tellNamed(w.names[d], name)
			}
		}
	}
	return gone
}

func (w *watch) tellNamed(paths []string, name string) {
	for _, p := range paths {
		if filepath.Base(p) == name {
			w.tell(p)
		}
	}
}

func (w *watch) tellAll(paths []string) {
	for _, p := range paths {
		w.tell(p)
	}
}
