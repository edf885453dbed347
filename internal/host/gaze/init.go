package gaze

import (
	"errors"
	"fmt"
	"os"
	"strconv"
)

// Init makes a file that holds a number, if there is none; with overwrite one takes the place of what is there. The error is that
// of the system call, without the path.
func Init(path string, number int, overwrite bool) error {
	name := path
	if overwrite {
		name = fmt.Sprintf("%s.%d", path, os.Getpid())
		defer os.Remove(name) // it has another name by then, or is of no use
	}
	err := create(name, number)
	if !overwrite && errors.Is(err, os.ErrExist) {
		return nil
	}
	if err == nil && overwrite {
		err = os.Rename(name, path)
	}
	return bare(err)
}

// create writes a new file, whose permissions are those that the umask leaves.
func create(path string, number int) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strconv.Itoa(number) + "\n")
	return errors.Join(err, f.Close())
}

// bare takes the path from an error.
func bare(err error) error {
	var of *os.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &of):
		return of.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
