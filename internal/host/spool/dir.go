package spool

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Dir is a directory to put files into.
type Dir string

// Temp is the directory of temporary files: TMPDIR of the environment if that is one, else /tmp.
func Temp() Dir {
	if d := os.Getenv("TMPDIR"); d != "" {
		if st, err := os.Stat(d); err == nil && st.IsDir() {
			return Dir(d)
		}
	}
	return "/tmp"
}

// attempts is how many names are tried for the file that becomes the new one.
const attempts = 100

// Place makes text the content of the file with that name. It is written beside the old one and takes its place when it is
// complete, with mode 0666 less the process's umask. What had the name, a link too, is replaced and not touched otherwise.
func (d Dir) Place(name string, text []byte) error {
	path := filepath.Join(string(d), name)
	f, err := d.create(name, 0o666)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// create makes a new file beside the one with that name; its mode is perm less the process's umask.
func (d Dir) create(name string, perm os.FileMode) (*os.File, error) {
	for range attempts {
		// Nobody can lie in the way of a name that he cannot guess.
		path := filepath.Join(string(d), name+"."+strconv.FormatUint(rand.Uint64(), 36))
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, perm)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%d names for it are taken", attempts)
}
