package logs

import (
	"bufio"
	"os"
	"time"
)

// file appends lines to a file and follows it when it is rotated away.
type file struct {
	path  string
	each  bool // flush after each line
	f     *os.File
	w     *bufio.Writer
	check time.Time // when to look next whether path is still our file
}

// rotationCheck is how often the name of the file is compared with what is open.
const rotationCheck = time.Second

func openFile(path string, each bool) (*file, error) {
	o := &file{path: path, each: each}
	return o, o.open()
}

func (o *file) open() error {
	f, err := os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	o.f, o.w = f, bufio.NewWriterSize(f, 16<<10)
	return nil
}

func (o *file) write(line []byte) error {
	o.follow()
	if _, err := o.w.Write(line); err != nil {
		o.w.Reset(o.f) // a bufio.Writer stays broken otherwise, and the disk may have room again
		return err
	}
	if o.each {
		return o.flush()
	}
	return nil
}

// follow opens path anew if it was renamed or removed under us, so that logrotate needs no signal.
func (o *file) follow() {
	now := time.Now()
	if now.Before(o.check) {
		return
	}
	o.check = now.Add(rotationCheck)
	mine, err := o.f.Stat()
	if err != nil {
		return
	}
	named, err := os.Stat(o.path)
	if err == nil && os.SameFile(mine, named) {
		return
	}
	old := o.f
	_ = o.flush()
	if o.open() == nil {
		_ = old.Close()
	}
}

func (o *file) flush() error {
	err := o.w.Flush()
	if err != nil {
		o.w.Reset(o.f)
	}
	return err
}

func (o *file) close() error {
	_ = o.flush()
	return o.f.Close()
}
