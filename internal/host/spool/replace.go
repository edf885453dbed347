package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Replace gives the file at path a new content: the old one or the new one is there at any time, never a part. Mode and
// owner stay; a symbolic link stays, and what it points to is replaced. Extended attributes are not kept, and a file with
// several names is refused, because only one of them would get the new content.
func Replace(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return &os.PathError{Op: "stat", Path: path, Err: err}
	}
	switch {
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return fmt.Errorf("write %s: not a regular file", path)
	case st.Nlink > 1:
		return fmt.Errorf("write %s: the file has %d names (hard links)", path, st.Nlink)
	}
	f, err := Dir(filepath.Dir(path)).create(filepath.Base(path), 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = likeness(f, &st)
	}
	if err == nil {
		err = f.Sync() // or a crash could leave the new name without the new content
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// likeness gives a new file the owner and the mode in st. The owner first: to change it takes away mode bits.
func likeness(f *os.File, st *unix.Stat_t) error {
	var is unix.Stat_t
	fd := int(f.Fd())
	if err := unix.Fstat(fd, &is); err != nil {
		return err
	}
	if is.Uid != st.Uid || is.Gid != st.Gid {
		if err := unix.Fchown(fd, int(st.Uid), int(st.Gid)); err != nil {
			return fmt.Errorf("keep its owner: %w", err)
		}
	}
	return unix.Fchmod(fd, st.Mode&0o7777)
}
